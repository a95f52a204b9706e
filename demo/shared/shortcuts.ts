// The dialog that lists the keys of the page. What it lists is what the page's editor has been given, not a copy of it.
// Mod-/ opens it anywhere on the page.

import { h } from "./dom.js";
import { keyNames, keyText } from "./keys.js";

export interface ListedKeys {
  readonly group: string;
  readonly does: string;
  readonly keys: readonly string[];
}

/** Of every page. */
const general: readonly ListedKeys[] = [{ group: "This page", does: "Keyboard shortcuts", keys: ["Mod-/"] }];

export interface Shortcuts {
  open(): void;
  /** Opens the dialog. */
  readonly button: HTMLElement;
}

/** Makes the dialog's button and listens for its key. */
export function shortcuts(listed: readonly ListedKeys[]): Shortcuts {
  const open = () => {
    if (document.querySelector("dialog[open]") === null) show([...listed, ...general]);
  };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    open();
  });
  const button = h(
    "button",
    {
      type: "button",
      class: "quiet keys-button",
      title: `Keyboard shortcuts (${keyText("Mod-/")})`,
      "aria-label": "Keyboard shortcuts",
      "aria-haspopup": "dialog",
      onclick: open,
    },
    "?",
  );
  return { open, button };
}

function show(listed: readonly ListedKeys[]): void {
  const before = document.activeElement;
  const closer = h("button", { type: "button", class: "quiet", "aria-label": "Close" }, "✕");
  const groups = [...new Set(listed.map(({ group }) => group))];
  const dialog = h(
    "dialog",
    { class: "dialog keys", "aria-labelledby": "keys-title" },
    h("header", { class: "dialog-head" }, h("h2", { id: "keys-title" }, "Keyboard shortcuts"), closer),
    h(
      "div",
      { class: "keys-groups", tabindex: "0", role: "group", "aria-labelledby": "keys-title" },
      ...groups.map((group) =>
        h(
          "section",
          {},
          h("h3", {}, group),
          h(
            "dl",
            {},
            ...listed
              .filter((each) => each.group === group)
              .map(({ does, keys }) =>
                h("div", {}, h("dt", {}, does), h("dd", {}, ...keys.map(combination))),
              ),
          ),
        ),
      ),
    ),
  );
  closer.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before instanceof HTMLElement) before.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

function combination(keys: string): HTMLElement {
  return h("span", { class: "keys-combination" }, ...keyNames(keys).map((key) => h("kbd", {}, key)));
}
