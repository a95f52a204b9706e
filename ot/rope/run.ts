// Runs: stretches of atoms that share one attribute set. A rope is a long row of them.
//
// A run is either text, of which each line feed is a block marker, or one embed. Embeds count one atom and one UTF-16
// unit. Runs are immutable, never empty, and carry their counts, so that nothing above has to look at the text.

import { noAttributes, sameAttributes } from "../attributes.js";
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

export function countLineFeeds(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

export function textRun(text: string, attributes: Attributes = noAttributes): Run {
  return new Run(text, attributes, codePointLength(text), text.length, countLineFeeds(text));
}

export function embedRun(embed: Embed, attributes: Attributes = noAttributes): Run {
  return new Run(embed, attributes, 1, 1, isBlockEmbed(embed) ? 1 : 0);
}

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
