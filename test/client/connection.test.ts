// One channel at a time, opened again for as long as the client lives: when, as whom, and when not.

import { expect } from "chai";
import fc from "fast-check";
import { backoffMs, FIRST_WAIT_MS, LONGEST_WAIT_MS } from "../../client/backoff.js";
import { Fault } from "../../protocol/index.js";
import { Desk } from "./desk.js";

describe("the wait before another attempt", () => {
  it("is anything up to a bound that doubles from half a second to half a minute", () => {
    fc.assert(
      fc.property(fc.nat(40), fc.double({ min: 0, max: 0.999_999, noNaN: true }), (attempt, chance) => {
        const wait = backoffMs(attempt, () => chance);
        const bound = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
        expect(wait).to.be.within(0, bound);
        expect(wait).to.be.closeTo(chance * bound, 1e-6);
      }),
    );
  });

  it("grows with attempts that fail, and begins again after a channel that lived", () => {
    const desk = new Desk();
    desk.chance = 0.999_999;
    desk.connect();
    const waited = () => {
      const before = desk.clock.now();
      const lines = desk.lines.length;
      while (desk.lines.length === lines) desk.clock.step();
      return Math.round(desk.clock.now() - before);
    };
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      desk.cuts();
      waits.push(waited());
    }
    expect(waits).to.deep.equal([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    desk.welcomes();
    desk.clock.advance(10_000);
    desk.cuts();
    expect(waited()).to.equal(500);
  });

  it("goes on growing when channels come up and die at once", () => {
    const desk = new Desk();
    desk.chance = 0.999_999;
    desk.connect();
    for (let attempt = 0; attempt < 7; attempt++) {
      desk.welcomes();
      desk.cuts();
      desk.clock.advance(30_000);
    }
    const lines = desk.lines.length;
    desk.cuts();
    desk.clock.advance(29_000);
    expect(desk.lines.length).to.equal(lines);
  });

  it("is cut short when the network is said to be back", () => {
    const desk = new Desk();
    desk.chance = 0.999;
    desk.connect();
    desk.cuts();
    desk.client.retryNow();
    expect([desk.lines.length, desk.client.status]).to.deep.equal([2, "connecting"]);
    desk.client.retryNow();
    expect(desk.lines.length).to.equal(2);
  });

  it("is as long as the server says, and some more", () => {
    const desk = new Desk();
    desk.connect();
    desk.event("fault", { fault: { code: "unavailable", message: "full", retryAfterMs: 5_000 } });
    expect(desk.client.status).to.equal("waiting");
    desk.clock.advance(4_999);
    expect(desk.lines.length).to.equal(1);
    desk.clock.advance(1);
    expect(desk.lines.length).to.equal(2);
  });
});

describe("a channel", () => {
  it("is given up when nobody welcomes it for ten seconds", () => {
    const desk = new Desk();
    desk.connect();
    desk.clock.advance(10_000);
    expect(desk.line.open || desk.lines.length > 1).to.equal(true);
    expect(desk.lines[0]!.open).to.equal(false);
  });

  it("that was given up is not listened to any more", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const old = desk.line;
    desk.cuts();
    desk.takesBack();
    desk.answersSince(7, []);
    old.listener.event("ops", { doc: "notes", ops: [desk.op(8, ["zzz"])] });
    old.listener.closed("again");
    expect([doc.text, doc.status]).to.deep.equal(["cat", "saved"]);
  });

  it("is left at once when the server drains, and not opened again before it says", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.event("draining", { returnAfterMs: 2_000 });
    expect([desk.lines[0]!.open, doc.status]).to.deep.equal([false, "offline"]);
    desk.client.retryNow();
    desk.clock.advance(1_999);
    expect(desk.lines.length).to.equal(1);
    desk.clock.advance(1);
    desk.welcomes();
    desk.answersSince(7, []);
    expect(desk.all("submit")).to.deep.equal([{ doc: "notes", version: 7, seq: 1, op: [3, "s"] }]);
  });

  it("is closed for good by a fault that no waiting mends, and the documents say so", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.line.listener.closed("refused", { code: "protocol_unsupported", message: "too old" });
    expect([desk.client.status, doc.status, doc.fault?.code]).to.deep.equal([
      "closed",
      "fault",
      "protocol_unsupported",
    ]);
    desk.clock.advance(120_000);
    expect(desk.lines.length).to.equal(1);
  });

  it("carries several documents, which are all opened again", () => {
    const desk = new Desk();
    desk.open("cat");
    desk.client.open("other", { type: "rich" });
    desk.answers("open", { head: 3, writable: true, people: [], snapshot: ["\nmat"] });
    desk.cuts();
    desk.takesBack();
    expect(desk.all("open").map(({ doc, since }) => [doc, since])).to.deep.equal([
      ["notes", 7],
      ["other", 3],
    ]);
  });
});

describe("a token", () => {
  it("is asked for anew for every channel", async () => {
    const desk = new Desk();
    let asked = 0;
    desk.connect({ token: () => `token ${++asked}` });
    await new Promise(setImmediate);
    desk.welcomes();
    desk.event("fault", { fault: { code: "token_expired", message: "too late" } });
    desk.clock.advance(0);
    await new Promise(setImmediate);
    expect(desk.lines.map(({ hello }) => hello.token)).to.deep.equal(["token 1", "token 2"]);
  });

  it("that cannot be had is asked for again after a while", async () => {
    const desk = new Desk();
    let asked = 0;
    desk.connect({
      token: async () => {
        if (++asked === 1) throw new Error("the token service is away");
        return "token";
      },
    });
    await new Promise(setImmediate);
    expect([desk.client.status, desk.lines.length]).to.deep.equal(["waiting", 0]);
    desk.clock.advance(0);
    await new Promise(setImmediate);
    expect(desk.line.hello.token).to.equal("token");
  });

  it("that cannot be had closes the connection, when its source says so with a fault", async () => {
    const desk = new Desk();
    desk.connect({
      token: async () => {
        throw new Fault("unauthenticated", "log in first");
      },
    });
    const doc = desk.client.open("a", { type: "plain" });
    await doc.ready.catch(() => {});
    expect(desk.client.status).to.equal("closed");
    expect(doc.fault?.code).to.equal("unauthenticated");
    expect(desk.lines).to.have.length(0);
  });

  it("that is refused and is always the same is not presented again", () => {
    const desk = new Desk();
    desk.connect({ token: "old" });
    const faults: unknown[] = [];
    desk.client.on("status", ({ status, fault }) => faults.push([status, fault?.code]));
    desk.event("fault", { fault: { code: "unauthenticated", message: "who are you" } });
    desk.clock.advance(120_000);
    expect([desk.lines.length, faults]).to.deep.equal([1, [["closed", "unauthenticated"]]]);
  });
});
