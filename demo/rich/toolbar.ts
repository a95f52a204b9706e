// The toolbar: commands as buttons that show what is on where the caret is. One Tab stop; arrow keys move within it.
//
// Buttons never take the focus from the text when they are pressed with a pointer, so that a selection stays and a
// phone's keyboard does not close.

import { type Command, Plugin } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import {
  type Active,
  activeState,
  type BlockKind,
  bulletList,
  clearFormatting,
  documentOf,
  indent,
  insertRule,
  orderedList,
  outdent,
  redo,
  setBlock,
  taskList,
  toggleMark,
  toggleQuote,
  undo,
} from "../../client/prosemirror/index.js";
import { h } from "../shared/dom.js";
import { imageDialog, linkDialog } from "./dialogs.js";
import { type IconName, icon } from "./icons.js";

interface Item {
  readonly icon: IconName;
  readonly label: string;
  readonly keys?: string;
  readonly command: Command;
  readonly pressed?: (active: Active) => boolean;
  readonly enabled?: (active: Active, view: EditorView) => boolean;
}

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
const keys = (text: string) =>
  text.replace("Mod", isMac ? "⌘" : "Ctrl").replace("Shift", isMac ? "⇧" : "Shift");

const groups: readonly (readonly Item[])[] = [
  [
    {
      icon: "undo",
      label: "Undo",
      keys: "Mod+Z",
      command: undo,
      enabled: (_, view) => documentOf(view.state)?.canUndo ?? false,
    },
    {
      icon: "redo",
      label: "Redo",
      keys: "Mod+Shift+Z",
      command: redo,
      enabled: (_, view) => documentOf(view.state)?.canRedo ?? false,
    },
  ],
  [
    {
      icon: "bold",
      label: "Bold",
      keys: "Mod+B",
      command: toggleMark("strong"),
      pressed: ({ marks }) => marks.has("strong"),
    },
    {
      icon: "italic",
      label: "Italic",
      keys: "Mod+I",
      command: toggleMark("em"),
      pressed: ({ marks }) => marks.has("em"),
    },
    {
      icon: "underline",
      label: "Underline",
      keys: "Mod+U",
      command: toggleMark("underline"),
      pressed: ({ marks }) => marks.has("underline"),
    },
    {
      icon: "strike",
      label: "Strikethrough",
      command: toggleMark("strike"),
      pressed: ({ marks }) => marks.has("strike"),
    },
    {
      icon: "code",
      label: "Code",
      keys: "Mod+E",
      command: toggleMark("code"),
      pressed: ({ marks }) => marks.has("code"),
    },
    {
      icon: "highlight",
      label: "Highlight",
      command: toggleMark("highlight"),
      pressed: ({ marks }) => marks.has("highlight"),
    },
    { icon: "link", label: "Link", keys: "Mod+K", command: linkDialog, pressed: ({ link }) => link !== null },
  ],
  [
    {
      icon: "bullet",
      label: "Bullet list",
      keys: "Mod+Shift+8",
      command: bulletList,
      pressed: ({ list }) => list === "bullet",
    },
    {
      icon: "ordered",
      label: "Numbered list",
      keys: "Mod+Shift+7",
      command: orderedList,
      pressed: ({ list }) => list === "ordered",
    },
    {
      icon: "task",
      label: "Task list",
      keys: "Mod+Shift+9",
      command: taskList,
      pressed: ({ list }) => list === "task",
    },
    {
      icon: "outdent",
      label: "Less indent",
      keys: "Shift+Tab",
      command: outdent,
      enabled: ({ canOutdent }) => canOutdent,
    },
    {
      icon: "indent",
      label: "More indent",
      keys: "Tab",
      command: indent,
      enabled: ({ canIndent }) => canIndent,
    },
    { icon: "quote", label: "Quote", command: toggleQuote, pressed: ({ quote }) => quote },
  ],
  [
    { icon: "rule", label: "Horizontal rule", command: insertRule },
    { icon: "image", label: "Image", command: imageDialog },
    { icon: "clear", label: "Clear formatting", command: clearFormatting },
  ],
];

const blocks: readonly (readonly [BlockKind, string])[] = [
  ["paragraph", "Text"],
  ["h1", "Heading 1"],
  ["h2", "Heading 2"],
  ["h3", "Heading 3"],
  ["h4", "Heading 4"],
  ["h5", "Heading 5"],
  ["h6", "Heading 6"],
  ["code", "Code block"],
];

/** Fills `place`, which has the role of a toolbar, and keeps it true to the editor it is a plugin of. */
export function toolbar(place: HTMLElement): Plugin {
  return new Plugin({
    view(view) {
      const kind = blockChooser(view);
      const buttons = groups.map((group) => group.map((item) => ({ item, button: buttonFor(item, view) })));
      const separated = buttons.flatMap((group) => [
        h("span", { class: "gap" }),
        ...group.map(({ button }) => button),
      ]);
      place.replaceChildren(kind, ...separated);
      rove(place);
      const show = () => {
        const active = activeState(view.state);
        kind.value = active.block ?? "";
        kind.disabled = !view.editable;
        for (const { item, button } of buttons.flat()) {
          if (item.pressed !== undefined) button.setAttribute("aria-pressed", String(item.pressed(active)));
          button.disabled = !view.editable || item.enabled?.(active, view) === false;
        }
      };
      show();
      // Whether there is something to undo shows only when the binding, which comes later, has heard of an edit.
      const stop = documentOf(view.state)?.on("history", show);
      return {
        update: show,
        destroy() {
          stop?.();
          place.replaceChildren();
        },
      };
    },
  });
}

function buttonFor(
  { icon: name, label, keys: shortcut, command }: Item,
  view: EditorView,
): HTMLButtonElement {
  const title = shortcut === undefined ? label : `${label} (${keys(shortcut)})`;
  return h(
    "button",
    {
      type: "button",
      title,
      "aria-label": label,
      onpointerdown: (event) => event.preventDefault(),
      onclick: () => {
        if (command !== linkDialog && command !== imageDialog) view.focus();
        command(view.state, view.dispatch, view);
      },
    },
    icon(name) as Node,
  );
}

function blockChooser(view: EditorView): HTMLSelectElement {
  const select = h(
    "select",
    { "aria-label": "Kind of block" },
    h("option", { value: "", hidden: true }, "Mixed"),
    ...blocks.map(([value, label]) => h("option", { value }, label)),
  );
  select.addEventListener("change", () => {
    setBlock(select.value as BlockKind)(view.state, view.dispatch, view);
    view.focus();
  });
  return select;
}

/** One Tab stop for the whole toolbar; the arrow keys move between its controls. */
function rove(place: HTMLElement): void {
  const controls = () => [
    ...place.querySelectorAll<HTMLElement>("button:not(:disabled), select:not(:disabled)"),
  ];
  const stop = (at: HTMLElement | undefined) => {
    for (const control of place.querySelectorAll<HTMLElement>("button, select"))
      control.tabIndex = control === at ? 0 : -1;
  };
  stop(place.querySelector<HTMLElement>("select") ?? undefined);
  place.addEventListener("focusin", (event) => stop(event.target as HTMLElement));
  place.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    // Left and right belong to the chooser's own list while it is open.
    if (step === undefined) return;
    const all = controls();
    const next = all[(all.indexOf(document.activeElement as HTMLElement) + step + all.length) % all.length];
    event.preventDefault();
    next?.focus();
  });
}
