// The op between two snapshots of which no history is known: needed when a document had to be fetched anew and the ops
// in between are gone, or when it is to be again as it was.
//
// Atoms are compared by what they are; attributes that changed on an atom that stayed are changed in place, so that
// what was typed beside it keeps its neighbours. Between a common beginning and end, the shortest script is sought
// (Myers, 1986) as long as it is short; texts that have little in common are replaced.
// A guess by nature: where "aa" became "a", nobody can say which one went.

import { type Content, plainOp, richOp } from "./op.js";
import type { PlainSnapshot } from "./plain-snapshot.js";
import type { RichSnapshot } from "./rich-snapshot.js";
import { isBlockEmbed } from "./rope/run.js";
import type { AttributeChange, Attributes, PlainOp, RichOp } from "./types.js";

interface Atom {
  readonly content: Content;
  readonly attributes: Attributes;
  /** Equal keys: the same atom, whatever its attributes. */
  readonly key: string;
}

type Edit = "keep" | "delete" | "insert";

/** Scripts longer than this are not sought: the stretch is replaced. Bounds the time at about a tenth of a second. */
const MAX_SCRIPT = 1_000;

/** The op that makes `to` out of `from`. */
export function plainDifference(from: PlainSnapshot, to: PlainSnapshot): PlainOp {
  const [old, now] = [[...from.toString()], [...to.toString()]];
  const op = plainOp();
  let at = 0;
  for (const edit of script(old, now)) {
    if (edit === "keep") op.skip(1);
    else if (edit === "delete") op.delete(1);
    else op.insert(now[at]!);
    if (edit !== "delete") at++;
  }
  return op.done();
}

/** The op that makes `to` out of `from`. Both begin with the same block marker, which is kept. */
export function richDifference(from: RichSnapshot, to: RichSnapshot): RichOp {
  const [old, now] = [atoms(from), atoms(to)];
  const edits = script(
    old.map(({ key }) => key),
    now.map(({ key }) => key),
  );
  const op = richOp();
  let i = 0;
  let j = 0;
  for (const edit of edits) {
    if (edit === "insert") op.insert(now[j]!.content, now[j]!.attributes);
    else if (edit === "delete") op.delete(1);
    else {
      const change = attributeChange(old[i]!.attributes, now[j]!.attributes);
      const block = isBlock(now[j]!.content);
      op.retain(1, block ? undefined : change, block ? change : undefined);
    }
    if (edit !== "insert") i++;
    if (edit !== "delete") j++;
  }
  return op.done();
}

function atoms(snapshot: RichSnapshot): Atom[] {
  return [...snapshot.pieces()].flatMap(({ content, attributes }): Atom[] =>
    typeof content === "string"
      ? [...content].map((character) => ({ content: character, attributes, key: character }))
      : [{ content, attributes, key: `embed ${JSON.stringify(content)}` }],
  );
}

const isBlock = (content: Content) =>
  typeof content === "string" ? content === "\n" : isBlockEmbed(content);

function attributeChange(from: Attributes, to: Attributes): AttributeChange {
  const change: { [key: string]: Attributes[string] | null } = {};
  for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) change[key] = null;
  for (const [key, value] of Object.entries(to)) if (from[key] !== value) change[key] = value;
  return change;
}

function script(from: readonly string[], to: readonly string[]): Edit[] {
  const most = Math.min(from.length, to.length);
  let head = 0;
  while (head < most && from[head] === to[head]) head++;
  let tail = 0;
  while (tail < most - head && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++;
  const old = from.slice(head, from.length - tail);
  const now = to.slice(head, to.length - tail);
  const kept = (count: number) => new Array<Edit>(count).fill("keep");
  return [...kept(head), ...(shortest(old, now) ?? replaced(old, now)), ...kept(tail)];
}

function replaced(old: readonly string[], now: readonly string[]): Edit[] {
  return [...now.map((): Edit => "insert"), ...old.map((): Edit => "delete")];
}

/** The greedy walk: for each length of script, how far along `old` every diagonal reaches. */
function shortest(old: readonly string[], now: readonly string[]): Edit[] | undefined {
  const most = Math.min(old.length + now.length, MAX_SCRIPT);
  const reach = new Int32Array(2 * most + 3);
  const zero = most + 1;
  const history: Int32Array[] = [];
  for (let length = 0; length <= most; length++) {
    history.push(reach.slice(zero - length - 1, zero + length + 2));
    for (let k = -length; k <= length; k += 2) {
      const down = k === -length || (k !== length && reach[zero + k - 1]! < reach[zero + k + 1]!);
      let x = down ? reach[zero + k + 1]! : reach[zero + k - 1]! + 1;
      while (x < old.length && x - k < now.length && old[x] === now[x - k]) x++;
      reach[zero + k] = x;
      if (x >= old.length && x - k >= now.length) return backtrack(history, old.length, now.length);
    }
  }
  return undefined;
}

function backtrack(history: readonly Int32Array[], x: number, y: number): Edit[] {
  const edits: Edit[] = [];
  for (let length = history.length - 1; length >= 0; length--) {
    // `history[length]` holds the diagonals −length−1 … length+1 as they were before that length was tried.
    const reach = (k: number) => history[length]![k + length + 1]!;
    const k = x - y;
    const down = k === -length || (k !== length && reach(k - 1) < reach(k + 1));
    const fromX = length === 0 ? 0 : down ? reach(k + 1) : reach(k - 1);
    const fromY = length === 0 ? 0 : fromX - (down ? k + 1 : k - 1);
    const begin = length === 0 ? 0 : down ? fromX : fromX + 1;
    for (; x > begin; x--, y--) edits.push("keep");
    if (length > 0) edits.push(down ? "insert" : "delete");
    x = fromX;
    y = fromY;
  }
  return edits.reverse();
}
