// A group of writes leaves in SQLite what the same writes leave one by one, though the row of a document is written once.

import Sqlite from "better-sqlite3";
import { expect } from "chai";
import { GENESIS, nextChain } from "../../server/storage/chain.js";
import type { Checkpoint } from "../../server/storage/checkpoint.js";
import type { Commit, Verdict } from "../../server/storage/op-log.js";
import type { Outcome } from "../../server/storage/outcome.js";
import { openFile } from "../../server/storage/sqlite/file.js";
import type { Write } from "../../server/storage/sqlite/messages.js";
import { SqliteRows } from "../../server/storage/sqlite/rows.js";
import { troubleWith } from "../../server/storage/sqlite/trouble.js";
import { createWriter } from "../../server/storage/sqlite/writer.js";
import { temporaryFolder } from "./support.js";

const TYPE = "a type";

/** Commits of one document, each on top of the one before. */
function documentNamed(id: string) {
  let version = 0;
  let chain = GENESIS;
  return {
    commit(body: string, given: Partial<Commit> = {}): Write {
      const op = { version: ++version, src: "ann", seq: version, body, meta: null };
      const onto = chain;
      chain = nextChain(chain, op);
      const head = { type: TYPE, version, meta: null, title: `${id} at ${version}` };
      const commit = { collection: "documents", id, op, onto, head, time: version, epoch: undefined };
      const epoch = version === 1 ? { epoch: `first of ${id}` } : {};
      return { name: "commit", args: [{ ...commit, hash: Buffer.from(body), ...epoch, ...given }] };
    },
    saveSnapshot(): Write {
      const snapshot = { version, type: TYPE, data: `"${version}"`, chain };
      return { name: "saveSnapshot", args: ["documents", id, snapshot] };
    },
    prune: (to: number): Write => ({ name: "prune", args: ["documents", id, to] }),
  };
}

describe("a group of commits in SQLite", () => {
  const file = temporaryFolder();
  let files = 0;

  /** What the writes are answered, in groups as given, and all that is in the file afterwards. */
  function left(groups: readonly (readonly Write[])[], checkpoint?: () => void) {
    const opened = openFile(file(`${files++}.db`));
    const { database } = opened;
    try {
      const rows = new SqliteRows(database, checkpoint);
      const call = ({ name, args }: Write): unknown => Reflect.apply(rows[name], rows, args);
      const explain = (error: unknown) => troubleWith("grouped.db", error);
      const writer = createWriter(database, call, explain, undefined, undefined, rows);
      const outcomes: Outcome[] = groups.flatMap((group) => writer.write(group));
      const all = ["documents", "ops", "submissions", "snapshots", "pages"].map((table) =>
        database.prepare(`SELECT * FROM ${table}`).all(),
      );
      return { outcomes, all, groups: writer.counts().transactions };
    } finally {
      opened.close();
    }
  }

  it("leaves what they leave one by one, whatever else is done between them", () => {
    const [one, other] = [documentNamed("one"), documentNamed("other")];
    const late = documentNamed("one");
    const repeated = late.commit("created");
    const writes = [
      ...[one.commit("created"), other.commit("created"), one.commit("two"), other.commit("two")],
      ...[
        one.commit("three"),
        one.saveSnapshot(),
        one.commit("four"),
        repeated,
        late.commit("late", { hash: Buffer.from("x") }),
      ],
      ...[one.prune(2), one.commit("five"), one.commit("six"), one.saveSnapshot()],
      one.commit("deleted", { head: { type: null, version: 7, meta: null, title: "" } }),
      one.commit("again", { epoch: "second of one", owner: "bo" }),
      ...[one.commit("nine"), other.commit("three")],
    ];
    const together = left([writes]);
    expect(together).to.deep.equal({ ...left(writes.map((write) => [write])), groups: 1 });
    expect(together.outcomes.every((outcome) => "done" in outcome)).to.equal(true);
    expect(together.all.map((rows) => rows.length)).to.deep.equal([2, 10, 12, 2, 0]);
  });

  it("is there without the one that could not be written, and what was made on top of it", () => {
    const [one, other] = [documentNamed("one"), documentNamed("other")];
    const begun = [one.commit("created"), other.commit("created")];
    const writes = [one.commit("two"), one.commit("bad"), one.commit("four"), other.commit("two")];
    /** Fails at the op of that number, counted over all tries. */
    const failsAt = (...numbers: readonly number[]) => {
      let ops = 0;
      return () => {
        if (numbers.includes(++ops)) throw new Error("no room");
      };
    };
    // The second of the group; and once more, when each is tried on its own.
    const { outcomes, all } = left([begun, writes], failsAt(4, 6));
    expect(outcomes.map((outcome) => "done" in outcome)).to.deep.equal([true, true, true, false, true, true]);
    expect(outcomes[4]).to.have.nested.property("done.kind", "conflict");
    expect(all).to.deep.equal(left([...begun, writes[0]!, writes[3]!].map((write) => [write])).all);
  });

  describe("after another one", () => {
    /** Tells each group's outcomes by a word each. */
    function opened(checkpoint?: Checkpoint, path = file(`${files++}.db`)) {
      const { database, close } = openFile(path);
      const rows = new SqliteRows(database);
      const call = ({ name, args }: Write): unknown => Reflect.apply(rows[name], rows, args);
      const writer = createWriter(
        database,
        call,
        (error) => troubleWith(path, error),
        checkpoint,
        undefined,
        rows,
      );
      const write = (...group: Write[]) =>
        writer
          .write(group)
          .map((outcome) => ("done" in outcome ? (outcome.done as Verdict).kind : outcome.trouble.code));
      const versions = (...ids: string[]) =>
        Object.fromEntries(rows.heads("documents", ids).map(([id, { version }]) => [id, version]));
      return { path, database, write, close, versions };
    }

    it("believes nothing of what was undone", () => {
      let groups = 0;
      const { write, close, versions } = opened((point) => {
        if (point === "before-fsync" && ++groups === 2) throw new Error("no room");
      });
      try {
        const one = documentNamed("one");
        expect(write(one.commit("created"))).to.deep.equal(["committed"]);
        const two = one.commit("two");
        expect(write(two)).to.not.include("committed");
        expect(versions("one")).to.deep.equal({ one: 1 });
        expect(write(two)).to.deep.equal(["committed"]);
        expect(versions("one")).to.deep.equal({ one: 2 });
      } finally {
        close();
      }
    });

    it("knows where documents stand that it has written or read, without reading them", () => {
      const first = opened();
      const [one, other] = [documentNamed("one"), documentNamed("other")];
      first.write(one.commit("created"), other.commit("created"), one.commit("two"));
      first.write(other.commit("deleted", { head: { type: null, version: 2, meta: null, title: "" } }));
      expect(first.versions("one", "other", "none")).to.deep.equal({ one: 2 });
      first.close();

      const { database, versions, write, close } = opened(undefined, first.path);
      try {
        expect(versions("one", "other")).to.deep.equal({ one: 2 });
        // Whoever reads the rows now finds that they are damaged.
        database.exec("UPDATE documents SET title = 'something else'");
        expect(versions("one")).to.deep.equal({ one: 2 });
        const third = documentNamed("third");
        write(third.commit("created"), third.commit("two"));
        database.exec("UPDATE documents SET title = 'something else'");
        expect(versions("third", "one")).to.deep.equal({ one: 2, third: 2 });
      } finally {
        close();
      }
    });

    it("finds out where they stand when another program has written", () => {
      const { path, write, close, versions } = opened();
      const other = new Sqlite(path);
      try {
        const one = documentNamed("one");
        expect(write(one.commit("created"))).to.deep.equal(["committed"]);
        new SqliteRows(other).commit(one.commit("two").args[0] as Commit);
        expect(versions("one")).to.deep.equal({ one: 2 });
      } finally {
        other.close();
        close();
      }
    });

    it("reads anew what another program has written to", () => {
      const { path, write, close } = opened();
      const other = new Sqlite(path);
      try {
        const one = documentNamed("one");
        expect(write(one.commit("created"))).to.deep.equal(["committed"]);
        other.exec("UPDATE documents SET title = 'something else'");
        expect(write(one.commit("two"))).to.deep.equal(["corrupt"]);
      } finally {
        other.close();
        close();
      }
    });
  });
});
