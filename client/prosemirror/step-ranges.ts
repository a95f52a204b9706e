// Which ProseMirror tokens an op replaces: the map that carries selections, decorations and bookmarks over a change of
// structure without losing one that stands on something that is still there.
//
//     old   <ul> <li> <p> one </p> </li> … </ul>
//     now   <ol> <li> <p> one </p> </li> … </ol>         ranges: <ul> by <ol>, </ul> by </ol>; all else stays
//
// An atom that the op keeps is a token that stays. Between two such tokens lie those that containers are made of; of
// these, what both documents have in common at either end stays as well, and the rest is one range. Only stretches
// that the documents do not share are looked at.

import type { Node } from "prosemirror-model";
import { lengthChange, type RichOp } from "../../ot/index.js";
import { atomsOf, childPlace, hasHead, isLeafBlock } from "./measure.js";
import { sizeOfAtoms } from "./positions.js";
import { narrowed, type Part, type StepRange } from "./step-tokens.js";
import { type Agrees, inside, type Slice, topWindows, type Window } from "./windows.js";

/** A token of a document, or the whole text of a leaf block. */
interface Token extends Part {
  readonly pos: number;
  /** The first atom that it stands for, and how many these are. */
  readonly at: number;
  readonly atoms: number;
}

/** What an op replaces in one stretch of whole children of the documents, in order. */
export interface StepGroup {
  readonly window: Window;
  readonly ranges: readonly StepRange[];
}

/** What an op replaces in the old document to make the new one, in order. */
export function stepGroups(old: Node, now: Node, op: RichOp): StepGroup[] {
  const kept = keptRuns(op);
  const agrees: Agrees = (at, newAt, atoms) => {
    const run = kept[lastUpTo(kept, at)];
    return run !== undefined && newAt - at === run.now - run.old && at + atoms <= run.old + run.atoms;
  };
  return topWindows(old, now, agrees).map((window) => ({
    window,
    ranges: inside(window, agrees).flatMap((each) => [
      ...rangesBetween(new Row(each.old), new Row(each.now), kept),
    ]),
  }));
}

/** A stretch of atoms that an op keeps, perhaps with other attributes. */
interface KeptRun {
  readonly old: number;
  readonly now: number;
  readonly atoms: number;
}

function keptRuns(op: RichOp): KeptRun[] {
  const runs: KeptRun[] = [];
  let [old, now] = [0, 0];
  const keep = (atoms: number) => {
    const last = runs[runs.length - 1];
    if (last !== undefined && last.old + last.atoms === old && last.now + last.atoms === now)
      runs[runs.length - 1] = { ...last, atoms: last.atoms + atoms };
    else runs.push({ old, now, atoms });
    old += atoms;
    now += atoms;
  };
  for (const component of op) {
    if (typeof component === "number") keep(component);
    else if (typeof component === "object" && "r" in component) keep(component.r);
    else if (typeof component === "object" && "d" in component) old += component.d;
    else now += lengthChange([component]);
  }
  keep(Number.POSITIVE_INFINITY);
  return runs;
}

/** The last run that begins at a position of the old document or before it. */
function lastUpTo(kept: readonly KeptRun[], at: number): number {
  let low = -1;
  let high = kept.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (kept[middle]!.old <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The tokens of a slice, in order. */
class Row {
  readonly tokens: Token[] = [];
  readonly from: number;
  #pos: number;
  #at: number;

  constructor({ frame, from, to }: Slice) {
    const place = childPlace(frame.node, from);
    this.from = frame.start + place.size;
    this.#pos = this.from;
    this.#at = frame.at + place.atoms;
    for (const child of frame.node.children.slice(from, to)) this.#add(child);
  }

  get to(): number {
    return this.#pos;
  }

  #push(kind: Token["kind"], node: Node, size: number, atoms: number): void {
    this.tokens.push({ kind, node, pos: this.#pos, size, at: this.#at, atoms });
    this.#pos += size;
    this.#at += atoms;
  }

  #add(node: Node): void {
    const head = isLeafBlock(node) && hasHead(node) ? 1 : 0;
    this.#push("open", node, 1, head);
    if (node.isLeaf) return;
    if (!node.isTextblock) for (const child of node.children) this.#add(child);
    else if (node.content.size > 0) this.#push("text", node, node.content.size, atomsOf(node) - head);
    this.#push("close", node, 1, 0);
  }

  /** The first token from the `nth` on that has an atom at a position or behind it. */
  tokenOf(atom: number, nth: number): number {
    let at = nth;
    while (at < this.tokens.length && this.tokens[at]!.at + this.tokens[at]!.atoms <= atom) at++;
    return at;
  }

  /** The tokens between two positions; text is cut to them. */
  between(from: number, to: number, nth: number): Part[] {
    const parts: Part[] = [];
    for (let at = nth; at < this.tokens.length && this.tokens[at]!.pos < to; at++) {
      const { kind, node, pos, size } = this.tokens[at]!;
      const width = Math.min(to, pos + size) - Math.max(from, pos);
      if (width > 0) parts.push({ kind, node, size: width });
    }
    return parts;
  }
}

/** Tokens that stay, and where they are in both documents. */
interface Stay {
  readonly from: number;
  readonly to: number;
  readonly newFrom: number;
  readonly newTo: number;
  /** The numbers of the tokens in their rows. */
  readonly token: number;
  readonly newToken: number;
}

function* staysOf(old: Row, now: Row, kept: readonly KeptRun[]): Generator<Stay> {
  let [token, newToken] = [0, 0];
  for (const run of kept) {
    for (let done = 0; done < run.atoms; ) {
      token = old.tokenOf(run.old + done, token);
      newToken = now.tokenOf(run.now + done, newToken);
      const [x, y] = [old.tokens[token], now.tokens[newToken]];
      if (x === undefined || y === undefined) break;
      const ahead = Math.max(x.at - run.old, y.at - run.now);
      if (ahead > done) {
        done = ahead;
        continue;
      }
      const until = Math.min(run.atoms, x.at + x.atoms - run.old, y.at + y.atoms - run.now);
      const [from, to] = [offsetOf(x, run.old + done), offsetOf(x, run.old + until)];
      const [newFrom, newTo] = [offsetOf(y, run.now + done), offsetOf(y, run.now + until)];
      // A block that has become another kind of block has another opening token.
      if (x.kind === "text" || x.node.sameMarkup(y.node)) yield { from, to, newFrom, newTo, token, newToken };
      done = until;
    }
  }
}

/** Where in the document an atom of a token begins, or the token ends. */
function offsetOf({ kind, node, pos, size, at, atoms }: Token, atom: number): number {
  if (atom - at === atoms) return pos + size;
  return pos + (kind === "text" ? sizeOfAtoms(node, atom - at) : atom - at);
}

/** What lies between the tokens that stay. */
function* rangesBetween(old: Row, now: Row, kept: readonly KeptRun[]): Generator<StepRange> {
  let last = { to: old.from, newTo: now.from, token: 0, newToken: 0 };
  const end: Stay = { from: old.to, to: old.to, newFrom: now.to, newTo: now.to, token: 0, newToken: 0 };
  const gap = (next: Stay) =>
    narrowed(
      { from: last.to, to: next.from, newFrom: last.newTo, newTo: next.newFrom, textual: false },
      old.between(last.to, next.from, last.token),
      now.between(last.newTo, next.newFrom, last.newToken),
    );
  for (const stay of staysOf(old, now, kept)) {
    yield* gap(stay);
    last = stay;
  }
  yield* gap(end);
}
