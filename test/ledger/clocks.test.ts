// What becomes of versions' times where a server's clock is set: they are looked up by time, so they never run backwards.

import { expect } from "chai";
import { MemoryLog } from "../../server/storage/memory/log.js";
import { open, type Subject } from "./support.js";

/** The time of each version of "a", from the first on. */
const times = async ({ rows }: Subject): Promise<number[]> => {
  const page = await rows.history("documents", "a", 0, 100, 2 ** 20);
  return page!.ops.map(({ meta }) => JSON.parse(meta!).ts);
};

describe("a clock that is set back", () => {
  it("has times stand still, and be looked up, until it is where it was", async () => {
    const subject = open();
    subject.clock.time = 5_000;
    await subject.ledger.create("a", "plain", "first", "ann");
    for (const time of [6_000, 2_000, 3_000, 7_000]) {
      subject.clock.time = time;
      await subject.submit("a", "ann", ["x"]);
    }
    expect(await times(subject)).to.deep.equal([5_000, 6_000, 6_000, 6_000, 7_000]);
    expect(subject.told.map(({ time }) => time)).to.deep.equal([5_000, 6_000, 6_000, 6_000, 7_000]);
    const found = [4_999, 5_000, 5_999, 6_000, 7_000].map((time) =>
      subject.adapter.versionAt("documents", "a", time),
    );
    expect(await Promise.all(found)).to.deep.equal([0, 1, 1, 4, 5]);
    await subject.ledger.close();
  });

  it("lets no life begin before the one that it follows has ended", async () => {
    const subject = open();
    subject.clock.time = 5_000;
    await subject.ledger.create("a", "plain", "first", "ann");
    subject.clock.time = 6_000;
    await subject.ledger.delete("a", "ann");
    subject.clock.time = 1_000;
    await subject.ledger.create("a", "plain", "second", "ann");
    expect(await times(subject)).to.deep.equal([5_000, 6_000, 6_000]);
    expect(await subject.adapter.began("documents", "a")).to.deep.equal({ version: 3, created: true });
    await subject.ledger.close();
  });

  it("on one server of two does the same", async () => {
    const rows = new MemoryLog();
    const [right, late] = [open({ rows }), open({ rows })];
    right.clock.time = 5_000;
    late.clock.time = 1_000;
    await right.ledger.create("a", "plain", "first", "ann");
    await late.submit("a", "bo", ["x"]);
    await right.submit("a", "ann", ["y"], { version: 1 });
    await late.submit("a", "bo", ["z"], { version: 2 });
    expect(await times(right)).to.deep.equal([5_000, 5_000, 5_000, 5_000]);
    await Promise.all([right, late].map(({ ledger }) => ledger.close()));
  });
});
