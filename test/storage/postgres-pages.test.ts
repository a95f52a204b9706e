// History in PostgreSQL is folded as in SQLite, by whichever node saves a snapshot, and nobody can tell; and not before the last
// program that would not understand it has gone.

import { expect } from "chai";
import fc from "fast-check";
import pg from "pg";
import { keptTypes } from "../../server/ledger/documents.js";
import type { Point } from "../../server/storage/checkpoint.js";
import { digestOfPage } from "../../server/storage/columns.js";
import { verifyStore } from "../../server/storage/index.js";
import { MemoryLog } from "../../server/storage/memory/log.js";
import type { Page } from "../../server/storage/pages.js";
import { PostgresLog } from "../../server/storage/postgres/log.js";
import { postgresStore } from "../../server/storage/postgres/store.js";
import { until } from "../server/harness.js";
import { cold, create, Documents, edit, failure, PLAIN, RICH } from "./documents.js";
import { carryOut, compare, folding, never, snapshots, step } from "./folded.js";
import { ask, emptied, emptyDatabasesForAll, keptRows, postgresForAll } from "./postgres.js";
import { quietLog } from "./support.js";

describe("history that is folded in PostgreSQL", () => {
  const postgres = postgresForAll();
  const empty = emptyDatabasesForAll(postgres);

  const open = (address: string, checkpoint?: (point: Point) => void) =>
    PostgresLog.open(address, quietLog, undefined, { folding, ...(checkpoint && { checkpoint }) });
  /** Asked so that nobody takes it for a server of an older version. */
  const counted = async (address: string, table: string) =>
    Number((await ask<{ count: string }>(address, `SELECT count(*) FROM "interline".${table}`))[0]!.count);

  /** Types so many ops into a document, a snapshot after every third. */
  async function typed(log: PostgresLog, id: string, count: number): Promise<Documents> {
    const documents = new Documents(log, { snapshots });
    await documents.commit(id, create(RICH, ["\n"]));
    for (let seq = 1; seq < count; seq++) {
      await documents.commit(id, edit(seq, { i: "x", a: { b: 1 } }), { src: "ann", seq });
      await documents.adapter.idle();
    }
    return documents;
  }

  /** A database with a document of 41 ops, and no node: one for all, as it was first. */
  let first: Promise<{ readonly address: string; putBack(): Promise<void> }> | undefined;
  async function written(): Promise<string> {
    first ??= write();
    const { address, putBack } = await first;
    await putBack();
    return address;
  }
  async function write() {
    const address = await postgres().newDatabase();
    await (await typed(await open(address), "a", 41)).close();
    return { address, putBack: await keptRows(address) };
  }

  it("answers as if it had never been folded", async () => {
    const address = await empty();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 25, maxLength: 50 }), async (steps) => {
        const [folded, whole] = [await open(await emptied(address)), new MemoryLog(never)];
        await carryOut(folded, steps);
        await carryOut(whole, steps);
        await compare(folded, whole);
        await folded.close();
      }),
      { numRuns: 4 },
    );
  });

  it("is rows no longer, but for the newest, and few pages", async () => {
    const address = await written();
    expect(await counted(address, "ops")).to.be.within(4, 10);
    expect(await counted(address, "pages")).to.be.within(1, 4);
    expect(await counted(address, "submissions")).to.equal(40);
    const log = await open(address);
    const documents = new Documents(log, cold);
    expect(await documents.ops("a")).to.have.length(41);
    const again = failure(documents.commit("a", edit(1, { i: "x", a: { b: 1 } }), { src: "ann", seq: 1 }));
    expect(await again).to.include({ code: "ERR_OP_ALREADY_SUBMITTED" });
    await log.close();
  });

  for (const [what, spoil] of [
    [
      "a byte of a page has changed",
      "UPDATE interline.pages SET ops = set_byte(ops, 30, 1 - get_byte(ops, 30) % 2)",
    ],
    [
      "a page is missing",
      "DELETE FROM interline.pages WHERE version = (SELECT max(version) FROM interline.pages)",
    ],
    [
      "a page stands in the place of another",
      "UPDATE interline.pages SET version = version + 1 WHERE version = (SELECT max(version) FROM interline.pages)",
    ],
    ["a page with a digest of its own is of another history", undefined],
  ] as const)
    it(`is refused, and found when verified, if ${what}`, async () => {
      const address = await written();
      if (spoil === undefined) await forge(address);
      else await ask(address, spoil);
      const log = await open(address);
      expect(await failure(new Documents(log, cold).ops("a"))).to.include({ code: "corrupt" });
      const findings = [];
      for await (const verified of verifyStore(log, { types: Object.values(keptTypes), deep: true }))
        findings.push(...verified.findings);
      expect(findings).to.not.have.length(0);
      await log.close();
    });

  it("goes with a document that is redacted, and with one that is taken away", async () => {
    for (const gone of ["redacted", "removed"]) {
      const address = await written();
      const own = await postgresStore(address).own();
      if (gone === "removed") await own.takeIn((intake) => intake.remove("documents", "a"));
      else
        await own.redact("documents", "a", async (store) => {
          const { version, chain } = (await store.stored("documents", "a"))!;
          const redaction = { version, chain, meant: "all", reason: "law", time: 1 };
          return { redaction, now: { type: RICH, data: '["\\n"]' }, epoch: "next" };
        });
      await own.close();
      expect(await counted(address, "pages"), gone).to.equal(0);
    }
  });

  it("waits until the last program that reads no pages has gone", async () => {
    const address = await empty();
    const log = await open(address);
    const older = new pg.Client({ connectionString: address, application_name: "interline" });
    await older.connect();
    await older.query("SELECT FROM interline.ops");
    const documents = await typed(log, "a", 30);
    expect(await counted(address, "pages")).to.equal(0);
    expect(await counted(address, "ops")).to.equal(30);
    await older.end();
    await until("it has gone", async () => {
      const found = await ask(
        address,
        "SELECT FROM pg_stat_activity WHERE application_name = 'interline' AND query = 'SELECT FROM interline.ops'",
      );
      return found.length === 0;
    });
    for (let more = 0; more < 30; more++) {
      await documents.commit("a", edit("y"));
      await documents.adapter.idle();
    }
    expect(await counted(address, "pages")).to.be.at.least(1);
    expect(await documents.ops("a")).to.have.length(60);
    await documents.close();
  });

  it("is folded by one node at a time, whoever else would", async () => {
    const address = await empty();
    const nodes = await Promise.all([open(address), open(address), open(address)]);
    const writer = new Documents(nodes[0]!, { ...cold, snapshots: { ops: 10 ** 9, characters: 10 ** 9 } });
    await writer.commit("a", create(PLAIN, ""));
    for (let version = 2; version <= 40; version++) await writer.commit("a", edit("x"));
    for (const version of [20, 30, 38, 39, 40]) {
      const { base } = (await nodes[0]!.history("documents", "a", version, version, 1))!;
      const snapshot = { version, type: PLAIN, data: JSON.stringify("x".repeat(version - 1)), chain: base! };
      await Promise.all(nodes.map((node) => node.saveSnapshot("documents", "a", snapshot)));
    }
    expect(await counted(address, "pages")).to.be.at.least(1);
    for (const node of nodes) expect(await new Documents(node, cold).ops("a")).to.have.length(40);
    expect(await nodes[0]!.structure()).to.deep.equal([]);
    await Promise.all(nodes.map((node) => node.close()));
  });

  for (const point of ["during-fold", "during-merge"] as const)
    it(`that is broken off ${point} is as it was, and is folded the next time`, async () => {
      const address = await empty();
      let broken = 0;
      const log = await open(address, (reached) => {
        if (reached === point && broken++ < 3) throw new Error("The power is gone.");
      });
      const documents = await typed(log, "a", 60);
      expect(broken).to.be.greaterThan(3);
      expect(await counted(address, "pages")).to.be.at.least(1);
      expect(await new Documents(log, cold).ops("a")).to.have.length(60);
      for await (const { findings } of verifyStore(log, { types: Object.values(keptTypes), deep: true }))
        expect(findings).to.deep.equal([]);
      await documents.close();
    });

  it("of documents that nobody writes to is folded in the pauses after the start", async () => {
    const address = await empty();
    const unfolded = await PostgresLog.open(address, quietLog, undefined, { folding: never });
    const documents = await typed(unfolded, "a", 20);
    for (const id of ["b", "c"]) await typed(unfolded, id, id === "b" ? 3 : 20);
    await documents.close();
    expect(await counted(address, "ops")).to.equal(43);
    const log = await open(address);
    await until("they are folded", async () => (await counted(address, "ops")) < 25);
    for (const id of ["a", "c"]) expect(await new Documents(log, cold).ops(id)).to.have.length(20);
    await log.close();
  });
});

/** Lets the first page begin elsewhere, as somebody would who knows how digests are made. */
async function forge(address: string): Promise<void> {
  const [found] = await ask<Record<string, string> & { readonly ops: Uint8Array }>(
    address,
    "SELECT * FROM interline.pages ORDER BY version LIMIT 1",
  );
  const page = {
    ...{ version: Number(found!.version), first: Number(found!.first), base: found!.chain! },
    ...{ chain: found!.chain!, ops: found!.ops },
  } satisfies Page;
  await ask(address, "UPDATE interline.pages SET base = $1, digest = $2 WHERE version = $3", [
    ...[page.base, digestOfPage(Number(found!.document), page), page.version],
  ]);
}
