// A search through the titles, in steps that are short however many documents there are.
//
// Each step looks at so many documents, and the steps of all searches take turns, so that at most one of them is before
// whatever else is asked of the store. One answer takes so many steps: it may have few documents or none, and says where the
// next goes on.

import { setImmediate } from "node:timers/promises";
import { createTurns } from "../turns.js";
import { type Listed, type ListedDocument, type ListQuery, LOOKED, type OpLog } from "./op-log.js";

/** Documents that are looked at for one answer: some 20 ms of the thread that commits. */
const MOST = 20_000;

/** Documents looked at in a step, and for an answer. */
export interface Looks {
  readonly step: number;
  readonly most: number;
}
const looks: Looks = { step: LOOKED, most: MOST };

export function createSearching(opLog: Pick<OpLog, "list">) {
  const turns = createTurns();

  return async function list(query: ListQuery, { step, most }: Looks = looks): Promise<Listed> {
    const documents: ListedDocument[] = [];
    let after = query.after;
    for (let looked = step; ; looked += step) {
      const asked = { ...query, after, limit: query.limit - documents.length, looks: step };
      // Without a search the first step finds all that is wanted, by an index.
      const found: Listed =
        query.search === "" ? await opLog.list(asked) : await turns.next("search", () => opLog.list(asked));
      documents.push(...found.documents);
      after = found.next;
      if (after === undefined || documents.length === query.limit || looked >= most)
        return { documents, next: after };
      await setImmediate();
    }
  };
}
