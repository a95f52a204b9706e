// Several logs over one PostgreSQL database, as nodes have them: one of those who want a version gets it, names are given
// once, and what one node does to a document the others find out before they do it wrong.

import { expect } from "chai";
import type { Verdict } from "../../server/storage/op-log.js";
import { PostgresLog } from "../../server/storage/postgres/log.js";
import { figure } from "../figures.js";
import { saveAndPrune } from "./contract-names.js";
import { nothing, on } from "./contract-order.js";
import { cold, create, Documents, edit, PLAIN } from "./documents.js";
import { ask, emptyDatabasesForAll, postgresForAll } from "./postgres.js";
import { quietLog } from "./support.js";

describe("several PostgreSQL logs over one database", () => {
  const postgres = postgresForAll();
  const empty = emptyDatabasesForAll(postgres);
  let address: string;
  let here: PostgresLog;
  let there: PostgresLog;

  beforeEach(async () => {
    address = await empty();
    [here, there] = await Promise.all([
      PostgresLog.open(address, quietLog),
      PostgresLog.open(address, quietLog),
    ]);
  });
  afterEach(() => Promise.all([here.close(), there.close()]));

  const committed = (verdicts: readonly Verdict[]) => verdicts.filter(({ kind }) => kind === "committed");
  const statements = async (work: () => Promise<unknown>) => {
    const before = here.counts;
    await work();
    const { statements, reads, commits } = here.counts;
    return {
      statements: statements - before.statements,
      reads: reads - before.reads,
      commits: commits - before.commits,
    };
  };

  it("open at once: one makes the tables, and both have one secret", async () => {
    const fresh = await postgres().newDatabase();
    const logs = await Promise.all([1, 2].map(() => PostgresLog.open(fresh, quietLog)));
    expect(logs[0]!.secret).to.deep.equal(logs[1]!.secret);
    expect(logs[0]!.shared).to.equal(true);
    for (const log of logs) await log.close();
  });

  it("give each version to one of fifty who want it, and tell the others what they missed", async () => {
    const versions = 20;
    let at: { version: number; chain: string } = nothing;
    for (let version = 1; version <= versions; version++) {
      const asked = Array.from({ length: 50 }, (_, writer) => on(at, `${writer}`, version * 100 + writer));
      const verdicts = await Promise.all(
        asked.map(({ commit }, writer) => (writer % 2 ? here : there).commit(commit)),
      );
      expect(committed(verdicts)).to.have.length(1);
      const winner = asked[verdicts.findIndex(({ kind }) => kind === "committed")]!;
      const made = { ...winner.commit.op, chain: winner.chain };
      for (const verdict of verdicts) {
        if (verdict.kind !== "committed")
          expect(verdict).to.deep.equal({ kind: "conflict", head: version, missed: [made] });
      }
      at = winner;
    }
    const { ops, head } = (await there.history("documents", "a", 0, versions, 10 ** 9))!;
    expect(head).to.include({ version: versions, chain: at.chain });
    expect(ops).to.have.length(versions);
    figure("postgres", "versions that fifty wanted at once on two nodes, each of which one got", versions);
  });

  it("give a name to one of those who send it at once", async () => {
    const one = on(nothing, "", 1);
    await here.commit(one.commit);
    for (const log of [here, there]) await log.load("documents", "a");
    const two = on(one, "two", 2);
    const three = on(two, "three", 3);
    const verdicts = await Promise.all([here.commit(two.commit), there.commit(two.commit)]);
    expect(verdicts.map(({ kind }) => kind)).to.have.members(["committed", "repeated"]);
    // The same name at another version, by one who believes to be at the head: the key over names refuses it.
    const again = { ...three.commit, op: { ...three.commit.op, seq: 2 }, hash: two.commit.hash };
    await Promise.all([here.load("documents", "a"), there.load("documents", "a")]);
    for (const log of [here, there])
      expect(await log.commit(again)).to.deep.equal({ kind: "repeated", version: 2, same: true });
    const named = { ...again, hash: Buffer.alloc(32, 9) };
    expect(await there.commit(named)).to.deep.equal({ kind: "repeated", version: 2, same: false });
  });

  it("make a document once", async () => {
    for (let round = 0; round < 10; round++) {
      const asked = [here, there].map((log, at) => {
        const { commit } = on(nothing, `${at}`, at + 1);
        return log.commit({ ...commit, id: `doc-${round}`, epoch: `life-${at}` });
      });
      expect((await Promise.all(asked)).map(({ kind }) => kind)).to.have.members(["committed", "conflict"]);
    }
  });

  it("notice what the other did, whatever they remember", async () => {
    const [ours, theirs] = [new Documents(here), new Documents(there, cold)];
    await ours.commit("a", create(PLAIN, "1"));
    await theirs.commit("a", edit("2"), { src: "bo", seq: 1 });
    // What is remembered here of the head has been moved by the other, and then been pruned by it.
    expect(await ours.commit("a", edit("3"))).to.equal(false);
    expect(await ours.commit("a", edit("3"))).to.equal(true);
    await saveAndPrune({ log: there, documents: new Documents(there) }, "a");
    expect(await ours.commit("a", edit("4"))).to.equal(true);
    expect(await theirs.text("a")).to.equal("4321");
    expect((await here.load("documents", "a"))!.pruned).to.equal(3);
  });

  it("pay one statement for a commit that nobody contests, and one for many of a document", async () => {
    const one = on(nothing, "", 1);
    const chain = [one];
    for (let seq = 2; seq <= 21; seq++) chain.push(on(chain.at(-1)!, `${seq}`, seq));
    expect(await statements(() => here.commit(chain[0]!.commit))).to.deep.equal({
      statements: 1,
      reads: 0,
      commits: 1,
    });
    expect(await statements(() => here.commit(chain[1]!.commit))).to.deep.equal({
      statements: 1,
      reads: 0,
      commits: 1,
    });
    const rest = chain.slice(2);
    const paid = await statements(() => Promise.all(rest.map(({ commit }) => here.commit(commit))));
    expect(paid).to.deep.equal({ statements: 1, reads: 0, commits: rest.length });
    // The other node has only read it.
    await there.load("documents", "a");
    const next = on(chain.at(-1)!, "next", 22);
    const before = there.counts;
    expect((await there.commit(next.commit)).kind).to.equal("committed");
    expect(there.counts).to.deep.equal({
      ...before,
      statements: before.statements + 1,
      commits: before.commits + 1,
    });
  });

  it("do not let a commit that cannot be kept take its neighbours down", async () => {
    const one = on(nothing, "", 1);
    await here.commit(one.commit);
    const two = on(one, "two", 2);
    const three = on(two, "three", 3);
    const long = { ...three.commit, op: { ...three.commit.op, src: noise(20_000) } };
    const asked = [here.commit(two.commit), here.commit(long), here.commit(three.commit)];
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected", "fulfilled"]);
    expect((outcomes[1] as PromiseRejectedResult).reason).to.include({ code: "bad_name" });
    expect(await asked[2]).to.include({ kind: "committed", chain: three.chain });
  });

  it("find their rows by index, however they were planned", async () => {
    // Nobody else has looked for rows in it.
    const fresh = await postgres().newDatabase();
    const log = await PostgresLog.open(fresh, quietLog);
    const documents = new Documents(log, cold);
    await documents.commit("a", create(PLAIN, ""));
    for (let at = 0; at < 10; at++) await documents.commit("a", edit("x"), { src: "ann", seq: at });
    await ask(fresh, "ANALYZE");
    for (let at = 10; at < 20; at++) await documents.commit("a", edit("x"), { src: "ann", seq: at });
    const scans = async () => {
      const [found] = await ask<{ scans: string }>(
        fresh,
        `SELECT sum(seq_scan) AS scans FROM pg_stat_user_tables
         WHERE schemaname = 'interline' AND relname IN ('ops', 'submissions', 'documents', 'snapshots')`,
      );
      return Number(found!.scans);
    };
    await log.close();
    const before = await scans();
    const again = await PostgresLog.open(fresh, quietLog);
    const more = new Documents(again, cold);
    for (let at = 20; at < 40; at++) await more.commit("a", edit("x"), { src: "ann", seq: at });
    await again.history("documents", "a", 3, 9, 1000);
    await again.receipt("documents", "a", "ann", 3);
    await again.heads("documents", ["a"]);
    await again.close();
    expect(await scans()).to.equal(before);
  });
});

/** Text that does not become shorter when it is compressed, so that no index takes it. */
function noise(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return String.fromCharCode(0x4e00 + (state % 20_000));
  }).join("");
}
