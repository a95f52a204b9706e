// A search through the titles, in steps that are short however many documents there are.
//
// Each step looks at so many documents, and the steps of all searches take turns, so that at most one of them is before
// whatever else is asked of the store. One answer takes so many steps: it may have few documents or none, and says where the
// next goes on.
//
// Of documents that somebody may not read they learn nothing, and so neither that there is one with such a title: an answer does
// not end, and says nothing of more, because of them. Rules that are asked cost time as well, so there is a bound all the same.

import { setImmediate } from "node:timers/promises";
import { createTurns } from "../turns.js";
import { type Listed, type ListedDocument, type ListQuery, LOOKED } from "./listing.js";
import type { OpLog } from "./op-log.js";

/** Documents that are looked at for one answer: some 20 ms of the thread that commits. */
const MOST = 20_000;

/** Documents that one is asked of, for an answer: who may read few of them gets there page by page. */
const ASKED = 200;
/** And of so many at once. */
const ASKED_AT_ONCE = 50;

/** Says of a document whether it may be in the list. */
export type MayList = (id: string) => boolean | Promise<boolean>;

/** Documents looked at in a step, and for an answer. */
export interface Looks {
  readonly step: number;
  readonly most: number;
}
const looks: Looks = { step: LOOKED, most: MOST };

export function createSearching(opLog: Pick<OpLog, "list">) {
  const turns = createTurns();

  return async function list(
    query: ListQuery,
    may?: MayList,
    { step, most }: Looks = looks,
  ): Promise<Listed> {
    const documents: ListedDocument[] = [];
    let after = query.after;
    let askedOf = 0;
    for (let looked = step; ; looked += step) {
      const left = query.limit - documents.length;
      // How many are wanted must not decide how far it is looked, or where that ends would tell of what is left out.
      const asked = { ...query, after, limit: may === undefined ? left : ASKED_AT_ONCE, looks: step };
      // Without a search the first step finds all that is wanted, by an index.
      const found: Listed =
        query.search === "" ? await opLog.list(asked) : await turns.next("search", () => opLog.list(asked));
      const more = may === undefined ? found.documents : await those(found.documents, may);
      documents.push(...more.slice(0, left));
      if (more.length > left) return { documents, next: documents.at(-1)!.place };
      after = found.next;
      askedOf += may === undefined ? 0 : found.documents.length;
      if (after === undefined || documents.length === query.limit || looked >= most || askedOf >= ASKED)
        return { documents, next: after };
      await setImmediate();
    }
  };
}

async function those(documents: readonly ListedDocument[], may: MayList): Promise<readonly ListedDocument[]> {
  const allowed = await Promise.all(documents.map(({ id }) => may(id)));
  return documents.filter((_document, index) => allowed[index]);
}
