// Whoever comes back after a long time is carried forward, and nobody waits for it.

import { expect } from "chai";
import { type PlainOp, plainText } from "../../ot/index.js";
import { walk } from "../../server/ledger/walk.js";
import { MemoryLog } from "../../server/storage/memory/log.js";
import { failure, passing } from "../storage/documents.js";
import { open, type Subject } from "./support.js";

describe("an op that is far behind", () => {
  const MISSED = 1_000;
  let subject: Subject;
  let reads: number;

  beforeEach(async () => {
    const log = new MemoryLog();
    const rows = passing(log);
    rows.history = (...args) => {
      reads++;
      return log.history(...args);
    };
    subject = open({ rows });
    await subject.ledger.create("a", "plain", "0123456789", "ann");
    await subject.submit("a", "away", [5, "early"], { version: 1, seq: 1 });
    for (let at = 0; at < MISSED; at++)
      await subject.submit("a", "bo", [at % 7, at % 3 === 0 ? { d: 1 } : "b"].filter(Boolean));
    reads = 0;
  });
  afterEach(() => subject.ledger.close());

  it("arrives as if it had been taken past each op in turn", async () => {
    // Others insert at the beginning, too: the one who comes later stands before them.
    const op: PlainOp = ["away", 3, { d: 2 }, 1, { d: 1 }];
    const moved = subject.told
      .slice(1)
      .reduce((left, past) => plainText.transform(left, past.op as PlainOp, "left"), op);
    const expected = plainText.apply((await subject.ledger.read("a"))!.snapshot as never, moved);
    expect(await subject.submit("a", "away", op, { version: 1, seq: 2 })).to.equal(MISSED + 3);
    expect(subject.told.at(-1)!.op).to.deep.equal(moved);
    expect(await subject.text("a")).to.equal(String(expected));
  });

  it("lets others have their turn on the way", async () => {
    let turns = 0;
    let walking = true;
    const others = (async () => {
      while (walking) {
        await new Promise(setImmediate);
        turns++;
      }
    })();
    await subject.submit("a", "away", [3, "away"], { version: 1, seq: 2 });
    walking = false;
    await others;
    expect(turns).to.be.at.least(MISSED / 200 - 1);
  });

  it("is refused as it would have been, and nobody else is disturbed", async () => {
    const error = await failure(subject.submit("a", "away", [11, "x"], { version: 1, seq: 2 }));
    expect(error).to.include({ name: "Fault", code: "op_out_of_bounds" });
    expect((await subject.ledger.head("a"))!.version).to.equal(MISSED + 2);
  });

  it("and was committed then is answered without reading history", async () => {
    expect(await subject.submit("a", "away", [5, "early"], { version: 1, seq: 1 })).to.equal(2);
    expect(reads).to.equal(0);
    expect(await failure(subject.submit("a", "away", ["other"], { version: 1, seq: 1 }))).to.include({
      code: "seq_reused",
    });
  });

  it("beyond all measure opens the document anew", async () => {
    const none = async () => {
      throw new Error("history was read");
    };
    const error = await failure(walk("plain", { version: 1, op: ["x"] }, 1_000_000, none));
    expect(error).to.include({ name: "Fault", code: "version_unknown" });
  });
});
