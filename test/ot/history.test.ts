// What sessions and undo build on the algebra: inverses carried past the others' ops, and several clients under one order.

import { expect } from "chai";
import fc from "fast-check";
import { diamond, type Snapshot, type TextType } from "../../ot/index.js";
import type { Subject } from "./laws.js";
import { plain, rich } from "./subjects.js";

const again = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe("undo in plainText", () => undoing(plain));
describe("undo in richText", () => undoing(rich));
describe("clients under a server's order, in plainText", () => ordering(plain));
describe("clients under a server's order, in richText", () => ordering(rich));

function undoing<S extends Snapshot, Op extends readonly unknown[], Steps, Wire>(
  subject: Subject<S, Op, Steps, Wire>,
): void {
  const type: TextType<S, Op> = subject.type;

  /** Our own edits and the others', in the order in which we see them. */
  const session = fc.tuple(
    subject.document,
    fc.array(fc.record({ own: fc.boolean(), steps: subject.steps }), { maxLength: 6 }),
  );

  it("of all one's own edits leaves what only the others have written", () => {
    fc.assert(
      fc.property(session, ([wire, edits]) => {
        /** What we see, and what would be there without us. */
        let seen = type.create(wire);
        let others = seen;
        const inverses: Op[] = [];
        for (const { own, steps } of edits) {
          const op = subject.opFrom(steps, seen.length);
          if (own) inverses.push(type.invertWithDoc(op, seen));
          else {
            // From the newest inverse down: what the others' op means without our edits.
            let bare = op;
            for (let at = inverses.length - 1; at >= 0; at--) {
              [inverses[at], bare] = diamond(type, inverses[at]!, bare) as [Op, Op];
            }
            others = type.apply(others, bare);
          }
          seen = type.apply(seen, op);
        }
        for (const inverse of inverses.reverse()) seen = type.apply(seen, inverse);
        expect(again(seen.toJSON())).to.deep.equal(again(others.toJSON()));
      }),
      { numRuns: 3000 },
    );
  });

  it("and redo of one edit leads back to where it was", () => {
    fc.assert(
      fc.property(subject.document, subject.steps, (wire, steps) => {
        const before = type.create(wire);
        const op = subject.opFrom(steps, before.length);
        const after = type.apply(before, op);
        const undo = type.invertWithDoc(op, before);
        const undone = type.apply(after, undo);
        const redone = type.apply(undone, type.invertWithDoc(undo, after));
        expect(again(redone.toJSON())).to.deep.equal(again(after.toJSON()));
      }),
      { numRuns: 1500 },
    );
  });
}

function ordering<S extends Snapshot, Op extends readonly unknown[], Steps, Wire>(
  subject: Subject<S, Op, Steps, Wire>,
): void {
  const type: TextType<S, Op> = subject.type;

  interface Client {
    seen: S;
    version: number;
    /** Sent and unanswered, and typed since. */
    inflight: Op | undefined;
    pending: Op | undefined;
  }
  interface Committed {
    readonly op: Op;
    readonly by: Client;
  }

  const step = fc.record({
    client: fc.nat(2),
    what: fc.constantFrom("edit" as const, "edit" as const, "send" as const, "receive" as const),
    steps: subject.steps,
  });

  it("all end with one document, whatever the delays", () => {
    fc.assert(
      fc.property(subject.document, fc.array(step, { maxLength: 20 }), (wire, moves) => {
        const log: Committed[] = [];
        let server = type.create(wire);
        const clients = [0, 1, 2].map(
          (): Client => ({ seen: server, version: 0, inflight: undefined, pending: undefined }),
        );

        const send = (client: Client) => {
          if (client.inflight !== undefined || client.pending === undefined) return;
          client.inflight = client.pending;
          client.pending = undefined;
          let op: Op = client.inflight;
          for (const { op: over } of log.slice(client.version)) op = type.transform(op, over, "left");
          type.checkOp(op);
          server = type.apply(server, op);
          log.push({ op, by: client });
        };
        const receive = (client: Client) => {
          const next = log[client.version];
          if (next === undefined) return;
          client.version++;
          if (next.by === client) {
            client.inflight = undefined;
            return;
          }
          let { op } = next;
          if (client.inflight !== undefined) [client.inflight, op] = diamond(type, client.inflight, op);
          if (client.pending !== undefined) [client.pending, op] = diamond(type, client.pending, op);
          client.seen = type.apply(client.seen, op);
        };

        for (const { client: at, what, steps } of moves) {
          const client = clients[at]!;
          if (what === "send") send(client);
          else if (what === "receive") receive(client);
          else {
            const op = subject.opFrom(steps, client.seen.length);
            client.seen = type.apply(client.seen, op);
            client.pending = client.pending === undefined ? op : type.compose(client.pending, op);
          }
        }
        for (let round = 0; round <= 2 * clients.length + log.length; round++) {
          for (const client of clients) {
            send(client);
            while (client.version < log.length) receive(client);
          }
        }
        const expected = again(server.toJSON());
        for (const client of clients) expect(again(client.seen.toJSON())).to.deep.equal(expected);
      }),
      { numRuns: 1500 },
    );
  });
}
