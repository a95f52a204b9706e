// Messages that are lost, doubled, overtaken or too late, and requests that are answered once all the same.

import { getEventListeners } from "node:events";
import { expect } from "chai";
import type { Services } from "../../client/webview/index.js";
import { BridgeFault } from "../../client/webview/index.js";
import { forge, pair, SID, settled, watch, wire } from "./support.js";

const codes = (problems: readonly { readonly code: string }[]) => problems.map(({ code }) => code);

/** A host that notes which links it was asked to open, and opens each when told to. */
function opener() {
  const asked: string[] = [];
  const open: ((opened: boolean) => void)[] = [];
  const services: Services = {
    openLink(href) {
      asked.push(href);
      return new Promise((resolve) => open.push(resolve));
    },
  };
  return { asked, open, services };
}

describe("a message of the bridge", () => {
  it("that is delivered twice is taken once", async () => {
    const styles: string[] = [];
    const both = await pair({ host: { services: { haptic: (style) => styles.push(style) } } });
    both.up.fate = () => [1, 1, 30];
    both.guest.haptic("light");
    await both.clock.pass(100);
    expect(styles).to.deep.equal(["light"]);
    expect(codes(both.problems.host)).to.deep.equal(["repeated", "repeated"]);
  });

  it("that was overtaken is dropped, and the hole it left is reported", async () => {
    const styles: string[] = [];
    const both = await pair({ host: { services: { haptic: (style) => styles.push(style) } } });
    both.up.fate = ({ payload }) => [payload.style === "light" ? 20 : 1];
    both.guest.haptic("light");
    both.guest.haptic("heavy");
    await both.clock.pass(100);
    expect(styles).to.deep.equal(["heavy"]);
    expect(both.problems.host.map(({ code, missing }) => [code, missing])).to.deep.equal([
      ["gap", 1],
      ["repeated", undefined],
    ]);
  });

  it("that follows lost ones says how many", async () => {
    const both = await pair({ host: { services: { haptic: () => {} } } });
    both.up.fate = () => [];
    for (let count = 0; count < 3; count += 1) both.guest.haptic("light");
    both.up.fate = () => [1];
    both.guest.haptic("heavy");
    await both.clock.pass(10);
    expect(both.problems.host).to.have.length(1);
    expect(both.problems.host[0]).to.deep.include({ code: "gap", missing: 3 });
  });

  it("of another session is dropped", async () => {
    const styles: string[] = [];
    const both = await pair({ host: { services: { haptic: (style) => styles.push(style) } } });
    const payload = { style: "light" };
    both.up.deliver(forge(both.up, { type: "haptic", payload, sid: "f".repeat(32) }));
    both.up.deliver(forge(both.up, { type: "haptic", payload, sid: undefined }));
    both.up.deliver(forge(both.up, { type: "haptic", payload, sid: SID }));
    expect(styles).to.deep.equal(["light"]);
    expect(codes(both.problems.host)).to.deep.equal(["wrong_session", "malformed", "gap"]);
  });

  it("of a kind nobody knows is reported, and a request of such a kind answered with `unsupported`", async () => {
    const both = await pair();
    both.up.deliver(forge(both.up, { type: "telepathy" }));
    both.up.deliver(forge(both.up, { type: "telepathy", kind: "req", id: 77 }));
    both.up.deliver(forge(both.up, { type: "theme.set", kind: "req", id: 78, payload: { tokens: {} } }));
    both.up.deliver(forge(both.up, { type: "share", kind: "req", id: 79 }));
    await settled();
    expect(codes(both.problems.host)).to.deep.equal(["unknown_type"]);
    const answers = both.down.sent
      .filter(({ re = 0 }) => re >= 77)
      .map(({ re, type, err }) => [re, type, err?.code]);
    expect(answers).to.deep.equal([
      [77, "telepathy", "unsupported"],
      [78, "theme.set", "unsupported"],
      [79, "share", "unsupported"],
    ]);
  });

  it("may carry more than we know: that is ignored", async () => {
    const seen: unknown[] = [];
    const both = await pair();
    both.guest.on("insets", (insets) => seen.push(insets));
    both.down.deliver(
      forge(both.down, { type: "insets", mood: 1, payload: { top: 1, bottom: 2, notch: 3 } }),
    );
    expect(seen).to.deep.equal([{ top: 1, bottom: 2 }]);
  });

  it("that a handler chokes on does not keep the next from being handled", async () => {
    const levels: string[] = [];
    const log: Services["log"] = ({ level }) => {
      if (level === "error") throw new Error("log full");
      levels.push(level);
    };
    const both = await pair({ host: { services: { log } } });
    both.guest.log("error", "a");
    both.guest.log("info", "b", { why: 1 });
    await both.clock.pass(5);
    expect(levels).to.deep.equal(["info"]);
    expect(codes(both.problems.host)).to.deep.equal(["handler_failed"]);
  });
});

describe("a request over the bridge", () => {
  it("is sent again until it is answered, and run once", async () => {
    const { asked, open, services } = opener();
    const both = await pair({ host: { services } });
    both.up.fate = ({ seq }) => (seq % 2 === 0 ? [1] : []);
    both.down.fate = ({ type, seq }) => (type === "link.open" && seq % 2 === 0 ? [] : [1]);
    const done = watch(both.guest.openLink("https://example.org"));
    await both.clock.pass(1_500);
    open[0]?.(true);
    await both.clock.pass(3_400);
    expect(done.outcome).to.deep.equal({ value: true });
    expect(asked).to.have.length(1);
  });

  it("is sent again after one second, and then every other second", async () => {
    const both = await pair();
    both.up.fate = () => [];
    const started = both.clock.now();
    const times: number[] = [];
    both.up.fate = () => {
      times.push(both.clock.now() - started);
      return [];
    };
    const loaded = watch(both.guest.storage.load("minutes"));
    await both.clock.pass(30_000);
    expect(loaded.outcome).to.deep.equal({ code: "timeout" });
    expect(times).to.deep.equal([0, ...Array.from({ length: 15 }, (_, n) => 1_000 + 2_000 * n), 30_000]);
  });

  it("gets the same answer again, however long, when a piece of it was lost", async () => {
    let runs = 0;
    const long = "a".repeat(1_500_000);
    const both = await pair({ guest: { command: () => `${++runs}${long}` } });
    let pieces = 0;
    both.up.fate = ({ type }) => (type === "chunk" && ++pieces === 2 ? [] : [1]);
    const done = watch(both.host.exec("text"));
    await both.clock.pass(4_000);
    expect(done.outcome).to.deep.equal({ value: `1${long}` });
    expect(runs).to.equal(1);
  });

  it("gets the same answer again when the answer was lost", async () => {
    let runs = 0;
    const both = await pair({ guest: { command: () => ++runs } });
    let lost = 0;
    both.up.fate = ({ type }) => (type === "cmd.result" && ++lost <= 2 ? [] : [1]);
    const done = watch(both.host.exec("count"));
    await both.clock.pass(4_000);
    expect(done.outcome).to.deep.equal({ value: 1 });
    expect([runs, lost]).to.deep.equal([1, 3]);
  });

  it("is not run again when its answer has long been forgotten", async () => {
    let runs = 0;
    const both = await pair({ guest: { command: () => ++runs } });
    const first = watch(both.host.exec("first"));
    await both.clock.pass(10);
    const text = both.down.sent.find(({ type }) => type === "cmd.exec")!;
    for (let count = 0; count < 300; count += 1) {
      void both.host.exec("more");
      await both.clock.pass(3);
    }
    both.down.deliver(forge(both.down, { ...text, v: 1, seq: both.down.sent.at(-1)!.seq + 1 }));
    await settled();
    expect(first.outcome).to.deep.equal({ value: 1 });
    expect(runs).to.equal(301);
    expect(both.up.sent.at(-1)).to.deep.include({
      re: text.id,
      err: { code: "expired", message: "cmd.exec" },
    });
  });

  it("fails with `timeout` after five seconds, and the other side is told", async () => {
    const { services } = opener();
    const signals: AbortSignal[] = [];
    const share: Services["share"] = (_, { signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    };
    const both = await pair({ host: { services: { ...services, share } } });
    const opened = watch(both.guest.openLink("https://example.org"));
    const shared = watch(both.guest.share({ text: "hi" }, { timeoutMs: 700 }));
    await both.clock.pass(4_999);
    expect([opened.outcome, shared.outcome]).to.deep.equal([undefined, { code: "timeout" }]);
    expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true]);
    await both.clock.pass(1);
    expect(opened.outcome).to.deep.equal({ code: "timeout" });
  });

  it("has thirty seconds when it is about storage, and ten minutes when a person must choose", async () => {
    const storage = {
      ...{ load: async () => null, list: async () => [], delete: async () => {}, claim: async () => true },
      commit: () => new Promise<void>(() => {}),
    };
    const pickMedia = () => new Promise<never>(() => {});
    const both = await pair({ host: { services: { storage, pickMedia } } });
    const saved = watch(both.guest.storage.commit({ doc: "a", put: { k: 1 } }));
    const picked = watch(both.guest.pickMedia({ kinds: ["image"] }));
    await both.clock.pass(29_999);
    expect(saved.outcome).to.equal(undefined);
    await both.clock.pass(1);
    expect(saved.outcome).to.deep.equal({ code: "timeout" });
    await both.clock.pass(569_999);
    expect(picked.outcome).to.equal(undefined);
    await both.clock.pass(1);
    expect(picked.outcome).to.deep.equal({ code: "timeout" });
  });

  it("can be aborted, before it is sent and after", async () => {
    const { asked, services } = opener();
    const both = await pair({ host: { services } });
    const early = watch(both.guest.openLink("https://a.example", { signal: AbortSignal.abort() }));
    const abort = new AbortController();
    const late = watch(both.guest.openLink("https://b.example", { signal: abort.signal }));
    await both.clock.pass(10);
    abort.abort();
    await both.clock.pass(10);
    expect([early.outcome, late.outcome]).to.deep.equal([{ code: "aborted" }, { code: "aborted" }]);
    expect(asked).to.deep.equal(["https://b.example"]);
    expect(both.up.ofType("cancel")).to.have.length(1);
    const sent = both.up.sent.length;
    await both.clock.pass(60_000);
    expect(both.up.sent.length, "messages after it was given up").to.equal(sent);
    expect(getEventListeners(abort.signal, "abort")).to.have.length(0);
  });

  it("that is given up while it waits in its lane over there is not run", async () => {
    const order: string[] = [];
    let finish = () => {};
    const both = await pair({
      guest: {
        command: (name) => {
          order.push(name);
          return new Promise<void>((resolve) => {
            finish = resolve;
          });
        },
      },
    });
    const abort = new AbortController();
    void both.host.exec("slow", undefined, { timeoutMs: 50 }).catch(() => {});
    const waiting = watch(both.host.exec("waiting", undefined, { signal: abort.signal }));
    await both.clock.pass(100);
    abort.abort();
    await both.clock.pass(10);
    finish();
    await both.clock.pass(10);
    expect([order, waiting.outcome]).to.deep.equal([["slow"], { code: "aborted" }]);
  });

  it("fails with the code its handler threw, and with `failed` and no words for any other error", async () => {
    const command = (name: string) => {
      throw name === "denied" ? new BridgeFault("denied", "not you") : new Error("secret path");
    };
    const both = await pair({ guest: { command } });
    const denied = both.host.exec("denied").catch((error: unknown) => error);
    const failed = both.host.exec("failed").catch((error: unknown) => error);
    await both.clock.pass(50);
    expect(await denied).to.deep.include({ code: "denied", message: "not you" });
    expect(await failed).to.deep.include({ code: "failed", message: "the handler failed" });
    expect(codes(both.problems.guest)).to.deep.equal(["handler_failed"]);
  });

  it("waits for the one before it where order matters, on both sides", async () => {
    const order: string[] = [];
    const release: (() => void)[] = [];
    const both = await pair({
      guest: {
        command: async (name) => {
          order.push(name);
          await new Promise<void>((resolve) => release.push(resolve));
          order.push(`${name} done`);
        },
      },
    });
    // The first is lost once: were they not in a lane, the second would overtake its repetition.
    let lost = false;
    both.down.fate = ({ type }) => {
      if (type !== "cmd.exec" || lost) return [1];
      lost = true;
      return [];
    };
    void both.host.exec("one");
    void both.host.exec("two");
    await both.clock.pass(1_100);
    expect(order).to.deep.equal(["one"]);
    release[0]!();
    await both.clock.pass(10);
    expect(order).to.deep.equal(["one", "one done", "two"]);
  });

  it("does not start while what was given up before it in its lane still runs", async () => {
    const order: string[] = [];
    const release: (() => void)[] = [];
    const both = await pair({
      guest: {
        command: async (name) => {
          order.push(name);
          if (name === "slow") await new Promise<void>((resolve) => release.push(resolve));
        },
      },
    });
    const slow = watch(both.host.exec("slow", undefined, { timeoutMs: 100 }));
    const next = watch(both.host.exec("next"));
    await both.clock.pass(500);
    expect([slow.outcome, next.outcome, order]).to.deep.equal([{ code: "timeout" }, undefined, ["slow"]]);
    release[0]!();
    await both.clock.pass(10);
    expect(next.outcome).to.deep.equal({ value: undefined });
  });

  it("beyond sixty-four that run at once is answered with `busy`", async () => {
    const { asked, services } = opener();
    const both = await pair({ host: { services } });
    const all = Array.from({ length: 70 }, (_, n) => watch(both.guest.openLink(`https://example.org/${n}`)));
    await both.clock.pass(10);
    expect(asked).to.have.length(64);
    expect(
      all.filter(({ outcome }) => outcome !== undefined && "code" in outcome && outcome.code === "busy"),
    ).to.have.length(6);
  });

  it("whose handler answers what it may not is answered with `invalid`", async () => {
    const both = await pair({ host: { services: { openLink: () => "yes" as unknown as boolean } } });
    const opened = watch(both.guest.openLink("https://example.org"));
    await both.clock.pass(10);
    expect(opened.outcome).to.deep.equal({ code: "invalid" });
    expect(both.down.ofType("link.open")[0]?.err?.code).to.equal("invalid");
  });

  it("is answered by an answer of its type, and by no other", async () => {
    const { services } = opener();
    const both = await pair({ host: { services } });
    const opened = watch(both.guest.openLink("https://example.org"));
    await both.clock.pass(10);
    const { id: re } = both.up.ofType("link.open")[0]!;
    both.down.deliver(forge(both.down, { kind: "res", re, type: "share", payload: { opened: true } }));
    both.down.deliver(
      forge(both.down, { kind: "res", re: 999, type: "link.open", payload: { opened: true } }),
    );
    await settled();
    expect(opened.outcome).to.equal(undefined);
    expect(codes(both.problems.guest)).to.deep.equal(["unmatched", "unmatched"]);
  });

  it("with an answer that is not what the type promises fails with `invalid`", async () => {
    const both = await pair({ host: { services: { openLink: () => true } } });
    both.down.fate = () => [];
    const opened = watch(both.guest.openLink("https://example.org"));
    await both.clock.pass(10);
    const { re } = both.down.ofType("link.open")[0]!;
    both.down.deliver(forge(both.down, { kind: "res", re, type: "link.open", payload: { opened: "yes" } }));
    await settled();
    expect(opened.outcome).to.deep.equal({ code: "invalid" });
  });

  it("fails with `closed` when its own end closes, and so does every later one", async () => {
    const { services } = opener();
    const both = await pair({ host: { services } });
    const opened = watch(both.guest.openLink("https://example.org"));
    both.guest.close();
    const later = watch(both.guest.openLink("https://example.org"));
    await settled();
    expect([opened.outcome, later.outcome]).to.deep.equal([{ code: "closed" }, { code: "closed" }]);
  });

  it("is sent again over a channel that replaces the one it was lost on, and runs once", async () => {
    const { asked, open, services } = opener();
    const both = await pair({ host: { services } });
    const opened = watch(both.guest.openLink("https://a.example"));
    await both.clock.pass(10);
    both.up.fate = () => [];
    const lost = watch(both.guest.openLink("https://b.example"));
    const second = wire(both.clock);
    both.host.attach(second.down);
    both.guest.attach(second.up);
    await both.clock.pass(2);
    for (const answer of open) answer(true);
    both.guest.setState({ block: "h1" });
    await both.clock.pass(2);
    expect([opened.outcome, lost.outcome]).to.deep.equal([{ value: true }, { value: true }]);
    expect(asked).to.deep.equal(["https://a.example", "https://b.example"]);
    expect(both.host.state).to.deep.equal({ block: "h1" });
  });
});
