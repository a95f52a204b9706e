// What somebody who knows SQL may do to the rows of a PostgreSQL database: nothing of it is served. It is refused when it is
// read, or found when the store is verified.

import { expect } from "chai";
import { offlineTypes } from "../../server/ledger/offline.js";
import { verifyStore } from "../../server/storage/index.js";
import { PostgresLog } from "../../server/storage/postgres/log.js";
import { figure } from "../figures.js";
import { on } from "./contract-order.js";
import { cold, create, Documents, del, edit, failure, PLAIN } from "./documents.js";
import { ask, keptRows, postgresForAll } from "./postgres.js";
import { quietLog } from "./support.js";

/** Rows that refer to no document are let in, as a disk or a careless hand would. */
const CARELESS = "SET session_replication_role = replica;";

describe("a PostgreSQL database that is changed behind its back", () => {
  const postgres = postgresForAll();
  let template: string;
  let putBack: () => Promise<void>;
  let address: string;
  let log: PostgresLog;
  let documents: Documents;
  let damages = 0;

  before(async () => {
    template = await postgres().newDatabase();
    const made = await PostgresLog.open(template, quietLog);
    const writer = new Documents(made, { snapshots: { ops: 15, characters: 10_000 } });
    await writer.commit("a", create(PLAIN, "The first words"));
    for (let seq = 1; seq <= 39; seq++) await writer.commit("a", edit(`${seq} `), { src: "ann", seq });
    await writer.commit("gone", create(PLAIN, "word"));
    await writer.commit("gone", del);
    await writer.adapter.idle();
    await made.close();
    putBack = await keptRows(template);
  });

  /** A copy, whose tables may be changed. */
  async function copied(): Promise<string> {
    const name = `copy${damages}`;
    const control = template.replace(/[^/]*$/, "postgres");
    await ask(control, `CREATE DATABASE ${name} TEMPLATE ${new URL(template).pathname.slice(1)}`);
    return template.replace(/[^/]*$/, name);
  }

  /** The database as it was made, damaged. */
  async function spoilt(...statements: readonly string[]): Promise<void> {
    damages++;
    await putBack();
    address = statements.some((statement) => statement.startsWith("ALTER TABLE "))
      ? await copied()
      : template;
    for (const statement of statements) await ask(address, `${CARELESS} ${statement}`);
    log = await PostgresLog.open(address, quietLog);
    documents = new Documents(log, cold);
  }
  afterEach(() => log.close());
  after(() => figure("postgres", "kinds of damage by SQL, of which none was served", damages));

  /** What verifying says; a row of documents that is not as it was ends it. */
  const findings = async () => {
    const found: string[] = [...(await log.structure())];
    try {
      for await (const verified of verifyStore(log, { types: offlineTypes(), deep: true }))
        found.push(...verified.findings.map(({ message }) => message));
    } catch (error) {
      expect(error).to.include({ code: "corrupt" });
      found.push(String(error));
    }
    return found;
  };
  const isCorrupt = async (work: Promise<unknown>) =>
    expect(await failure(work)).to.include({ code: "corrupt" });

  it("has nothing to be found before", async () => {
    await spoilt();
    expect(await findings()).to.deep.equal([]);
    expect(await documents.text("a")).to.match(/^39 38 .*The first words$/);
  });

  for (const [what, statement] of [
    ["an op's text changed", `UPDATE interline.ops SET body = '{"op":["y"]}' WHERE version = 38`],
    [
      "an op's place in the chain changed",
      "UPDATE interline.ops SET chain = 'x' || chain WHERE version = 38",
    ],
    ["an op's author changed", "UPDATE interline.ops SET src = 'bo' WHERE version = 38"],
    ["an op's digest changed", "UPDATE interline.ops SET digest = sha256(digest) WHERE version = 38"],
    ["an op is missing", "DELETE FROM interline.ops WHERE version = 38"],
    ["the last op is missing", "DELETE FROM interline.ops WHERE version = 40"],
    [
      "two ops changed places",
      "UPDATE interline.ops SET version = -version WHERE document = 1 AND version IN (37, 38); UPDATE interline.ops SET version = 75 + version WHERE version < 0",
    ],
    [
      "an op was put into another's place, with a digest that fits",
      "DELETE FROM interline.ops WHERE version = 38; INSERT INTO interline.ops SELECT document, 38, src, seq, body, meta, chain, digest FROM interline.ops WHERE version = 37",
    ],
    [
      "the head is one that was",
      "UPDATE interline.documents SET version = 39, chain = (SELECT chain FROM interline.ops WHERE document = 1 AND version = 39) WHERE id = 'a'",
    ],
    ["the title changed", "UPDATE interline.documents SET title = 'x' WHERE id = 'a'"],
    ["what is searched changed", "UPDATE interline.documents SET folded = 'x' WHERE id = 'a'"],
    ["its life changed", "UPDATE interline.documents SET epoch = 'x' WHERE id = 'a'"],
    [
      "the newest snapshot changed",
      `UPDATE interline.snapshots SET data = '"other"' WHERE version = (SELECT max(version) FROM interline.snapshots)`,
    ],
    [
      "a snapshot was moved to another version",
      "UPDATE interline.snapshots SET version = version + 2 WHERE version = (SELECT max(version) FROM interline.snapshots)",
    ],
  ] as const) {
    it(`serves no document of which ${what}`, async () => {
      await spoilt(statement);
      await isCorrupt(documents.text("a"));
      expect(await findings()).to.not.deep.equal([]);
      // The neighbour is as it was.
      expect(await documents.snapshot("gone")).to.include({ v: 2, type: null });
    });
  }

  it("serves no head that was put back with its digest, nor commits upon it", async () => {
    await spoilt();
    await ask(address, "CREATE TABLE public.earlier AS SELECT * FROM interline.documents WHERE id = 'a'");
    expect(await documents.commit("a", edit("new "))).to.equal(true);
    const set = (
      await ask<{ column: string }>(
        address,
        "SELECT attname AS column FROM pg_attribute WHERE attrelid = 'interline.documents'::regclass AND attnum > 0",
      )
    ).map(({ column }) => `${column} = e.${column}`);
    await ask(
      address,
      `UPDATE interline.documents d SET ${set.join(", ")} FROM public.earlier e WHERE d.key = e.key`,
    );
    const again = await PostgresLog.open(address, quietLog);
    const reader = new Documents(again, cold);
    await isCorrupt(reader.text("a"));
    await isCorrupt(again.heads("documents", ["a"]));
    await isCorrupt(again.list({ collection: "documents", search: "", after: undefined, limit: 9 }));
    // And nobody who has read the old head before writes a second op of that version.
    const { commit } = on({ version: 40, chain: "x" }, "y", 99);
    await isCorrupt(again.commit({ ...commit, epoch: undefined }));
    await again.close();
    expect(await ask(address, "SELECT FROM interline.ops WHERE version > 41")).to.deep.equal([]);
  });

  it("does not let a name stand for another op", async () => {
    await spoilt("UPDATE interline.submissions SET version = 3 WHERE seq = 7");
    await isCorrupt(documents.adapter.receipt("documents", "a", "ann", 7));
    await isCorrupt(documents.commit("a", edit("x"), { src: "ann", seq: 7 }));
    expect(await documents.text("a")).to.match(/^39 /);
  });

  it("forgets no history for a snapshot that is not of it", async () => {
    await spoilt(`UPDATE interline.snapshots SET data = '"other"'`);
    await isCorrupt(log.prune("documents", "a", 20));
    expect(await documents.ops("a", 0, 20)).to.have.length(20);
  });

  it("serves neither side of a hole as one", async () => {
    await spoilt("DELETE FROM interline.ops WHERE version = 20");
    await isCorrupt(documents.ops("a", 10));
    expect(await documents.ops("a", 0, 19)).to.have.length(19);
    expect(await documents.ops("a", 21)).to.have.length(19);
  });

  it("lets nobody in by a revocation that was changed", async () => {
    await spoilt();
    await log.revoke({ user: "ann", doc: "", token: "", before: 1000 });
    await ask(address, "UPDATE interline.revocations SET before = 1");
    await isCorrupt(log.revocations());
  });

  for (const [what, statement, finding] of [
    [
      "ops",
      "DELETE FROM interline.documents WHERE id = 'gone'",
      "there are rows in ops whose document is gone",
    ],
    [
      "names",
      "DELETE FROM interline.documents WHERE id = 'a'; DELETE FROM interline.ops; DELETE FROM interline.snapshots",
      "there are rows in submissions whose document is gone",
    ],
    [
      "the key over versions",
      "ALTER TABLE interline.ops DROP CONSTRAINT ops_pkey",
      "ops has lost its primary key",
    ],
    [
      "the key over names of documents",
      "ALTER TABLE interline.documents DROP CONSTRAINT documents_collection_id_key",
      "a document may be there twice: documents has lost the key over its names",
    ],
    [
      "the numbering of documents",
      "UPDATE interline.documents SET key = key + 1000 WHERE id = 'gone'",
      "new documents would get numbers that are taken: document_keys is behind",
    ],
  ] as const) {
    it(`says what is wrong with the database as a whole: ${what}`, async () => {
      await spoilt(statement);
      expect(await log.structure()).to.include(finding);
    });
  }
});
