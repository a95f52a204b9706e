// Everything a stranger with the nonce could get wrong, and that it changes nothing: one line each.

import { expect } from "chai";
import type { Services } from "../../client/webview/index.js";
import { bridgeLimits } from "../../client/webview/index.js";
import { isThemeValue } from "../../client/webview/theme.js";
import type { Lane } from "./support.js";
import { pair, SID, settled } from "./support.js";

const deep = (depth: number): unknown => (depth === 0 ? 1 : [deep(depth - 1)]);
const half = "\ud83d";
const rect = { x: 0, y: 0, width: 1, height: 1 };

/** Requests to the host, by type; every one is answered with `invalid` and reaches nobody. */
const toHost: [string, unknown][] = [
  ["link.open", {}],
  ["link.open", { href: 7 }],
  ["link.open", { href: "javascript:alert(1)" }],
  ["link.open", { href: "JaVaScRiPt:alert(1)" }],
  ["link.open", { href: "data:text/html,x" }],
  ["link.open", { href: "file:///etc/passwd" }],
  ["link.open", { href: " https://example.org" }],
  ["link.open", { href: "https://example.org/\nHost: evil" }],
  ["link.open", { href: `https://example.org/${"a".repeat(2_048)}` }],
  ["link.open", { href: `https://example.org/${half}` }],
  ["link.open", ["https://example.org"]],
  ["link.open", "https://example.org"],
  ["share", { url: "intent://example.org" }],
  ["share", { title: { text: "x" } }],
  ["share", { title: "x".repeat(501) }],
  ["media.pick", { kinds: "image" }],
  ["media.pick", { kinds: ["image", "virus"] }],
  ["media.pick", { kinds: ["image"], max: 0 }],
  ["media.pick", { kinds: ["image"], max: 1.5 }],
  ["auth.token", {}],
  ["auth.token", { reason: "because" }],
  ["storage.load", {}],
  ["storage.load", { doc: "" }],
  ["storage.load", { doc: "a\u0000b" }],
  ["storage.load", { doc: "x".repeat(257) }],
  ["storage.load", { doc: ["minutes"] }],
  ["storage.commit", { doc: "minutes", put: [] }],
  ["storage.commit", { doc: "minutes", put: { "": 1 } }],
  ["storage.commit", { doc: "minutes", put: JSON.parse('{"__proto__": 1}') }],
  ["storage.commit", { doc: "minutes", put: { k: JSON.parse('{"__proto__": 1}') } }],
  ["storage.commit", { doc: "minutes", put: { k: deep(40) } }],
  ["storage.commit", { doc: "minutes", put: { k: half } }],
  ["storage.commit", { doc: "minutes", put: { k: { [half]: 1 } } }],
  ["storage.commit", { doc: "minutes", remove: "k" }],
  ["storage.commit", { doc: "minutes", remove: [1] }],
  ["storage.delete", { doc: null }],
  ["storage.claim", { client: 1 }],
  ["haptic", { style: "earthquake" }],
  ["a11y.announce", { text: "x".repeat(2_001) }],
  ["a11y.announce", { text: "x", politeness: "rude" }],
  ["log", { level: "fatal", message: "x" }],
  ["log", { level: "info", message: 1 }],
  ["log", { level: "info" }],
  ["state.patch", { marks: "b" }],
  ["state.patch", { marks: ["<b>"] }],
  ["state.patch", { marks: Array(65).fill("b") }],
  ["state.patch", { level: -1 }],
  ["state.patch", { canUndo: 1 }],
  ["state.patch", { rect: { ...rect, width: "1" } }],
  ["state.patch", { rect: { x: 0, y: 0 } }],
  ["doc.stats", { characters: -1, words: 0 }],
  ["doc.stats", { characters: 0.5, words: 0 }],
  ["sync.status", { status: "fine", pending: 0 }],
  ["sync.status", { status: "saved" }],
  ["presence.list", { people: {} }],
  ["presence.list", { people: [{ src: "s" }] }],
  ["presence.list", { people: [{ src: "s", user: { id: "u", avatar: "data:image/png;base64,AAAA" } }] }],
];

/** The same towards the page. */
const toGuest: [string, unknown][] = [
  ["cmd.exec", {}],
  ["cmd.exec", { name: "" }],
  ["cmd.exec", { name: "alert(1)" }],
  ["cmd.exec", { name: "x".repeat(65) }],
  ["cmd.exec", { name: "bold", args: deep(40) }],
  ["app.willSuspend", {}],
  ["app.willSuspend", { deadlineMs: 0 }],
  ["app.willSuspend", { deadlineMs: -5 }],
  ["app.willSuspend", { deadlineMs: 1e9 }],
  ["app.state", { state: "asleep" }],
  ["net.status", { online: "yes" }],
  ["net.status", { metered: true }],
  ["auth.changed", { user: { name: "nobody" } }],
  ["insets", { top: 1 }],
  ["insets", { top: "1px", bottom: 0 }],
  ["insets", { top: 1e9, bottom: 0 }],
  ["insets", { top: 0, bottom: 0, curve: "cubic-bezier(1)" }],
  ["theme.set", {}],
  ["theme.set", { tokens: [] }],
  ["theme.set", { tokens: { color: "red" } }],
  ["theme.set", { tokens: { "--Ink": "red" } }],
  ["theme.set", { tokens: { "--ink": 7 } }],
  ["theme.set", { tokens: { "--ink": "url(https://evil.example/x)" } }],
  ["theme.set", { tokens: { "--ink": "red; background: url(x)" } }],
  ["theme.set", { tokens: Object.fromEntries(Array.from({ length: 129 }, (_, n) => [`--t${n}`, "red"])) }],
];

/** Text that is no message at all, and how it is called. */
const noMessages: [string, string, string][] = [
  ["empty", "", "not_ours"],
  ["not JSON", "{", "not_ours"],
  ["a number", "7", "not_ours"],
  ["null", "null", "not_ours"],
  ["a list", "[]", "not_ours"],
  ["another program's", '{"source":"devtools","type":"log"}', "not_ours"],
  ["deep nesting", "[".repeat(100_000), "not_ours"],
  ["too long", `"${"a".repeat(bridgeLimits.msgBytes)}"`, "too_large"],
];
const message = { p: "interline", v: 1, sid: SID, seq: 1e15, kind: "evt", type: "log", payload: {} };
const malformed: [string, Record<string, unknown>][] = [
  ["another envelope", { v: 2 }],
  ["no nonce", { sid: undefined }],
  ["a short nonce", { sid: SID.slice(1) }],
  ["a nonce that is no string", { sid: [SID] }],
  ["no seq", { seq: undefined }],
  ["seq 0", { seq: 0 }],
  ["a fractional seq", { seq: 1.5 }],
  ["a seq too large to count", { seq: 2 ** 53 }],
  ["a seq as text", { seq: "1" }],
  ["no kind", { kind: undefined }],
  ["an unknown kind", { kind: "cmd" }],
  ["a request without id", { kind: "req" }],
  ["a request with id 0", { kind: "req", id: 0 }],
  ["an answer to nothing", { kind: "res" }],
  ["an answer with a fault of no shape", { kind: "res", re: 1, err: "bad" }],
  ["an answer with a fault without code", { kind: "res", re: 1, err: { message: "x" } }],
  ["no type", { type: undefined }],
  ["a type with spaces", { type: "log out" }],
  ["a very long type", { type: "x".repeat(65) }],
];

/** A host that can do everything, and notes what it was made to do. */
function everything() {
  const done: string[] = [];
  const note =
    <T>(what: string, answer: T) =>
    () => {
      done.push(what);
      return answer;
    };
  const services: Services = {
    token: note("token", Promise.resolve({ token: "t" })),
    storage: {
      load: note("load", Promise.resolve(null)),
      commit: note("commit", Promise.resolve()),
      list: note("list", Promise.resolve([])),
      delete: note("delete", Promise.resolve()),
      claim: note("claim", Promise.resolve(true)),
    },
    pickMedia: note("pick", Promise.resolve([])),
    openLink: note("open", true),
    share: note("share", true),
    haptic: note("haptic", undefined),
    announce: note("announce", undefined),
    log: note("log", undefined),
  };
  return { done, services };
}

/** Puts a message on the wire as the far end would. */
function inject(lane: Lane, fields: Record<string, unknown>): void {
  const seq = lane.sent.at(-1)!.seq + 1;
  const whole = { ...message, seq, ...fields };
  lane.sent.push(whole as unknown as (typeof lane.sent)[0]);
  lane.deliver(JSON.stringify(whole));
}

describe("a malformed payload", () => {
  it("comes in more than sixty kinds here", () => {
    expect(toHost.length + toGuest.length).to.be.greaterThan(60);
  });

  it("towards the host is answered with `invalid`, says where, and reaches nobody", async () => {
    const { done, services } = everything();
    const both = await pair({ host: { services } });
    for (const [index, [type, payload]] of toHost.entries()) {
      inject(both.up, { kind: "req", id: 1_000 + index, type, payload });
      await settled();
      const answer = both.down.sent.find(({ re }) => re === 1_000 + index);
      expect(answer?.err?.code, `${type} ${JSON.stringify(payload).slice(0, 80)}`).to.equal("invalid");
      expect(answer?.err?.message, type).to.match(new RegExp(`^${type}`));
    }
    expect(done).to.deep.equal([]);
    expect(both.host.state).to.deep.equal({});
    expect(both.problems.host).to.deep.equal([]);
  });

  it("towards the page is answered with `invalid`, says where, and reaches nobody", async () => {
    const reached: string[] = [];
    const command = (name: string) => reached.push(name);
    const suspend = () => reached.push("suspend");
    const both = await pair({ guest: { command, suspend } });
    for (const event of ["theme", "insets", "net", "app", "auth"] as const) {
      both.guest.on(event, () => reached.push(event));
    }
    for (const [index, [type, payload]] of toGuest.entries()) {
      inject(both.down, { kind: "req", id: 1_000 + index, type, payload });
      await settled();
      const answer = both.up.sent.find(({ re }) => re === 1_000 + index);
      expect(answer?.err?.code, `${type} ${JSON.stringify(payload).slice(0, 80)}`).to.equal("invalid");
    }
    expect(reached).to.deep.equal([]);
    expect(both.guest.latest).to.deep.equal({});
  });

  it("in an event is reported and reaches nobody", async () => {
    const { done, services } = everything();
    const both = await pair({ host: { services } });
    const notes = toHost.filter(([type]) => ["haptic", "a11y.announce", "log", "state.patch"].includes(type));
    for (const [type, payload] of notes) inject(both.up, { type, payload });
    inject(both.up, { type: "link.open", payload: { href: "https://example.org" } });
    inject(both.up, { type: "cancel", payload: { id: "1" } });
    inject(both.up, { type: "chunk", payload: { id: 1, part: 0, of: 1, data: "" } });
    await settled();
    const codes = both.problems.host.map(({ code }) => code);
    expect(codes).to.deep.equal([...Array(notes.length + 2).fill("invalid"), "bad_chunk"]);
    expect(done).to.deep.equal([]);
  });

  it("of our own making is refused before it is sent", async () => {
    const both = await pair();
    const sent = both.up.sent.length;
    expect(() => both.guest.log("info", half)).to.throw("well-formed");
    expect(() => both.guest.log("info", "x", { n: Number.POSITIVE_INFINITY })).to.throw("finite");
    expect(() => both.guest.setStats({ characters: -1, words: 0 })).to.throw("integer");
    const error = await both.guest.openLink("javascript:alert(1)").catch((fault: unknown) => fault);
    expect(error).to.deep.include({ code: "invalid" });
    expect(both.up.sent).to.have.length(sent);
  });
});

describe("what is no message", () => {
  it("is called by its name, and nothing else happens", async () => {
    const { done, services } = everything();
    const both = await pair({ host: { services } });
    for (const [what, text, code] of noMessages) {
      both.up.deliver(text);
      expect(both.problems.host.pop()?.code, what).to.equal(code);
    }
    for (const [what, wrong] of malformed) {
      both.up.deliver(JSON.stringify({ ...message, ...wrong }));
      expect(both.problems.host.pop()?.code, what).to.equal("malformed");
    }
    expect(done).to.deep.equal([]);
  });
});

describe("a malformed hello", () => {
  it("is answered with `invalid`, and the page that was there stays", async () => {
    const both = await pair();
    const boot = "ab".repeat(8);
    const wrong = [
      {},
      { protocols: "1", boot },
      { protocols: [0], boot },
      { protocols: [1], boot: "x" },
      { protocols: [1], boot: 5 },
      { protocols: [1], boot, limits: { msgBytes: 100 } },
      { protocols: [1], boot, caps: ["rm -rf"] },
    ];
    for (const [index, payload] of wrong.entries()) {
      inject(both.up, { kind: "req", id: 500 + index, type: "hello", payload });
      expect(both.down.sent.at(-1)?.err?.code, JSON.stringify(payload)).to.equal("invalid");
    }
    both.guest.setState({ block: "h1" });
    // The forged messages have used up a few of the page's numbers.
    await both.clock.pass(60_000);
    expect(both.host.state).to.deep.equal({ block: "h1" });
  });
});

describe("the value of a theme's property", () => {
  it("is colours, lengths, numbers, words, font names and harmless functions", () => {
    const good = [
      "#fff",
      "red",
      "rgb(1 2 3 / 50%)",
      "oklch(60% 0.1 20)",
      "12px",
      "1.5",
      "calc(1px + (2em * 3))",
    ];
    const better = [
      "'Noto Serif', serif",
      '"A, (b) url(x)", sans-serif',
      "var(--ink, #000)",
      "0 1px 2px rgb(0 0 0 / 0.2)",
    ];
    for (const value of [...good, ...better]) expect(isThemeValue(value), value).to.equal(true);
  });

  it("is nothing that loads, ends the declaration, or escapes", () => {
    const loads = [
      "url(x)",
      "URL(x)",
      "image-set('x' 1x)",
      "image(red)",
      "src('x')",
      "element(#a)",
      "-webkit-image-set('x')",
    ];
    const ends = ["red;", "red}", "{", "red /* ", "red\\", "</style>", "red!important", "@import", "red\nx"];
    const odd = [
      "",
      "a".repeat(201),
      "calc(1px",
      "1px)",
      ")(",
      "'open",
      '"a',
      "expression(alert(1))",
      "attr(x)",
      "é",
    ];
    for (const value of [...loads, ...ends, ...odd]) expect(isThemeValue(value), value).to.equal(false);
  });
});
