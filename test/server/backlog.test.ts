// A reader that falls behind loses presence first and then its connection; one that has asked for much does not.

import { expect } from "chai";
import { createBacklog, watchReader } from "../../server/backlog.js";
import { manualClock } from "./clock.js";

function backlogOf(caughtUp: () => void = () => {}) {
  const clock = manualClock();
  const events: string[] = [];
  const line = { buffered: 0 };
  let answers = 0;
  const backlog = createBacklog({
    clock,
    slowBytes: 100,
    queuedBytes: 1000,
    buffered: () => line.buffered,
    slow(slow) {
      events.push(slow ? "slow" : "quick");
      if (!slow) caughtUp();
    },
    overrun: () => events.push("overrun"),
    answering(bytes) {
      answers += bytes;
      return () => {
        answers -= bytes;
      };
    },
  });
  return { clock, events, line, backlog, unread: () => answers };
}

describe("the backlog of a peer", () => {
  it("is nothing for a peer that reads", async () => {
    const { backlog, events, clock } = backlogOf();
    for (let frame = 0; frame < 100; frame++) {
      backlog.sent(90);
      backlog.flushed();
    }
    expect(events).to.deep.equal([]);
    expect(backlog.drained()).to.equal(undefined);
    expect(clock.timers).to.equal(0);
  });

  it("costs presence first, until the peer has read again", async () => {
    const { backlog, events, clock } = backlogOf();
    backlog.sent(60);
    backlog.sent(60);
    expect(events).to.deep.equal(["slow"]);
    let drained = false;
    backlog.drained()!.then(() => {
      drained = true;
    });
    await clock.advance(1000);
    expect(drained).to.equal(false);
    backlog.flushed();
    await clock.advance(50);
    expect(events).to.deep.equal(["slow", "quick"]);
    expect(drained).to.equal(true);
    expect(clock.timers).to.equal(0);
  });

  it("begins again where it is told too much in the moment in which it has caught up", async () => {
    let portions = 2;
    const { backlog, events, clock } = backlogOf(() => {
      if (portions-- > 0) backlog.sent(150);
    });
    backlog.sent(150);
    for (let time = 0; time < 3; time++) {
      expect(backlog.drained()).not.to.equal(undefined);
      backlog.flushed();
      await clock.advance(50);
    }
    expect(events).to.deep.equal(["slow", "quick", "slow", "quick", "slow", "quick"]);
    expect([backlog.drained(), clock.timers]).to.deep.equal([undefined, 0]);
  });

  it("counts what the socket holds as well", () => {
    const { backlog, events, line } = backlogOf();
    line.buffered = 990;
    backlog.sent(5);
    expect(events).to.deep.equal(["slow"]);
    backlog.sent(6);
    expect(events).to.deep.equal(["slow", "overrun"]);
  });

  it("costs the connection when it grows too long", () => {
    const { backlog, events } = backlogOf();
    for (let frame = 0; frame < 11; frame++) backlog.sent(91);
    expect(events).to.deep.equal(["slow", "overrun"]);
  });

  it("says of long answers that they are on their way until they have been read, or never will be", async () => {
    const { backlog, line, clock, unread } = backlogOf();
    backlog.replying(() => backlog.sent(90));
    expect(unread()).to.equal(0);
    backlog.replying(() => backlog.sent(50_000));
    line.buffered = 50_000;
    backlog.flushed();
    await clock.advance(1000);
    expect(unread()).to.equal(50_000);
    line.buffered = 0;
    await clock.advance(50);
    expect(unread()).to.equal(0);
    backlog.replying(() => backlog.sent(50_000));
    backlog.stop();
    expect([unread(), clock.timers]).to.deep.equal([0, 0]);
  });

  it("does not hold a long answer against whoever asked", async () => {
    const { backlog, events, line, clock } = backlogOf();
    backlog.replying(() => backlog.sent(50_000));
    line.buffered = 50_000;
    backlog.flushed();
    backlog.sent(500);
    expect(events).to.deep.equal(["slow"]);
    backlog.sent(600);
    expect(events).to.deep.equal(["slow", "overrun"]);
    line.buffered = 0;
    backlog.flushed();
    await clock.advance(50);
    backlog.sent(1001);
    expect(events).to.deep.equal(["slow", "overrun", "quick", "overrun"]);
  });

  it("is counted and logged as one of many, and cut off, whether it is too far behind or its address is", () => {
    const said: unknown[] = [];
    let tooMuch = () => {};
    const backlog = watchReader(
      { id: "c1", address: "1.1.1.1", buffered: () => 0, cut: () => said.push("cut") },
      {
        clock: manualClock(),
        limits: { slowBytes: 100, queuedBytes: 1000 },
        meter: { slowReader: (what) => said.push(what) },
        log: { warn: (details) => said.push(details) },
        quotas: {
          answering(address, bytes, cut) {
            said.push([address, bytes]);
            tooMuch = cut;
            return () => {};
          },
        },
      },
    );
    const ended = ["ended", { code: "slow_reader", connection: "c1" }, "cut"];
    backlog.sent(500);
    backlog.sent(501);
    backlog.flushed();
    backlog.replying(() => backlog.sent(5000));
    tooMuch();
    expect(said).to.deep.equal(["shed", ...ended, ["1.1.1.1", 5000], ...ended]);
    backlog.stop();
  });

  it("keeps nobody waiting for a peer that is gone", async () => {
    const { backlog, clock } = backlogOf();
    backlog.sent(500);
    const drained = backlog.drained()!;
    backlog.stop();
    await drained;
    expect(clock.timers).to.equal(0);
  });
});
