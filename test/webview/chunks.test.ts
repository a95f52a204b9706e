// Payloads longer than one message may be, both ways, and what somebody could do to whoever puts them together.

import { expect } from "chai";
import fc from "fast-check";
import { CHUNK_IDLE_MS, cut, Reassembly } from "../../client/webview/chunks.js";
import { utf8Bytes } from "../../client/webview/envelope.js";
import type { Json } from "../../client/webview/index.js";
import { bridgeLimits } from "../../client/webview/index.js";
import { forge, pair, settled, watch } from "./support.js";

const LEAST = { ...bridgeLimits, msgBytes: 64 * 1024 };
/** Long, and awkward to escape: quotes, controls, emoji, two- and three-byte letters. */
const awkward = (length: number) =>
  'Ünïcödé "quoted" \\ \n\u0001 漢字 👻 '.repeat(Math.ceil(length / 30)).slice(0, length);

describe("a long payload", () => {
  it("goes from the host to the page and back in pieces, none longer than the limit", async () => {
    const both = await pair({ guest: { command: (_, args) => args, limits: LEAST } });
    // (That the guest does as a host with narrow limits says is the next test.)
    const args = { text: `${awkward(200_000)}.` };
    const echoed = watch(both.host.exec("echo", args));
    await both.clock.pass(50);
    expect(echoed.outcome).to.deep.equal({ value: args });
    for (const { ofType, texts } of [both.up, both.down].map((lane) => ({
      ofType: lane.ofType("chunk"),
      texts: lane.texts,
    }))) {
      expect(ofType.length).to.be.greaterThan(3);
      expect(Math.max(...texts.map(utf8Bytes))).to.be.within(60_000, LEAST.msgBytes);
    }
  });

  it("is cut to what the other side takes, though we would take more", async () => {
    const both = await pair({
      host: { limits: LEAST, services: { log: ({ message }) => got.push(message.length) } },
    });
    const got: number[] = [];
    for (const length of [9_000, 10_000]) both.guest.log("info", "x", "漢".repeat(2 * length));
    for (let bytes = LEAST.msgBytes - 300; bytes < LEAST.msgBytes + 50; bytes += 25) {
      both.guest.log("info", "y", "a".repeat(bytes));
    }
    await both.clock.pass(10);
    expect(got).to.have.length(16);
    expect(both.problems.host).to.deep.equal([]);
    expect(Math.max(...both.up.texts.map(utf8Bytes))).to.be.at.most(LEAST.msgBytes);
  });

  it("of storage goes through, and comes back the same", async () => {
    const kept = new Map<string, Record<string, Json>>();
    const storage = {
      load: async (doc: string) => kept.get(doc) ?? null,
      commit: async ({ doc, put = {} }: { doc: string; put?: Record<string, Json> }) => {
        kept.set(doc, { ...kept.get(doc), ...put });
      },
      ...{ list: async () => [...kept.keys()], delete: async () => {}, claim: async () => true },
    };
    const both = await pair({ host: { services: { storage } } });
    const put = { confirmed: [awkward(2_000_000)], pending: [[3, "x"]] };
    const saved = watch(both.guest.storage.commit({ doc: "minutes", put }));
    const loaded = watch(both.guest.storage.load("minutes"));
    await both.clock.pass(100);
    expect([saved.outcome, loaded.outcome]).to.deep.equal([{ value: undefined }, { value: put }]);
    expect(kept.get("minutes")).to.deep.equal(put);
  });

  it("of which a piece is lost is sent again whole", async () => {
    const both = await pair({ guest: { command: (_, args) => args, limits: LEAST } });
    let count = 0;
    both.down.fate = ({ type }) => (type === "chunk" && ++count === 2 ? [] : [1]);
    const args = awkward(200_000);
    const echoed = watch(both.host.exec("echo", args));
    await both.clock.pass(3_000);
    expect(echoed.outcome).to.deep.equal({ value: args });
    expect(both.problems.guest.map(({ code }) => code)).to.include.members(["gap", "bad_chunk"]);
  });

  it("that no number of pieces can carry fails with `too_large`, as a request and as an answer", async () => {
    const limits = { ...LEAST, totalBytes: 100_000 };
    const both = await pair({ guest: { command: () => awkward(150_000), limits } });
    const asked = watch(both.host.exec("echo", awkward(150_000)));
    const answered = watch(both.host.exec("echo"));
    await both.clock.pass(10);
    expect([asked.outcome, answered.outcome]).to.deep.equal([{ code: "too_large" }, { code: "too_large" }]);
    expect(both.down.ofType("chunk")).to.have.length(0);
  });

  it("is cut so that the pieces joined are the text, each fits, and no pair is halved", () => {
    const unit = fc.constantFrom("a", '"', "\\", "\n", "\b", "\v", "\u0000", "é", "漢", "👻");
    fc.assert(
      fc.property(
        fc.array(unit, { maxLength: 400, size: "max" }),
        fc.integer({ min: 20, max: 200 }),
        (units, room) => {
          const text = units.join("");
          const limits = { msgBytes: 512 + room, totalBytes: 10_000, parts: 1_000 };
          const pieces = cut(text, limits)!;
          expect(pieces.join("")).to.equal(text);
          // As few as can be: no piece has room for what the next begins with.
          for (const [index, next] of pieces.slice(1).entries()) {
            const longer = pieces[index]! + String.fromCodePoint(next.codePointAt(0)!);
            expect(utf8Bytes(JSON.stringify(longer)) - 2).to.be.greaterThan(room);
          }
          for (const piece of pieces) {
            expect(utf8Bytes(JSON.stringify(piece)) - 2).to.be.at.most(room);
            expect(piece).not.to.match(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/);
          }
        },
      ),
    );
  });
});

describe("whoever puts pieces together", () => {
  const limits = { msgBytes: 1_000, totalBytes: 2_000, parts: 8 };
  const piece = (id: number, part: number, of: number, data = "x") => ({ id, part, of, data });

  it("takes them in order only", () => {
    const wrong: [string, ReturnType<typeof piece>[]][] = [
      ["begins in the middle", [piece(1, 1, 3)]],
      ["skips one", [piece(1, 0, 3), piece(1, 2, 3)]],
      ["repeats one", [piece(1, 0, 3), piece(1, 1, 3), piece(1, 1, 3)]],
      ["begins twice", [piece(1, 0, 3), piece(1, 0, 3)]],
      ["changes its mind about how many", [piece(1, 0, 3), piece(1, 1, 4)]],
      ["has a part beyond the last", [piece(1, 0, 3), piece(1, 3, 3)]],
      ["has too many", [piece(1, 0, 9)]],
    ];
    for (const [what, pieces] of wrong) {
      const reassembly = new Reassembly(limits);
      const taken = pieces.map((each) => reassembly.take(each, 0).kind);
      expect(taken.at(-1), what).to.equal("bad");
      expect(reassembly.heldBytes, what).to.equal(0);
      const again = [piece(1, 0, 2, "a"), piece(1, 1, 2, "b")].map((each) => reassembly.take(each, 0));
      expect(again.at(-1), `${what}, then does it right`).to.deep.equal({ kind: "whole", text: "ab" });
    }
  });

  it("holds no more than the limit, whatever comes", () => {
    const anything = fc.record({
      id: fc.integer({ min: 1, max: 6 }),
      part: fc.oneof(fc.constant(0), fc.constant(1), fc.integer({ min: 0, max: 8 })),
      of: fc.oneof(fc.constant(3), fc.integer({ min: 2, max: 10 })),
      data: fc.integer({ min: 0, max: 900 }).map((length) => "é".repeat(length)),
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anything, fc.oneof(fc.constant(0), fc.nat(4_000))), { maxLength: 60, size: "max" }),
        (steps) => {
          const reassembly = new Reassembly(limits);
          let now = 0;
          for (const [chunk, waitMs] of steps) {
            now += waitMs;
            reassembly.sweep(now);
            const taken = reassembly.take(chunk, now);
            if (taken.kind === "whole") expect(utf8Bytes(taken.text)).to.be.at.most(limits.totalBytes);
            expect(reassembly.heldBytes).to.be.within(0, limits.totalBytes);
          }
          reassembly.sweep(now + CHUNK_IDLE_MS);
          expect(reassembly.heldBytes).to.equal(0);
        },
      ),
    );
  });

  it("makes room for a new one by throwing away the one that stood still longest", () => {
    const reassembly = new Reassembly(limits);
    for (const id of [1, 2, 3, 4]) reassembly.take(piece(id, 0, 3), id);
    reassembly.take(piece(1, 1, 3), 5);
    reassembly.take(piece(5, 0, 3), 6);
    expect(reassembly.take(piece(1, 2, 3), 7)).to.deep.equal({ kind: "whole", text: "xxx" });
    expect(reassembly.take(piece(2, 1, 3), 8).kind).to.equal("bad");
    expect(reassembly.take(piece(3, 1, 3), 8).kind).to.equal("more");
  });

  it("throws away what gets no further for ten seconds, without being asked", async () => {
    const both = await pair();
    both.up.deliver(forge(both.up, { type: "chunk", payload: piece(1, 0, 2) }));
    expect(both.clock.waiting).to.equal(1);
    await both.clock.pass(CHUNK_IDLE_MS);
    expect(both.clock.waiting).to.equal(0);
    both.up.deliver(forge(both.up, { type: "chunk", payload: piece(1, 1, 2) }));
    const detail = "part 1 of a message that has not begun";
    expect(both.problems.host).to.deep.equal([{ code: "bad_chunk", detail }]);
  });

  it("refuses chunks in chunks, a handshake in chunks, and what is no message", async () => {
    const both = await pair();
    const inner = [
      { kind: "evt", type: "chunk", payload: piece(9, 0, 2) },
      { kind: "req", id: 1, type: "hello", payload: { protocols: [1], boot: "ab".repeat(8) } },
      { kind: "why", type: "log" },
      "not an object",
    ];
    inner.forEach((content, index) => {
      const text = JSON.stringify(content);
      const data = [text.slice(0, 5), text.slice(5)];
      data.forEach((each, part) => {
        both.up.deliver(forge(both.up, { type: "chunk", payload: piece(index + 1, part, 2, each) }));
      });
    });
    both.up.deliver(forge(both.up, { type: "chunk", payload: piece(9, 0, 2, "{") }));
    both.up.deliver(forge(both.up, { type: "chunk", payload: piece(9, 1, 2, "") }));
    await settled();
    expect(both.problems.host.map(({ code }) => code)).to.deep.equal(Array(5).fill("bad_chunk"));
  });

  it("refuses a single message over the limit without reading it", async () => {
    const both = await pair();
    both.up.deliver(forge(both.up, { payload: { level: "info", message: "é".repeat(131_072) } }));
    both.up.deliver(forge(both.up, { payload: { level: "info", message: "a".repeat(262_144) } }));
    expect(both.problems.host.map(({ code }) => code)).to.deep.equal(["too_large", "too_large"]);
  });
});
