// What the page of history says, in words. Pure.

import type { Authors, NamedVersion, Session } from "../../protocol/index.js";
import { nameOf } from "../shared/authors.js";
import { type Locale, momentWords } from "./days.js";
import type { Stretch } from "./shown.js";

const many = (count: number, one: string, more: string) =>
  `${count.toLocaleString()} ${count === 1 ? one : more}`;

/** What a session did: "120 characters inserted, 4 deleted". */
export function countWords({ from, inserted, deleted, reformatted }: Session): string {
  const counts = [
    // A rich document begins with a block.
    [inserted > (from === 0 ? 1 : 0) ? inserted : 0, "inserted"],
    [deleted, "deleted"],
    [reformatted, "reformatted"],
  ] as const;
  const done = counts.filter(([count]) => count > 0);
  const said = done.map(([count, what], at) =>
    at === 0 ? `${many(count, "character", "characters")} ${what}` : `${count.toLocaleString()} ${what}`,
  );
  if (from === 0) said.unshift("began the document");
  return said.length === 0 ? "nothing changed" : said.join(", ");
}

const verbs: Record<Stretch["kind"], string> = {
  inserted: "inserted this",
  deleted: "deleted this",
  reformatted: "changed how this looks",
};

/** "Ada inserted this, today, 14:03". */
export function stretchWords(
  { kind, author, time }: Stretch,
  authors: Authors,
  now: number,
  locale: Locale = {},
): string {
  const what = `${nameOf(authors, author)} ${verbs[kind]}`;
  return time === undefined ? what : `${what}, ${momentWords(time, now, locale)}`;
}

/** How much is marked: ": changed in 3 places". */
export const changesWords = (places: number): string =>
  places === 0 ? "" : `: changed in ${many(places, "place", "places")}`;

/** A version in a list to choose from: "“Sent to Bo” · version 12", "Ada, today, 14:20 · version 12". */
export function choiceWords(
  version: number,
  named: NamedVersion | undefined,
  session: Session | undefined,
  authors: Authors,
  now: number,
  locale: Locale = {},
): string {
  if (named !== undefined) return `“${named.name}” · version ${version}`;
  if (session === undefined) return `Version ${version}`;
  return `${nameOf(authors, session.author)}, ${momentWords(session.endedAt, now, locale)} · version ${version}`;
}
