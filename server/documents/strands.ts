// Strands of documents: folded from the log a page at a time, with room between the steps for everybody else, and kept for
// those who asked last, so that the next question about the same versions folds only what is new.
//
// Always holds: a kept strand is of the present life of its document, and is folded and read by one call at a time.

import type { Version } from "../../protocol/index.js";
import { Strand } from "../history/strand.js";
import type { DocumentHead } from "../ports.js";
import { unlessGone } from "./lives.js";
import { firstKnown, opsBetween, type PastLedger } from "./past.js";
import type { Readers } from "./readers.js";
import { inSteps, type Steps } from "./steps.js";

/** Runs of all kept strands together; a run is some hundreds of bytes. */
export const KEPT_RUNS = 200_000;

/** A strand, and the version that it began at. */
export interface Begun {
  readonly strand: Strand;
  readonly began: Version;
}

interface Kept extends Begun {
  readonly epoch: string;
  version: Version;
}

export interface Strands {
  /**
   * Has `use` read a document's strand from its beginning, or from where what is kept of its history begins, to the head.
   *
   * @throws Fault `busy`, and what `use` throws
   */
  whole<Result>(id: string, head: DocumentHead, use: (whole: Begun) => Steps<Result>): Promise<Result>;
  /**
   * Has `use` read what became until `to` of the document as it was at `from`.
   *
   * @throws Fault as {@link opsBetween}; `document_deleted` | `busy`, and what `use` throws
   */
  between<Result>(
    id: string,
    head: DocumentHead,
    range: { readonly from: Version; readonly to: Version },
    use: (strand: Strand) => Steps<Result>,
  ): Promise<Result>;
}

/** @param most  runs to keep */
export function createStrands(ledger: PastLedger, readers: Readers, most = KEPT_RUNS): Strands {
  const kept = new Map<string, Kept>();

  /** Keeps those asked about last, as long as there is room. */
  function keep(name: string, strand: Kept): void {
    kept.delete(name);
    kept.set(name, strand);
    let runs = 0;
    for (const [other, { strand }] of [...kept].reverse()) {
      runs += strand.size;
      if (runs > most) kept.delete(other);
    }
  }

  async function foldTo(id: string, kept: Kept, to: Version): Promise<Kept> {
    for await (const page of opsBetween(ledger, id, kept.version, to)) {
      for (const committed of page) await inSteps(kept.strand.folding(committed));
      kept.version = page.at(-1)!.version;
    }
    return kept;
  }

  async function beginAt(id: string, from: Version, epoch: string): Promise<Kept> {
    const strand =
      from === 0
        ? new Strand()
        : await inSteps(Strand.begun((await ledger.past(id, { version: from })).snapshot));
    return { strand, began: from, epoch, version: from };
  }

  /** From the beginning; or, where not all of that is there, from the first version that is. */
  async function fromBeginning(id: string, { epoch, version }: DocumentHead): Promise<Kept> {
    const whole = await unlessGone(beginAt(id, 0, epoch).then((begun) => foldTo(id, begun, version)));
    if (whole !== undefined) return whole;
    return foldTo(id, await beginAt(id, await firstKnown(ledger, id, version), epoch), version);
  }

  /** Goes on with what is kept under a name, up to exactly `to`, or begins anew. */
  function read<Result>(
    id: string,
    name: string,
    { epoch }: DocumentHead,
    to: Version,
    anew: () => Promise<Kept>,
    use: (begun: Begun) => Steps<Result>,
  ): Promise<Result> {
    return readers.enter(id, async () => {
      const known = kept.get(name);
      // A fold that breaks off in the middle is not gone on with.
      kept.delete(name);
      const goesOn = known !== undefined && known.epoch === epoch && known.version <= to;
      const strand = goesOn ? await foldTo(id, known, to) : await anew();
      keep(name, strand);
      return inSteps(use(strand));
    });
  }

  return {
    whole: (id, head, use) => read(id, id, head, head.version, () => fromBeginning(id, head), use),
    between: (id, head, { from, to }, use) =>
      read(
        id,
        `${id} ${from}`,
        head,
        to,
        async () => foldTo(id, await beginAt(id, from, head.epoch), to),
        ({ strand }) => use(strand),
      ),
  };
}
