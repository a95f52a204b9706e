// Several servers over one database, each with what it keeps in memory: whatever one of them has not seen, what fails on
// the way and who is first, ops are committed once, nobody is shown what is not durable, and nobody who is behind refuses
// what is right or serves what is old.

import { expect } from "chai";
import fc from "fast-check";
import { type Committed, Fault } from "../../protocol/index.js";
import { MemoryLog } from "../../server/storage/memory/log.js";
import { figure } from "../figures.js";
import { tries } from "../seed.js";
import { failure, passing } from "../storage/documents.js";
import { open, type Subject } from "./support.js";
import { type Unsteady, unsteady } from "./unsteady.js";

/** Numbers from 0 to 1, the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const calm = { before: 0, after: 0, turns: 2 };

describe("a server that is behind the head", () => {
  let world: Unsteady;
  let here: Subject;
  let there: Subject;
  beforeEach(async () => {
    world = unsteady(new MemoryLog(), { random: seeded(7), ...calm });
    [here, there] = [open({ rows: world.connect() }), open({ rows: world.connect() })];
    await here.ledger.create("a", "plain", "text", "ann");
    expect(await there.text("a")).to.equal("text");
    for (let at = 0; at < 5; at++) await here.submit("a", "ann", ["x"], { version: at + 1 });
    world.reads.clear();
  });

  it("serves the document as it is, and reads for that only what it missed", async () => {
    expect(await there.text("a")).to.equal("xxxxxtext");
    expect(await there.ledger.head("a")).to.include({ version: 6 });
    expect(world.reads.get("load")).to.equal(undefined);
    expect(world.reads.get("history")).to.equal(1);
  });

  it("takes an op of a version that it has not seen", async () => {
    expect(await there.submit("a", "bo", [5, "!"], { version: 6 })).to.equal(7);
    expect(await there.text("a")).to.equal("xxxxx!text");
    expect(world.reads.get("load")).to.equal(undefined);
  });

  it("takes an op of a version that it knows, past those that it does not", async () => {
    expect(await there.submit("a", "bo", [4, "!"], { version: 1 })).to.equal(7);
    expect(await here.text("a")).to.equal("xxxxxtext!");
  });

  it("needs one commit more after a lost race, and reads nothing: the missed ops come with the news", async () => {
    world.asked = 0;
    await there.submit("a", "bo", [4, "!"], { version: 1 });
    expect(world.asked).to.equal(2);
    expect([...world.reads.keys()]).to.deep.equal([]);
  });

  it("gives the ops after a version that is its head, or beyond it", async () => {
    const versions = async (since: number) =>
      (await there.ledger.ops("a", since, 10)).map(({ version }) => version);
    expect(await versions(1)).to.deep.equal([2, 3, 4, 5, 6]);
    await here.submit("a", "ann", ["y"], { version: 6 });
    expect(await versions(6)).to.deep.equal([7]);
    await here.submit("a", "ann", ["y"], { version: 7 });
    await here.submit("a", "ann", ["y"], { version: 8 });
    expect(await versions(8)).to.deep.equal([9]);
  });

  it("refuses an op that is made at no version, wherever", async () => {
    expect(await failure(there.submit("a", "bo", ["!"], { version: 7 }))).to.include({
      code: "version_ahead",
    });
  });

  it("refuses nothing for what has been undone elsewhere", async () => {
    const world = unsteady(new MemoryLog(), { random: seeded(7), ...calm });
    const [here, there] = [1, 2].map(() => open({ rows: world.connect(), documentAtoms: 10 }));
    await here!.ledger.create("a", "plain", "0123456789", "ann");
    await there!.text("a");
    await here!.submit("a", "ann", [{ d: 10 }], { version: 1 });
    // Where ten characters are known still, this is too long.
    expect(await there!.submit("a", "bo", ["abc"], { version: 1 })).to.equal(3);
    expect(await here!.text("a")).to.equal("abc");
  });

  it("sees a deletion and a new life, and makes what was deleted elsewhere", async () => {
    await here.ledger.delete("a", "ann");
    expect(await there.ledger.read("a")).to.equal(undefined);
    expect(await failure(there.submit("a", "bo", ["!"], { version: 6 }))).to.include({ code: "forbidden" });
    const { epoch } = await there.ledger.create("a", "plain", "anew", "bo");
    expect(await here.ledger.read("a")).to.include({ epoch, version: 8 });
    expect(await here.submit("a", "ann", ["!"], { version: 8 })).to.equal(9);
    await here.ledger.delete("a", "ann");
    // It still holds the living document.
    expect(await there.ledger.create("a", "rich", undefined, "bo")).to.include({ version: 11 });
  });

  describe("and has as many other ops in the place of those that it knows, as after a redaction", () => {
    beforeEach(async () => {
      const log = passing(new MemoryLog());
      world = unsteady(log, { random: seeded(7), ...calm });
      here = open({ rows: world.connect() });
      const later = open();
      for (const { ledger, submit } of [here, later]) {
        await ledger.create("a", "plain", ledger === here.ledger ? "first" : "later", "ann");
        await submit("a", "ann", ["x"]);
      }
      Object.assign(log, passing(later.rows));
      world.asked = 0;
    });

    it("reads them when its first commit fails", async () => {
      expect(await here.submit("a", "bo", [1, "!"], { version: 2 })).to.equal(3);
      expect(world.asked).to.equal(2);
      expect(await here.text("a")).to.equal("x!later");
    });

    it("goes on from them at once, if it has looked where they stand", async () => {
      await here.ledger.heads(["a"]);
      await here.submit("a", "bo", [1, "!"], { version: 2 });
      expect(world.asked).to.equal(1);
    });
  });

  it("asks once for many who ask at once, and once for many documents", async () => {
    const docs = Array.from({ length: 50 }, (_, at) => `doc-${at}`);
    for (const doc of docs) await here.ledger.create(doc, "plain", doc, "ann");
    world.reads.clear();
    const readers = Array.from({ length: 1_000 }, (_, at) => there.text(docs[at % docs.length]!));
    expect(new Set(await Promise.all(readers)).size).to.equal(docs.length);
    expect(world.reads.get("load"), "each document read once").to.equal(docs.length);
    await here.submit("doc-7", "ann", ["new "]);
    world.reads.clear();
    const again = await Promise.all(
      Array.from({ length: 1_000 }, (_, at) => there.text(docs[at % docs.length]!)),
    );
    expect(again[7]).to.equal("new doc-7");
    expect(world.reads.get("load")).to.equal(undefined);
    expect(world.reads.get("history")).to.equal(1);
    expect(world.reads.get("heads")).to.be.at.most(2);
    figure("behind-the-head", "readers at once of 50 documents, for one question of where they stand", 1_000);
  });
});

describe("servers over a database that is slow, fails, and gives each version to one of them", () => {
  it("commit everything once, show nothing that is not durable, and serve nothing that is old", async () => {
    let [ops, asked, reads, runs] = [0, 0, 0, 0];
    const parameters = fc.record({
      seed: fc.integer(),
      nodes: fc.integer({ min: 1, max: 3 }),
      writers: fc.integer({ min: 1, max: 12 }),
      each: fc.integer({ min: 1, max: 6 }),
      before: fc.constantFrom(0, 0, 0.05, 0.3),
      after: fc.constantFrom(0, 0, 0.05, 0.3),
      turns: fc.constantFrom(0, 1, 4),
      remakes: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(parameters, async ({ seed, nodes, writers, each, remakes, ...trouble }) => {
        const random = seeded(seed);
        const world = unsteady(new MemoryLog(), { random, ...trouble });
        const servers = Array.from({ length: nodes }, () => {
          const server: Subject = open({
            rows: world.connect(),
            relay: (_doc, { version }) => {
              if (!world.committed.some(({ op }) => op.version === version))
                throw new Error("told before it is durable");
            },
          });
          return server;
        });
        const pick = () => servers[Math.floor(random() * servers.length)]!;
        world.steady = true;
        await servers[0]!.ledger.create("a", "plain", "", "ann");
        world.steady = false;

        /** The highest version that anybody has been told is durable. */
        let known = 1;
        const made = new Map<string, number>();
        const seen: { readonly version: number; readonly text: string }[] = [];

        async function write(writer: number, seq: number): Promise<void> {
          const submission = { src: `w${writer}`, seq, op: [`<${writer}.${seq}>`], author: "ann" };
          let version = Math.max(1, known - Math.floor(random() * 4));
          for (let tries = 0; ; tries++) {
            if (tries > 20) world.steady = true;
            try {
              const sends = random() < 0.2 ? [pick(), pick()] : [pick()];
              const answers = await Promise.allSettled(
                sends.map(({ ledger }) => ledger.submit("a", { ...submission, version })),
              );
              const failed = answers.find(({ status }) => status === "rejected") as
                | PromiseRejectedResult
                | undefined;
              const versions = answers.flatMap((answer) =>
                answer.status === "fulfilled" ? [answer.value] : [],
              );
              if (new Set(versions).size > 1) throw new Error(`one op has the versions ${versions}`);
              if (versions[0] !== undefined) {
                made.set(`w${writer} ${seq}`, versions[0]);
                known = Math.max(known, versions[0]);
                return;
              }
              throw failed!.reason;
            } catch (error) {
              if (!(error instanceof Fault)) throw error;
              if (error.action === "retry") continue;
              // The document was made anew: what was meant for the life before may not be there any more.
              if (!remakes) throw error;
              const head = await pick()
                .ledger.head("a")
                .catch(() => undefined);
              version = head?.version ?? version;
            }
          }
        }
        async function read(): Promise<void> {
          const least = known;
          const document = await pick()
            .ledger.read("a")
            .catch(() => undefined);
          if (document === undefined) return;
          expect(document.version, "older than what was acknowledged").to.be.at.least(least);
          seen.push({ version: document.version, text: String(document.snapshot) });
        }
        async function remake(): Promise<void> {
          const { ledger } = pick();
          await ledger.delete("a", "ann").catch(() => {});
          for (let tries = 0; ; tries++) {
            if (tries > 20) world.steady = true;
            const done = await pick()
              .ledger.create("a", "plain", "", "ann")
              .then(
                () => true,
                async () =>
                  (await pick()
                    .ledger.head("a")
                    .catch(() => undefined)) !== undefined,
              );
            if (done) return;
          }
        }
        const everybody = Array.from({ length: writers }, async (_, writer) => {
          for (let seq = 1; seq <= each; seq++) await write(writer, seq);
        });
        let over = false;
        const readers = [1, 2].map(async () => {
          while (!over) {
            await read();
            await new Promise((resolve) => setImmediate(resolve));
          }
        });
        const remaking = remakes ? remake() : undefined;
        await Promise.all([...everybody, remaking]).finally(() => {
          over = true;
        });
        await Promise.all(readers);
        world.steady = true;

        // What is in the log, and nothing else, is what everybody has.
        const texts = textsOf(world);
        expect(world.committed.map(({ op }) => op.version)).to.deep.equal(texts.map((_, at) => at + 1));
        for (const { version, text } of seen) expect(text, `version ${version}`).to.equal(texts[version - 1]);
        for (const server of servers) expect(await server.text("a")).to.equal(texts.at(-1));
        const names = world.committed
          .filter(({ op }) => op.src !== null)
          .map(({ op }) => `${op.src} ${op.seq}`);
        expect(new Set(names).size, "each once").to.equal(names.length);
        for (const [name, version] of made) {
          const { op } = world.committed[version - 1]!;
          expect(`${op.src} ${op.seq}`).to.equal(name);
        }
        for (const { told, logged } of servers) {
          expect(logged.filter((message) => /relay failed/.test(message))).to.deep.equal([]);
          const order = told.map(({ version }) => version);
          // Where one server fails on what another has written, it tells of it again, late.
          if (trouble.before + trouble.after === 0)
            expect(order).to.deep.equal([...order].sort((a, b) => a - b));
          for (const one of told) expect(toldAs(one)).to.equal(bodyOf(world, one.version));
        }
        for (const { ledger } of servers) await ledger.close();
        ops += made.size;
        asked += world.asked;
        reads += seen.length;
        runs++;
      }),
      { numRuns: Number(process.env.NODES_RUNS ?? tries(100, 300)) },
    );
    figure("behind-the-head", "ops over 1 to 3 servers and a failing log, each committed once", ops);
    figure("behind-the-head", "reads meanwhile, none older than what was acknowledged", reads);
    expect(runs).to.be.greaterThan(0);
    expect(asked).to.be.greaterThan(0);
  });
});

/** The text after each commit. */
function textsOf({ committed }: Unsteady): (string | undefined)[] {
  let text: string | undefined;
  return committed.map(({ op }) => {
    const body = JSON.parse(op.body) as { create?: { data: string }; del?: true; op?: (number | string)[] };
    if (body.create !== undefined) text = body.create.data;
    else if (body.del === true) text = undefined;
    else {
      const [first, second] = body.op!;
      const at = typeof first === "number" ? first : 0;
      const inserted = String(typeof first === "number" ? (second ?? "") : (first ?? ""));
      text = text!.slice(0, at) + inserted + text!.slice(at);
    }
    return text;
  });
}

const toldAs = ({ op, src, seq }: Committed) => JSON.stringify([src, seq, src === "" ? "" : op]);
function bodyOf({ committed }: Unsteady, version: number): string {
  const { src, seq, body } = committed[version - 1]!.op;
  return JSON.stringify([src ?? "", seq ?? 0, src === null ? "" : JSON.parse(body).op]);
}
