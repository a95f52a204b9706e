// The harness that measures the server beside its peers: every system that is installed here carries what people type to
// all of them, and what is said of a run follows from its figures. The peers of `bench/peers` are among them where that package
// is installed; otherwise the bench itself is their test.

import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { ahead, markdownOf, sheetsOfServer, withRun } from "../../bench/page-sheets.js";
import type { Row } from "../../bench/server/scenario.js";
import { openLoop } from "../../bench/server/scenarios/open-loop.js";
import type { Replica, Splice, System } from "../../bench/server/system.js";
import { systems, withMemory } from "../../bench/server/systems/index.js";
import { Pen, Reader, scattered, schedule } from "../../bench/server/typing.js";
import { seededRandom } from "../world/clock.js";

function isInstalled(system: System): boolean {
  try {
    return system.versions() !== "";
  } catch {
    return false;
  }
}

describe("the bench of servers", () => {
  it("has ours, ShareDB and the relays wherever it is built", () => {
    const names = systems.filter(isInstalled).map(({ name }) => name);
    expect(names).to.include.members(["interline", "sharedb", "socketio-relay", "ws-relay"]);
  });

  for (const system of systems.filter(isInstalled)) {
    it(`sees every keystroke arrive at every replica of ${system.name}, and counts its bytes`, async () => {
      const rows: Omit<Row, "scenario">[] = [];
      await openLoop.run({
        systems: [system],
        given: { clients: 5, writers: 2, rate: 20, seconds: 0.5, all: false },
        row: (row) => void rows.push(row),
        leftOut() {},
      });
      // Ours is measured keeping nothing as well.
      expect(rows).to.have.length(withMemory([system]).length);
      for (const { figures, wrong } of rows) {
        expect(wrong).to.equal(undefined);
        expect(figures.ops).to.be.within(18, 22);
        expect(figures["p99, ms"]).to.be.above(0);
        expect(figures["bytes for an op and client"]).to.be.above(1);
      }
    });
  }
});

describe("what is typed in the bench", () => {
  it("is due in order, one writer's keystrokes in their own, and all of them in time", () => {
    fc.assert(
      fc.property(
        fc.record({
          writers: fc.integer({ min: 1, max: 50 }),
          rate: fc.integer({ min: 1, max: 20 }),
          seconds: fc.integer({ min: 1, max: 5 }),
          seed: fc.nat(),
        }),
        ({ writers, rate, seconds, seed }) => {
          const strokes = schedule(writers, rate, seconds, seededRandom(seed));
          expect(strokes).to.have.length(writers * rate * seconds);
          const counts = new Array<number>(writers).fill(0);
          let before = Number.NEGATIVE_INFINITY;
          for (const { dueMs, writer, nth } of strokes) {
            expect(dueMs).to.be.at.least(before);
            expect(nth).to.equal(counts[writer]!++);
            before = dueMs;
          }
          expect(before).to.be.below(1000 * (seconds + 2 / rate));
        },
      ),
      { numRuns: 50 },
    );
  });

  it("stays together where others write before it", () => {
    const replica = stringReplica("......");
    const pen = new Pen(replica, 0, 6, () => 0.5);
    pen.type();
    pen.type();
    const others = { at: 0, removed: 1, inserted: "b--" };
    replica.splice(others);
    pen.moved([others]);
    pen.type();
    expect(replica.text).to.equal("b--..aaa...");
  });

  it("is told by its letters, whoever wrote between", () => {
    const seen: string[] = [];
    const reader = new Reader(2, (writer, nth) => void seen.push(`${writer}.${nth}`));
    reader.read([{ at: 0, removed: 0, inserted: "ab.a" }]);
    reader.read([{ at: 9, removed: 0, inserted: "b" }]);
    expect([seen, reader.seen, reader.of(0)]).to.deep.equal([["0.0", "1.0", "0.1", "1.1"], 4, 2]);
  });

  it("leaves the length as it was, when it is a history", () => {
    const replica = stringReplica(".".repeat(50));
    for (const edit of scattered(50, 1000)) replica.splice(edit);
    expect(replica.text).to.have.length(50);
  });
});

describe("the table of the benches", () => {
  const row = (system: string, figures: Row["figures"], wrong?: string): Row => ({
    ...{ scenario: "open-loop", load: "50 clients", system, figures },
    ...(wrong === undefined ? {} : { wrong }),
  });
  const [sheet] = sheetsOfServer([
    row("sharedb", { "p99, ms": 5, "answered, ops/s": 50, ops: 99 }),
    row("interline", { "p99, ms": 10, "answered, ops/s": 100, ops: 10 }),
    row("ws-relay", { "p99, ms": 1, "answered, ops/s": 900, ops: 10 }),
    row("hocuspocus", { "p99, ms": 1, "answered, ops/s": 500, ops: 10 }, "2 different copies"),
  ]);

  it("gives others as multiples of ours, which comes first", () => {
    const [head, , first, second] = markdownOf(sheet!).split("\n");
    expect(head).to.match(/^\| 50 clients +\| p99, ms /);
    expect(first).to.match(/^\| interline +\| 10 +\| 100 +\| 10 +\| +\|$/);
    expect(second).to.match(/^\| sharedb +\| 5 \(0\.5 ×\) +\| 50 \(0\.5 ×\) +\| 99 +\| +\|$/);
  });

  it("takes the place of the last run's on its page, and of nothing else", () => {
    const page = readFileSync(new URL("../../../docs/performance.md", import.meta.url), "utf8");
    const once = withRun(page, "| a |");
    const [before, after] = ["<!-- Printed", "<!-- The end"].map((mark) => page.indexOf(mark));
    expect(once.startsWith(page.slice(0, before))).to.equal(true);
    expect(once.endsWith(page.slice(after))).to.equal(true);
    expect(withRun(once, "| b |")).to.equal(once.replace("| a |", "| b |"));
  });

  it("says where a peer is ahead, whichever way is better, and counts neither relays nor runs that went wrong", () => {
    expect(ahead(sheet!)).to.deep.equal(["50 clients: p99, ms: sharedb (2 ×)"]);
  });
});

/** A text that nobody else has. */
function stringReplica(text: string): Replica {
  let held = text;
  return {
    get text() {
      return held;
    },
    splice({ at, removed, inserted }: Splice) {
      held = held.slice(0, at) + inserted + held.slice(at + removed);
    },
    onChange() {},
    saved: async () => {},
    close: async () => {},
  };
}
