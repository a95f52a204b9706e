// A token is replaced on the living connection before it ends. Whatever goes wrong with that, nothing unsent is lost, and
// the connection ends and comes back as it would have anyway.

import { expect } from "chai";
import { Fault, PROTOCOL_VERSION } from "../../protocol/index.js";
import { settle } from "../server/clock.js";
import { Desk } from "./desk.js";

const HOUR = 3_600_000;

/** Somebody whose tokens come from `source` and hold for an hour, with a document open. */
async function writing(
  source: () => string | Promise<string>,
  chance = 0,
  expiresInMs: number | null = HOUR,
) {
  const desk = new Desk();
  desk.chance = chance;
  desk.connect({ token: source });
  await settle();
  welcome(desk, expiresInMs);
  const doc = desk.client.open("notes", { type: "plain" });
  desk.answers("open", { head: 7, writable: true, people: [], snapshot: "cat" });
  return { desk, doc };
}

function welcome(desk: Desk, tokenExpiresInMs: number | null): void {
  desk.event("welcome", {
    protocol: PROTOCOL_VERSION,
    client: { id: "ann-1", ticket: "ticket of ann-1" },
    user: { id: "ann", name: "Ann" },
    limits: { opBytes: 1000, opComponents: 100, documentAtoms: 1e6, documentsPerConnection: 10 },
    ...(tokenExpiresInMs === null ? {} : { tokenExpiresInMs }),
  });
}

async function passes(desk: Desk, ms: number): Promise<void> {
  desk.clock.advance(ms);
  await settle();
}

function counted(): { (): string; asked: number } {
  const source = () => `token ${++source.asked}`;
  source.asked = 0;
  return source;
}

describe("a fresh token", () => {
  it("is asked for when most of the old one's life is over, not at the same moment by everybody", async () => {
    for (const [chance, part] of [
      [0, 0.6],
      [0.5, 0.7],
      [0.999_999, 0.8],
    ] as const) {
      const source = counted();
      const { desk } = await writing(source, chance);
      await passes(desk, HOUR * part - 1000);
      expect([source.asked, desk.sent("refresh")]).to.deep.equal([1, undefined]);
      await passes(desk, 1001);
      expect([source.asked, desk.sent("refresh")]).to.deep.equal([2, { token: "token 2" }]);
    }
  });

  it("takes the old one's place without a new channel, again and again", async () => {
    const source = counted();
    const { desk, doc } = await writing(source);
    for (let time = 2; time <= 10; time++) {
      await passes(desk, HOUR * 0.6);
      expect(desk.sent("refresh")).to.deep.equal({ token: `token ${time}` });
      doc.submit([doc.text.length, "s"]);
      desk.answers("refresh", { tokenExpiresInMs: HOUR });
      desk.acknowledges(6 + time);
    }
    expect([desk.lines.length, desk.client.status, doc.status]).to.deep.equal([1, "online", "saved"]);
  });

  it("is not asked for where the token has no end or is always the same", async () => {
    const source = counted();
    const { desk } = await writing(source, 0, null);
    await passes(desk, 1000 * HOUR);
    expect(source.asked).to.equal(1);
    const fixed = new Desk();
    fixed.connect({ token: "old" });
    welcome(fixed, HOUR);
    await passes(fixed, HOUR);
    expect(fixed.sent("refresh")).to.equal(undefined);
  });

  it("is not asked for again when it has no end", async () => {
    const source = counted();
    const { desk } = await writing(source);
    await passes(desk, HOUR * 0.6);
    desk.answers("refresh", {});
    await passes(desk, 1000 * HOUR);
    expect(source.asked).to.equal(2);
  });

  it("is asked for in time by whoever waits for 24 days and more", async () => {
    const days = 24 * HOUR;
    const source = counted();
    const { desk } = await writing(source, 0, 400 * days);
    await passes(desk, days + 1);
    desk.answers("refresh", { tokenExpiresInMs: 399 * days });
    expect(source.asked).to.equal(2);
  });

  it("that cannot be had is asked for again until the end", async () => {
    let [asked, away] = [0, true];
    const { desk } = await writing(() => {
      asked++;
      if (away && asked > 1) throw new Error("the token service is away");
      return `token ${asked}`;
    }, 0.5);
    await passes(desk, HOUR * 0.7);
    for (let pause = 0; pause < 20; pause++) await passes(desk, 15_000);
    expect(asked).to.be.within(10, 40);
    expect(desk.client.status).to.equal("online");
    away = false;
    await passes(desk, 30_000);
    expect(desk.all("refresh")).to.have.length(1);
    desk.answers("refresh", { tokenExpiresInMs: HOUR });
    expect(desk.lines.length).to.equal(1);
  });

  it("that a source gives again and again is not asked for all the time", async () => {
    const { desk } = await writing(() => "the same", 0, 10_000);
    for (let left = 4_000; left > 1; left *= 0.4) {
      await passes(desk, 6_000);
      if (desk.sent("refresh")) desk.answers("refresh", { tokenExpiresInMs: left });
    }
    await passes(desk, 0);
    const asked = desk.all("refresh").length;
    await passes(desk, 500);
    expect(desk.all("refresh").length).to.equal(asked);
  });

  it("that nobody gets any more ends the connection with the old one, and what is unsent is kept", async () => {
    let asked = 0;
    const { desk, doc } = await writing(() => {
      if (++asked > 1) throw new Fault("unauthenticated", "log in first");
      return "token";
    });
    await passes(desk, HOUR * 0.6);
    await passes(desk, HOUR * 0.3);
    expect([asked, desk.client.status]).to.deep.equal([2, "online"]);
    doc.submit([3, "s"]);
    desk.event("fault", { fault: { code: "token_expired", message: "too late" } });
    await passes(desk, 1);
    expect([asked, desk.client.status, doc.text, doc.unsaved]).to.deep.equal([3, "closed", "cats", 1]);
  });

  it("that the server refuses changes nothing until the old one ends; then a new channel has the newest", async () => {
    const source = counted();
    const { desk, doc } = await writing(source);
    await passes(desk, HOUR * 0.6);
    desk.refuses("refresh", "unauthenticated");
    doc.submit([3, "s"]);
    expect([desk.client.status, doc.status]).to.deep.equal(["online", "saving"]);
    desk.event("fault", { fault: { code: "token_expired", message: "too late" } });
    await passes(desk, 1);
    expect(desk.line.hello.token).to.equal("token 3");
    welcome(desk, HOUR);
    desk.answersSince(7, []);
    expect(desk.all("submit")).to.deep.equal([{ doc: "notes", version: 7, seq: 1, op: [3, "s"] }]);
    desk.acknowledges(8);
    expect([doc.status, doc.text]).to.deep.equal(["saved", "cats"]);
  });

  it("is not asked for any more on behalf of a channel that is gone", async () => {
    const source = counted();
    const { desk } = await writing(source);
    await passes(desk, HOUR * 0.5);
    desk.cuts();
    await passes(desk, 1);
    welcome(desk, HOUR);
    desk.answersSince(7, []);
    await passes(desk, HOUR * 0.2);
    expect([source.asked, desk.lines.length, desk.sent("refresh")]).to.deep.equal([2, 2, undefined]);
  });

  it("that comes when the channel is gone is not sent to the next", async () => {
    const waiting: ((token: string) => void)[] = [];
    const { desk } = await (async () => {
      let first = true;
      return writing(() => {
        if (first) {
          first = false;
          return "token 1";
        }
        return new Promise<string>((resolve) => waiting.push(resolve));
      });
    })();
    await passes(desk, HOUR * 0.6);
    desk.cuts();
    await passes(desk, 1);
    waiting[1]!("token 3");
    await settle();
    welcome(desk, HOUR);
    waiting[0]!("token 2");
    await settle();
    expect([desk.line.hello.token, desk.sent("refresh")]).to.deep.equal(["token 3", undefined]);
  });
});

describe("a right that changes while a document is open", () => {
  it("makes it read-only and back, as the server says", async () => {
    const { desk, doc } = await writing(counted());
    desk.event("access", { doc: "notes", writable: false });
    expect(doc.status).to.equal("readonly");
    desk.event("access", { doc: "notes", writable: true });
    expect(doc.status).to.equal("saved");
  });
});
