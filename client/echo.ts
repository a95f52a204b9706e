// What an op takes out and puts in again at one place, and what it gives to atoms that have it already: nothing, to whoever
// looks at the document alone, but much to others. What they wrote within would stand beside it; and two who both deleted
// a text and thought better of it would have it twice.
//
//   document   one two three
//   op         "one two", {d: 7}, …       ──▶   7, …
//   op         "one 2", {d: 7}, …         ──▶   4, "2", {d: 3}, …
//
// Always holds: what comes of it makes the same document of `before` as the op.
// Not here: when that is looked for (`session.ts`): not in what is typed, where it may be meant.

import {
  type AttributeChange,
  type Attributes,
  codePointLength,
  codePointToUtf16,
  isBlockEmbed,
  type Snapshot,
  startOfPair,
  type TextType,
} from "../ot/index.js";
import { consumed, produced } from "./op.js";
import type { Op } from "./types.js";

type Component = Op[number];

/** Text of one look, or an embed, whose text is empty. */
interface Piece {
  readonly look: string;
  readonly text: string;
}

/** `op` without what comes to nothing. @param before  the document it was made against */
export function withoutEcho<S extends Snapshot, O extends Op>(type: TextType<S, O>, op: O, before: S): O {
  const kept: Component[] = [];
  let at = 0;
  for (let next = 0; next < op.length; ) {
    const from = next;
    while (next < op.length && replaces(op[next]!)) next++;
    const group = op.slice(from, next);
    const deleted = group.reduce<number>((sum, part) => sum + consumed(part), 0);
    kept.push(...reduced(group, deleted, before, at));
    at += deleted;
    const through = op[next++];
    if (through === undefined) break;
    const length = consumed(through);
    kept.push(changes(through, before, at) ? through : length);
    at += length;
  }
  return type.normalize(kept as unknown as O);
}

/** Neither a skip nor a change of attributes. */
const replaces = (part: Component) =>
  typeof part === "string" || (typeof part === "object" && !("r" in part));

/** Whether a component that walks over atoms gives any of them what it has not. */
function changes(part: Component, before: Snapshot, at: number): boolean {
  if (typeof part !== "object" || !("r" in part)) return false;
  const over = before.slice(at, at + part.r);
  return (typeof over === "string" ? [over] : over).some((run) => {
    const [content, has] = typeof run === "object" ? [run.i, run.a] : [run, undefined];
    const [blocks, inline] =
      typeof content === "string"
        ? [content.includes("\n"), /[^\n]/.test(content)]
        : [isBlockEmbed(content), !isBlockEmbed(content)];
    return (blocks && differs(part.b, has)) || (inline && differs(part.a, has));
  });
}

const differs = (given: AttributeChange = {}, has: Attributes = {}) =>
  Object.entries(given).some(([key, value]) => (Object.hasOwn(has, key) ? has[key] : null) !== value);

/** What inserts and deletes at one place, with what both ends of it have in common left standing. */
function reduced(group: readonly Component[], deleted: number, before: Snapshot, at: number): Component[] {
  const inserts = group.filter((part) => consumed(part) === 0);
  if (inserts.length === 0 || deleted === 0) return [...group];
  const now = inserts.map(pieceOf);
  const inserted = inserts.reduce<number>((sum, part) => sum + produced(part), 0);
  // However much is deleted, no more is read of it than could be in what is inserted.
  const most = Math.min(deleted, inserted);
  const old = (from: number) => {
    const there = before.slice(from, from + most);
    return (typeof there === "string" ? [there] : there).map(pieceOf);
  };
  const head = common(old(at), now);
  const tail =
    head === most ? 0 : Math.min(most - head, common(mirrored(old(at + deleted - most)), mirrored(now)));
  const gone = deleted - head - tail;
  return [
    head,
    ...cut(inserts, head, inserted - tail),
    ...(gone === 0 ? [] : [{ d: gone } as Component]),
    tail,
  ].filter((part) => part !== 0);
}

function pieceOf(part: Component): Piece {
  if (typeof part === "string") return { look: "", text: part };
  const { i, a } = part as { readonly i: string | object; readonly a?: object };
  const look = a === undefined ? "" : JSON.stringify(a);
  return typeof i === "string" ? { look, text: i } : { look: `${JSON.stringify(i)} ${look}`, text: "" };
}

const mirrored = (pieces: readonly Piece[]): Piece[] =>
  pieces.map(({ look, text }) => ({ look, text: [...text].reverse().join("") })).reverse();

/** How many atoms two rows of pieces begin with alike. */
function common(xs: readonly Piece[], ys: readonly Piece[]): number {
  let atoms = 0;
  let [i, j, x, y] = [0, 0, xs[0], ys[0]];
  while (x !== undefined && y !== undefined && x.look === y.look && (x.text === "") === (y.text === "")) {
    const [a, b] = [x.text, y.text];
    let units = 0;
    while (units < a.length && units < b.length && a.charCodeAt(units) === b.charCodeAt(units)) units++;
    units = Math.min(startOfPair(a, units), startOfPair(b, units));
    atoms += a === "" ? 1 : codePointLength(a, 0, units);
    if (units < a.length && units < b.length) break;
    x = units === a.length ? xs[++i] : { ...x, text: a.slice(units) };
    y = units === b.length ? ys[++j] : { ...y, text: b.slice(units) };
  }
  return atoms;
}

/** The atoms `from` to `to` of what is inserted. */
function cut(inserts: readonly Component[], from: number, to: number): Component[] {
  let start = 0;
  return inserts.flatMap((part) => {
    const [first, last] = [Math.max(from - start, 0), Math.min(to - start, produced(part))];
    start += produced(part);
    if (first >= last) return [];
    const text = typeof part === "string" ? part : (part as { readonly i: unknown }).i;
    if (typeof text !== "string") return [part];
    const piece = text.slice(codePointToUtf16(text, first), codePointToUtf16(text, last));
    return [(typeof part === "string" ? piece : { ...(part as object), i: piece }) as Component];
  });
}
