// The toolbar: commands (`toolbar-items.ts`) as buttons that show what is on where the caret is. One Tab stop
// (`toolbar-focus.ts`). Where a document is only to be read it says so instead.
//
// Buttons never take the focus from the text when they are pressed with a pointer, so that a selection stays and a
// phone's keyboard does not close.

import { type Command, Plugin } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import {
  activeState,
  type BlockKind,
  documentOf,
  editorShortcuts,
  setBlock,
} from "../../client/prosemirror/index.js";
import type { SharedDocument } from "../../client/types.js";
import { h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { keyText } from "../shared/keys.js";
import { imageDialog, linkDialog } from "./dialogs.js";
import { keepStop, rove } from "./toolbar-focus.js";
import { blocks, groupsWith, type Item, often } from "./toolbar-items.js";
import { layOut } from "./toolbar-layout.js";

/** The first of the editor's own keys for what has this name. */
const keysOf = (label: string) =>
  editorShortcuts({ link: linkDialog }).find(({ does }) => does === label)?.keys[0];

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
      const stopRoving = rove(place, () => view.focus());
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
