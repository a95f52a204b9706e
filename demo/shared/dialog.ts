// Modal dialogs: put up, and taken away again when they close.
//
// Always holds: the focus goes back to where it was.

import { h } from "./dom.js";

/** Shows a dialog; resolves to the value of the button that closed it. */
export function showDialog(dialog: HTMLDialogElement): Promise<string> {
  const before = document.activeElement;
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before instanceof HTMLElement) before.focus();
      resolve(dialog.returnValue);
    });
  });
}

/** Asks whether something is meant that cannot be taken back. A browser's own question is not shown in many webviews. */
export async function isMeant(question: string, accept: string): Promise<boolean> {
  const dialog = h(
    "dialog",
    { class: "dialog", "aria-labelledby": "meant" },
    h(
      "form",
      { method: "dialog" },
      h("p", { id: "meant", class: "dialog-question" }, question),
      h(
        "p",
        { class: "dialog-actions" },
        h("button", { value: "", class: "quiet" }, "Cancel"),
        h("button", { value: "yes", class: "primary" }, accept),
      ),
    ),
  );
  return (await showDialog(dialog)) === "yes";
}

/** Shows something that is only to be read, until it is closed: by its button, by Esc, or by a press beside it. */
export function showSheet(
  { title, id, className = "" }: { readonly title: string; readonly id: string; readonly className?: string },
  ...children: readonly HTMLElement[]
): void {
  const closer = h("button", { type: "button", class: "quiet", "aria-label": "Close" }, "✕");
  const dialog = h(
    "dialog",
    { class: `dialog ${className}`.trim(), "aria-labelledby": id },
    h("header", { class: "dialog-head" }, h("h2", { id }, title), closer),
    ...children,
  );
  closer.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog) dialog.close();
  });
  void showDialog(dialog);
}
