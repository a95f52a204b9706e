// The file that carries one document with its whole history from one store to another: NDJSON, one record on each line.
//
//   document   once, first: what the document is, where its history begins, and the chain there
//   snapshot   once, if history was pruned: the text from which the ops after it can be replayed
//   op         each, in the order of versions, without holes
//   receipt    each: which (src, seq) made which version; also of ops that were pruned
//   record     each: what is kept beside the ops, such as the name of a version
//   end        once, last: how much there was, and the chain at the head
//
// A file does not say which life of the document it is of: what comes in elsewhere, or comes back later, lives anew.
// Equal histories make equal files, byte for byte. Every line ends with a sum over itself and all lines before it, so what
// was changed, lost or put in is found on its line. The sums find accidents; that the chain of the ops is right, that
// they apply and that receipts agree with them is for whoever imports. Pure: records in, lines out, and back.

import { createHash } from "node:crypto";
import {
  type DocumentRecord,
  HISTORY_FORMAT,
  type HistoryRecord,
  recordOf,
  textOf,
} from "./history-records.js";

/** A line that is not what was written. */
export class HistoryFileError extends Error {
  override readonly name = "HistoryFileError";
  constructor(
    /** Counted from 1. */
    readonly line: number,
    /** One sentence without the line's number. */
    readonly reason: string,
  ) {
    super(`Line ${line}: ${reason}`);
  }
}

/**
 * Turns records into lines, each with its line feed. What they keep as JSON must be as `JSON.stringify` writes it, and not
 * `null`: that stands for what is not there.
 *
 * @throws RangeError where it is not, since that could not be read back byte for byte
 */
export function createEncoder(): (record: HistoryRecord) => string {
  const sums = createSums();
  return (record) => {
    const text = textOf(record);
    if (recordOf(text) === undefined) throw new RangeError(`A ${record.kind} cannot be written as it is.`);
    return `${text.slice(0, -1)},"sum":"${sums(text)}"}\n`;
  };
}

/**
 * Turns lines, without their line feeds, into records. Their order is checked: a file that ends before its `end` has not
 * been read, and nothing comes after it.
 */
export function createDecoder(): {
  readonly next: (line: string) => HistoryRecord;
  readonly end: () => void;
} {
  const sums = createSums();
  const order = createOrder();
  let number = 0;
  return {
    next(line) {
      number++;
      const refuse = (reason: string) => new HistoryFileError(number, reason);
      const [, body, sum] = /^(\{.*),"sum":"([0-9a-f]{16})"\}$/s.exec(line) ?? [];
      if (body === undefined) throw refuse("this is no line of a history file.");
      const text = `${body}}`;
      if (sums(text) !== sum) throw refuse("it was changed, or a line before it is missing.");
      const record = recordOf(text);
      if (record === undefined) throw refuse("this is no record that this version knows.");
      const wrong = order.next(record);
      if (wrong !== undefined) throw refuse(wrong);
      return record;
    },
    end() {
      if (!order.ended()) throw new HistoryFileError(number + 1, "the file ends too early.");
    },
  };
}

function createSums(): (text: string) => string {
  let last = HISTORY_FORMAT;
  return (text) => {
    last = createHash("sha256").update(last).update(text).digest("hex").slice(0, 16);
    return last;
  };
}

/** Follows the order of records. `next` says what is wrong with one where it stands, or nothing. */
function createOrder(): { next(record: HistoryRecord): string | undefined; ended(): boolean } {
  let document: DocumentRecord | undefined;
  let ended = false;
  const seen = { snapshots: 0, ops: 0, receipts: 0, records: 0 };

  function next(record: HistoryRecord): string | undefined {
    if (ended) return "nothing may come after the end.";
    if ((document === undefined) !== (record.kind === "document"))
      return "the document's own record comes first, and once.";
    switch (record.kind) {
      case "document":
        document = record;
        return record.pruned <= record.version ? undefined : "more was pruned than there was.";
      case "snapshot":
        seen.snapshots++;
        return seen.snapshots === 1 && seen.ops + seen.receipts === 0
          ? undefined
          : "one snapshot may come, before the ops.";
      case "op": {
        const version = document!.pruned + ++seen.ops;
        if (seen.receipts + seen.records > 0) return "ops come before receipts and records.";
        return record.version === version ? undefined : `the op that made version ${version} should be here.`;
      }
      case "receipt":
        seen.receipts++;
        return seen.records === 0 ? undefined : "receipts come before records.";
      case "record":
        seen.records++;
        return undefined;
      case "end":
        ended = true;
        if (document!.pruned + seen.ops !== document!.version) return "the last ops are missing.";
        return record.snapshots === seen.snapshots &&
          record.ops === seen.ops &&
          record.receipts === seen.receipts &&
          (record.records ?? 0) === seen.records
          ? undefined
          : "the counts are not those of the file.";
    }
  }

  return { next, ended: () => ended };
}
