// What other nodes have revoked and announced, over a database and a bus that fail: what is known, what is asked and when,
// and what whoever connects is told.

import { expect } from "chai";
import { Fault } from "../../protocol/index.js";
import type { Bus } from "../../server/cluster/bus.js";
import { type NewsDesk, type NewsStore, openNews } from "../../server/news.js";
import { MemoryLog } from "../../server/storage/memory/log.js";
import type { RevocationRow } from "../../server/storage/revocation.js";
import { type ManualClock, manualClock, settle } from "./clock.js";
import { codeOf, scene, seededRandom } from "./fakes.js";

const INTERVAL_MS = 2000;

/** A database that nodes share, and that can be away; and how often it was asked for news. */
class Shared implements NewsStore {
  readonly shared = true;
  log = new MemoryLog();
  away: "no" | "refuses" | "silent" = "no";
  asked = 0;

  async #reach(): Promise<void> {
    if (this.away === "refuses") throw new Fault("unavailable", "away");
    if (this.away === "silent") await new Promise(() => {});
  }
  async revoke(row: RevocationRow) {
    await this.#reach();
    await this.log.revoke(row);
  }
  async announce(row: Parameters<NewsStore["announce"]>[0]) {
    await this.#reach();
    await this.log.announce(row);
  }
  async news(since: number) {
    this.asked++;
    await this.#reach();
    return this.log.news(since);
  }
}

/** A bus between nodes of one test, that can lose everything. */
function wires() {
  const nodes: {
    readonly topic: string;
    readonly heard: (message: unknown, from: string) => void;
    readonly node: string;
  }[] = [];
  const gaps: (() => void)[] = [];
  let broken = false;
  return {
    cut: () => {
      broken = true;
    },
    mend: () => {
      broken = false;
      for (const gap of gaps) gap();
    },
    bus: (node: string): Bus => ({
      node,
      alone: false,
      tell(topic, message) {
        if (broken) return;
        for (const other of nodes)
          if (other.topic === topic && other.node !== node) other.heard(structuredClone(message), node);
      },
      hear(topic, heard) {
        const entry = { topic, heard, node };
        nodes.push(entry);
        return () => void nodes.splice(nodes.indexOf(entry), 1);
      },
      onGap(gap) {
        gaps.push(gap);
        return () => {};
      },
    }),
  };
}

describe("news", () => {
  let clock: ManualClock;
  let store: Shared;
  let between: ReturnType<typeof wires>;

  beforeEach(() => {
    clock = manualClock();
    store = new Shared();
    between = wires();
  });

  interface Node extends NewsDesk {
    readonly revoked: RevocationRow[];
    readonly told: { readonly id: string; readonly text: string | null; readonly endsInMs?: number }[];
    readonly failures: unknown[];
    here: boolean;
  }

  async function node(name: string, options: { readonly store?: NewsStore } = {}): Promise<Node> {
    const seen = { revoked: [], told: [], failures: [], here: true } as Pick<
      Node,
      "revoked" | "told" | "failures" | "here"
    >;
    const desk = await openNews({
      store,
      ...options,
      bus: between.bus(name),
      clock,
      random: seededRandom(7),
      intervalMs: INTERVAL_MS,
      connected: () => seen.here,
      revoked: async (rows) => void seen.revoked.push(...rows),
      announced: (announcement) => void seen.told.push(announcement),
      failed: (error) => void seen.failures.push(error),
    });
    desk.wake();
    return Object.assign(seen, desk);
  }

  const holds = ({ revocations }: NewsDesk, user: string) => revocations.holds(user, { iat: 1 });

  it("are heard at once by the bus, and looked at by those whom it concerns", async () => {
    const [a, b] = [await node("a"), await node("b")];
    await a.revoke({ user: "ann" });
    await settle();
    expect([holds(a, "ann"), holds(b, "ann"), holds(b, "bo")]).to.deep.equal([false, false, true]);
    expect(b.revoked).to.deep.equal([{ user: "ann", doc: "", token: "", before: clock.now() }]);
    // It has been heard of: by the database it is no news.
    await clock.advance(3 * INTERVAL_MS);
    expect(b.revoked).to.have.length(1);
  });

  it("that the bus has lost are heard by the database, one question an interval", async () => {
    const [a, b] = [await node("a"), await node("b")];
    between.cut();
    await a.revoke({ user: "ann", doc: "note" });
    const id = await a.announce({ text: "Hello" });
    const { asked } = store;
    await clock.advance(INTERVAL_MS);
    expect(b.revocations.allows("ann", { iat: 1 }, "note")).to.equal(false);
    expect(b.told).to.deep.equal([{ id, text: "Hello" }]);
    await clock.advance(9 * INTERVAL_MS);
    expect(store.asked - asked).to.equal(20);
    expect(b.told).to.have.length(1);
  });

  it("are asked for after a gap of the bus", async () => {
    const [a, b] = [await node("a"), await node("b")];
    between.cut();
    await a.revoke({ token: "t" });
    between.mend();
    await settle();
    expect(b.revocations.holds("ann", { jti: "t", iat: 1 })).to.equal(false);
  });

  it("are not asked for while nobody is connected, and are known before somebody is let in", async () => {
    const [a, b] = [await node("a"), await node("b")];
    b.here = false;
    a.here = false;
    between.cut();
    await clock.advance(INTERVAL_MS);
    const { asked } = store;
    await clock.advance(100 * INTERVAL_MS);
    expect(store.asked).to.equal(asked);
    await a.revoke({ user: "ann" });
    expect(holds(b, "ann")).to.equal(true);
    await b.fresh();
    expect(holds(b, "ann")).to.equal(false);
    expect(b.fresh()).to.equal(undefined);
    b.here = true;
    b.wake();
    await clock.advance(INTERVAL_MS);
    expect(store.asked).to.equal(asked + 2);
  });

  it("that are known hold while the database is away, and nobody waits long for others", async () => {
    const [a, b] = [await node("a"), await node("b")];
    await a.revoke({ user: "ann" });
    b.here = false;
    await clock.advance(INTERVAL_MS);
    for (const away of ["refuses", "silent"] as const) {
      store.away = away;
      await clock.advance(5 * INTERVAL_MS);
      let asked = 0;
      const waited = b.fresh()!.then(() => asked++);
      await settle();
      await clock.advance(1000);
      await waited;
      expect([asked, holds(b, "ann"), holds(b, "bo")]).to.deep.equal([1, false, true]);
    }
  });

  it("are in force where they were made even if they could not be written", async () => {
    const [a, b] = [await node("a"), await node("b")];
    store.away = "refuses";
    expect(await codeOf(a.revoke({ user: "ann" }))).to.equal("unavailable");
    await settle();
    expect([holds(a, "ann"), holds(b, "ann")]).to.deep.equal([false, false]);
    expect(await codeOf(a.announce({ text: "x" }))).to.equal("unavailable");
    expect([a.told, b.told]).to.deep.equal([[], []]);
  });

  it("are read anew when the database was set back", async () => {
    const [a, b] = [await node("a"), await node("b")];
    between.cut();
    for (let n = 0; n < 5; n++) await a.revoke({ user: `user-${n}` });
    await clock.advance(INTERVAL_MS);
    store.log = new MemoryLog();
    await store.log.revoke({ user: "ann", doc: "", token: "", before: clock.now() });
    await clock.advance(INTERVAL_MS);
    expect([holds(b, "ann"), holds(b, "user-3")]).to.deep.equal([false, false]);
  });

  it("of a database that only this process writes to are not asked for", async () => {
    const log = new MemoryLog();
    const own: NewsStore = {
      shared: false,
      revoke: (row) => log.revoke(row),
      announce: (row) => log.announce(row),
      news: (since) => log.news(since),
    };
    const alone = await node("a", { store: own });
    expect([alone.fresh(), clock.timers]).to.deep.equal([undefined, 0]);
    await alone.revoke({ user: "ann" });
    expect(holds(await node("again", { store: own }), "ann")).to.equal(false);
  });

  it("from nobody knows where are nothing", async () => {
    const b = await node("b");
    const stranger = between.bus("x");
    for (const message of [
      null,
      1,
      "x",
      {},
      { revocation: null },
      { revocation: { user: 1 } },
      { revocation: { user: "ann", doc: "", token: "", before: "x" } },
    ])
      stranger.tell("news", message);
    await settle();
    expect([b.revoked, b.failures, holds(b, "ann")]).to.deep.equal([[], [], true]);
  });

  describe("that are announcements", () => {
    it("last as long as they say, and are told to newcomers with what is left of it", async () => {
      const [a, b] = [await node("a"), await node("b")];
      const id = await a.announce({ text: "Soon", until: clock.now() + 10_000 });
      await settle();
      expect([a.told, b.told]).to.deep.equal([
        [{ id, text: "Soon", endsInMs: 10_000 }],
        [{ id, text: "Soon", endsInMs: 10_000 }],
      ]);
      await clock.advance(4000);
      expect(b.announcements()).to.deep.equal([{ id, text: "Soon", endsInMs: 6000 }]);
      expect((await node("c")).announcements()).to.have.length(1);
      await clock.advance(6000);
      expect([a.announcements(), b.announcements(), await a.takeBack()]).to.deep.equal([[], [], 0]);
      expect((await node("d")).announcements()).to.deep.equal([]);
    });

    it("are known no more a minute after they ended: whatever becomes of one then is told nobody", async () => {
      const [a, b] = [await node("a"), await node("b")];
      const end = clock.now() + 10_000;
      const id = await a.announce({ text: "Soon", until: end });
      await clock.advance(10_000 + 61_000);
      await a.announce({ text: "Later" });
      await settle();
      const told = [...b.told];
      await store.announce({ id, text: "Soon", made: clock.now(), until: end - 1 });
      await clock.advance(INTERVAL_MS);
      expect(b.told).to.deep.equal(told);
    });

    it("are taken back by any node, one of them or all", async () => {
      const [a, b] = [await node("a"), await node("b")];
      between.cut();
      const first = await a.announce({ text: "one" });
      await a.announce({ text: "two" });
      await a.announce({ text: "three" });
      expect(await b.takeBack("nothing")).to.equal(0);
      expect(await b.takeBack(first)).to.equal(1);
      expect(b.told.at(-1)).to.deep.equal({ id: first, text: null });
      expect(await b.takeBack()).to.equal(2);
      await clock.advance(INTERVAL_MS);
      expect(a.told.slice(3).map(({ text }) => text)).to.deep.equal([null, null, null]);
      expect(a.announcements()).to.deep.equal([]);
    });

    it("are refused if they say nothing, too much, or what cannot be kept, or are over", async () => {
      const a = await node("a");
      for (const text of ["", "  ", "x".repeat(501), 7 as unknown as string])
        expect(await codeOf(a.announce({ text }))).to.equal("message_malformed");
      for (const text of ["\ud800", "a\0b"])
        expect(await codeOf(a.announce({ text }))).to.equal("bad_unicode");
      for (const until of [clock.now(), Number.NaN, Number.POSITIVE_INFINITY])
        expect(await codeOf(a.announce({ text: "x", until }))).to.equal("message_malformed");
      expect(a.told).to.deep.equal([]);
    });

    it("are told to those who are welcomed, and not to those who are turned away", async () => {
      const lasting = { id: "a", text: "Hello" };
      const world = scene({ announcements: () => [lasting] });
      const heard: string[] = [];
      const come = (protocol: number) =>
        world.arrive({ protocol }, (name, body) => {
          if (name === "announcement") heard.push(`${protocol}: ${JSON.stringify(body)}`);
        });
      for (const protocol of [3, 2, 99]) await come(protocol);
      expect(heard).to.deep.equal([3, 2].map((protocol) => `${protocol}: ${JSON.stringify(lasting)}`));
      world.gateway.announce({ id: "a", text: null });
      const takenBack = JSON.stringify({ id: "a", text: null });
      expect(heard.slice(2)).to.deep.equal([3, 2].map((protocol) => `${protocol}: ${takenBack}`));
    });
  });
});
