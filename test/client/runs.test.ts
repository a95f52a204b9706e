// A run of missed ops, taken in at once, against the same taken in one by one.

import { expect } from "chai";
import fc from "fast-check";
import { local, send, start } from "../../client/session.js";
import { type Session, unsentOf } from "../../client/session-state.js";
import { receive } from "../../client/stream.js";
import { type RichOp, type RichSnapshot, richText } from "../../ot/index.js";
import type { Committed } from "../../protocol/index.js";
import { richDocument, richOpFrom, richSteps } from "../arbitraries/index.js";

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
      fc.property(richDocument(), lists(3), lists(8), fc.nat(8), (wire, ours, theirs, ownAt) => {
        const before = typed(wire, ours);
        const ops = history(before, theirs, ownAt);
        let slowly = before;
        const changes = ops.flatMap((op) => {
          const { session, applied } = receive(richText, slowly, [op]);
          slowly = session;
          return applied;
        });
        const { session, applied } = receive(richText, before, ops);
        expect(shown(session)).to.equal(shown(slowly));
        expect(JSON.stringify(applied)).to.equal(JSON.stringify(changes));
      }),
      { numRuns: 250 },
    );
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
