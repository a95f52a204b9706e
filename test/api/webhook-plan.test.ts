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
});
