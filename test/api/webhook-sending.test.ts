// What a delivery asks the store for: of each document once whether its owner is listed as one who may not hear of it, and
// not again while this node delivers and nothing has changed. And what becomes of it while the store takes no writes.

import { expect } from "chai";
import { Fault, type WebhookDelivery } from "../../protocol/index.js";
import { defaultLimits } from "../../server/limits.js";
import { createCursors } from "../../server/webhooks/cursors.js";
import { type Cursor, STOPPED, type Webhook } from "../../server/webhooks/kept.js";
import type { Verdict } from "../../server/webhooks/owners.js";
import { createSending } from "../../server/webhooks/sending.js";
import { manualClock } from "../server/clock.js";

function delivering() {
  const rows = new Map<string, string>();
  const nameOf = ({ kind, key }: { readonly kind: string; readonly key: string }) => `${kind} ${key}`;
  let asked = 0;
  let writes = 0;
  let refuses = (_key: string) => false;
  let hangs = "";
  const beside = {
    async record(name: { kind: string; document: string; key: string }) {
      if (name.kind === STOPPED) asked++;
      const value = rows.get(nameOf(name));
      return value === undefined ? undefined : { ...name, value, time: 0 };
    },
    async put(row: { kind: string; key: string; value: string }) {
      writes++;
      if (refuses(row.key)) throw new Fault("storage_full", "There is no room.");
      rows.set(nameOf(row), row.value);
      return true;
    },
    delete: async (name: { kind: string; key: string }) => rows.delete(nameOf(name)),
  };
  const clock = manualClock(1000);
  const cursors = createCursors(beside, clock, () => {});
  const told: string[] = [];
  const failures: unknown[] = [];
  let verdict: Verdict = "may";
  const hook = { id: "hook", known: {} } as Webhook;
  const sending = createSending({
    ...{ beside, cursors, clock, random: () => 0.5, limits: defaultLimits },
    poster: {
      async post(_url, _secret, body) {
        const { id } = JSON.parse(body) as WebhookDelivery;
        told.push(id);
        return id === hangs ? new Promise(() => {}) : undefined;
      },
      close: async () => {},
    },
    owners: async () => verdict,
    webhook: () => hook,
    signal: new AbortController().signal,
    failed: (error) => void failures.push(error),
  });
  let deliveries = 0;
  /** Has a delivery wait. */
  function add(document = "note", nextAt = 0): void {
    const delivery = { id: `d${++deliveries}`, webhook: "hook", document } as WebhookDelivery;
    const cursor: Cursor = {
      ...{ version: 1, epoch: "1", pending: [{ delivery, attempts: 0, nextAt }] },
    };
    cursors.learn(`hook/${document}`, JSON.stringify(cursor));
  }
  return {
    told,
    sending,
    failures,
    clock,
    /** From now on, the store takes no writes of cursors that are meant. */
    refuse(meant: typeof refuses) {
      refuses = meant;
    },
    /** The receiver answers nothing to that delivery. */
    hang(delivery: string) {
      hangs = delivery;
    },
    add,
    /** Pumps ten times a second. @returns how many writes were tried in that time */
    async pumpFor(seconds: number): Promise<number> {
      writes = 0;
      for (let tenth = 0; tenth < seconds * 10; tenth++) {
        sending.pump();
        await sending.idle();
        await clock.advance(100);
      }
      return writes;
    },
    stopped: () => rows.has(`${STOPPED} hook/note`),
    /** Delivers once, and says how often the store was asked for it. */
    async deliver(now: Verdict = "may", nextAt = 0): Promise<number> {
      verdict = now;
      asked = 0;
      add("note", nextAt);
      sending.pump();
      await sending.idle();
      return asked;
    },
  };
}

describe("a delivery to a webhook with an owner", () => {
  it("asks once whether its owner is listed as stopped", async () => {
    const { deliver, told } = delivering();
    expect([await deliver(), await deliver(), await deliver()]).to.deep.equal([1, 0, 0]);
    expect(told).to.deep.equal(["d1", "d2", "d3"]);
  });

  it("takes the owner off the list when they may hear of it again, however well it was known that they are not on it", async () => {
    const { deliver, told, stopped } = delivering();
    await deliver();
    await deliver("may not");
    expect([stopped(), told]).to.deep.equal([true, ["d1"]]);
    expect(await deliver()).to.equal(1);
    expect([stopped(), told]).to.deep.equal([false, ["d1", "d3"]]);
  });

  it("asks anew when another node may have delivered meanwhile", async () => {
    const { deliver, sending } = delivering();
    await deliver();
    sending.forget();
    expect([await deliver(), await deliver()]).to.deep.equal([1, 0]);
  });
});

it("a delivery waits for its time, unless that is so far off that the clock must have been set back since", async () => {
  const { deliver, told } = delivering();
  const { webhookLongestPauseMs } = defaultLimits;
  await deliver("may", 1000 + webhookLongestPauseMs);
  expect(told).to.deep.equal([]);
  await deliver("may", 1001 + webhookLongestPauseMs);
  expect(told).to.deep.equal(["d2"]);
});

describe("while the store takes no writes, deliveries", () => {
  it("are tried ever more seldom, one for all, and go out when it takes them again", async () => {
    const { add, pumpFor, refuse, told, failures } = delivering();
    refuse(() => true);
    for (let at = 1; at <= 5; at++) add(`note${at}`);
    expect(await pumpFor(1)).to.equal(5);
    // Pauses of 1, 2, 4, 8 and 16 seconds, and then of 30.
    expect(await pumpFor(31)).to.be.within(3, 5);
    expect(await pumpFor(90)).to.be.within(2, 4);
    expect(failures).to.have.length.within(10, 14);
    expect(told).to.deep.equal([]);
    refuse(() => false);
    await pumpFor(130);
    expect([...told].sort()).to.deep.equal(["d1", "d2", "d3", "d4", "d5"]);
  });

  it("go out as soon as it takes them again, though whoever is told first does not answer", async () => {
    const { add, clock, hang, pumpFor, refuse, sending, told } = delivering();
    add("a");
    add("b");
    refuse(() => true);
    await pumpFor(1);
    refuse(() => false);
    hang("d1");
    for (let tenth = 0; tenth < 100; tenth++) {
      sending.pump();
      await clock.advance(100);
    }
    expect(told.toSorted()).to.deep.equal(["d1", "d2"]);
  });

  it("wait for no document of which alone it takes none for longer than its own pauses", async () => {
    const { add, pumpFor, refuse, told, failures } = delivering();
    refuse((key) => key === "hook/bad");
    add("bad");
    await pumpFor(1);
    expect(failures).to.have.length(1);
    for (let at = 1; at <= 5; at++) add(`note${at}`);
    await pumpFor(3);
    expect(told).to.have.length(5);
    await pumpFor(60);
    expect(failures).to.have.length.within(2, 7);
    refuse(() => false);
    await pumpFor(130);
    expect(told).to.have.length(6);
  });
});
