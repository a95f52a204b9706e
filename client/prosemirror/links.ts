// Links in the editor: what opens them, and the bubble that shows where the link at the caret leads.
//
//     Read the plan first.
//              ────╷
//     ┌──────────────────────────────────────────┐
//     │ x.example/plan   Open   Change   Remove  │      Alt-Enter leads to it, Escape back to the text
//     └──────────────────────────────────────────┘
//
// Where one writes, a click puts the caret; with Control or Command, or the middle button, it opens. Where one only reads, any
// click opens. The bubble is there while the caret is in a link and somebody looks at it: typing hides it until the caret
// is moved again. What it looks like is `style.css`; where it stands, `links/place.ts`.

import { type Command, Plugin, PluginKey } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { isRemote } from "./collab.js";
import { linkAt } from "./commands.js";
import { englishLinks, LinkBubble, type LinkWords } from "./links/bubble.js";
import { hrefOf, openInTab } from "./links/open.js";

export type { LinkWords } from "./links/bubble.js";

export interface LinkBubbleOptions {
  /** Asks for another address; without it there is no “Change”. */
  readonly change?: Command;
  /** Opens an address. By default a new tab that knows nothing of this page; in an app, `(href) => app.openLink(href).catch(() => {})`. */
  readonly open?: (href: string) => void;
  /** Says where a link leads, in the place of a live region beside the editor. */
  readonly say?: (text: string) => void;
  readonly words?: Partial<LinkWords>;
}

/** The key that leads from the text to the bubble. */
export const linkKey = "Alt-Enter";

/** Whether the bubble is wanted where the caret is. */
const key = new PluginKey<boolean>("interline-links");

/** The plugin. */
export function linkBubble({ change, open, say, words }: LinkBubbleOptions = {}): Plugin<boolean> {
  let bubble: LinkBubble | undefined;
  const want = (view: EditorView, wanted: boolean) => view.dispatch(view.state.tr.setMeta(key, wanted));
  const opens = (view: EditorView, event: MouseEvent): boolean => {
    const link = linkUnder(event);
    const isMeant = event.button === 1 || event.ctrlKey || event.metaKey || !view.editable;
    // Where nobody writes the browser follows links by itself, unless somebody else is to open them.
    if (link === null || !isMeant || (!view.editable && open === undefined)) return false;
    event.preventDefault();
    const href = hrefOf(link);
    if (href !== null) (open ?? openInTab)(href);
    return true;
  };
  return new Plugin<boolean>({
    key,
    state: {
      init: () => false,
      apply(tr, wanted) {
        const said = tr.getMeta(key) as boolean | undefined;
        if (said !== undefined) return said;
        if (tr.docChanged) return wanted && isRemote(tr);
        return wanted || tr.selectionSet;
      },
    },
    props: {
      handleClick(view, _pos, event) {
        const isLink = linkUnder(event) !== null;
        // Not a selected block, which is what a click with a key held is elsewhere.
        if (isLink && (event.ctrlKey || event.metaKey)) return true;
        if (isLink && view.editable && key.getState(view.state) === false) want(view, true);
        return false;
      },
      handleDOMEvents: {
        click: opens,
        auxclick: (view, event) => event.button === 1 && opens(view, event),
        focusin: () => bubble?.refresh(),
        focusout: (_view, event) => bubble?.left(event),
        keydown(view, event) {
          const { key: name, altKey, ctrlKey, metaKey, shiftKey } = event;
          if (view.composing || ctrlKey || metaKey || shiftKey || bubble === undefined) return false;
          const isHere = linkAt(view.state) !== null;
          if (name === "Escape" && !altKey && bubble.isShown) {
            bubble.dismiss();
          } else if (name === "Enter" && altKey && (bubble.isShown || isHere)) {
            if (!bubble.isShown) want(view, true);
            bubble.focus();
          } else return false;
          event.preventDefault();
          return true;
        },
      },
    },
    view(view) {
      const made = new LinkBubble(view, {
        change,
        open: open ?? openInTab,
        say,
        words: { ...englishLinks, ...words },
        isWanted: () => key.getState(view.state) === true,
        unwant: () => want(view, false),
      });
      bubble = made;
      return {
        update: () => made.refresh(),
        destroy() {
          made.destroy();
          if (bubble === made) bubble = undefined;
        },
      };
    },
  });
}

const linkUnder = ({ target }: Event): Element | null =>
  target instanceof Element ? target.closest("a[href]") : null;
