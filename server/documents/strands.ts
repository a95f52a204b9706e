// Strands of documents: folded from the log a page at a time, with room between the steps for everybody else, and kept for
// those who asked last, so that the next question about the same versions folds only what is new. Of each document there are
// two at most: from its beginning, and from the version that was last asked from.
//
// Always holds: a kept strand is used only for a head of the life that it was folded in, and is folded and read by one call
// at a time.

import { type Committed, Fault, type Version } from "../../protocol/index.js";
import { Strand } from "../history/strand.js";
import type { DocumentHead } from "../ports.js";
import { createKept } from "./kept.js";
import { unlessGone } from "./lives.js";
import { firstKnown, opsBetween, type PastLedger } from "./past.js";
import type { Readers } from "./readers.js";
import { inSteps, type Steps } from "./steps.js";

/** What all kept strands hold together, about. */
export const KEPT_BYTES = 64 * 2 ** 20;
/**
 * What those hold together, about, that are being folded and read: millions of letters, each typed by itself. Beyond it a process
 * comes to the end of its memory, and there are ops of some hundred bytes that make a strand longer by a hundred megabytes.
 */
export const READ_BYTES = 2 ** 30;

/** A strand, and the version that it began at. */
export interface Begun {
  readonly strand: Strand;
  readonly began: Version;
}

interface Folded extends Begun {
  readonly epoch: string;
  version: Version;
}

export interface Strands {
  /**
   * Has `use` read a document's strand from its beginning, or from where what is kept of its history begins, to the head or
   * past it.
   *
   * @throws Fault `busy` | `op_too_complex`, and what `use` throws
   */
  whole<Result>(id: string, head: DocumentHead, use: (whole: Begun) => Steps<Result>): Promise<Result>;
  /**
   * Has `use` read what became until `to` of the document as it was at `from`.
   *
   * @throws Fault as {@link opsBetween}; `document_deleted` | `busy` | `op_too_complex`, and what `use` throws
   */
  between<Result>(
    id: string,
    head: DocumentHead,
    range: { readonly from: Version; readonly to: Version },
    use: (strand: Strand) => Steps<Result>,
  ): Promise<Result>;
}

/**
 * @param most  bytes to keep, about
 * @param mostRead  bytes that may be folded and read at a time, about
 */
export function createStrands(
  ledger: PastLedger,
  readers: Readers,
  most = KEPT_BYTES,
  mostRead = READ_BYTES,
): Strands {
  const kept = createKept<Folded>(most, ({ strand }) => strand.weight);
  /** Those that are being folded or read. */
  const held = new Set<Folded>();

  function demandRoom({ strand }: Folded): void {
    if (strand.weight > mostRead)
      throw new Fault("op_too_complex", "Too much became of this document to tell it at once.");
    let bytes = 0;
    for (const { strand } of held) bytes += strand.weight;
    if (bytes > mostRead)
      throw new Fault("busy", "Too much that became of documents is read at once.", { retryAfterMs: 1000 });
  }

  function* fold(folded: Folded, committed: Committed): Steps<void> {
    for (const _ of folded.strand.folding(committed)) {
      demandRoom(folded);
      yield;
    }
    demandRoom(folded);
  }

  async function foldTo(id: string, folded: Folded, to: Version): Promise<Folded> {
    held.add(folded);
    try {
      for await (const page of opsBetween(ledger, id, folded.version, to)) {
        for (const committed of page) await inSteps(fold(folded, committed));
        folded.version = page.at(-1)!.version;
      }
    } catch (error) {
      held.delete(folded);
      throw error;
    }
    return folded;
  }

  async function read<Result>(folded: Folded, use: (folded: Folded) => Steps<Result>): Promise<Result> {
    try {
      return await inSteps(use(folded));
    } finally {
      held.delete(folded);
    }
  }

  async function beginAt(id: string, from: Version, epoch: string): Promise<Folded> {
    const strand =
      from === 0
        ? new Strand()
        : await inSteps(Strand.begun((await ledger.past(id, { version: from })).snapshot));
    return { strand, began: from, epoch, version: from };
  }

  /** From the beginning; or, where not all of that is there, from the first version that is. */
  async function fromBeginning(id: string, { epoch, version }: DocumentHead): Promise<Folded> {
    const whole = await unlessGone(beginAt(id, 0, epoch).then((begun) => foldTo(id, begun, version)));
    if (whole !== undefined) return whole;
    return foldTo(id, await beginAt(id, await firstKnown(ledger, id, version), epoch), version);
  }

  /** Goes on with what is kept under a name; a fold that breaks off in the middle is not kept. */
  async function goOn(id: string, name: string, to: Version): Promise<Folded> {
    const folded = await foldTo(id, kept.take(name)!, to);
    kept.put(name, folded);
    return folded;
  }

  async function wholeTo(id: string, head: DocumentHead): Promise<Folded> {
    const known = kept.peek(id);
    // It may reach further: the head was read before the wait.
    if (known?.epoch === head.epoch) return goOn(id, id, head.version);
    const whole = await fromBeginning(id, head);
    kept.put(id, whole);
    return whole;
  }

  async function betweenTo(id: string, epoch: string, from: Version, to: Version): Promise<Folded> {
    const name = `${id} between`;
    const known = kept.peek(name);
    const isSame = known?.epoch === epoch && known.began === from;
    if (isSame && known.version <= to) return goOn(id, name, to);
    const between = await foldTo(id, await beginAt(id, from, epoch), to);
    // One that reaches further stays, for whoever asks up to the head.
    if (!isSame) kept.put(name, between);
    return between;
  }

  return {
    whole: (id, head, use) => readers.enter(id, async () => read(await wholeTo(id, head), use)),
    between: (id, { epoch }, { from, to }, use) =>
      readers.enter(id, async () => read(await betweenTo(id, epoch, from, to), ({ strand }) => use(strand))),
  };
}
