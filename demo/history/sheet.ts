// The document as a page of history shows it, read only: rich ones by the editor's own schema and view, plain ones as text.
// What is marked is marked by element (`ins`, `del`), line and colour, and says in its title who did it.

import type { Node } from "prosemirror-model";
import { EditorState } from "prosemirror-state";
import { Decoration, DecorationSet, EditorView } from "prosemirror-view";
import { personClass, pmFromAtom, project, schema } from "../../client/prosemirror/index.js";
import { type PlainSnapshot, RichSnapshot } from "../../ot/index.js";
import { h } from "../shared/dom.js";
import { placesOf, type Shown, type Stretch } from "./shown.js";

/** How a stretch looks, and what it says. */
export interface Look {
  readonly color: number;
  readonly title: string;
}
export type LookOf = (stretch: Stretch) => Look;

export interface Sheet {
  /** Shows a document; if `follow`, what is marked first is scrolled to. */
  show(shown: Shown, lookOf: LookOf, follow: boolean): void;
  /** Scrolls to a place of those where something happened (`placesOf`), and makes it stand out. */
  goTo(place: number): void;
}

const elements = { inserted: "ins", deleted: "del", reformatted: "span" } as const;

const attributesOf = ({ kind }: Stretch, { color, title }: Look, place: number) => ({
  class: `change ${kind} ${personClass(color)}`,
  title,
  "data-place": String(place),
});

/** Marks of a rich document: on the text of each stretch, and on the blocks whose markers are in it. */
export function decorationsOf(
  doc: Node,
  snapshot: RichSnapshot,
  stretches: readonly Stretch[],
  lookOf: LookOf,
): Decoration[] {
  const places = placesOf(stretches);
  return stretches.flatMap((stretch, index) => {
    const { at, length, kind } = stretch;
    const marked = attributesOf(stretch, lookOf(stretch), places[index]!);
    const found: Decoration[] = [];
    const [from, to] = [pmFromAtom(doc, at, 1), pmFromAtom(doc, at + length, -1)];
    if (from < to) found.push(Decoration.inline(from, to, { ...marked, nodeName: elements[kind] }));
    const last = snapshot.markersBefore(at + length);
    for (let nth = snapshot.markersBefore(at); nth < last; nth++) {
      const block = blockAt(doc, snapshot.markerPosition(nth));
      if (block !== undefined)
        found.push(
          Decoration.node(block.pos, block.pos + block.node.nodeSize, {
            ...marked,
            class: `${marked.class} block`,
          }),
        );
    }
    return found;
  });
}

/** The leaf block whose marker stands at a position, or that is the block embed there. */
function blockAt(doc: Node, marker: number): { readonly pos: number; readonly node: Node } | undefined {
  const $pos = doc.resolve(pmFromAtom(doc, marker, 1));
  if ($pos.parent.isTextblock) return { pos: $pos.before(), node: $pos.parent };
  return $pos.nodeAfter === null ? undefined : { pos: $pos.pos, node: $pos.nodeAfter };
}

/** @param named  what the document is called for those who hear it */
export function richSheet(place: HTMLElement, named: string): Sheet {
  const view = new EditorView(place, {
    state: EditorState.create({ schema }),
    editable: () => false,
    attributes: { "aria-label": named, role: "article", class: "past" },
  });
  return {
    show({ snapshot, stretches }, lookOf, follow) {
      const rich = RichSnapshot.from(snapshot);
      const doc = project(rich);
      const decorations = DecorationSet.create(doc, decorationsOf(doc, rich, stretches, lookOf));
      view.setProps({ state: EditorState.create({ doc }), decorations: () => decorations });
      if (follow) scrollToFirst(place);
    },
    goTo: (number) => standOut(place, number),
  };
}

/** @param named  what the document is called for those who hear it */
export function plainSheet(place: HTMLElement, named: string): Sheet {
  const text = h("div", { class: "past plain-past", role: "article", "aria-label": named, dir: "auto" });
  place.append(text);
  return {
    show({ snapshot, stretches }, lookOf, follow) {
      text.replaceChildren(...plainNodes(snapshot as PlainSnapshot, stretches, lookOf));
      if (follow) scrollToFirst(place);
    },
    goTo: (number) => standOut(place, number),
  };
}

function plainNodes(
  snapshot: PlainSnapshot,
  stretches: readonly Stretch[],
  lookOf: LookOf,
): (HTMLElement | string)[] {
  const nodes: (HTMLElement | string)[] = [];
  let done = 0;
  const places = placesOf(stretches);
  for (const [index, stretch] of stretches.entries()) {
    nodes.push(snapshot.slice(done, stretch.at));
    done = stretch.at + stretch.length;
    const marked = attributesOf(stretch, lookOf(stretch), places[index]!);
    nodes.push(h(elements[stretch.kind], marked, snapshot.slice(stretch.at, done)));
  }
  nodes.push(snapshot.slice(done));
  return nodes;
}

/** Brings what is marked first into view, if it is not. */
function scrollToFirst(place: HTMLElement): void {
  place.querySelector(".change")?.scrollIntoView({ block: "nearest" });
}

function standOut(place: HTMLElement, number: number): void {
  for (const before of place.querySelectorAll(".change.current")) before.classList.remove("current");
  const found = place.querySelectorAll(`[data-place="${number}"]`);
  for (const each of found) each.classList.add("current");
  found[0]?.scrollIntoView({ block: "center" });
}
