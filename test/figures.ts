// What a test has to say of how much it tried: "100 kills, 0 acknowledged ops lost". `npm run promises` collects these
// for `docs/promises.md`.
//
// A figure is a count or a measurement made by the test that gives it, never a number written by hand, and it is given
// only after the test has held. Without INTERLINE_FIGURES nothing is written anywhere.

import { appendFileSync } from "node:fs";

export interface Figure {
  /** The id of a promise in `promises/list.ts`. */
  readonly promise: string;
  /** What was counted, so that `what: value` reads as a sentence. Of several with one name the last counts. */
  readonly what: string;
  readonly value: string | number;
}

/** Gives a figure for the page of promises. */
export function figure(promise: string, what: string, value: string | number): void {
  const file = process.env.INTERLINE_FIGURES;
  if (file === undefined || file === "") return;
  const line: Figure = { promise, what, value };
  // One short write to a file opened for appending: several processes may do so at once.
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}
