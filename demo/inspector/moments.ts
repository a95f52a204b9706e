// A trace, moment by moment: what each client had after so many steps, what the server had committed by then, and where the
// copies differ. Pure; the form of a trace stands in `test/fuzz/trace.ts`.
//
// Frames tell of a client when something of it has changed; between two of them it had what the earlier one says.

import { PlainSnapshot, RichSnapshot } from "../../ot/index.js";
import type { Committed, DocumentType, Version } from "../../protocol/index.js";
import type { Frame, Trace } from "../../test/fuzz/trace.js";

export interface Moment {
  /** By number of the client; undefined: nothing is known of it yet. */
  readonly clients: readonly (Frame | undefined)[];
  /** The ops that some client had confirmed by then. What else was committed is not known of a moment. */
  readonly log: readonly Committed[];
  /** The highest version that a client had confirmed. */
  readonly version: Version;
}

/** What was so after `after` steps. */
export function momentOf({ header, frames, log }: Trace, after: number): Moment {
  const clients: (Frame | undefined)[] = new Array(header.clients).fill(undefined);
  for (const frame of frames) if (frame.after <= after) clients[frame.client] = frame;
  const version = Math.max(0, ...clients.map((frame) => frame?.version ?? 0));
  return { clients, log: log.filter((each) => each.version <= version), version };
}

/** A document as text, each block on a line of its own. @throws OtError unless it is one of that type */
export const shownText = (type: DocumentType, document: unknown): string =>
  // The marker of the first block begins no new line.
  type === "rich"
    ? RichSnapshot.from(document).toString().replace(/^\n/, "")
    : PlainSnapshot.from(document).toString();

/** A text in three: what all copies begin with, what is this one's own, and what all end with. */
export interface Parted {
  readonly same: string;
  readonly own: string;
  readonly rest: string;
}

/** Where copies differ: all that lies between what all begin with and what all end with. No character is cut in two. */
export function parted(texts: readonly string[]): readonly Parted[] {
  const all = texts.map((text) => [...text]);
  const first = all[0];
  if (first === undefined) return [];
  const shortest = Math.min(...all.map(({ length }) => length));
  let head = 0;
  while (head < shortest && all.every((text) => text[head] === first[head])) head++;
  let tail = 0;
  while (tail < shortest - head && all.every((text) => text.at(-1 - tail) === first.at(-1 - tail))) tail++;
  return all.map((text) => ({
    same: text.slice(0, head).join(""),
    own: text.slice(head, text.length - tail).join(""),
    rest: text.slice(text.length - tail).join(""),
  }));
}
