// The toolbar: commands as buttons that show what is on where the caret is. One Tab stop; arrow keys move within it. Where a
// document is only to be read it says so instead.
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
  editorShortcuts,
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
import type { SharedDocument } from "../../client/types.js";
import { h } from "../shared/dom.js";
import { type IconName, icon } from "../shared/icons.js";
import { keyText } from "../shared/keys.js";
import { imageDialog, linkDialog } from "./dialogs.js";
import { layOut } from "./toolbar-layout.js";

interface Item {
  readonly icon: IconName;
  readonly label: string;
  readonly command: Command;
  /** It asks for something first, and has the focus until it is answered. */
  readonly asks?: boolean;
  readonly pressed?: (active: Active) => boolean;
  readonly enabled?: (active: Active, view: EditorView) => boolean;
}

/** The first of the editor's own keys for what has this name. */
const keysOf = (label: string) =>
  editorShortcuts({ link: linkDialog }).find(({ does }) => does === label)?.keys[0];

const groupsWith = (image: Command): readonly (readonly Item[])[] => [
  [
    {
      icon: "undo",
      label: "Undo",
      command: undo,
      enabled: (_, view) => documentOf(view.state)?.canUndo ?? false,
    },
    {
      icon: "redo",
      label: "Redo",
      command: redo,
      enabled: (_, view) => documentOf(view.state)?.canRedo ?? false,
    },
  ],
  [
    {
      icon: "bold",
      label: "Bold",
      command: toggleMark("strong"),
      pressed: ({ marks }) => marks.has("strong"),
    },
    {
      icon: "italic",
      label: "Italic",
      command: toggleMark("em"),
      pressed: ({ marks }) => marks.has("em"),
    },
    {
      icon: "underline",
      label: "Underline",
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
      command: toggleMark("code"),
      pressed: ({ marks }) => marks.has("code"),
    },
    {
      icon: "highlight",
      label: "Highlight",
      command: toggleMark("highlight"),
      pressed: ({ marks }) => marks.has("highlight"),
    },
    { icon: "link", label: "Link", command: linkDialog, asks: true, pressed: ({ link }) => link !== null },
  ],
  [
    {
      icon: "bullet",
      label: "Bullet list",
      command: bulletList,
      pressed: ({ list }) => list === "bullet",
    },
    {
      icon: "ordered",
      label: "Numbered list",
      command: orderedList,
      pressed: ({ list }) => list === "ordered",
    },
    {
      icon: "task",
      label: "Task list",
      command: taskList,
      pressed: ({ list }) => list === "task",
    },
    {
      icon: "outdent",
      label: "Less indent",
      command: outdent,
      enabled: ({ canOutdent }) => canOutdent,
    },
    {
      icon: "indent",
      label: "More indent",
      command: indent,
      enabled: ({ canIndent }) => canIndent,
    },
    { icon: "quote", label: "Quote", command: toggleQuote, pressed: ({ quote }) => quote },
  ],
  [
    { icon: "rule", label: "Horizontal rule", command: insertRule },
    { icon: "image", label: "Image", command: image, asks: true },
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

export interface ToolbarOptions {
  /** What the image button does; a dialog that asks for an address by default. */
  readonly image?: Command;
}

/** Fills `place`, which has the role of a toolbar, and keeps it true to the editor it is a plugin of. */
export function toolbar(place: HTMLElement, { image = imageDialog }: ToolbarOptions = {}): Plugin {
  return new Plugin({
    props: {
      handleKeyDown: (_, event) => {
        if (event.key !== "F10" || !event.altKey) return false;
        place.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
        return true;
      },
    },
    view(view) {
      const kind = blockChooser(view);
      const buttons = groupsWith(image).map((group) =>
        group.map((item) => ({ item, button: buttonFor(item, view) })),
      );
      const said = h("span", { class: "toolbar-said" }, "Read only");
      const stopLayout = layOut(place, [said, kind], (isNarrow) =>
        (isNarrow ? often(buttons) : buttons).map((group) => group.map(({ button }) => button)),
      );
      const stopRoving = rove(place, view);
      const show = () => {
        const active = activeState(view.state);
        place.toggleAttribute("data-read-only", isReadOnly(documentOf(view.state)));
        kind.value = active.block ?? "";
        kind.disabled = !view.editable;
        for (const { item, button } of buttons.flat()) {
          if (item.pressed !== undefined) button.setAttribute("aria-pressed", String(item.pressed(active)));
          button.disabled = !view.editable || item.enabled?.(active, view) === false;
        }
        keepStop(place);
      };
      show();
      // Whether there is something to undo shows only when the binding, which comes later, has heard of an edit.
      const stops = (["history", "status"] as const).map((event) => documentOf(view.state)?.on(event, show));
      return {
        update: show,
        destroy() {
          for (const stop of stops) stop?.();
          stopRoving();
          stopLayout();
          place.replaceChildren();
        },
      };
    },
  });
}

/** What is wanted most often first: lists and tasks before the rarer marks. */
function often<T>([
  history = [],
  marks = [],
  lists = [],
  ...rest
]: readonly (readonly T[])[]): readonly T[][] {
  const [first, others] = [marks.slice(0, 2), marks.slice(2)];
  return [[...history], first, lists.slice(0, 3), others, lists.slice(3), ...rest.map((group) => [...group])];
}

/** Nobody knows before it is there; where it is closed to us, that is told elsewhere. */
const isReadOnly = (doc: SharedDocument | undefined): boolean =>
  doc !== undefined && !doc.writable && doc.status !== "loading" && doc.status !== "fault";

function buttonFor({ icon: name, label, command, asks = false }: Item, view: EditorView): HTMLButtonElement {
  const keys = keysOf(label);
  const title = keys === undefined ? label : `${label} (${keyText(keys)})`;
  return h(
    "button",
    {
      type: "button",
      title,
      "aria-label": label,
      onpointerdown: (event) => event.preventDefault(),
      onclick: () => {
        if (!asks) view.focus();
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

const every = "button, select";
const usable = "button:not(:disabled), select:not(:disabled)";

function stopAt(place: HTMLElement, at: HTMLElement | null): void {
  for (const control of place.querySelectorAll<HTMLElement>(every))
    control.tabIndex = control === at ? 0 : -1;
}

/** A control that has become unusable is no Tab stop: the first that can be used is one in its place. */
function keepStop(place: HTMLElement): void {
  if (place.querySelector(`:is(${usable})[tabindex="0"]`) === null)
    stopAt(place, place.querySelector(usable));
}

/**
 * One Tab stop for the whole toolbar; arrows, Home and End move between its controls, Escape goes back to the text.
 *
 * @returns what ends it
 */
function rove(place: HTMLElement, view: EditorView): () => void {
  const end = new AbortController();
  const { signal } = end;
  stopAt(place, place.querySelector(every));
  const focused = ({ target }: Event) => {
    stopAt(place, target as HTMLElement);
    // On a narrow screen the toolbar scrolls.
    (target as HTMLElement).scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      view.focus();
      return;
    }
    const all = [...place.querySelectorAll<HTMLElement>(usable)];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + all.length, Home: 0, End: all.length - 1 }[
      event.key
    ];
    if (to === undefined) return;
    event.preventDefault();
    all[to % all.length]?.focus();
  };
  place.addEventListener("focusin", focused, { signal });
  place.addEventListener("keydown", pressed, { signal });
  // The plugin's view is made anew when the document arrives; its toolbar is the same element.
  return () => end.abort();
}
