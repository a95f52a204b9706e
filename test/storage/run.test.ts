// A run of ops says the same as the rows it stands for, from wherever and however far it is read; and what is damaged is refused.

import Sqlite, { type Database } from "better-sqlite3";
import { expect } from "chai";
import fc from "fast-check";
import { decodeHistory } from "../../ot/history/index.js";
import { digestOfPage } from "../../server/storage/columns.js";
import { StorageError } from "../../server/storage/errors.js";
import type { OpLog, OpRow } from "../../server/storage/op-log.js";
import type { Page } from "../../server/storage/pages.js";
import { createProofs } from "../../server/storage/proofs.js";
import { runOf } from "../../server/storage/run.js";
import { copyStore } from "./corruption.js";
import { create, Documents, edit, failure, PLAIN } from "./documents.js";
import { carryOut, folding, same, snapshots, step } from "./folded.js";
import { temporaryFolder } from "./support.js";
import { openFolding, openUnthreaded } from "./unthreaded.js";

describe("a run of ops", () => {
  const file = temporaryFolder();
  let files = 0;

  /** A row as it is told; undefined for what is no op. */
  function told({ body, meta, src, seq }: OpRow) {
    const { op } = JSON.parse(body);
    const { author = "", ts = 0 } = JSON.parse(meta ?? "{}");
    return op === undefined ? undefined : { op, src: src ?? "", seq: seq ?? 0, author, time: ts };
  }

  async function compare(log: OpLog): Promise<void> {
    const { head, pruned } = (await log.load("documents", "a"))!;
    for (let from = 0; from <= head.version; from++)
      for (const most of [1, 7, head.version]) {
        const run = await log.run!("documents", "a", from, most);
        if (from < pruned || from === head.version) {
          expect(run).to.equal(undefined);
          continue;
        }
        const to = Math.min(head.version, from + most);
        const right = (await log.history("documents", "a", from, to, 1e9))!.ops.map(told);
        if (right.includes(undefined)) expect(run, `${from} to ${to}`).to.equal(undefined);
        else same([run!.to, decodeHistory(run!.bytes)], [to, right], `${from} to ${to}`);
      }
  }

  it("is what its rows are, folded or not, pruned, deleted and made again", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 50 }), async (steps) => {
        const { log, folded } = await openFolding(file(`${files++}.db`), { folding });
        await carryOut(log, steps, folded);
        await compare(log);
        await log.close();
      }),
      { numRuns: 6 },
    );
  });

  /** A file of a document with 40 ops, most of them in pages: a copy of the first. */
  let first: Promise<string> | undefined;
  async function written(): Promise<string> {
    first ??= write(file("first.db"));
    const path = file(`${files++}.db`);
    copyStore(await first, path);
    return path;
  }
  async function write(path: string): Promise<string> {
    const { log, folded } = await openFolding(path, { folding });
    const documents = new Documents(log, { snapshots });
    await documents.commit("a", create(PLAIN, "text"));
    for (let seq = 1; seq <= 40; seq++) {
      await documents.commit("a", edit(seq, "x"), { src: "ann", seq, author: `${seq % 3}` });
      await documents.adapter.idle();
      await folded();
    }
    await documents.close();
    return path;
  }
  async function readAgain(path: string, change: (database: Database) => void): Promise<string> {
    const database = new Sqlite(path);
    change(database);
    database.close();
    const log = await openUnthreaded(path, { folding });
    try {
      const problem = await failure(log.run!("documents", "a", 1, 100));
      return (problem as { code?: string }).code ?? "none";
    } finally {
      await log.close();
    }
  }

  it("is read from pages and rows together", async () => {
    const log = await openUnthreaded(await written(), { folding });
    await compare(log);
    await log.close();
  });

  it("is refused where an op is missing, a page is, or a row has changed", async () => {
    for (const change of [
      "DELETE FROM pages WHERE version = (SELECT max(version) FROM pages)",
      "DELETE FROM ops WHERE version = (SELECT min(version) FROM ops)",
      "UPDATE ops SET body = replace(body, 'x', 'y')",
      "UPDATE pages SET ops = zeroblob(length(ops))",
    ])
      expect(await readAgain(await written(), (database) => database.exec(change)), change).to.equal(
        "corrupt",
      );
  });

  it("is refused where a page is of another history, though its digest is right", async () => {
    const code = await readAgain(await written(), (database) => {
      const page = database.prepare("SELECT * FROM pages ORDER BY version LIMIT 1").get() as Page & {
        readonly document: number;
      };
      database
        .prepare("UPDATE pages SET base = ?, digest = ? WHERE version = ?")
        .run(page.chain, digestOfPage(page.document, { ...page, base: page.chain }), page.version);
    });
    expect(code).to.equal("corrupt");
  });

  it("is refused where its parts do not follow on each other, or not to the head", () => {
    const entry = { op: ["x"], src: "a", seq: 1, author: null, time: null };
    const part = (first: number, base: string, chain: string) => ({
      ...{ first, version: first + 1, base, chain, entries: [entry, entry], bytes: 10 },
    });
    const head = { version: 4, chain: "end" };
    const read = (...parts: readonly ReturnType<typeof part>[]) => runOf(head, parts, 0, 100)?.to;
    expect(read(part(1, "", "middle"), part(3, "middle", "end"))).to.equal(4);
    for (const parts of [
      [part(1, "", "middle"), part(3, "other", "end")],
      [part(1, "", "middle"), part(4, "middle", "end")],
      [part(1, "", "middle"), part(2, "middle", "end")],
      [part(1, "", "middle"), part(3, "middle", "other")],
      [part(2, "", "end")],
      [part(1, "", "middle")],
    ])
      expect(() => read(...parts)).to.throw(StorageError, "damaged");
  });

  it("knows a part that was proven by all of its bytes, and forgets the oldest", () => {
    const part = { first: 2, version: 3, base: "b", chain: "c", run: Uint8Array.of(1, 2, 3) };
    const proofs = createProofs(2);
    proofs.add(part);
    expect(proofs.has({ ...part, run: Uint8Array.from(part.run) })).to.equal(true);
    for (const other of [
      { run: Uint8Array.of(1, 2, 4) },
      { first: 1 },
      { version: 4 },
      { base: "d" },
      { chain: "d" },
    ])
      expect(proofs.has({ ...part, ...other })).to.equal(false);
    proofs.add({ ...part, version: 4 });
    proofs.add({ ...part, version: 5 });
    expect([3, 4, 5].map((version) => proofs.has({ ...part, version }))).to.deep.equal([false, true, true]);
  });
});
