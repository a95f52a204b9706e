// ShareDB's own suite for pub/sub, on ours; and what ours adds.

import { createRequire } from "node:module";
import { expect } from "chai";
import type ShareDB from "sharedb";
import { RelayPubSub } from "../../server/ledger/relay-pubsub.js";

const require = createRequire(import.meta.url);
type Create = (callback: (error: Error | null, pubsub: ShareDB.PubSub) => void) => void;
const suite = require("sharedb/test/pubsub") as (create: Create) => void;

describe("the relay's pub/sub", () => {
  suite((callback) => callback(null, new RelayPubSub(() => {})));
  suite((callback) => callback(null, new RelayPubSub(() => {}, { prefix: "foo" })));

  it("tells of ops, once each and at once, and of nothing else", () => {
    const told: ShareDB.RawOp[] = [];
    const pubsub = new RelayPubSub((op) => told.push(op));
    const op = { v: 3, src: "ann", seq: 1, op: ["x"], c: "documents", d: "a" };
    pubsub._publish(["documents", "documents.a"], op, () => {});
    expect(told).to.deep.equal([op]);
    pubsub._publish(["presence"], { p: { cursor: 1 }, d: "a" }, () => {});
    pubsub._publish(["other"], "text", () => {});
    expect(told).to.have.length(1);
  });
});
