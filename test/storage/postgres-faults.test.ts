// What becomes of commits while connections are cut, frozen and refused, while the server crashes and recovers, and while
// everybody waits for a lock: what was acknowledged is there, nothing is there twice, and nobody waits for ever.

import { expect } from "chai";
import pg from "pg";
import type { OpRow } from "../../server/storage/op-log.js";
import type { Patience } from "../../server/storage/postgres/connections.js";
import { PostgresLog } from "../../server/storage/postgres/log.js";
import { Unsure } from "../../server/storage/postgres/trouble.js";
import { figure } from "../figures.js";
import { cleanUp, onCleanUp, until } from "../server/harness.js";
import { proxyTo, type TcpProxy } from "../stack/proxy.js";
import { nothing, on } from "./contract-order.js";
import { create, Documents, edit, failure, PLAIN } from "./documents.js";
import { ask, emptyDatabasesForAll, ownPostgres } from "./postgres.js";
import { quietLog } from "./support.js";

/** As patient as a test. */
const short: Patience = { connectMs: 2000, statementMs: 4000, answerMs: 400, resolveMs: 3000 };

describe("the PostgreSQL log in trouble", () => {
  after(cleanUp);
  const postgres = ownPostgres();
  const empty = emptyDatabasesForAll(postgres);
  let address: string;
  let proxy: TcpProxy;
  let log: PostgresLog;

  beforeEach(async () => {
    address = await empty();
    proxy = await proxyTo(postgres().port);
    log = await PostgresLog.open(postgres().through(address, proxy.port), quietLog, short);
  });
  afterEach(async () => {
    proxy.open = true;
    proxy.release();
    await log.close();
    await proxy.close();
  });

  /** The versions and seqs that the database has of document `a`. */
  async function kept(): Promise<string[]> {
    const rows = await ask<OpRow>(address, "SELECT version, seq FROM interline.ops ORDER BY version");
    return rows.map(({ version, seq }) => `${version}:${seq}`);
  }

  /** The document with one op, and commits on top of it that are not asked yet. */
  async function begun() {
    const one = on(nothing, "", 1);
    await log.commit(one.commit);
    const two = on(one, "two", 2);
    return { one, two, three: on(two, "three", 3) };
  }

  describe("a commit of which nobody says what became of it", () => {
    it("is found, when its answer was lost", async () => {
      const { two, three } = await begun();
      proxy.hold("answers");
      const verdict = log.commit(two.commit);
      await until("it is there", async () => (await kept()).length === 2);
      proxy.cut();
      proxy.release();
      expect(await verdict).to.deep.equal({ kind: "committed", epoch: "first", chain: two.chain });
      expect((await log.commit(three.commit)).kind).to.equal("committed");
      expect(await kept()).to.deep.equal(["1:1", "2:2", "3:3"]);
    });

    it("is found, also without a name", async () => {
      const { one } = await begun();
      const { commit } = on(one, "two", 2);
      proxy.hold("answers");
      const verdict = log.commit({ ...commit, op: { ...commit.op, src: null, seq: null } });
      await until("it is there", async () => (await kept()).length === 2);
      proxy.cut();
      proxy.release();
      expect((await verdict).kind).to.equal("committed");
      expect(await kept()).to.deep.equal(["1:1", "2:null"]);
    });

    it("is found, when it made the document", async () => {
      const one = on(nothing, "", 1);
      // Numbers for new documents are here already.
      await log.commit({ ...one.commit, id: "other" });
      proxy.hold("answers");
      const verdict = log.commit(one.commit);
      await until("it is there", async () => (await kept()).length === 2);
      proxy.cut();
      proxy.release();
      expect(await verdict).to.deep.equal({ kind: "committed", epoch: "first", chain: one.chain });
      expect(await kept()).to.have.length(2);
    });

    it("is found when the wire hangs, and those on top of it stand", async () => {
      const { two, three } = await begun();
      proxy.hold("answers");
      const verdicts = [log.commit(two.commit), log.commit(three.commit)];
      await until("it is there", async () => (await kept()).length >= 2);
      proxy.freeze();
      proxy.release();
      expect((await Promise.all(verdicts)).map(({ kind }) => kind)).to.deep.equal(["committed", "committed"]);
      expect(await kept()).to.deep.equal(["1:1", "2:2", "3:3"]);
    });

    it("is found, whatever the server said last before it went down", async () => {
      const { two } = await begun();
      const { connections } = log;
      const query = connections.query.bind(connections);
      connections.query = async (...asked: Parameters<typeof query>) => {
        connections.query = query;
        await query(...asked);
        throw new Unsure("disk_full", "The disk is full.");
      };
      expect(await log.commit(two.commit)).to.include({ kind: "committed", chain: two.chain });
      expect(await kept()).to.deep.equal(["1:1", "2:2"]);
    });

    it("is done, when it never arrived", async () => {
      const { two } = await begun();
      proxy.hold();
      const verdict = log.commit(two.commit);
      await new Promise(setImmediate);
      proxy.cut();
      proxy.release();
      expect((await verdict).kind).to.equal("committed");
      expect(await kept()).to.deep.equal(["1:1", "2:2"]);
    });

    it("is waited for, when the server is still at it", async () => {
      const { two } = await begun();
      const other = new pg.Client({ connectionString: address });
      await other.connect();
      onCleanUp(() => other.end());
      await other.query("BEGIN; SELECT FROM interline.documents FOR UPDATE");
      const verdict = log.commit(two.commit);
      await until("it waits for the lock", () => waiting(1));
      proxy.cut();
      // Its server does not know yet, and does it when it may; the second one waits behind it.
      await until("both wait for the lock", () => waiting(2));
      await other.query("COMMIT");
      expect(await verdict).to.deep.equal({ kind: "committed", epoch: "first", chain: two.chain });
      await until("nobody waits", () => waiting(0));
      expect(await kept()).to.deep.equal(["1:1", "2:2"]);
    });

    it("is a conflict, when somebody else was first after all", async () => {
      const { one, two } = await begun();
      const theirs = on(one, "theirs", 9);
      const other = await PostgresLog.open(address, quietLog);
      onCleanUp(() => other.close());
      proxy.hold();
      const verdict = log.commit(two.commit);
      await new Promise(setImmediate);
      proxy.cut();
      expect((await other.commit(theirs.commit)).kind).to.equal("committed");
      proxy.release();
      expect(await verdict).to.deep.include({ kind: "conflict", head: 2 });
      expect(await kept()).to.deep.equal(["1:1", "2:9"]);
    });

    it("is an error in bounded time, when nobody can find out; sent again it is there once", async () => {
      const { two } = await begun();
      proxy.hold("answers");
      const verdict = failure(log.commit(two.commit));
      await until("it is there", async () => (await kept()).length === 2);
      proxy.open = false;
      proxy.cut();
      const begin = performance.now();
      expect(await verdict).to.include({ name: "StorageError", code: "unreachable" });
      expect(performance.now() - begin).to.be.at.least(short.resolveMs - 100);
      proxy.open = true;
      proxy.release();
      expect(await log.commit(two.commit)).to.deep.equal({ kind: "repeated", version: 2, same: true });
      expect(await kept()).to.deep.equal(["1:1", "2:2"]);
    });
  });

  it("says at once that it cannot be reached, when nothing was sent yet", async () => {
    const { two } = await begun();
    proxy.open = false;
    proxy.cut();
    await until("the connections are gone", () => proxy.connections === 0);
    const errors = await Promise.all([failure(log.commit(two.commit)), failure(log.load("documents", "a"))]);
    for (const error of errors) expect(error).to.include({ name: "StorageError", code: "unreachable" });
    expect(errors[0]!.message).to.match(/^The database test\d+ at 127\.0\.0\.1:\d+ cannot be reached: /);
    proxy.open = true;
    expect((await log.commit(two.commit)).kind).to.equal("committed");
  });

  it("reads over another connection when the one it had turns out to be dead", async () => {
    await begun();
    proxy.hold("answers");
    const reading = log.load("documents", "a");
    await new Promise((resolve) => setTimeout(resolve, 50));
    proxy.cut();
    proxy.release();
    expect((await reading)!.head).to.include({ version: 1 });
  });

  it("does not mind that the server ends idle connections", async () => {
    const { two } = await begun();
    const others = "pid <> pg_backend_pid() AND datname = current_database()";
    await ask(address, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${others}`);
    expect((await log.commit(two.commit)).kind).to.equal("committed");
    expect(await kept()).to.deep.equal(["1:1", "2:2"]);
  });

  it("serves many over one connection, and says so when all are in use for too long", async () => {
    const one = `${postgres().through(address, proxy.port)}?pool=1`;
    const patient = await PostgresLog.open(one, quietLog);
    const asked = Array.from({ length: 200 }, (_, at) => ({ ...on(nothing, "", 1).commit, id: `doc-${at}` }));
    const verdicts = await Promise.all(asked.map((commit) => patient.commit(commit)));
    expect(verdicts.every(({ kind }) => kind === "committed")).to.equal(true);
    await patient.close();

    const narrow = await PostgresLog.open(one, quietLog, { ...short, connectMs: 500, answerMs: 10_000 });
    onCleanUp(() => narrow.close());

    const holder = new pg.Client({ connectionString: address });
    await holder.connect();
    await holder.query("BEGIN; SELECT FROM interline.documents WHERE id = 'doc-7' FOR UPDATE");
    const seventh = on({ version: 1, chain: on(nothing, "", 1).chain }, "x", 2).commit;
    const stuck = narrow.commit({ ...seventh, id: "doc-7" });
    await until("it waits for the lock", () => waiting(1));
    const error = await failure(narrow.commit({ ...seventh, id: "doc-8" }));
    expect(error).to.include({ code: "busy" });
    expect(error.message).to.match(/^All 1 connections to .* were in use for too long\.$/);
    await holder.query("COMMIT");
    await holder.end();
    expect((await stuck).kind).to.equal("committed");
    expect((await narrow.commit({ ...seventh, id: "doc-8" })).kind).to.equal("committed");
  });

  it("waits for a lock no longer than it may, and nothing of it is there then", async () => {
    const { two } = await begun();
    const impatient = { ...short, statementMs: 300, answerMs: 5000 };
    const other = await PostgresLog.open(address, quietLog, impatient);
    onCleanUp(() => other.close());
    const holder = new pg.Client({ connectionString: address });
    await holder.connect();
    await holder.query("BEGIN; SELECT FROM interline.documents FOR UPDATE");
    expect(await failure(other.commit(two.commit))).to.include({ code: "busy" });
    await holder.query("COMMIT");
    await holder.end();
    expect(await kept()).to.deep.equal(["1:1"]);
    // It may take longer than that also without a lock.
    const { kind } = await log.commit(two.commit);
    expect(kind).to.equal("committed");
  });

  it("loses nothing that it acknowledged when the server crashes, and has nothing twice", async () => {
    // To recover, it syncs all databases that there are.
    const writers = 8;
    let [crashes, acknowledged, refused] = [0, 0, 0];
    let stop = false;
    const lasting = await PostgresLog.open(address, quietLog);
    onCleanUp(() => lasting.close());
    /** Types one op after the other, and sends each until it is told what became of it. */
    const write = async (writer: number) => {
      const id = `doc-${writer}`;
      let at: { version: number; chain: string } = nothing;
      for (let seq = 1; !stop; seq++) {
        const next = on(at, `${seq}`, seq);
        for (;;) {
          const verdict = await lasting.commit({ ...next.commit, id }).catch(() => undefined);
          if (verdict === undefined) refused++;
          else if (verdict.kind === "conflict") throw new Error(`${id} was at version ${verdict.head}`);
          else break;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        acknowledged++;
        at = next;
      }
      return { id, ...at };
    };
    const writing = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
    const crash = async (how: () => Promise<unknown>) => {
      const before = acknowledged;
      await until("they write", () => acknowledged > before + 50, 60_000);
      await how();
      crashes++;
    };
    for (let round = 0; round < 2; round++) {
      await crash(() => postgres().restart());
      // One of its processes is killed, and it recovers by itself.
      await crash(async () => {
        const [found] = await ask<{ pid: number }>(
          address,
          "SELECT pid FROM pg_stat_activity WHERE application_name = 'interline' ORDER BY random() LIMIT 1",
        );
        process.kill(found!.pid, "SIGKILL");
      });
    }
    await crash(async () => {});
    stop = true;
    let found = 0;
    for (const { id, version, chain } of await writing) {
      const { head, ops } = (await lasting.history("documents", id, 0, version + 1, 10 ** 9))!;
      expect(head).to.include({ version, chain });
      expect(ops.map(({ seq }) => seq)).to.deep.equal(ops.map((_, at) => at + 1));
      found += ops.length;
    }
    expect(found).to.equal(acknowledged);
    figure(
      "postgres",
      "ops acknowledged while PostgreSQL crashed, of which 0 were lost and 0 were there twice",
      found,
    );
    figure("postgres", "crashes of PostgreSQL while it was written to", crashes - 1);
    expect(refused).to.be.lessThan(acknowledged);
  });

  it("reads and writes again after the server was frozen", async () => {
    const impatient = { ...short, connectMs: 1500, statementMs: 1500, resolveMs: 3000 };
    const log = await PostgresLog.open(address, quietLog, impatient);
    onCleanUp(() => log.close());
    const documents = new Documents(log);
    await documents.commit("a", create(PLAIN, "text"));
    postgres().freeze();
    const [writing, reading] = [documents.commit("a", edit("x")), failure(log.load("documents", "b"))];
    const outcome = await Promise.all([writing.catch((error) => error), reading]);
    postgres().thaw();
    for (const error of outcome) expect(error).to.include({ name: "StorageError", code: "unreachable" });
    await until("it answers", () =>
      log.probe().then(
        () => true,
        () => false,
      ),
    );
    const again = new Documents(log);
    const text = await again.text("a");
    expect(text).to.be.oneOf(["text", "xtext"]);
    expect(await again.commit("a", edit("y"))).to.equal(true);
  });

  /** Whether so many wait for a lock in this test's database. */
  async function waiting(count: number): Promise<boolean> {
    const [found] = await ask<{ count: string }>(
      address,
      "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
    );
    return Number(found!.count) === count;
  }
});
