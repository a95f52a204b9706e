// Strands of documents: folded from the log a page at a time, with room between the pages for everybody else, and kept for
// the documents that were asked about last, so that the next question folds only what is new.
//
// Always holds: a kept strand is of the present life of its document and is folded by one call at a time.

import { setImmediate } from "node:timers/promises";
import { type Committed, Fault, type Version } from "../../protocol/index.js";
import { Strand } from "../history/strand.js";
import type { OpenLedger } from "../ledger/index.js";
import type { DocumentHead } from "../ports.js";
import { createTurns } from "../turns.js";
import { unlessGone } from "./lives.js";
import { PAGE } from "./submitting.js";

/** What of the ledger is needed to read the past. */
export type PastLedger = Pick<OpenLedger, "head" | "ops" | "past">;

/** Runs of all kept strands together; a run is some hundreds of bytes. */
export const KEPT_RUNS = 200_000;

/** A strand that began at the document's beginning, or where what is kept of its history begins. */
export interface Whole {
  readonly strand: Strand;
  readonly began: Version;
}

interface Kept extends Whole {
  readonly epoch: string;
  version: Version;
}

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

/** The document at `from`, and what became of it until `to`. @throws Fault as {@link opsBetween}, `document_deleted` */
export async function strandBetween(
  ledger: PastLedger,
  id: string,
  from: Version,
  to: Version,
): Promise<Strand> {
  const strand = from === 0 ? new Strand() : new Strand((await ledger.past(id, { version: from })).snapshot);
  for await (const page of opsBetween(ledger, id, from, to))
    for (const committed of page) strand.fold(committed);
  return strand;
}

/** @param most  runs to keep */
export function createStrands(ledger: PastLedger, most = KEPT_RUNS) {
  const kept = new Map<string, Kept>();
  const turns = createTurns();

  /** Keeps those asked about last, as long as there is room. */
  function keep(id: string, strand: Kept): void {
    kept.delete(id);
    kept.set(id, strand);
    let runs = 0;
    for (const [other, { strand }] of [...kept].reverse()) {
      runs += strand.size;
      if (runs > most) kept.delete(other);
    }
  }

  const begin = (began: Version, base: Strand, epoch: string): Kept => ({
    strand: base,
    began,
    epoch,
    version: began,
  });

  async function foldTo(id: string, kept: Kept, to: Version): Promise<Kept> {
    for await (const page of opsBetween(ledger, id, kept.version, to)) {
      for (const committed of page) kept.strand.fold(committed);
      kept.version = page.at(-1)!.version;
    }
    return kept;
  }

  /** From the beginning; or, where not all of that is there, from the first version that is. */
  async function fromBeginning(id: string, { epoch, version }: DocumentHead): Promise<Kept> {
    const whole = await unlessGone(foldTo(id, begin(0, new Strand(), epoch), version));
    if (whole !== undefined) return whole;
    const first = await firstKnown(ledger, id, version);
    return foldTo(id, begin(first, await strandBetween(ledger, id, first, first), epoch), version);
  }

  /** Has `use` read a document's strand from its beginning to the head, which nobody goes on folding meanwhile. */
  return async function whole<Result>(
    id: string,
    head: DocumentHead,
    use: (whole: Whole) => Result,
  ): Promise<Result> {
    return turns.next(id, async () => {
      const known = kept.get(id);
      // A fold that breaks off in the middle is not gone on with.
      kept.delete(id);
      const strand =
        known?.epoch === head.epoch ? await foldTo(id, known, head.version) : await fromBeginning(id, head);
      keep(id, strand);
      return use(strand);
    });
  };
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
async function firstKnown(ledger: PastLedger, id: string, head: Version): Promise<Version> {
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
