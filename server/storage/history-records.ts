// The records of a history file, each as its text and back.
//
// What a record keeps as JSON stands in its text as it is kept, byte for byte; a text is taken for a record only if writing that
// record gives the very same text again. So no member is lost, added or read as another than it was.
// Pure. Which records make a file, in which order, is `history-file.ts`.

export const HISTORY_FORMAT = "interline-history/1";

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

/** What is kept as JSON stands in the line as it is kept, so that not a byte of it changes. */
export function textOf(record: HistoryRecord): string {
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
export function recordOf(text: string): HistoryRecord | undefined {
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
