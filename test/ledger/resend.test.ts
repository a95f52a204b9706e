// Exactly once under any resend: whichever of two servers over one database an op is sent to again, at whatever version,
// after whatever has happened since, it has the version that it made the first time, or is refused as often as it is sent.

import { expect } from "chai";
import fc from "fast-check";
import { Fault } from "../../protocol/index.js";
import { MemoryLog } from "../../server/storage/memory/log.js";
import type { OpLog } from "../../server/storage/op-log.js";
import { PostgresLog } from "../../server/storage/postgres/log.js";
import { figure } from "../figures.js";
import { tries } from "../seed.js";
import { emptyDatabasesForAll } from "../storage/postgres.js";
import { quietLog, temporaryFolder } from "../storage/support.js";
import { openUnthreaded } from "../storage/unthreaded.js";
import { faulty, open, type Subject } from "./support.js";

/** The rows as each of two servers has them: through one log, or through two. */
type Logs = readonly [OpLog, OpLog];

interface Place {
  open(): Promise<Logs>;
  /** The same rows after a restart. */
  reopen(logs: Logs): Promise<Logs>;
}

const serve = ([one, two]: Logs): [Subject, Subject] => [open({ rows: one }), open({ rows: two })];
const closeAll = async (logs: Logs) => {
  for (const log of new Set(logs)) await log.close();
};

function resends(over: string, place: Place, runs: number): void {
  describe("case by case", () => {
    let logs: Logs;
    let here: Subject;
    let there: Subject;
    const first = (subject: Subject, version: number | null, op = ["one "]) =>
      subject.submit("a", "ann", op, { version: version as number, seq: 1 });

    beforeEach(async () => {
      logs = await place.open();
      [here, there] = serve(logs);
      await here.ledger.create("a", "plain", "text", "ann");
      // The other server has read it before and holds what it was then.
      expect(await there.text("a")).to.equal("text");
      expect(await first(here, 1)).to.equal(2);
    });
    afterEach(() => closeAll(logs));

    /** Whichever server is asked, whatever version is named. */
    async function answeredAsBefore(versions: readonly number[]): Promise<void> {
      const before = await here.adapter.heads("documents", ["a"]);
      for (const subject of [here, there, open({ rows: logs[1] })]) {
        for (const version of versions) {
          expect(await first(subject, version)).to.equal(2);
          await faulty(first(subject, version, ["two "]), "seq_reused");
        }
      }
      expect([...(await here.adapter.heads("documents", ["a"]))]).to.deep.equal([...before]);
    }

    it("on another server, which did not know of it", async () => {
      expect(await first(there, 1)).to.equal(2);
      expect(await there.text("a")).to.equal("one text");
      expect(there.told).to.deep.equal([]);
    });

    it("at its own version, a later one, and one that there is not", () => answeredAsBefore([1, 2, 3, 99]));

    it("at a far later version, walked past hundreds of ops", async () => {
      for (let at = 0; at < 250; at++) await (at % 2 ? here : there).submit("a", "bo", ["x"]);
      await answeredAsBefore([1, 2, 200, 252, 10_000]);
    });

    it("at no version at all: that is refused before anything is looked up", async () => {
      for (const seq of [1, 2]) {
        for (const version of [null, undefined, 1.5, Number.NaN, "1"]) {
          const submission = { version: version as number, src: "ann", seq, op: ["one "], author: "ann" };
          await faulty(there.ledger.submit("a", submission), "message_malformed");
        }
      }
      expect((await there.ledger.head("a"))!.version).to.be.at.most(2);
      expect((await there.ledger.heads(["a"])).get("a")!.version).to.equal(2);
    });

    it("after its history was pruned, and it would not fit any more", async () => {
      await here.submit("a", "bo", [{ d: 8 }]);
      expect(await here.prune("a", 3)).to.equal(3);
      await answeredAsBefore([1, 2, 3]);
    });

    it("after its document was deleted, and made anew", async () => {
      await there.ledger.delete("a", "bo");
      await answeredAsBefore([1, 2, 3, 4]);
      await there.ledger.create("a", "rich", ["\nanew"], "bo");
      await answeredAsBefore([1, 2, 3, 4]);
      expect(await there.text("a")).to.equal("\nanew");
    });

    it("after a restart", async () => {
      await here.submit("a", "bo", ["x"]);
      logs = await place.reopen(logs);
      [here, there] = serve(logs);
      await answeredAsBefore([1, 2, 3]);
    });

    it("from both at once, of which one commits it", async () => {
      const send = (subject: Subject) => subject.submit("a", "ann", ["two "], { version: 2, seq: 2 });
      const versions = await Promise.all([here, there, here, there].map(send));
      expect(versions).to.deep.equal([3, 3, 3, 3]);
      expect([...here.told, ...there.told].filter(({ version }) => version === 3)).to.have.length(1);
    });
  });

  it("in any order of sending, sending again, pruning, deleting and restarting", async () => {
    let [resent, world] = [0, 0];
    let logs = await place.open();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
        const { take, check } = await createWorld(place, logs, `world-${world++}`);
        for (const each of steps) logs = await take(each);
        resent += await check();
      }),
      { numRuns: runs },
    );
    await closeAll(logs);
    figure("exactly-once", `ops sent again over ${over}, each committed once`, resent);
  });
}

type Step = {
  readonly kind: "send" | "resend" | "spoil" | "prune" | "remake" | "restart";
  readonly server: 0 | 1;
  readonly pick: number;
  readonly behind: number;
  readonly twice: boolean;
};

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    { weight: 10, arbitrary: fc.constant("send" as const) },
    { weight: 8, arbitrary: fc.constant("resend" as const) },
    { weight: 2, arbitrary: fc.constant("spoil" as const) },
    { weight: 1, arbitrary: fc.constantFrom("prune" as const, "remake" as const, "restart" as const) },
  ),
  server: fc.constantFrom(0 as const, 1 as const),
  pick: fc.nat(1_000),
  behind: fc.integer({ min: -2, max: 6 }),
  twice: fc.boolean(),
});

interface Sent {
  readonly src: string;
  readonly seq: number;
  /** Put at the beginning of the text; no two ops have the same. */
  readonly mark: string;
  /** What it made, once it was told. */
  made: number | undefined;
  /** The life in which it was committed. */
  life: number;
}

/** Two servers over one database, and what is known of every op that was ever sent to a document of it. */
async function createWorld(place: Place, given: Logs, doc: string) {
  let logs = given;
  let servers = serve(logs);
  const sent: Sent[] = [];
  let life = 1;
  /** Versions that were made by creations and deletions. */
  let others = 1;
  let resent = 0;
  await servers[0]!.ledger.create(doc, "plain", "", "ann");
  const version = async () => (await servers[0]!.ledger.heads([doc])).get(doc)!.version;

  async function submit(op: Sent, server: number, at: number, text = op.mark): Promise<void> {
    const submission = { version: at, src: op.src, seq: op.seq, op: [text], author: op.src };
    const before = op.made;
    try {
      const made = await servers[server]!.ledger.submit(doc, submission);
      expect(text, "another op under a name that is taken").to.equal(op.mark);
      expect(before ?? made).to.equal(made);
      if (op.made === undefined) Object.assign(op, { made, life });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (before !== undefined) expect([text === op.mark, error.code]).to.deep.equal([false, "seq_reused"]);
      else expect(error.code).to.be.oneOf(["version_ahead", "version_unknown"]);
    }
  }

  return {
    /** @returns the logs from then on */
    async take({ kind, server, pick, behind, twice }: Step): Promise<Logs> {
      const at = Math.max(0, (await version()) - behind);
      const old = sent[pick % Math.max(1, sent.length)];
      switch (kind) {
        case "send": {
          const src = `writer-${pick % 3}`;
          const seq = sent.filter((each) => each.src === src).length + 1;
          const op: Sent = { src, seq, mark: `<${sent.length}>`, made: undefined, life: 0 };
          sent.push(op);
          await Promise.all([submit(op, server, at), ...(twice ? [submit(op, 1 - server, at)] : [])]);
          break;
        }
        case "resend":
          if (old === undefined) break;
          if (old.made !== undefined) resent++;
          await submit(old, server, at);
          break;
        case "spoil":
          if (old?.made !== undefined) await submit(old, server, at, "another");
          break;
        case "prune":
          await servers[server]!.prune(doc, at);
          break;
        case "remake":
          await servers[server]!.ledger.heads([doc]);
          await servers[server]!.ledger.delete(doc, "ann");
          await servers[server]!.ledger.create(doc, "plain", "", "ann");
          life++;
          others += 2;
          break;
        case "restart":
          logs = await place.reopen(logs);
          servers = serve(logs);
      }
      return logs;
    },

    /** @returns how many ops were sent again after they had been committed */
    async check(): Promise<number> {
      const made = sent.filter((op) => op.made !== undefined);
      expect(new Set(made.map((op) => op.made)).size, "one version for each").to.equal(made.length);
      expect(await version()).to.equal(others + made.length);
      const text = await open({ rows: logs[0] }).text(doc);
      const there = made.filter((op) => op.life === life).map(({ mark }) => mark);
      expect(text.match(/<\d+>/g)?.sort() ?? []).to.deep.equal(there.sort());
      expect(text.replaceAll(/<\d+>/g, "")).to.equal("");
      return resent;
    },
  };
}

describe("an op that is sent again over one memory", () => {
  const both = (log: OpLog): Logs => [log, log];
  resends(
    "one memory",
    { open: async () => both(new MemoryLog()), reopen: async (logs) => logs },
    tries(80, 300),
  );
});

describe("an op that is sent again over one SQLite file", () => {
  const path = temporaryFolder();
  const paths = new Map<OpLog, string>();
  let files = 0;
  async function at(name: string): Promise<Logs> {
    const log = await openUnthreaded(name);
    paths.set(log, name);
    return [log, log];
  }
  const place: Place = {
    open: () => at(path(`${files++}.db`)),
    async reopen(logs) {
      await closeAll(logs);
      return at(paths.get(logs[0])!);
    },
  };
  resends("one SQLite file", place, tries(10, 25));
});

describe("an op that is sent again over one PostgreSQL database", () => {
  const empty = emptyDatabasesForAll();
  const addresses = new Map<OpLog, string>();
  /** Each server has connections of its own. */
  async function at(address: string): Promise<Logs> {
    const logs = [
      await PostgresLog.open(address, quietLog),
      await PostgresLog.open(address, quietLog),
    ] as const;
    addresses.set(logs[0], address);
    return logs;
  }
  const place: Place = {
    open: async () => at(await empty()),
    async reopen(logs) {
      await closeAll(logs);
      return at(addresses.get(logs[0])!);
    },
  };
  resends("one PostgreSQL database", place, tries(4, 6));
});
