// Hello, init, ready: how a page and a host find each other, again after either has been replaced, and when not.

import { expect } from "chai";
import { guest, host } from "../../client/webview/index.js";
import { countingBytes, forge, pair, SID, strangers, watch } from "./support.js";

describe("the bridge's handshake", () => {
  it("tells the page what the host knows, and the host that the page is there", async () => {
    const page = {
      doc: "minutes",
      user: { id: "ann", name: "Ann" },
      theme: { tokens: { "--ink": "#123" } },
      insets: { top: 44, bottom: 34 },
      net: { online: true, metered: true },
      app: { state: "active" as const },
      locale: "de-AT",
      dir: "ltr" as const,
    };
    const { guest, host, down } = await pair({ host: { page }, guest: { build: "7", caps: ["bold"] } });
    expect(await guest.ready).to.deep.include({ ...page, protocol: 1, storage: "web", caps: [] });
    expect(await host.ready).to.deep.equal({ protocols: [1], build: "7", caps: ["bold"] });
    expect(guest.latest).to.deep.equal({
      theme: page.theme,
      insets: page.insets,
      net: page.net,
      app: page.app,
    });
    const told = down.sent.map(({ type }) => type).filter((type) => type !== "restart" && type !== "init");
    expect(told, "nothing is told twice").to.deep.equal(["ready"]);
  });

  it("is repeated until it is through, whichever of its messages is lost", async () => {
    for (const lost of ["hello", "init", "ready"]) {
      const seen = new Set<string>();
      const loseFirst = ({ type }: { type: string }) => {
        if (type !== lost || seen.has(type)) return [1];
        seen.add(type);
        return [];
      };
      const both = strangers({ up: loseFirst, down: loseFirst });
      const ready = watch(both.host.ready);
      await both.clock.pass(9_000);
      expect(seen.has(lost), lost).to.equal(true);
      expect(ready.outcome, lost).to.have.property("value");
    }
  });

  it("ends with `timeout` when there is no host", async () => {
    const both = strangers({ up: () => [] });
    const ready = watch(both.guest.ready);
    const picked = watch(both.guest.openLink("https://example.org"));
    await both.clock.pass(10_000);
    expect(ready.outcome).to.deep.equal({ code: "timeout" });
    expect(picked.outcome).to.deep.equal({ code: "timeout" });
    both.host.close();
    expect(both.clock.waiting, "timers left").to.equal(0);
  });

  it("ends with `protocol_unsupported` when the two have none in common", async () => {
    const both = strangers({ up: () => [] });
    const incompatible: unknown[] = [];
    both.host.on("incompatible", (event) => incompatible.push(event));
    const ready = watch(both.guest.ready);
    await both.clock.pass(1);
    const hello = both.up.ofType("hello")[0]!;
    both.up.deliver(JSON.stringify({ ...hello, v: 1, payload: { ...hello.payload, protocols: [2, 3] } }));
    await both.clock.pass(20);
    expect(incompatible).to.deep.equal([{ protocols: [2, 3] }]);
    expect(ready.outcome).to.deep.equal({ code: "protocol_unsupported" });
  });

  it("is refused by the page when the host chooses a protocol it did not offer", async () => {
    const both = strangers({ down: () => [] });
    const ready = watch(both.guest.ready);
    await both.clock.pass(20);
    const init = both.down.ofType("init")[0]!;
    both.down.deliver(JSON.stringify({ ...init, v: 1, payload: { ...init.payload, protocol: 2 } }));
    await both.clock.pass(1);
    expect(ready.outcome).to.deep.equal({ code: "protocol_unsupported" });
  });

  it("holds back what either says before it is through", async () => {
    const logged: string[] = [];
    const both = strangers({
      host: { services: { log: ({ message }) => logged.push(message), openLink: () => true } },
      guest: { command: (name) => name },
    });
    both.guest.log("info", "early");
    const opened = watch(both.guest.openLink("https://example.org"));
    const ran = watch(both.host.exec("bold"));
    expect(both.up.sent.map(({ type }) => type)).to.deep.equal(["hello"]);
    await both.clock.pass(20);
    expect(logged).to.deep.equal(["early"]);
    expect(opened.outcome).to.deep.equal({ value: true });
    expect(ran.outcome).to.deep.equal({ value: "bold" });
  });

  it("begins anew with a page that was loaded again, and hears nothing of the old one", async () => {
    let released = 0;
    const storage = {
      ...{ load: async () => null, commit: async () => {}, list: async () => [], delete: async () => {} },
      ...{ claim: async () => true, release: () => (released += 1) },
    };
    const both = await pair({ host: { services: { storage } } });
    both.guest.setState({ block: "h1", canUndo: true });
    await both.clock.pass(100);
    released = 0;
    const unanswered = watch(both.host.exec("bold"));
    const states: unknown[] = [];
    both.host.on("state", (event) => states.push(event.state));
    both.guest.close();
    await both.clock.pass(1);
    const again = guest({ channel: both.up, sid: SID, clock: both.clock, randomBytes: countingBytes(3) });
    await both.clock.pass(50);
    again.setState({ block: "h2" });
    await both.clock.pass(100);
    expect(unanswered.outcome).to.deep.equal({ code: "restarted" });
    expect(states, "the toolbar is cleared first").to.deep.equal([{}, { block: "h2" }]);
    expect(both.host.state).to.deep.equal({ block: "h2" });
    expect(released).to.equal(1);
    both.problems.host.length = 0;
    const old = both.up.sent.filter(({ type }) => type === "hello")[0]!;
    both.up.deliver(JSON.stringify(old));
    both.up.deliver(JSON.stringify(both.up.ofType("state.patch")[0]));
    await both.clock.pass(100);
    expect(both.problems.host.map(({ code }) => code)).to.deep.equal(["repeated", "repeated"]);
    expect(both.host.state).to.deep.equal({ block: "h2" });
  });

  it("begins anew with a host that was started again around the page, which tells it everything", async () => {
    const both = await pair();
    both.guest.setState({ block: "h1", canUndo: true });
    both.guest.setStats({ characters: 5, words: 1 });
    await both.clock.pass(100);
    both.host.close();
    const restarted: unknown[] = [];
    both.guest.on("restarted", (init) => restarted.push(init.doc));
    const opened = watch(both.guest.openLink("https://example.org"));
    const again = host({
      ...{
        channel: both.down,
        sid: SID,
        clock: both.clock,
        randomBytes: countingBytes(5),
        page: { doc: "again" },
      },
      services: { openLink: () => true },
    });
    const stats: unknown[] = [];
    again.on("stats", (value) => stats.push(value));
    await both.clock.pass(2_000);
    expect(restarted).to.deep.equal(["again"]);
    expect(again.state).to.deep.equal({ block: "h1", canUndo: true });
    expect(stats).to.deep.equal([{ characters: 5, words: 1 }]);
    expect(opened.outcome, "what was asked of the old host").to.deep.equal({ value: true });
  });

  it("begins anew with a page whose requests count from one again", async () => {
    const services = { openLink: () => true };
    const both = await pair({ host: { services } });
    for (let count = 0; count < 300; count += 1) {
      void both.guest.openLink("https://example.org");
      await both.clock.pass(3);
    }
    both.guest.close();
    const again = guest({ channel: both.up, sid: SID, clock: both.clock, randomBytes: countingBytes(3) });
    await both.clock.pass(20);
    const opened = watch(again.openLink("https://example.org"));
    await both.clock.pass(20);
    expect(opened.outcome).to.deep.equal({ value: true });
  });

  it("holds everything back again from the moment a new host asks for it", async () => {
    const both = await pair({ host: { services: { openLink: () => new Promise<never>(() => {}) } } });
    void both.guest.openLink("https://example.org").catch(() => {});
    await both.clock.pass(10);
    both.host.close();
    both.down.deliver(forge(both.down, { type: "restart", payload: { host: "ab".repeat(8) } }));
    both.guest.setState({ block: "h1" });
    const before = both.up.sent.length;
    await both.clock.pass(4_000);
    const since = both.up.sent.slice(before).map(({ type }) => type);
    expect(since.length).to.be.greaterThan(1);
    expect(since).to.deep.equal(Array(since.length).fill("hello"));
  });

  it("is through with a new host as soon as that one's `init` is there, asked for or not", async () => {
    const both = await pair();
    const docs: unknown[] = [];
    both.guest.on("restarted", ({ doc }) => docs.push(doc));
    const { id: re, payload } = both.up.ofType("hello")[0]!;
    const init = { protocol: 1, boot: payload.boot, host: "ab".repeat(8), doc: "new" };
    const answer = { kind: "res", re, type: "init" };
    both.down.deliver(forge(both.down, { ...answer, payload: { ...init, boot: "cd".repeat(8) } }));
    expect([docs, both.problems.guest.map(({ code }) => code)]).to.deep.equal([[], ["stale_peer"]]);
    both.down.deliver(forge(both.down, { ...answer, payload: init }));
    expect(docs).to.deep.equal(["new"]);
    expect(both.up.sent.at(-1)).to.deep.include({ type: "ready", payload: { host: init.host } });
  });

  it("asks a page that talks before it has said hello to say it, at most once a second", async () => {
    const both = strangers({ up: () => [] });
    await both.clock.pass(5_000);
    const before = both.down.ofType("restart").length;
    for (let count = 0; count < 20; count += 1) both.up.deliver(forge(both.up, { type: "haptic" }));
    expect(both.down.ofType("restart").length - before).to.equal(1);
    expect(both.problems.host.map(({ code }) => code)).to.deep.equal(Array(20).fill("early"));
  });

  it("needs a nonce of 128 bits", () => {
    for (const sid of ["", "1234", SID.toUpperCase(), `${SID}0`]) {
      expect(() => strangers({ guest: { sid } }), sid).to.throw("sid must be");
      expect(() => strangers({ host: { sid } }), sid).to.throw("sid must be");
    }
  });

  it("fails at once when the host is given something the page would refuse", () => {
    const page = { theme: { tokens: { "--ink": "url(https://evil.example)" } } };
    expect(() => strangers({ host: { page } })).to.throw("plain CSS value");
  });
});
