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
// they apply and that receipts agree with them is for whoever imports. Pure: text in, records out, and back.

import { createHash } from "node:crypto";

export type HistoryRecord =
  | DocumentRecord
  | SnapshotRecord
  | OpRecord
  | ReceiptRecord
  | BesideRecord
  | EndRecord;

export interface DocumentRecord {
  readonly kind: "document";
  readonly id: string;
  readonly type: string;
  readonly version: number;
  /** Ops up to this version are not in the file. */
  readonly pruned: number;
  /** The chain at `pruned`. */
  readonly root: string;
  /** Milliseconds since the Unix epoch. */
  readonly created: number;
  readonly updated: number;
  /** Who made it, where the op that did may not be in the file. Absent: nobody knows, or the op says so. */
  readonly owner?: string;
  readonly meta: string | null;
}

/** With what it holds as JSON; its type and its text are null where the document was deleted. */
export interface SnapshotRecord {
  readonly kind: "snapshot";
  readonly version: number;
  readonly type: string | null;
  readonly data: string | null;
  readonly chain: string;
}

/** With what it does, and who did it when, as JSON. */
export interface OpRecord {
  readonly kind: "op";
  readonly version: number;
  readonly src: string | null;
  readonly seq: number | null;
  readonly body: string;
  readonly meta: string | null;
  readonly chain: string;
}

export interface ReceiptRecord {
  readonly kind: "receipt";
  readonly src: string;
  readonly seq: number;
  readonly version: number;
  /** Of the op as it was submitted, in hexadecimal. */
  readonly hash: string;
}

export interface BesideRecord {
  readonly kind: "record";
  /** Its kind, key and time as `records.ts` has them, and its value as JSON. */
  readonly of: string;
  readonly key: string;
  readonly time: number;
  readonly value: string;
}

export interface EndRecord {
  readonly kind: "end";
  readonly snapshots: number;
  readonly ops: number;
  readonly receipts: number;
  /** Absent: none. */
  readonly records?: number;
  readonly chain: string;
}

export const HISTORY_FORMAT = "interline-history/1";

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

/** What is kept as JSON stands in the line as it is kept, so that not a byte of it changes. */
function textOf(record: HistoryRecord): string {
  switch (record.kind) {
    case "document": {
      const { kind, meta, ...rest } = record;
      return members({ kind, format: HISTORY_FORMAT, ...rest }, { meta });
    }
    case "snapshot": {
      const { kind, version, type, chain, data } = record;
      return members({ kind, version, type, chain }, { data });
    }
    case "op": {
      const { kind, version, src, seq, chain, body, meta } = record;
      return members({ kind, version, src, seq, chain }, { meta, body });
    }
    case "record": {
      const { kind, of, key, time, value } = record;
      return members({ kind, of, key, time }, { value });
    }
    case "receipt":
    case "end":
      return JSON.stringify(record);
  }
}

const members = (values: object, raw: { readonly [name: string]: string | null }) =>
  `${JSON.stringify(values).slice(0, -1)}${Object.entries(raw)
    .map(([name, json]) => `,"${name}":${json ?? "null"}`)
    .join("")}}`;

type Loose = { readonly [name: string]: unknown };

/** Undefined unless writing the record again gives the very same text: then every member is known and of its kind. */
function recordOf(text: string): HistoryRecord | undefined {
  try {
    const record = shaped(JSON.parse(text) as Loose);
    return record !== undefined && textOf(record) === text ? record : undefined;
  } catch {
    return undefined;
  }
}

function shaped(found: Loose): HistoryRecord | undefined {
  const text = (name: string) => demand(typeof found[name] === "string", found[name] as string);
  const textOrNull = (name: string) => (found[name] === null ? null : text(name));
  const count = (name: string) =>
    demand(Number.isSafeInteger(found[name]) && Number(found[name]) >= 0, found[name] as number);
  const hex = (name: string) => demand(/^(?:[0-9a-f]{2})*$/.test(text(name)), text(name));
  const chain = (name: string) => demand(/^[\w-]{43}$/.test(text(name)), text(name));
  const json = (name: string) => demand(found[name] !== undefined, JSON.stringify(found[name]));
  const jsonOrNull = (name: string) => (found[name] === null ? null : json(name));
  const { kind } = found;
  switch (kind) {
    case "document":
      return {
        ...{ kind, id: text("id"), type: text("type"), version: count("version") },
        ...{
          pruned: count("pruned"),
          root: chain("root"),
          created: count("created"),
          updated: count("updated"),
        },
        ...(found.owner === undefined ? {} : { owner: text("owner") }),
        meta: jsonOrNull("meta"),
      };
    case "snapshot":
      return {
        ...{ kind, version: count("version"), type: textOrNull("type"), chain: chain("chain") },
        data: jsonOrNull("data"),
      };
    case "op":
      return {
        ...{ kind, version: count("version"), src: textOrNull("src") },
        seq: found.seq === null ? null : count("seq"),
        ...{ chain: chain("chain"), meta: jsonOrNull("meta"), body: json("body") },
      };
    case "receipt":
      return {
        ...{ kind, src: text("src"), seq: count("seq"), version: count("version"), hash: hex("hash") },
      };
    case "record":
      return {
        ...{ kind, of: text("of"), key: text("key"), time: count("time"), value: json("value") },
      };
    case "end":
      return {
        ...{ kind, snapshots: count("snapshots"), ops: count("ops"), receipts: count("receipts") },
        ...(found.records === undefined ? {} : { records: count("records") }),
        chain: chain("chain"),
      };
    default:
      return undefined;
  }
}

function demand<T>(holds: boolean, value: T): T {
  if (!holds) throw new TypeError();
  return value;
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
