// What PostgreSQL itself has of the documents, read past all nodes and their caches: the ops by version, as rows or in pages,
// and what they make when they are applied in turn; held against what people wrote and what they have.

import { expect } from "chai";
import pg from "pg";
import { type PlainOp, plainText, type RichOp, richText, type Snapshot } from "../../ot/index.js";
import { offlineTypes } from "../../server/ledger/offline.js";
import { verifyStore } from "../../server/storage/index.js";
import type { OpRow } from "../../server/storage/op-log.js";
import { PostgresLog } from "../../server/storage/postgres/log.js";
import { onCleanUp } from "../server/harness.js";
import type { Writer } from "./writer.js";

export interface StoredLog {
  /** The versions of all documents. Waits for the database, if it is just coming up. */
  heads(): Promise<ReadonlyMap<string, number>>;
  ops(doc: string): Promise<readonly StoredOp[]>;
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface StoredOp {
  readonly version: number;
  readonly src: string | null;
  readonly seq: number | null;
  readonly body: Body;
}

interface Body {
  readonly create?: { readonly type: string; readonly data: unknown };
  readonly op?: readonly unknown[];
}

export function storedLog(address: string): StoredLog {
  const pool = new pg.Pool({ connectionString: address, max: 2 });
  pool.on("error", () => {});
  onCleanUp(() => pool.end());
  async function query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) {
    return (await pool.query<Row>(text, [...values])).rows;
  }
  return {
    query,
    async heads() {
      const rows = await query<{ id: string; version: string }>(
        "SELECT d.id, max(o.version) AS version FROM interline.ops o JOIN interline.documents d ON d.key = o.document GROUP BY d.id",
      );
      return new Map(rows.map(({ id, version }) => [id, Number(version)]));
    },
    async ops(doc) {
      const rows = await query<{ version: string; src: string | null; seq: string | null; body: string }>(
        `SELECT o.version, o.src, o.seq, o.body FROM interline.ops o JOIN interline.documents d ON d.key = o.document
         WHERE d.id = $1 ORDER BY o.version`,
        [doc],
      );
      // What lies behind the last snapshots may have been folded into pages, which have no rows to look at.
      const ops = rows.length === 0 || Number(rows[0]!.version) === 1 ? rows : await unfolded(address, doc);
      return ops.map(({ version, src, seq, body }) => ({
        version: Number(version),
        src,
        seq: seq === null ? null : Number(seq),
        body: JSON.parse(body) as Body,
      }));
    },
  };
}

/** All ops of a document as a program reads them that has just come. */
async function unfolded(address: string, doc: string): Promise<readonly OpRow[]> {
  const log = await PostgresLog.open(address, { warn() {} });
  try {
    const all = Number.MAX_SAFE_INTEGER;
    return (await log.history("documents", doc, 0, all, all))!.ops;
  } finally {
    await log.close();
  }
}

/** How many ops there are, and how many edits were acknowledged. */
export interface Counted {
  readonly ops: number;
  readonly acknowledged: number;
}

/**
 * Holds one document against its writers, who have stopped: everything that was acknowledged is in the log once, nothing
 * is there twice or that nobody wrote, no version is missing, and everybody has what the log makes.
 */
export async function holdAgainst(log: StoredLog, doc: string, writers: readonly Writer[]): Promise<Counted> {
  const ops = await log.ops(doc);
  expect(
    ops.map(({ version }) => version),
    `${doc}: versions without holes`,
  ).to.deep.equal(ops.map((_, at) => at + 1));
  const names = ops.flatMap(({ src, seq }) => (src === null || src === "" ? [] : [`${src} ${seq}`]));
  expect(new Set(names).size, `${doc}: ops under one name`).to.equal(names.length);

  const times = new Map<string, number>();
  for (const symbol of ops.flatMap(({ body }) => inserted(body))) {
    times.set(symbol, (times.get(symbol) ?? 0) + 1);
  }
  const wrong = writers.flatMap((writer) =>
    writer.edits.flatMap((symbol, at) => {
      if (symbol === undefined) return [];
      const found = times.get(symbol) ?? 0;
      times.delete(symbol);
      if (found === 1) return [];
      return [
        `edit ${at}: ${found} times, ${at < writer.acknowledged ? "acknowledged" : "not acknowledged"}`,
      ];
    }),
  );
  expect(wrong, `${doc}: edits that are not in the log once`).to.deep.equal([]);
  expect([...times.keys()], `${doc}: what nobody wrote`).to.deep.equal([]);

  const replayed = replay(ops);
  for (const writer of writers) {
    expect(writer.acknowledged, `${doc}: acknowledged`).to.equal(writer.edits.length);
    expect(writer.doc.recovered, `${doc}: edits that could not be applied`).to.deep.equal([]);
    expect(writer.doc.version, `${doc}: version`).to.equal(ops.length);
    expect(
      JSON.stringify(writer.doc.snapshot) === JSON.stringify(replayed),
      `${doc}: replica = log`,
    ).to.equal(true);
  }
  return { ops: ops.length, acknowledged: writers.reduce((sum, { acknowledged }) => sum + acknowledged, 0) };
}

/** The code points that an op inserts, line markers excepted. */
function inserted({ op = [] }: Body): string[] {
  return op.flatMap((component) => {
    const text = typeof component === "string" ? component : (component as { i?: unknown }).i;
    return typeof text === "string" ? [...text].filter((symbol) => symbol !== "\n") : [];
  });
}

/** The first op creates the document, the others change it. */
function replay(ops: readonly StoredOp[]): Snapshot {
  const [first, ...changes] = ops.map(({ body }) => body);
  if (first?.create === undefined) throw new Error("the history does not begin with a creation");
  const { type, data } = first.create;
  return type === richText.uri
    ? changes.reduce((before, { op }) => richText.apply(before, op as RichOp), richText.create(data as never))
    : changes.reduce(
        (before, { op }) => plainText.apply(before, op as PlainOp),
        plainText.create(data as never),
      );
}

/** Verifies the whole database, deep, as `interline verify` does. @returns how many ops it has looked at */
export async function verified(address: string): Promise<number> {
  const opLog = await PostgresLog.open(address, { warn() {} });
  try {
    let ops = 0;
    for await (const { id, findings, ...seen } of verifyStore(opLog, { types: offlineTypes(), deep: true })) {
      expect(findings, id).to.deep.equal([]);
      ops += seen.ops;
    }
    return ops;
  } finally {
    await opLog.close();
  }
}
