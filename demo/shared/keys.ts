// How keys are written for people: prosemirror-keymap's names ("Mod-Shift-x") as what stands on the keyboard at hand.

export const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

const names: Record<string, readonly [other: string, mac: string]> = {
  Mod: ["Ctrl", "⌘"],
  Ctrl: ["Ctrl", "⌃"],
  Alt: ["Alt", "⌥"],
  Shift: ["Shift", "⇧"],
  Escape: ["Esc", "Esc"],
  ArrowUp: ["↑", "↑"],
  ArrowDown: ["↓", "↓"],
};
/** The order in which modifiers are said. */
const order = ["Mod", "Ctrl", "Alt", "Shift"];

/** Each key of a combination: `["Ctrl", "Shift", "X"]`. */
export function keyNames(keys: string, mac = isMac): string[] {
  const parts = keys.split(/-(?!$)/);
  const key = parts.pop()!;
  const modifiers = order.filter((modifier) => parts.includes(modifier));
  return [...modifiers, key].map(
    (part) => names[part]?.[mac ? 1 : 0] ?? (part.length === 1 ? part.toUpperCase() : part),
  );
}

/** In one word: `Ctrl+Shift+X`. */
export const keyText = (keys: string, mac = isMac): string => keyNames(keys, mac).join(mac ? "" : "+");
