// Pages are merged into larger ones as they become many, since a page finds nothing in the others: four of a thousand ops into
// one of a single part, eight of those into one of eight, and four of those once more. An edit in the largest takes half of
// the room that it takes in the smallest, and is written four times in all.
//
// Of a large page, one part is decoded to read an op of it. So parts stay small: to read one costs some ten milliseconds.

import { demandSame } from "./chain.js";
import { type FoldRule, fold, type Page, rowsOf } from "./pages.js";
import { bound, gives, notAsWritten, type Part, partsOf } from "./parts.js";

/** From how many pages' worth of ops on pages are merged, and are no longer merged with those that have fewer. */
const LEVELS = [4, 32, 128];

/** No more is merged than so many bytes as stored, and so many not compressed. */
const MOST_BYTES = 2 ** 19;
const MOST_BYTES_READ = 2 ** 22;

/** What is known of a page without reading it. */
export interface PageSize {
  readonly version: number;
  readonly first: number;
  readonly bytes: number;
}

/** How many of the newest pages have to be looked at to know which are due. */
export const NEWEST_PAGES = LEVELS.length * 32;

const opsIn = ({ version, first }: Pick<PageSize, "version" | "first">) => version - first + 1;

/**
 * Those of the newest pages of a document that are to be merged, oldest first; none, while they are too few.
 *
 * @param newest  newest first, without holes
 */
export function dueToMerge<Size extends PageSize>(
  newest: readonly Size[],
  { ops }: FoldRule,
): readonly Size[] {
  let least = ops;
  for (const level of LEVELS) {
    const from = newest.findIndex((page) => opsIn(page) >= least);
    const rest = from === -1 ? [] : newest.slice(from);
    const end = rest.findIndex((page) => opsIn(page) < least || opsIn(page) >= level * ops);
    const alike = end === -1 ? rest : rest.slice(0, end);
    const bytes = alike.reduce((sum, page) => sum + page.bytes, 0);
    if (alike.reduce((sum, page) => sum + opsIn(page), 0) >= level * ops && bytes <= MOST_BYTES)
      return alike.toReversed();
    least = level * ops;
  }
  return [];
}

/**
 * One page for several that follow on each other.
 *
 * @returns undefined if there is too much in them for one
 * @throws StorageError `corrupt` unless they are as they were written
 */
export async function merge(pages: readonly Page[], { ops }: FoldRule): Promise<Page | undefined> {
  const parts: Part[] = [];
  let left = MOST_BYTES_READ;
  for (const page of pages) {
    const found = partsOf(page);
    left -= found.reduce((sum, { run }) => sum + run.length, 0);
    if (left < 0) return undefined;
    parts.push(...found);
  }
  const [first, last] = [parts[0]!, parts.at(-1)!];
  for (const [at, part] of parts.slice(1).entries()) {
    if (part.first !== parts[at]!.version + 1) throw notAsWritten(part.version);
    demandSame(part.base, parts[at]!.chain, parts[at]!.version);
  }
  const { version, chain } = last;
  if (opsIn({ first: first.first, version }) < 2 * LEVELS[0]! * ops)
    return fold(parts.flatMap(rowsOf), first.base);
  const page = { version, first: first.first, base: first.base, chain, ops: await bound(parts) };
  if (!gives(page, parts)) throw notAsWritten(version);
  return page;
}
