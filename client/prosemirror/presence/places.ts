// Where people are in a document, in its order and in words. Pure: documents and participants in, answers out.

import type { Node } from "prosemirror-model";
import type { Participant } from "../../types.js";
import { pmFromAtom } from "../positions.js";

/** A participant with a caret in the editor's document. */
export interface Visited {
  readonly person: Participant;
  /** PM position of their caret. */
  readonly head: number;
}

/** Everybody who has a caret, from the start of the document to its end; at one place by name. */
export function inOrder(doc: Node, people: readonly Participant[]): Visited[] {
  return people
    .flatMap((person) =>
      person.selection === null ? [] : [{ person, head: pmFromAtom(doc, person.selection.head, -1) }],
    )
    .sort(
      (a, b) =>
        a.head - b.head ||
        a.person.user.name.localeCompare(b.person.user.name) ||
        (a.person.src < b.person.src ? -1 : 1),
    );
}

/**
 * Whom one comes to next, going round at the ends.
 *
 * @param last  whom one has visited before, if that is how one came here
 * @param from  PM position from which one sets out otherwise
 */
export function nextOf(
  everybody: readonly Visited[],
  step: 1 | -1,
  last: string | undefined,
  from: number,
): Visited | undefined {
  if (everybody.length === 0) return undefined;
  const known = everybody.findIndex(({ person }) => person.src === last);
  if (known !== -1) return everybody[(known + step + everybody.length) % everybody.length];
  if (step === 1) return everybody.find(({ head }) => head > from) ?? everybody[0];
  return everybody.findLast(({ head }) => head < from) ?? everybody.at(-1);
}

/** A place as one would say it. */
export interface Place {
  /** The text of the heading that it is under; undefined: above the first one. */
  readonly heading: string | undefined;
  /** It is in the heading itself. */
  readonly inHeading: boolean;
  /** Which block it is, counted from one, from that heading or the start of the document. */
  readonly block: number;
}

/** Longer headings are cut: they are said, not read. */
const MAX_HEADING = 60;

/** Where a PM position is. Walks the blocks before it: for what somebody asks, not for every keystroke. */
export function placeOf(doc: Node, pos: number): Place {
  let heading: string | undefined;
  let inHeading = false;
  let block = 0;
  doc.nodesBetween(0, Math.max(1, Math.min(pos, doc.content.size)), (node) => {
    if (!node.isTextblock && !(node.isBlock && node.isLeaf)) return node.isBlock;
    if (node.type.name === "heading") {
      heading = node.textContent.slice(0, MAX_HEADING);
      [inHeading, block] = [true, 0];
    } else {
      block++;
      inHeading = false;
    }
    return false;
  });
  return { heading, inHeading, block };
}
