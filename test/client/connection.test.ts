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
    for (let attempt = 0; attempt < 60; attempt++) {
      desk.cuts();
      waits.push(waited());
    }
    expect(waits.slice(0, 14)).to.deep.equal([500, 1_000, 2_000, 4_000, ...Array(10).fill(5_000)]);
    // Having been away for longer than a minute, nobody waits for more than a twelfth of that, or for half a minute.
    let away = 0;
    for (const wait of waits) {
      expect(wait).to.be.at.most(Math.max(5_000, Math.ceil(away / 12)));
      away += wait;
    }
    expect(waits.slice(-3)).to.deep.equal([30_000, 30_000, 30_000]);
    desk.welcomes();
    desk.clock.advance(10_000);
    desk.cuts();
    expect(waited()).to.equal(500);
  });

  it("goes on growing when channels come up and die at once", () => {
    const desk = new Desk();
    desk.chance = 0.999_999;
    desk.connect();
    for (let attempt = 0; attempt < 14; attempt++) {
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

  it("begins at once when the device says that its network is gone, and goes on with what was unsent", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.client.networkLost();
    expect([desk.client.status, doc.status, desk.lines[0]!.open]).to.deep.equal([
      "waiting",
      "offline",
      false,
    ]);
    desk.client.networkLost();
    desk.client.retryNow();
    expect([desk.client.status, desk.lines.length, doc.text]).to.deep.equal(["connecting", 2, "cats"]);
    desk.client.close();
    desk.client.networkLost();
    expect(desk.client.status).to.equal("closed");
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

  it("goes on while the server drains, until another that was opened beside it is welcomed", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const statuses: unknown[] = [];
    doc.on("status", ({ status }) => statuses.push(status));
    desk.client.on("status", ({ status }) => statuses.push(status));
    desk.event("draining", { returnAfterMs: 2_000 });
    doc.submit([3, "s"]);
    desk.clock.advance(1_999);
    expect([desk.lines.length, desk.all("submit").length]).to.deep.equal([1, 1]);
    desk.clock.advance(1);
    expect(desk.lines.map(({ open }) => open)).to.deep.equal([true, true]);
    doc.submit([4, "!"]);
    const [old] = desk.lines;
    desk.welcomes();
    expect([old!.open, desk.line.open]).to.deep.equal([false, true]);
    desk.answersSince(7, []);
    // The op that is unanswered goes out again as it was, on the new channel.
    expect(desk.all("submit")).to.deep.equal([{ doc: "notes", version: 7, seq: 1, op: [3, "s"] }]);
    desk.acknowledges(8);
    desk.acknowledges(9);
    expect(desk.lines.length).to.equal(2);
    expect([doc.text, doc.status, doc.version]).to.deep.equal(["cats!", "saved", 9]);
    expect(statuses).to.deep.equal(["saving", "saving", "saving", "saved"]);
  });

  it("is asked for again beside one that ends soon, when it is refused", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.event("draining", { returnAfterMs: 0 });
    for (let time = 0; time < 3; time++) {
      desk.clock.advance(0);
      desk.event("fault", { fault: { code: "unavailable", message: "not here either" } });
    }
    expect([doc.status, desk.lines.map(({ open }) => open)]).to.deep.equal([
      "saved",
      [true, false, false, false],
    ]);
    desk.clock.advance(0);
    desk.welcomes();
    desk.answersSince(7, []);
    expect([doc.status, desk.client.status]).to.deep.equal(["saved", "online"]);
  });

  it("goes on while its owner takes another name, which the one beside it says", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const statuses: unknown[] = [];
    desk.client.on("status", ({ status }) => statuses.push(status));
    desk.client.rename("Anna");
    desk.clock.advance(0);
    // One that says a name which is no longer the last is given up.
    desk.client.rename("Dr. Ann");
    desk.clock.advance(0);
    expect(desk.lines.map(({ open }) => open)).to.deep.equal([true, false, true]);
    desk.welcomes();
    desk.answersSince(7, []);
    expect(desk.lines.map(({ hello, open }) => [hello.name, open])).to.deep.equal([
      [undefined, false],
      ["Anna", false],
      ["Dr. Ann", true],
    ]);
    expect([doc.status, statuses]).to.deep.equal(["saved", []]);
    desk.client.rename("Dr. Ann");
    desk.clock.advance(0);
    expect(desk.lines.length).to.equal(3);
  });

  it("that was on its way when its owner took another name is followed by one that says it", () => {
    const desk = new Desk();
    desk.connect();
    desk.client.rename("Anna");
    desk.welcomes();
    desk.clock.advance(0);
    expect(desk.lines.map(({ hello }) => hello.name)).to.deep.equal([undefined, "Anna"]);
  });

  it("that ends before its time leaves the one beside it to come up", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.event("draining", { returnAfterMs: 100 });
    desk.clock.advance(100);
    desk.lines[0]!.listener.closed("transport close");
    expect([desk.client.status, doc.status, desk.lines.length]).to.deep.equal(["connecting", "offline", 2]);
    desk.welcomes();
    desk.answersSince(7, []);
    expect([desk.client.status, doc.status, desk.lines.length]).to.deep.equal(["online", "saved", 2]);
  });

  it("that ends before the server said is not opened again before that", () => {
    const desk = new Desk();
    desk.open("cat");
    desk.event("draining", { returnAfterMs: 2_000 });
    desk.cuts();
    desk.client.retryNow();
    desk.clock.advance(1_999);
    expect(desk.lines.length).to.equal(1);
    desk.clock.advance(1);
    expect(desk.lines.length).to.equal(2);
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

  it("that is closed by whoever hears that it is lost is not opened again", () => {
    for (const drains of [false, true]) {
      const desk = new Desk();
      const doc = desk.open("cat");
      doc.on("status", ({ status }) => status === "offline" && void desk.client.close());
      const [first] = desk.lines;
      if (drains) desk.event("draining", { returnAfterMs: 0 });
      desk.clock.advance(1);
      first!.listener.closed("transport close");
      desk.clock.advance(120_000);
      expect([desk.client.status, desk.lines.length]).to.deep.equal(["closed", drains ? 2 : 1]);
      if (drains) expect(desk.line.open).to.equal(false);
    }
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

const refusal = (details?: { readonly [key: string]: number }) => ({
  fault: { code: "protocol_unsupported" as const, message: "another one", ...(details && { details }) },
});

describe("the protocol", () => {
  it("is asked for again at once in the version of an older server, and nobody hears of it", () => {
    const desk = new Desk();
    const statuses: unknown[] = [];
    desk.connect();
    desk.client.on("status", (event) => statuses.push(event));
    desk.event("fault", refusal({ supported: 2 }));
    expect(desk.lines.map(({ hello, open }) => [hello.protocol, open])).to.deep.equal([
      [5, false],
      [2, true],
    ]);
    desk.welcomes();
    expect(statuses).to.deep.equal([{ status: "online" }]);
  });

  it("is that of the older server for a minute, and then the newer again", () => {
    const desk = new Desk();
    desk.connect();
    desk.event("fault", refusal({ supported: 2 }));
    desk.welcomes();
    desk.clock.advance(59_000);
    desk.cuts();
    desk.clock.advance(0);
    expect(desk.line.hello.protocol).to.equal(2);
    desk.welcomes();
    desk.clock.advance(2_000);
    desk.cuts();
    desk.clock.advance(0);
    expect([desk.line.hello.protocol, desk.lines.length]).to.deep.equal([5, 4]);
  });

  for (const [what, details] of [
    ["older than all that is known here", { supported: 1 }],
    ["newer than all that is known here", { supported: 7, oldest: 6 }],
    ["not said", undefined],
  ] as const) {
    it(`ends the connection for good where it is ${what}, and what is unsent is kept`, () => {
      const desk = new Desk();
      const doc = desk.open("cat");
      desk.cuts();
      doc.submit([3, "s"]);
      desk.clock.advance(0);
      desk.event("fault", refusal(details));
      desk.clock.advance(600_000);
      expect([desk.client.status, doc.status, doc.fault?.code]).to.deep.equal([
        "closed",
        "fault",
        "protocol_unsupported",
      ]);
      expect([doc.text, doc.unsaved, doc.recovered, desk.lines.length]).to.deep.equal(["cats", 1, [], 2]);
    });
  }

  it("is changed once: a server that refuses what it named is not asked for ever", () => {
    const desk = new Desk();
    desk.connect();
    desk.event("fault", refusal({ supported: 2 }));
    desk.event("fault", refusal({ supported: 3, oldest: 3 }));
    desk.clock.advance(600_000);
    expect([desk.client.status, desk.lines.length]).to.deep.equal(["closed", 2]);
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

  it("that cannot be had is asked for again after a while, and why is told", async () => {
    const desk = new Desk();
    let asked = 0;
    const told: unknown[] = [];
    desk.connect({
      token: async () => {
        if (++asked === 1) throw new Error("the token service is away");
        return "token";
      },
    });
    desk.client.on("status", ({ status, fault }) => told.push([status, fault?.code, fault?.message]));
    await new Promise(setImmediate);
    expect([desk.client.status, desk.lines.length]).to.deep.equal(["waiting", 0]);
    const why = "The source of tokens gave none (the token service is away).";
    expect(told).to.deep.equal([["waiting", "unavailable", why]]);
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
