// The least op between two documents of any size: block by block first, and within a block that changed, atom by atom.
//
//     old   ¶ one   ¶ two   ¶           ¶ three
//     now   ¶ one           ¶ new text  ¶ three!       →   skip ¶ one, delete ¶ two, …
//
// Blocks with the same text are one block, whatever its attributes; of the others those are paired that share most.
// A block that has no partner goes or comes whole, with its marker, so that what is typed at either of its ends by
// somebody else stays in the block it was typed in. In a plain document a block is a line with its line feed.
//
// Always holds: applied to the one document the op gives the other. It may begin with an insert or a delete; see
// `first-marker.ts` for what a rich document takes. Costs the length of both, and a bounded time for what differs.

import { alignExactly, alignUnique, isShort, type Pair, type Token } from "../../client/prosemirror/align.js";
import { plainDifference, richDifference } from "../../ot/difference.js";
import {
  codePointLength,
  isBlockEmbed,
  PlainSnapshot,
  plainOp,
  type RichOp,
  RichSnapshot,
  richOp,
} from "../../ot/index.js";
import type { DocumentType, Op } from "../../protocol/index.js";

interface Block extends Token {
  /** What stands at its head, and its text, embeds included. */
  readonly head: string;
  readonly body: string;
}

/** Of this many units at either end of two bodies it is asked what they share. */
const COMPARED = 256;
/** Bodies that share less than this part of the longer one are not the same block. */
const ALIKE = 0.3;

/** The op that makes `to` out of `from`, two snapshots of one type. */
export function leastOp(type: DocumentType, from: unknown, to: unknown): Op {
  return type === "plain"
    ? leastPlain(PlainSnapshot.from(from), PlainSnapshot.from(to))
    : leastRich(RichSnapshot.from(from), RichSnapshot.from(to));
}

function leastPlain(from: PlainSnapshot, to: PlainSnapshot): Op {
  const op = plainOp();
  walk(plainBlocks(from.toString()), plainBlocks(to.toString()), (old, now) => {
    if (old === undefined) op.insert(now!.body);
    else if (now === undefined) op.delete(old.to - old.from);
    else if (old.key === now.key) op.skip(old.to - old.from);
    else {
      let left = old.to - old.from;
      for (const part of plainDifference(PlainSnapshot.from(old.body), PlainSnapshot.from(now.body))) {
        if (typeof part === "string") op.insert(part);
        else if (typeof part === "number") op.skip(part);
        else op.delete(part.d as number);
        if (typeof part !== "string") left -= typeof part === "number" ? part : (part.d as number);
      }
      op.skip(left);
    }
  });
  return op.done();
}

function leastRich(from: RichSnapshot, to: RichSnapshot): RichOp {
  const op = richOp();
  walk(richBlocks(from), richBlocks(to), (old, now) => {
    if (old === undefined) for (const insert of to.slice(now!.from, now!.to)) op.add(insert);
    else if (now === undefined) op.delete(old.to - old.from);
    else {
      const [before, after] = [from.slice(old.from, old.to), to.slice(now.from, now.to)];
      let left = old.to - old.from;
      if (JSON.stringify(before) !== JSON.stringify(after)) {
        for (const part of richDifference(RichSnapshot.from(before), RichSnapshot.from(after))) {
          op.add(part);
          if (typeof part === "number") left -= part;
          else if (typeof part === "object" && "d" in part) left -= part.d;
          else if (typeof part === "object" && "r" in part) left -= part.r;
        }
      }
      op.skip(left);
    }
  });
  return op.done();
}

function plainBlocks(text: string): Block[] {
  let at = 0;
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((body) => {
    const from = at;
    at += codePointLength(body);
    return { from, to: at, head: "", body, key: body };
  });
}

function richBlocks(snapshot: RichSnapshot): Block[] {
  const blocks: Block[] = [];
  let from = 0;
  let head = "";
  let body = "";
  const end = (to: number) => {
    if (to > from) blocks.push({ from, to, head, body, key: `${head} ${body}` });
  };
  for (const { at, atoms, content } of snapshot.pieces()) {
    if (typeof content === "string" ? !content.startsWith("\n") : !isBlockEmbed(content)) {
      body += typeof content === "string" ? content : ` ${JSON.stringify(content)} `;
      continue;
    }
    for (let nth = 0; nth < atoms; nth++) {
      end(at + nth);
      from = at + nth;
      head = typeof content === "string" ? "¶" : JSON.stringify(content);
      body = "";
    }
  }
  end(snapshot.length);
  return blocks;
}

/** Tells of all blocks in order: those that stay, and those that are on one side only. */
function walk(old: readonly Block[], now: readonly Block[], tell: (old?: Block, now?: Block) => void): void {
  let [i, j] = [0, 0];
  for (const [oldAt, nowAt] of [...paired(old, now), [old.length, now.length] as const]) {
    for (; j < nowAt; j++) tell(undefined, now[j]);
    for (; i < oldAt; i++) tell(old[i]);
    if (i < old.length) tell(old[i++], now[j++]);
  }
}

function paired(old: readonly Block[], now: readonly Block[]): Pair[] {
  const most = Math.min(old.length, now.length);
  let head = 0;
  while (head < most && old[head]!.key === now[head]!.key) head++;
  let tail = 0;
  while (tail < most - head && old.at(-1 - tail)!.key === now.at(-1 - tail)!.key) tail++;
  const pairs: Pair[] = Array.from({ length: head }, (_, at) => [at, at]);
  const [oldEnd, nowEnd] = [old.length - tail, now.length - tail];
  const middle = [old.slice(head, oldEnd), now.slice(head, nowEnd)] as const;
  const fixed = isShort(...middle) ? [] : alignUnique(...middle);
  let [i, j] = [0, 0];
  for (const [oldAt, nowAt] of [...fixed, [middle[0].length, middle[1].length] as const]) {
    const gap = [middle[0].slice(i, oldAt), middle[1].slice(j, nowAt)] as const;
    for (const [x, y] of alike(...gap)) pairs.push([head + i + x, head + j + y]);
    if (oldAt < middle[0].length) pairs.push([head + oldAt, head + nowAt]);
    [i, j] = [oldAt + 1, nowAt + 1];
  }
  for (let at = 0; at < tail; at++) pairs.push([oldEnd + at, nowEnd + at]);
  return pairs;
}

function alike(old: readonly Block[], now: readonly Block[]): Pair[] {
  if (!isShort(old, now)) return [];
  // Paired is what has the same head; how much of the body is shared is what it weighs.
  const byHead = (blocks: readonly Block[]) => blocks.map((block) => ({ ...block, key: block.head }));
  return alignExactly(byHead(old), byHead(now), (x, y) => shared(x as Block, y as Block));
}

/** How much of two bodies is the same; 0 if too little for them to be one block. */
function shared({ body: x }: Block, { body: y }: Block): number {
  if (x === y) return 2 + 2 * Math.min(x.length, 2 * COMPARED);
  const most = Math.min(x.length, y.length, COMPARED);
  let head = 0;
  while (head < most && x[head] === y[head]) head++;
  let tail = 0;
  while (tail < Math.min(most, Math.min(x.length, y.length) - head) && x.at(-1 - tail) === y.at(-1 - tail))
    tail++;
  const longer = Math.min(Math.max(x.length, y.length), 2 * COMPARED);
  return head + tail >= ALIKE * longer ? head + tail : 0;
}
