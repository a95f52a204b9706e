// One document's place on a shelf that is played by hand: what is written when writes overlap, fail, or end late.

import { expect } from "chai";
import type { OutboxRecord } from "../../client/index.js";
import { Place } from "../../client/outbox/place.js";
import type { RecordChange } from "../../client/outbox/shelf.js";
import { Taken } from "../../client/outbox/trouble.js";
import type { PlainOp } from "../../ot/index.js";
import { VirtualClock } from "../world/clock.js";

const record = (version: number, text: string): OutboxRecord => ({
  ...{ type: "plain", epoch: "e1", version, confirmed: text, pending: [] },
  ...{ nextSeq: 1, changes: 0, unsaved: 0, recovered: [] },
});
const op = (letter: string): PlainOp => [letter];

interface Write {
  readonly change: RecordChange;
  readonly wanted: () => boolean;
  readonly ends: (error?: unknown) => Promise<void>;
}

/** A place with its writes, and what it has told. */
function played() {
  const clock = new VirtualClock(1_000);
  const writes: Write[] = [];
  const troubles: (string | undefined)[] = [];
  const left: (OutboxRecord | undefined)[] = [];
  let keys = 0;
  const place = new Place(
    {
      clock,
      memoryOnly: false,
      newClaim: async () => ({ key: `new ${++keys}`, release: () => {} }),
      write: (change, wanted) =>
        new Promise((resolve, reject) => {
          const ends = (error?: unknown) => {
            if (error === undefined) resolve();
            else reject(error);
            return turn();
          };
          writes.push({ change, wanted, ends });
        }),
      told: (_place, _head, trouble) => void troubles.push(trouble),
      left: async (_place, { unwritten }) => void left.push(unwritten),
    },
    { doc: "notes", type: "plain" },
    { claim: { key: "first", release: () => {} } },
  );
  const save = (next: OutboxRecord, steps?: readonly PlainOp[]) => {
    const saved = place.save(next, steps);
    saved?.catch(() => {});
    return saved;
  };
  return { clock, place, writes, troubles, left, save };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const broken = () => new Error("out of order");
const noRoom = () => new DOMException("no room", "QuotaExceededError");

describe("a place whose writes overlap", () => {
  it("writes everything once more while a write of everything is unanswered, and then only what changed", async () => {
    const { writes, save } = played();
    save(record(7, "cat"));
    save(record(8, "acat"), [op("a")]);
    await writes[0]!.ends();
    save(record(9, "bacat"), [op("b")]);
    await writes[1]!.ends();
    await writes[2]!.ends();
    save(record(10, "cbacat"), [op("c")]);
    expect(writes.map(({ change }) => [change.whole, Object.keys(change.put)])).to.deep.equal([
      [true, ["doc"]],
      [true, ["doc"]],
      [true, ["doc"]],
      [false, ["step:0"]],
    ]);
  });

  it("goes on from the newest that is done, whichever is answered last", async () => {
    const { writes, save } = played();
    save(record(7, "cat"));
    await writes[0]!.ends();
    save(record(8, "acat"), [op("a")]);
    save(record(9, "bacat"), [op("b")]);
    await writes[2]!.ends();
    await writes[1]!.ends();
    save(record(10, "cbacat"), [op("c")]);
    expect(writes.map(({ change }) => change.put["step:1"] ?? change.put["step:0"])).to.deep.equal([
      undefined,
      '[["a"]]',
      '[["a"],["b"]]',
      '[["c"]]',
    ]);
  });

  it("is in no trouble for an older one that fails when a newer is under way, which alone is still wanted", async () => {
    const { clock, writes, troubles, save } = played();
    save(record(7, "cat"));
    save(record(8, "acat"), [op("a")]);
    expect(writes.map(({ wanted }) => wanted())).to.deep.equal([false, true]);
    await writes[0]!.ends(broken());
    await writes[1]!.ends();
    clock.advance(60_000);
    expect([troubles, writes.length]).to.deep.equal([[undefined], 2]);
  });
});

describe("a place that does not know what leads to a record", () => {
  const edit = { id: "1", reason: "refused", op: op("x"), text: "x", fault: noRoom(), time: 0 } as const;
  const pending = { op: op("x"), first: 1, last: 1 };
  /** What the second of two writes is. */
  async function second(first: OutboxRecord, next: OutboxRecord, steps?: readonly PlainOp[]) {
    const { writes, save } = played();
    save(first);
    await writes[0]!.ends();
    save(next, steps);
    const { whole, put } = writes[1]!.change;
    return [whole, Object.keys(put)];
  }

  it("writes everything, with what has not changed", async () => {
    const recovered = [{ ...edit, fault: { code: "stale" } }] as unknown as OutboxRecord["recovered"];
    const before = { ...record(7, "cat"), recovered };
    const all = [true, ["doc", "recovered:0"]];
    expect(await second(before, { ...record(7, "dog"), epoch: "e2", recovered })).to.deep.equal(all);
    expect(await second(before, { ...record(9, "bacat"), recovered }, [op("b")])).to.deep.equal(all);
    expect(await second(before, { ...record(8, "acat"), recovered }, [op("b"), op("a")])).to.deep.equal(all);
    expect(await second(before, { ...record(6, "ca"), recovered })).to.deep.equal(all);
    expect(await second(before, { ...record(7, "cat"), recovered }, [])).to.deep.equal([false, []]);
  });

  it("writes what has lost its name", async () => {
    const named = { ...record(7, "cat"), pending: [{ ...pending, seq: 5 }], unsaved: 1 };
    const next = { ...named, pending: [{ ...pending }] };
    expect(await second(named, next, [])).to.deep.equal([false, ["pending:0"]]);
  });

  it("writes everything once the store has been made anew", async () => {
    const { place, writes, save } = played();
    save(record(7, "cat"));
    await writes[0]!.ends();
    place.forget();
    save(record(8, "acat"), [op("a")]);
    expect(writes[1]!.change.whole).to.equal(true);
  });
});

describe("a place in trouble", () => {
  it("writes nothing until it tries again by itself, later each time, and as soon as ever when all is well", async () => {
    const { clock, writes, troubles, save } = played();
    save(record(7, "cat"));
    for (const [nth, delay] of [500, 1_000, 2_000].entries()) {
      await writes[nth]!.ends(noRoom());
      expect(await save(record(8, "acat"), [])?.catch(({ state }) => state)).to.equal("full");
      clock.advance(delay - 1);
      expect(writes.length).to.equal(nth + 1);
      clock.advance(1);
      expect(writes.length).to.equal(nth + 2);
    }
    await writes[3]!.ends();
    save(record(9, "bacat"));
    await writes[4]!.ends(noRoom());
    clock.advance(500);
    expect([troubles, writes.length]).to.deep.equal([["full", "full", "full", undefined, "full"], 6]);
  });

  it("goes on under another key when somebody else has its record, with everything", async () => {
    const { clock, writes, save } = played();
    save(record(7, "cat"));
    await writes[0]!.ends();
    save(record(8, "acat"), [op("a")]);
    await writes[1]!.ends(new Taken("another page has it"));
    clock.advance(500);
    await turn();
    expect(writes.map(({ change }) => [change.head.key, change.whole])).to.deep.equal([
      ["first", true],
      ["first", false],
      ["new 1", true],
    ]);
  });
});

describe("a place that is left", () => {
  it("waits for what is being written, and writes nothing any more", async () => {
    const { clock, place, writes, left, save } = played();
    save(record(7, "cat"));
    const leaving = place.leave(true);
    await turn();
    expect([left.length, writes[0]!.wanted()]).to.deep.equal([0, false]);
    await writes[0]!.ends();
    await leaving;
    await place.leave(true);
    save(record(8, "acat"));
    clock.advance(60_000);
    expect([left, writes.length]).to.deep.equal([[undefined], 1]);
  });

  it("does not try again what fails only then", async () => {
    const { clock, place, writes, troubles, left, save } = played();
    const kept = record(7, "cat");
    save(kept);
    const leaving = place.leave(true);
    await writes[0]!.ends(broken());
    await leaving;
    clock.advance(60_000);
    expect([troubles, left, writes.length]).to.deep.equal([[], [kept], 1]);
  });

  it("tries a last time what could not be written, and hands it on if that fails too", async () => {
    for (const ends of [undefined, noRoom()]) {
      const { clock, place, writes, left, save } = played();
      const kept = record(7, "cat");
      save(kept);
      await writes[0]!.ends(noRoom());
      const leaving = place.leave(true);
      await writes[1]!.ends(ends);
      await leaving;
      clock.advance(60_000);
      expect([left, writes.length]).to.deep.equal([[ends && kept], 2]);
    }
  });
});
