// How the ledger behaves when much is asked of it, when storage fails, and when it ends.

import { expect } from "chai";
import ShareDB from "sharedb";
import { createBackend } from "../../server/ledger/backend.js";
import { StorageError } from "../../server/storage/index.js";
import { MemoryLog } from "../../server/storage/memory/log.js";
import { failure, passing } from "../storage/documents.js";
import { quietLog } from "../storage/support.js";
import { open, type Subject } from "./support.js";

/** A log that counts the commits it is asked for. */
function counting() {
  const log = new MemoryLog();
  const rows = passing(log);
  const counted = { rows, commits: 0 };
  rows.commit = (commit) => {
    counted.commits++;
    return log.commit(commit);
  };
  return counted;
}

describe("many writers of one document", () => {
  const WRITERS = 50;

  it("cost one commit each", async () => {
    const counted = counting();
    const subject = open({ rows: counted.rows });
    await subject.ledger.create("a", "plain", "", "ann");
    counted.commits = 0;
    const writers = Array.from({ length: WRITERS }, (_, at) =>
      subject.submit("a", `writer-${at}`, ["x"], { version: 1 }),
    );
    const versions = await Promise.all(writers);
    expect(versions).to.deep.equal(writers.map((_, at) => at + 2));
    expect(counted.commits).to.equal(WRITERS);
    await subject.ledger.close();
  });

  /** So many of ShareDB's own clients write at once, through a backend. @returns how many commits that cost */
  async function cost(make: (subject: Subject) => ShareDB.Backend): Promise<number> {
    const counted = counting();
    const subject = open({ rows: counted.rows });
    await subject.ledger.create("a", "plain", "", "ann");
    counted.commits = 0;
    const backend = make(subject);
    const { agent } = backend.connect();
    const ops = Array.from({ length: WRITERS }, (_, at) => ({
      v: 1,
      src: `writer-${at}`,
      seq: 1,
      op: ["x"],
    }));
    await Promise.allSettled(ops.map((op) => submitted(backend, agent, op)));
    await subject.ledger.close();
    return counted.commits;
  }

  it("cost one each through ShareDB's own clients, too", async () => {
    const options = { relay: () => {}, documentAtoms: 1_000, log: quietLog };
    const commits = await cost(({ adapter, clock }) => createBackend(adapter, { ...options, clock }));
    expect(commits).to.equal(WRITERS);
  });

  it("would cost far more without their turns, as ShareDB alone shows", async () => {
    expect(await cost(({ adapter }) => new ShareDB.Backend({ db: adapter }))).to.be.greaterThan(WRITERS * 5);
  });

  it("are asked to come back when too many wait already, and the rest are served", async () => {
    const subject = open();
    await subject.ledger.create("a", "plain", "", "ann");
    const submits = Array.from({ length: 1_005 }, (_, at) =>
      subject.submit("a", `writer-${at}`, ["x"], { version: at + 1 }),
    );
    const outcomes = await Promise.allSettled(submits);
    const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    expect(refused).to.have.length(5);
    for (const fault of refused) expect(fault).to.include({ code: "busy", action: "retry" });
    expect(await subject.submit("a", "later", ["x"])).to.equal(1_002);
    await subject.ledger.close();
  });
});

describe("ShareDB's queries", () => {
  it("are off, so that nobody lists what is not theirs", async () => {
    const subject = open();
    const options = { relay: () => {}, clock: subject.clock, documentAtoms: 1_000, log: quietLog };
    const connection = createBackend(subject.adapter, options).connect() as ShareDB.Connection & {
      createFetchQuery(
        collection: string,
        query: object,
        options: object,
        done: (error: Error) => void,
      ): void;
    };
    const error = await new Promise((resolve) => connection.createFetchQuery("documents", {}, {}, resolve));
    expect(error).to.include({ message: "Queries are not served." });
    await subject.ledger.close();
  });
});

describe("a ledger whose storage fails", () => {
  function failing(error: Error) {
    const log = new MemoryLog();
    const fails = { rows: passing(log), broken: false };
    const guard = <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) => {
      return async (...args: Args): Promise<Result> => {
        if (fails.broken) throw error;
        return call(...args);
      };
    };
    const { rows } = fails;
    for (const name of ["commit", "load", "history", "receipt", "heads", "list", "probe"] as const) {
      Object.assign(rows, { [name]: guard(rows[name] as (...args: unknown[]) => Promise<unknown>) });
    }
    return fails;
  }

  it("says for all it is asked that it is unavailable, leaves the log to whoever watches it, and goes on when storage does", async () => {
    const fails = failing(
      new StorageError("io_failed", "Reading or writing /data/interline.db failed: EIO."),
    );
    const subject = open({ rows: fails.rows });
    const { ledger } = subject;
    await ledger.create("a", "plain", "", "ann");
    await ledger.ready();
    fails.broken = true;
    for (const asked of [
      () => ledger.submit("a", { version: 1, src: "ann", seq: 1, op: ["x"], author: "ann" }),
      () => ledger.create("b", "plain", "", "ann"),
      () => ledger.head("b"),
      () => ledger.read("b"),
      () => ledger.heads(["a"]),
      () => ledger.list({ limit: 10 }),
      () => ledger.ready(),
    ]) {
      const error = await failure(asked());
      expect(error).to.include({ name: "Fault", code: "unavailable", action: "retry" });
      expect(JSON.stringify(error)).to.not.match(/interline\.db|EIO/);
      expect(subject.logged).to.deep.equal([]);
    }
    fails.broken = false;
    expect(await subject.submit("a", "ann", ["x"])).to.equal(2);
    expect(await subject.text("a")).to.equal("x");
    await ledger.ready();
    await ledger.close();
  });

  it("in a way that nobody thought of says `internal`, and not how", async () => {
    const fails = failing(new TypeError("Cannot read properties of undefined (reading 'seq')"));
    const subject = open({ rows: fails.rows });
    await subject.ledger.create("a", "plain", "", "ann");
    fails.broken = true;
    const error = await failure(subject.submit("a", "ann", ["x"], { version: 1 }));
    expect(error).to.include({ name: "Fault", code: "internal" });
    expect(error.message).to.not.match(/undefined/);
    expect(subject.logged).to.have.length(1);
    await subject.ledger.close();
  });
});

describe("a ledger that is closed", () => {
  it("finishes what it was asked, answers nothing more, and may be closed again", async () => {
    const subject = open();
    await subject.ledger.create("a", "plain", "", "ann");
    const before = ["ann", "bo", "cy"].map((src) => subject.submit("a", src, ["x"], { version: 1 }));
    const closed = subject.ledger.close();
    expect(await Promise.all(before)).to.deep.equal([2, 3, 4]);
    expect(await failure(subject.ledger.head("a"))).to.include({ name: "Fault", code: "unavailable" });
    expect(await failure(subject.ledger.ready())).to.include({ code: "unavailable" });
    await Promise.all([closed, subject.ledger.close()]);
  });

  it("asks storage once, however many want to know whether it is ready", async () => {
    const log = new MemoryLog();
    let probes = 0;
    const rows = { ...passing(log), probe: async () => void probes++ };
    const { ledger } = open({ rows });
    await Promise.all([ledger.ready(), ledger.ready(), ledger.ready()]);
    expect(probes).to.equal(1);
    await ledger.ready();
    expect(probes).to.equal(2);
    // That there is room for little says nothing of room for much.
    await Promise.all([ledger.ready(), ledger.ready(65_536), ledger.ready(65_536)]);
    expect(probes).to.equal(4);
    await ledger.close();
  });
});

function submitted(backend: ShareDB.Backend, agent: ShareDB.Agent, op: ShareDB.RawOp): Promise<void> {
  return new Promise((resolve, reject) => {
    backend.submit(agent, "documents", "a", op, null, (error) => (error ? reject(error) : resolve()));
  });
}
