// What a webhook is to be told of a document that has moved, worked out without a server.

import { expect } from "chai";
import type { Cursor, Webhook } from "../../server/webhooks/kept.js";
import { moved } from "../../server/webhooks/plan.js";

const webhook = { id: "hook", events: ["changed"] } as unknown as Webhook;
const at = (version: number) => ({ document: "note", version, epoch: "life", time: version, turns: [] });
const ranges = ({ pending }: Cursor) => pending.map(({ delivery: { from, to } }) => [from, to]);

describe("what a webhook is to be told", () => {
  const begun: Cursor = { version: 1, epoch: "life", pending: [] };

  it("is one range of changes for as long as nobody was sent it", () => {
    const cursor = moved(webhook, moved(webhook, begun, at(2)), at(5));
    expect(ranges(cursor)).to.deep.equal([[1, 5]]);
  });

  it("never grows once it was sent, and what came since follows on it", () => {
    const waiting = moved(webhook, begun, at(2));
    const sent = { ...waiting, pending: waiting.pending.map((one) => ({ ...one, attempts: 1 })) };
    const cursor = moved(webhook, sent, at(5));
    expect(ranges(cursor)).to.deep.equal([
      [1, 2],
      [2, 5],
    ]);
    expect(cursor.pending[0]).to.equal(sent.pending[0]);
  });

  it("is of one life in each range, where the next began on what a backup had", () => {
    const waiting = moved(webhook, begun, at(2));
    const { pending } = moved(webhook, waiting, { ...at(5), epoch: "next" });
    expect(pending.map(({ delivery: { from, to, epoch } }) => [from, to, epoch])).to.deep.equal([
      [1, 2, "life"],
      [2, 5, "next"],
    ]);
  });

  it("names the lives before the present one as far as they are known", () => {
    const turns = (["deleted", "created", "deleted", "created"] as const).map((kind, index) => {
      return { version: [3, 4, 6, 7][index]!, kind, time: 0 };
    });
    const all = { ...webhook, events: ["created", "changed", "deleted"] } as Webhook;
    const { pending } = moved(all, begun, { ...at(8), epoch: "third", turns });
    expect(pending.map(({ delivery: { to, epoch } }) => [to, epoch])).to.deep.equal([
      ...[2, 3].map((to) => [to, "life"]),
      ...[4, 5, 6].map((to) => [to, undefined]),
      ...[7, 8].map((to) => [to, "third"]),
    ]);
  });
});
