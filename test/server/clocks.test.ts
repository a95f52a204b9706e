// A server whose time of day is set, back by an hour or forward by a day: what lasts a second lasts a second all the same.

import { expect } from "chai";
import { Fault, steadyMs, systemClock } from "../../protocol/index.js";
import { createAdmission, noLoad } from "../../server/admission.js";
import { judgeBy } from "../../server/before-commit.js";
import { Nodes } from "../../server/cluster/people-nodes.js";
import { Lanes } from "../../server/ledger/lanes.js";
import { measureLoad } from "../../server/load.js";
import { silentMeter } from "../../server/meter.js";
import { createRounds } from "../../server/rounds.js";
import { createLease } from "../../server/webhooks/lease.js";
import { type ManualClock, manualClock } from "./clock.js";

const HOUR_MS = 3_600_000;
const quiet = { info() {}, warn() {}, error() {} };

/** Sets the time of day back once and forward once, and expects the same each time. */
function eachWay(title: string, run: (clock: ManualClock, step: () => void) => Promise<void>): void {
  for (const [way, ms] of [
    ["back by an hour", -HOUR_MS],
    ["forward by a day", 24 * HOUR_MS],
  ] as const)
    it(`${title}, set ${way}`, async () => {
      const clock = manualClock();
      await run(clock, () => clock.set(clock.now() + ms));
    });
}

describe("where the time of day is set", () => {
  eachWay("rights are looked at again each second", async (clock, step) => {
    let reviews = 0;
    // It is set while somebody is looked at.
    const review = async () => void (++reviews === 2 && step());
    const one = { review, lapse() {} };
    const rounds = createRounds({ clock, intervalMs: 1000, atOnce: 10, connections: new Set([one]) });
    rounds.wake();
    await clock.advance(6500);
    rounds.stop();
    expect(reviews).to.be.within(6, 7);
  });

  eachWay("whoever waits to come in waits no longer than is said", async (clock, step) => {
    const limits = { lagMs: 100, waitMs: 3000, comeBackMs: 5000 };
    const meter = silentMeter;
    const admission = createAdmission({
      ...{ door: "read", clock, random: () => 0, load: noLoad, atOnce: 1, waiting: 9, limits, meter },
    });
    void admission.enter(() => new Promise(() => {}));
    const waited: unknown[] = [];
    const come = () => void admission.enter(async () => {}).catch((error) => waited.push(error));
    come();
    await clock.advance(2000);
    come();
    step();
    await clock.advance(999);
    expect(waited).to.have.length(0);
    await clock.advance(2001);
    expect(waited).to.have.length(2);
  });

  eachWay("a document that others write to is left alone for a moment only", async (clock, step) => {
    const lanes = new Lanes({ clock, shared: true, falling: () => false });
    const entered: number[] = [];
    const enter = () => {
      const ticket = lanes.ticket();
      lanes.enter("a", ticket, () => entered.push(ticket));
      return ticket;
    };
    for (const lost of [true, false]) {
      const ticket = enter();
      lanes.asked("a", ticket);
      await clock.advance(10);
      lanes.left("a", ticket, lost);
    }
    step();
    enter();
    await clock.advance(100);
    expect(entered).to.deep.equal([1, 2, 3]);
  });

  eachWay("a rule that did not answer is asked again after its pause", async (clock, step) => {
    let asked = 0;
    const rule = () => (asked++ === 0 ? new Promise<undefined>(() => {}) : undefined);
    const judge = judgeBy(rule, { clock, log: quiet, withinMs: 1000 });
    const before = Object.assign(Object.create(null), { toJSON: () => "", toString: () => "" });
    const ask = () =>
      judge(["x"], { doc: "a", type: "plain", version: 1, src: "s", user: "ann", before }).then(
        () => "let pass",
        (error: unknown) => error instanceof Fault && error.code,
      );
    const late = ask();
    await clock.advance(1000);
    expect(await late).to.equal("unavailable");
    step();
    expect(await ask()).to.equal("unavailable");
    await clock.advance(1000);
    expect([await ask(), asked]).to.deep.equal(["let pass", 2]);
  });

  eachWay("the machine does not look late", async (clock, step) => {
    const load = measureLoad(clock, () => {});
    await clock.advance(100);
    step();
    await clock.advance(100);
    expect(load.lagMs()).to.equal(0);
    load.stop();
  });

  eachWay("a node that is dead is noticed, and one that is not is let live", async (clock, step) => {
    const silent: string[] = [];
    let hear: (node: string) => void = () => {};
    const bus = {
      node: "me",
      tell() {},
      onGap: () => () => {},
      hear: (_topic: string, heard: (message: unknown, node: string) => void) => {
        hear = (node) => heard({}, node);
        return () => {};
      },
    };
    const options = { aliveMs: 5000, silentMs: 20_000, silent: (node: string) => silent.push(node) };
    const nodes = new Nodes({ ...options, bus, clock, beat() {} });
    nodes.start();
    hear("dead");
    hear("well");
    for (let beat = 0; beat < 10; beat++) {
      if (beat === 1) step();
      await clock.advance(5000);
      hear("well");
    }
    nodes.stop();
    expect(silent).to.deep.equal(["dead"]);
  });

  eachWay("the lease of webhooks goes to one node", async (clock, step) => {
    let value: string | undefined;
    const beside = {
      shared: true,
      record: async () => (value === undefined ? undefined : { value }) as never,
      put: async (
        row: { readonly value: string },
        { instead }: { readonly instead?: string | null } = {},
      ) => {
        if (instead !== undefined && (value ?? null) !== instead) return false;
        value = row.value;
        return true;
      },
    };
    const of = (node: string) => createLease({ beside, clock, node, holdMs: 10_000 });
    const [a, b] = [of("a"), of("b")];
    const first = { time: 1, key: 0 };
    const places = new Map<unknown, typeof first | undefined>();
    const hold = async (one: typeof a) => places.set(one, await one.hold(places.get(one), first));
    for (let second = 0; second < 60; second++) {
      if (second === 20) step();
      // The first is cut off for good after a while.
      if (second < 40) await hold(a);
      await hold(b);
      await clock.advance(1000);
      if (second === 39) expect([places.get(a), places.get(b)]).to.deep.equal([first, undefined]);
    }
    expect(places.get(b)).to.deep.equal(first);
  });

  it("the machine's own clock measures on", () => {
    const { now } = Date;
    const before = steadyMs(systemClock);
    Date.now = () => now() - HOUR_MS;
    try {
      expect(steadyMs(systemClock) - before).to.be.within(0, 1000);
      expect(systemClock.now()).to.be.below(now() - HOUR_MS / 2);
    } finally {
      Date.now = now;
    }
  });
});
