// Who comes in when many come at once, how late the machine is, and how fast one peer is read.

import { expect } from "chai";
import { Fault } from "../../protocol/index.js";
import { createAdmission, type Load } from "../../server/admission.js";
import { measureLoad } from "../../server/load.js";
import { createPace } from "../../server/pace.js";
import { manualClock, settle } from "./clock.js";
import { seededRandom } from "./fakes.js";

function doorOf({ atOnce = 2, waiting = 3, lag = 0 } = {}) {
  const clock = manualClock();
  const turns: (() => void)[] = [];
  const machine = { lag };
  const load: Load = { lagMs: () => machine.lag, nextTurn: (run) => void turns.push(run) };
  const counted = { waiting: 0, putOff: 0 };
  const admission = createAdmission({
    door: "read",
    clock,
    random: seededRandom(),
    load,
    atOnce,
    waiting,
    limits: { lagMs: 100, waitMs: 3000, comeBackMs: 5000 },
    meter: {
      waiting: (_door, many) => {
        counted.waiting = many;
      },
      putOff: () => {
        counted.putOff++;
      },
    },
  });
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const enter = (who: number) =>
    admission.enter(async () => {
      begun.push(who);
      await new Promise<void>((resolve) => {
        ends[who] = resolve;
      });
      return who;
    });
  const turn = async () => {
    for (const run of turns.splice(0)) run();
    await settle();
  };
  return { clock, machine, counted, admission, begun, ends, enter, turn };
}

const codeOf = (error: unknown) => (error instanceof Fault ? error.code : error);

describe("admission", () => {
  it("lets so many in at a time, the others in the order they came, one for each that is done", async () => {
    const { begun, ends, enter, turn, counted } = doorOf();
    const all = Promise.all([0, 1, 2, 3, 4].map(enter));
    expect(begun).to.deep.equal([0, 1]);
    expect(counted.waiting).to.equal(3);
    ends[1]!();
    await settle();
    // Not before the event loop has turned.
    expect(begun).to.deep.equal([0, 1]);
    await turn();
    expect(begun).to.deep.equal([0, 1, 2]);
    for (const who of [0, 2]) ends[who]!();
    await settle();
    await turn();
    for (const who of [3, 4]) ends[who]!();
    expect(await all).to.deep.equal([0, 1, 2, 3, 4]);
    expect(counted.waiting).to.equal(0);
  });

  it("puts off whom the queue has no place for, each for another while", async () => {
    const { enter, counted } = doorOf();
    for (let who = 0; who < 5; who++) enter(who).catch(() => {});
    const faults = await Promise.all([5, 6, 7].map((who) => enter(who).catch((error: unknown) => error)));
    expect(faults.map(codeOf)).to.deep.equal(["unavailable", "unavailable", "unavailable"]);
    const waits = faults.map((fault) => (fault as Fault).extra.retryAfterMs!);
    for (const wait of waits) expect(wait).to.be.within(1000, 6000);
    expect(new Set(waits).size).to.equal(3);
    expect(counted.putOff).to.equal(3);
  });

  it("puts off who has waited too long, and leaves no timer", async () => {
    const { enter, clock, ends, turn } = doorOf();
    const first = [0, 1].map(enter);
    const second = enter(2).catch(codeOf);
    await clock.advance(2000);
    const third = enter(3).catch(codeOf);
    await clock.advance(1000);
    expect(await second).to.equal("unavailable");
    for (const who of [0, 1]) ends[who]!();
    await Promise.all(first);
    await turn();
    ends[3]!();
    expect(await third).to.equal(3);
    expect(clock.timers).to.equal(0);
  });

  it("lets a quarter of it in while the machine is late, and never stops", async () => {
    const { enter, begun, ends, turn, machine } = doorOf({ atOnce: 4, lag: 500 });
    for (let who = 0; who < 4; who++) enter(who);
    expect(begun).to.deep.equal([0]);
    ends[0]!();
    await settle();
    await turn();
    expect(begun).to.deep.equal([0, 1]);
    machine.lag = 0;
    ends[1]!();
    await settle();
    await turn();
    expect(begun).to.deep.equal([0, 1, 2, 3]);
  });

  it("gives the place back when the work fails", async () => {
    const { admission, begun, enter, turn } = doorOf({ atOnce: 1 });
    const failing = admission
      .enter(() => Promise.reject(new Error("no")))
      .catch((error: Error) => error.message);
    enter(1);
    expect(await failing).to.equal("no");
    await turn();
    expect(begun).to.deep.equal([1]);
  });
});

describe("the load", () => {
  it("is how late a timer is, and fades within a second", async () => {
    const clock = manualClock();
    const load = measureLoad(clock, setImmediate);
    await clock.advance(200);
    expect(load.lagMs()).to.equal(0);
    // Something held the loop for 400 ms: the timer that was due runs late.
    clock.stall(400);
    await clock.advance(1);
    expect(load.lagMs()).to.be.within(350, 400);
    await clock.advance(1000);
    expect(load.lagMs()).to.be.below(10);
    load.stop();
    expect(clock.timers).to.equal(0);
  });
});

describe("the pace of a peer", () => {
  function paceOf(holds = true) {
    const clock = manualClock();
    const events: string[] = [];
    const pace = createPace({
      clock,
      limits: {
        messagesPerSecond: 10,
        messagesBurst: 20,
        bytesPerSecond: 1000,
        bytesBurst: 5000,
        bytesBeforeWelcome: 300,
        floodMs: 5000,
      },
      read: (reading) => events.push(reading ? "reads" : "pauses"),
      holds: () => holds,
      slowed: () => events.push("slowed"),
      flooded: () => events.push("flooded"),
    });
    return { clock, events, pace };
  }

  it("is never noticed by who keeps to it", async () => {
    const { clock, events, pace } = paceOf();
    pace.welcomed();
    for (let time = 0; time < 300; time++) {
      pace.heard(80);
      await clock.advance(100);
    }
    expect(events).to.deep.equal([]);
    expect(clock.timers).to.equal(0);
  });

  it("is held by not reading on, for messages and for bytes", async () => {
    const { clock, events, pace } = paceOf();
    pace.welcomed();
    for (let time = 0; time < 21; time++) pace.heard(1);
    expect(events).to.deep.equal(["slowed", "pauses"]);
    await clock.advance(100);
    expect(events).to.deep.equal(["slowed", "pauses", "reads"]);
    await clock.advance(10_000);
    events.length = 0;
    pace.heard(5500);
    expect(events).to.deep.equal(["slowed", "pauses"]);
    await clock.advance(500);
    expect(events.at(-1)).to.equal("reads");
  });

  it("ends who does not stop, and forgives who does", async () => {
    const { clock, events, pace } = paceOf();
    pace.welcomed();
    const flood = async (seconds: number) => {
      for (let time = 0; time < seconds * 10 && !events.includes("flooded"); time++) {
        for (let each = 0; each < 50; each++) pace.heard(1);
        await clock.advance(100);
      }
    };
    await flood(4);
    expect(events).to.not.include("flooded");
    await clock.advance(10_000);
    await flood(4);
    expect(events).to.not.include("flooded");
    await flood(4);
    expect(events.filter((event) => event === "flooded")).to.have.length(1);
  });

  it("ends who brings twice the most at once, where not to read holds nothing back", () => {
    for (const [holds, expected] of [
      [true, ["slowed", "pauses"]],
      [false, ["slowed", "pauses", "flooded"]],
    ] as const) {
      const { clock, events, pace } = paceOf(holds);
      pace.welcomed();
      for (let time = 0; time < 39; time++) pace.heard(1);
      expect(events).to.deep.equal(["slowed", "pauses"]);
      for (let time = 0; time < 10; time++) pace.heard(1);
      expect(events).to.deep.equal(expected);
      pace.stop();
      expect(clock.timers).to.equal(0);
    }
  });

  it("lets a stranger say next to nothing before they are known", () => {
    const { events, pace } = paceOf();
    pace.heard(200);
    expect(events).to.deep.equal([]);
    pace.heard(200);
    expect(events).to.deep.equal(["flooded"]);
    const nothing = paceOf();
    for (let time = 0; time < 100; time++) nothing.pace.heard(0);
    expect(nothing.events).to.deep.equal(["flooded"]);
  });
});
