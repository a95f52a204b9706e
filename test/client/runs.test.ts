// A run of missed ops, taken in at once, against the same taken in one by one.

import { expect } from "chai";
import fc from "fast-check";
import { local, send, start } from "../../client/session.js";
import { type Session, unsentOf } from "../../client/session-state.js";
import { RUN, receive } from "../../client/stream.js";
import type { Change } from "../../client/types.js";
import { type RichOp, type RichSnapshot, richText } from "../../ot/index.js";
import type { Committed } from "../../protocol/index.js";
import { richDocument, richOpFrom, richSteps } from "../arbitraries/index.js";
import { Desk } from "./desk.js";

type State = Session<RichSnapshot, RichOp>;

const limit = { bytes: 100_000, components: 1_000 };

/** Three ops typed here, the first in flight, each kept apart. */
function typed(wire: unknown, steps: Parameters<typeof richOpFrom>[0][]): State {
  let state: State = start("life" as never, 5 as never, richText.create(wire));
  for (const [nth, one] of steps.entries()) {
    const op = richOpFrom(one, state.visible.length);
    if (op.length > 0) state = local(richText, state, op, nth + 1, { bytes: 1, components: 0 });
    if (nth === 0) state = send(state, "me", 1);
  }
  return state;
}

/** What others did in turn, and our own op in its place among it. */
function history(state: State, steps: Parameters<typeof richOpFrom>[0][], ownAt: number): Committed[] {
  const ops: Committed[] = [];
  const take = (op: RichOp, src: string) => {
    const version = state.version + 1;
    const next = { op, version, src, seq: src === "me" ? 1 : version, author: src, time: 0 };
    state = receive(richText, state, [next as unknown as Committed]).session;
    ops.push(next as unknown as Committed);
  };
  for (const [nth, one] of steps.entries()) {
    if (nth === ownAt && state.kind !== "synced" && state.kind !== "waiting") take(state.inflight.op, "me");
    take(richOpFrom(one, state.confirmed.length), "bo");
  }
  return ops;
}

const shown = (state: State) =>
  JSON.stringify([state.kind, state.version, state.confirmed, state.visible, unsentOf(state)]);

describe("ops that were missed", () => {
  it("come out the same whether they are taken in at once or one by one, our own among them", () => {
    const lists = (maxLength: number) => fc.array(richSteps(), { maxLength });
    fc.assert(
      fc.property(richDocument(), lists(3), lists(3 * RUN), fc.nat(3 * RUN), (wire, ours, theirs, ownAt) => {
        const before = typed(wire, ours);
        const ops = history(before, theirs, ownAt);
        let slowly = before;
        const oneByOne = ops.flatMap((op) => {
          const { session, applied } = receive(richText, slowly, [op]);
          slowly = session;
          return applied;
        });
        const { session, applied } = receive(richText, before, ops);
        expect(shown(session)).to.equal(shown(slowly));
        expect(applied.flatMap((one) => one.ops)).to.deep.equal(oneByOne.flatMap((one) => one.ops));
        let at = 0;
        for (const { ops: run, own, change, before: from, after } of applied) {
          const same = oneByOne.slice(at, at + run.length);
          at += run.length;
          expect(own).to.equal(same[0]!.own);
          expect(JSON.stringify([from, after])).to.equal(
            JSON.stringify([same[0]!.before, same.at(-1)!.after]),
          );
          expect(JSON.stringify(richText.apply(from, change))).to.equal(JSON.stringify(after));
          if (run.length === 1) expect(change).to.deep.equal(same[0]!.change);
        }
      }),
      { numRuns: 250 },
    );
  });

  it("put what is inserted where ours is behind it, as each of them would by itself", () => {
    const before = local(
      richText,
      start("life" as never, 5 as never, richText.create(["\n"])),
      [1, "ours"],
      1,
      limit,
    );
    const ops = Array.from({ length: RUN }, (_, nth) => {
      const op = [1, String.fromCharCode(97 + nth)] as unknown as RichOp;
      return { op, version: 6 + nth, src: "bo", seq: nth + 1, author: "bo", time: 0 } as unknown as Committed;
    });
    const { session, applied } = receive(richText, before, ops);
    expect([applied.length, session.visible.toString()]).to.deep.equal([1, "\noursponmlkjihgfedcba"]);
  });

  it("are one change, from so many on, which says who made each", () => {
    const desk = new Desk();
    const doc = desk.open("");
    const changes: Change[] = [];
    doc.on("change", (change) => changes.push(change));
    const others = (count: number) => {
      const { version } = doc;
      const ops = Array.from({ length: count }, (_, nth) => ({
        ...{ version: version + nth + 1, src: `${nth % 2}`, seq: version + nth, op: ["x"] },
        ...{ author: ["ann", "bo"][nth % 2]!, time: 0 },
      }));
      desk.event("ops", { doc: "notes", ops });
    };
    others(RUN - 1);
    expect(changes.map(({ run }) => run)).to.deep.equal(Array(RUN - 1).fill(undefined));
    changes.length = 0;
    others(RUN);
    expect(changes).to.have.length(1);
    const [{ run, op, version, author }] = changes as [Change];
    expect([op, version, author]).to.deep.equal([["x".repeat(RUN)], doc.version, "bo"]);
    const who = run!.map(({ version, author, src, op }) => [version, author, src, op]);
    expect(who.slice(0, 2)).to.deep.equal([
      [doc.version - RUN + 1, "ann", "0", ["x"]],
      [doc.version - RUN + 2, "bo", "1", ["x"]],
    ]);
    expect(who).to.have.length(RUN);
  });

  it("cost what they are, however much was typed meanwhile", () => {
    const base = "\n".concat("word ".repeat(4_000));
    let state: State = start("life" as never, 0 as never, richText.create([base]));
    const mine: RichOp = richText.normalize(Array.from({ length: 8_000 }, (_, n) => (n % 2 === 0 ? 4 : "x")));
    state = local(richText, state, mine, 1, { ...limit, components: 10_000 });
    const ops = Array.from({ length: 4_000 }, (_, n) => {
      const op: RichOp = [1 + ((n * 7) % 19_000), "y"];
      return { op, version: n + 1, src: "bo", seq: n + 1, author: "bo", time: 0 } as unknown as Committed;
    });
    const began = process.cpuUsage();
    receive(richText, state, ops);
    const { user, system } = process.cpuUsage(began);
    // Walking over all that was typed for each op takes some five seconds.
    expect((user + system) / 1000).to.be.lessThan(1_500);
  });
});
