// The dialog that lists the keys of the page. What it lists is what the page's editor has been given, not a copy of it.
// Mod-/ opens it anywhere on the page.

import { showSheet } from "./dialog.js";
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
    // Where Shift and 7 are "/", they make a numbered list.
    if (event.defaultPrevented) return;
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
  const groups = [...new Set(listed.map(({ group }) => group))];
  showSheet(
    { title: "Keyboard shortcuts", id: "keys-title", className: "keys" },
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
}

function combination(keys: string): HTMLElement {
  return h("span", { class: "keys-combination" }, ...keyNames(keys).map((key) => h("kbd", {}, key)));
}
