// What a delivery asks the store for: of each document once whether its owner is listed as one who may not hear of it, and
// not again while this node delivers and nothing has changed.

import { expect } from "chai";
import type { WebhookDelivery } from "../../protocol/index.js";
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
  const beside = {
    async record(name: { kind: string; document: string; key: string }) {
      if (name.kind === STOPPED) asked++;
      const value = rows.get(nameOf(name));
      return value === undefined ? undefined : { ...name, value, time: 0 };
    },
    async put(row: { kind: string; key: string; value: string }) {
      rows.set(nameOf(row), row.value);
      return true;
    },
    delete: async (name: { kind: string; key: string }) => rows.delete(nameOf(name)),
  };
  const clock = manualClock(1000);
  const cursors = createCursors(beside, clock, () => {});
  const told: string[] = [];
  let verdict: Verdict = "may";
  const hook = { id: "hook", known: {} } as Webhook;
  const sending = createSending({
    ...{ beside, cursors, clock, random: () => 0.5, limits: defaultLimits },
    poster: {
      async post(_url, _secret, body) {
        told.push((JSON.parse(body) as WebhookDelivery).id);
        return undefined;
      },
      close: async () => {},
    },
    owners: async () => verdict,
    webhook: () => hook,
    signal: new AbortController().signal,
    failed(error) {
      throw error;
    },
  });
  let deliveries = 0;
  return {
    told,
    sending,
    stopped: () => rows.has(`${STOPPED} hook/note`),
    /** Delivers once, and says how often the store was asked for it. */
    async deliver(now: Verdict = "may", nextAt = 0): Promise<number> {
      verdict = now;
      asked = 0;
      const delivery = { id: `d${++deliveries}`, webhook: "hook", document: "note" } as WebhookDelivery;
      const cursor: Cursor = {
        ...{ version: 1, epoch: "1", pending: [{ delivery, attempts: 0, nextAt }] },
      };
      cursors.learn("hook/note", JSON.stringify(cursor));
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
