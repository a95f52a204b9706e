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
