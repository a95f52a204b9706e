// Runs: stretches of atoms that share one attribute set. A rope is a long row of them.
//
// A run is either text, of which each line feed is a block marker, or one embed. Embeds count one atom and one UTF-16
// unit. Runs are immutable, never empty, and carry their counts, so that nothing above has to look at the text.

import { noAttributes, sameAttributes, sortedAttributes } from "../attributes.js";
import type { Attributes, Embed } from "../types.js";
import { codePointLength, codePointToUtf16 } from "../unicode.js";

export class Run {
  constructor(
    readonly content: string | Embed,
    readonly attributes: Attributes,
    readonly atoms: number,
    readonly units: number,
    /** Block markers and block embeds. */
    readonly blocks: number,
  ) {}
}

/** Whether an embed is a block of its own rather than part of a line. */
export const isBlockEmbed = (embed: Embed): boolean => Object.hasOwn(embed, "blk") && embed.blk === true;

/** Number of line feeds in the UTF-16 units `from` to `to` of a text. */
export function countLineFeeds(text: string, from = 0, to = text.length): number {
  let count = 0;
  const within = text.slice(from, to);
  for (let at = within.indexOf("\n"); at !== -1; at = within.indexOf("\n", at + 1)) count++;
  return count;
}

export function textRun(text: string, attributes: Attributes = noAttributes): Run {
  return new Run(text, attributes, codePointLength(text), text.length, countLineFeeds(text));
}

export function embedRun(embed: Embed, attributes: Attributes = noAttributes): Run {
  return new Run(embed, attributes, 1, 1, isBlockEmbed(embed) ? 1 : 0);
}

/** Atoms as an op inserts them, as a run. */
export function runOf(content: string | Embed, attributes: Attributes | undefined): Run {
  const set = ownAttributes(attributes);
  return typeof content === "string" ? textRun(content, set) : embedRun(content, set);
}

/** Attributes as runs have them. */
export const ownAttributes = (attributes: Attributes | undefined): Attributes =>
  attributes === undefined ? noAttributes : sortedAttributes(attributes);

export function withAttributes(run: Run, attributes: Attributes): Run {
  return run.attributes === attributes
    ? run
    : new Run(run.content, attributes, run.atoms, run.units, run.blocks);
}

/** The UTF-16 offset of an atom inside a run. */
export function unitOffset(run: Run, atom: number): number {
  return run.atoms === run.units || atom === 0 ? atom : codePointToUtf16(run.content as string, atom);
}

/** The atoms `from` to `to` of a run; they must lie inside it and be at least one. */
export function sliceRun(run: Run, from: number, to: number): Run {
  if (from === 0 && to === run.atoms) return run;
  const text = run.content as string;
  const start = unitOffset(run, from);
  const end = run.atoms === run.units ? to : codePointToUtf16(text, to - from, start);
  const part = text.slice(start, end);
  return new Run(part, run.attributes, to - from, part.length, run.blocks === 0 ? 0 : countLineFeeds(part));
}

/**
 * One text of several, in a piece of memory of its own.
 *
 * JavaScript engines keep a text that was cut as a view of the whole, and one that was joined as a pair, so that a document
 * would hold on to texts that are long gone. `join` is what copies.
 */
export const joinedText = (...parts: readonly string[]): string => parts.join("");

/** Shorter texts are never views or pairs, at least in V8. */
const VIEW_UNITS = 13;

/** The same run, its text in a piece of memory of its own. */
export function settled(run: Run): Run {
  const { content } = run;
  if (typeof content !== "string" || content.length < VIEW_UNITS) return run;
  const own = joinedText(content.slice(0, 1), content.slice(1));
  return new Run(own, run.attributes, run.atoms, run.units, run.blocks);
}

/** Appends a run, joined with the last one where both are text with equal attributes. */
export function pushRun(runs: Run[], run: Run): void {
  const last = runs[runs.length - 1];
  if (
    last !== undefined &&
    typeof last.content === "string" &&
    typeof run.content === "string" &&
    sameAttributes(last.attributes, run.attributes)
  ) {
    runs[runs.length - 1] = new Run(
      last.content + run.content,
      last.attributes,
      last.atoms + run.atoms,
      last.units + run.units,
      last.blocks + run.blocks,
    );
  } else {
    runs.push(run);
  }
}

/** Cuts text into stretches that are all line feeds or without any, which is where attributes of text and of blocks part. */
export function* scopes(text: string): Generator<{ readonly text: string; readonly block: boolean }> {
  let at = 0;
  while (at < text.length) {
    const block = text.charCodeAt(at) === 10;
    let end = at;
    if (block) while (end < text.length && text.charCodeAt(end) === 10) end++;
    else end = text.indexOf("\n", at) === -1 ? text.length : text.indexOf("\n", at);
    yield { text: text.slice(at, end), block };
    at = end;
  }
}
