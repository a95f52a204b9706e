// What is there of the past of a document, read from its log in pages, with room between them for everybody else.

import { setImmediate } from "node:timers/promises";
import { type Committed, Fault, type Version } from "../../protocol/index.js";
import type { OpenLedger } from "../ledger/index.js";
import { unlessGone } from "./lives.js";
import { PAGE } from "./submitting.js";

/** What of the ledger is needed to read the past. */
export type PastLedger = Pick<OpenLedger, "head" | "ops" | "past">;

/** The ops that made the versions `from` + 1 … `to`. @throws Fault `version_unknown` | `version_ahead` | `forbidden` */
export async function* opsBetween(
  ledger: Pick<PastLedger, "ops">,
  id: string,
  from: Version,
  to: Version,
): AsyncGenerator<readonly Committed[]> {
  for (let at = from; at < to; ) {
    const page = await ledger.ops(id, at, Math.min(PAGE, to - at));
    if (page.length === 0) throw new Fault("version_unknown", "History that old is not there any more.");
    yield page;
    at = page.at(-1)!.version;
    await setImmediate();
  }
}

/**
 * The ops that made the versions `from` + 1 … `to`, or those of them that are kept and of the present life; at most a page.
 *
 * @returns them, and the version that they begin at
 */
export async function opsBackFrom(
  ledger: Pick<PastLedger, "ops">,
  id: string,
  from: Version,
  to: Version,
): Promise<{ readonly began: Version; readonly ops: readonly Committed[] }> {
  // All ops after `known` are there; of those after `unknown` some are not.
  let [unknown, known] = [from - 1, to];
  let ops: readonly Committed[] = [];
  for (let next = from; known - unknown > 1; next = Math.floor((unknown + known) / 2)) {
    const read = await unlessGone(all(opsBetween(ledger, id, next, known)));
    if (read === undefined) unknown = next;
    else {
      known = next;
      ops = [...read, ...ops];
    }
  }
  return { began: known, ops };
}

/** The first version after which all ops are there: more than 0 where history was pruned or the document made anew. */
export async function firstKnown(ledger: PastLedger, id: string, head: Version): Promise<Version> {
  for (let end = head; end > 0; ) {
    const from = Math.max(0, end - PAGE);
    const { began } = await opsBackFrom(ledger, id, from, end);
    if (began > from) return began;
    end = from;
  }
  return 0;
}

async function all<Item>(pages: AsyncIterable<readonly Item[]>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of pages) for (const item of page) items.push(item);
  return items;
}
