// What a document that was fetched anew has not, of the one that was here: as an op that puts it back.
//
// What always holds: the op only inserts. Whatever others have written meanwhile stays, and so does what the server has again
// that was deleted here. Where nobody else wrote in a line, exactly what is missing is put in its place; where somebody
// did, the letters that both texts happen to share say nothing, so what stood there is put behind it in one piece,
// whole words at least, and on a line of its own if all of the line is another.

import { insertedText, type Snapshot, type TextType } from "../ot/index.js";
import { consumed, produced } from "./op.js";
import type { Op } from "./types.js";

/** A stretch of the fetched document, and what stood here in its place. */
interface Gap {
  readonly from: number;
  readonly fromEnd: number;
  readonly to: number;
  readonly toEnd: number;
}

/** @param difference  makes `to`, the document that was here, of `from`, which was fetched */
export function lostIn<S extends Snapshot, O extends Op>(
  type: TextType<S, O>,
  from: S,
  to: S,
  difference: O,
): O {
  const op: Op[number][] = [];
  let walked = 0;
  for (const gap of whole(gapsOf(difference), from, to)) {
    if (gap.toEnd === gap.to) continue;
    op.push(gap.fromEnd - walked, ...content(gap, from, to));
    walked = gap.fromEnd;
  }
  return type.normalize(op as unknown as O);
}

/** What an op inserts, as one reads it: what stands in different places is told apart. */
export function piecesOf(op: Op): string {
  const pieces: Op[number][][] = [[]];
  for (const component of op)
    if (consumed(component) > 0) pieces.push([]);
    else pieces.at(-1)!.push(component);
  const texts = pieces.map((piece) => insertedText(piece as unknown as Op)).filter((text) => text !== "");
  return texts.length === 1 ? texts[0]! : texts.map((text) => text.trim()).join(" … ");
}

/** Where the two differ, in order. */
function gapsOf(difference: Op): Gap[] {
  const gaps: Gap[] = [];
  let [from, to] = [0, 0];
  for (const component of difference) {
    const fromEnd = from + consumed(component);
    const toEnd = to + produced(component);
    const keeps = typeof component === "number" || (typeof component === "object" && "r" in component);
    const last = gaps.at(-1);
    if (!keeps && last?.fromEnd === from && last.toEnd === to)
      gaps[gaps.length - 1] = { ...last, fromEnd, toEnd };
    else if (!keeps) gaps.push({ from, fromEnd, to, toEnd });
    [from, to] = [fromEnd, toEnd];
  }
  return gaps;
}

/** Gaps of one line are one, if others wrote in it: then they end where words do. */
function whole(gaps: readonly Gap[], from: Snapshot, to: Snapshot): Gap[] {
  const lines: Gap[][] = [];
  for (const gap of gaps) {
    const line = lines.at(-1);
    if (line === undefined || textOf(from, line.at(-1)!.fromEnd, gap.from).includes("\n")) lines.push([gap]);
    else line.push(gap);
  }
  return lines.flatMap((line) => {
    const one = { ...line[0]!, fromEnd: line.at(-1)!.fromEnd, toEnd: line.at(-1)!.toEnd };
    const touched = line.some((gap) => gap.fromEnd > gap.from) && line.some((gap) => gap.toEnd > gap.to);
    return touched ? [toWords(one, from, to)] : line;
  });
}

/** Widens a gap over the words that it begins or ends within. */
function toWords(gap: Gap, from: Snapshot, to: Snapshot): Gap {
  let before = 0;
  let behind = 0;
  const begins = isWord(charAt(from, gap.from)) || isWord(charAt(to, gap.to));
  if (begins) while (isWord(charAt(from, gap.from - before - 1))) before++;
  const ends = isWord(charAt(from, gap.fromEnd - 1)) || isWord(charAt(to, gap.toEnd - 1));
  if (ends) while (isWord(charAt(from, gap.fromEnd + behind))) behind++;
  return {
    from: gap.from - before,
    fromEnd: gap.fromEnd + behind,
    to: gap.to - before,
    toEnd: gap.toEnd + behind,
  };
}

/** What stood in a gap, set apart from what stands there now. */
function content(
  { from, fromEnd, to, toEnd }: Gap,
  fetched: Snapshot,
  here: Snapshot,
): readonly Op[number][] {
  const lost = inserts(here, to, toEnd);
  if (from === fromEnd) return lost;
  const begins = from === 0 || charAt(fetched, from - 1) === "\n";
  const ends = fromEnd === fetched.length || charAt(fetched, fromEnd) === "\n";
  // With the break before it, which in rich text says what kind of line it is.
  if (begins && ends) return to === 0 ? ["\n", ...lost] : inserts(here, to - 1, toEnd);
  const apart = (left: string, right: string) => (isWord(left) && isWord(right) ? [" "] : []);
  return [
    ...apart(charAt(fetched, fromEnd - 1), charAt(here, to)),
    ...lost,
    ...apart(charAt(here, toEnd - 1), charAt(fetched, fromEnd)),
  ];
}

function inserts(snapshot: Snapshot, from: number, to: number): readonly Op[number][] {
  const slice = snapshot.slice(from, to);
  return typeof slice === "string" ? [slice] : slice;
}

/** Of embeds, nothing. */
const textOf = (snapshot: Snapshot, from: number, to: number) =>
  insertedText(inserts(snapshot, from, to) as unknown as Op);

/** Nothing beyond either end. */
const charAt = (snapshot: Snapshot, at: number) =>
  at < 0 || at >= snapshot.length ? "" : textOf(snapshot, at, at + 1);

/** Whether a character goes with its neighbours: not a space, nor of a script that sets none between its words. */
const isWord = (text: string) =>
  /[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(text);
