// The short form: whoever reads what a room is told in it knows what was told, from whenever on they are there.

import { expect } from "chai";
import fc from "fast-check";
import type { Events, ToldOp } from "../../protocol/index.js";
import { PEOPLE_NUMBERED, ShortReader, ShortWriter } from "../../protocol/short.js";

type Message = { readonly ops: Events["ops"] } | { readonly head: Events["head"] };

const told = (version: number, src = "PXgtDXxjBoQb", seq = version): ToldOp => ({
  version,
  src,
  seq,
  op: [1234, "a"],
  author: `guest-${src}`,
});
const ops = (...ops: ToldOp[]): Events["ops"] => ({ doc: "note", epoch: "1", ops });
const wire = <T>(message: T): T => JSON.parse(JSON.stringify(message));

describe("the short form", () => {
  it("takes 40 bytes for a keystroke in a long document, names and frame included", () => {
    const writer = new ShortWriter(7);
    for (const src of ["ann", "bo", "cy", "PXgtDXxjBoQb"]) writer.ops(ops(told(123_455, src)));
    const [message] = writer.ops(ops(told(123_456, "PXgtDXxjBoQb", 12)));
    // Two bytes of the frame, two of Socket.IO.
    const bytes = (body: unknown) => 2 + 2 + JSON.stringify(["ops", body]).length;
    expect(message).to.deep.equal([7, 123_456, [3, 12, [1234, "a"]]]);
    expect(bytes(message)).to.equal(40);
    expect(bytes(writer.head({ doc: "note", epoch: "1", version: 123_456 }))).to.equal(22);
  });

  it("tells each reader all that was told since they came, whoever comes when, in whatever life", () => {
    const step = fc.oneof(
      { weight: 1, arbitrary: fc.constant("comes" as const) },
      { weight: 1, arbitrary: fc.constant("head" as const) },
      {
        weight: 6,
        arbitrary: fc.record({
          life: fc.constantFrom("1", "2", undefined),
          /** Who wrote each op, and how many versions are missing before it. */
          by: fc.array(
            fc.tuple(
              fc.nat(5),
              fc.nat({ max: 8 }).map((n) => (n > 6 ? n - 6 : 0)),
            ),
            {
              minLength: 1,
              maxLength: 6,
            },
          ),
        }),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (plan) => {
        const writer = new ShortWriter(1);
        const readers: { reader: ShortReader; heard: Message[]; told: Message[] }[] = [];
        let version = 0;
        for (const happens of plan) {
          if (happens === "comes") {
            writer.beginAnew();
            readers.push({ reader: new ShortReader(), heard: [], told: [] });
          } else if (happens === "head") {
            const head = { doc: "note", epoch: "1", version };
            const message = wire(writer.head(head));
            for (const { reader, heard, told } of readers) {
              heard.push({ head: reader.head(message)! });
              told.push({ head });
            }
          } else {
            const { life, by } = happens;
            const some = by.map(([who, missing]) => {
              version += 1 + missing;
              return told(version, `src-${who}`);
            });
            const all: Events["ops"] = { doc: "note", ...(life && { epoch: life }), ops: some };
            for (const message of wire(writer.ops(all)))
              for (const { reader, heard } of readers) heard.push({ ops: reader.ops(message)! });
            for (const { told } of readers) told.push({ ops: all });
          }
        }
        for (const { heard, told } of readers) expect(flat(heard)).to.deep.equal(flat(told));
      }),
    );
  });

  it("is one message for all ops that follow each other", () => {
    const writer = new ShortWriter(1);
    expect(writer.ops(ops(told(2), told(3), told(4)))).to.have.length(1);
    expect(writer.ops(ops(told(5), told(7), told(8)))).to.have.length(2);
  });

  it("begins anew before anybody has to remember too many people", () => {
    const writer = new ShortWriter(1);
    const reader = new ShortReader();
    let highest = 0;
    for (let version = 1; version <= 3 * PEOPLE_NUMBERED; version++) {
      for (const message of writer.ops(ops(told(version, `src-${version}`)))) {
        const [, , [who] = []] = message;
        if (Array.isArray(who)) highest = Math.max(highest, who[0]);
        expect(reader.ops(message)!.ops[0]!.src).to.equal(`src-${version}`);
      }
    }
    expect(highest).to.equal(PEOPLE_NUMBERED - 1);
  });

  it("is no message where something that it builds on was not heard", () => {
    const writer = new ShortWriter(1);
    const [first] = writer.ops(ops(told(2)));
    const [known] = writer.ops(ops(told(3)));
    const head = writer.head({ doc: "note", epoch: "1", version: 3 });
    const late = new ShortReader();
    expect([late.ops(known!), late.head(head)]).to.deep.equal([undefined, undefined]);
    const there = new ShortReader();
    there.ops(first!);
    writer.ops(ops(told(4, "somebody")));
    const [unknown] = writer.ops(ops(told(5, "somebody")));
    expect(there.ops(unknown!)).to.equal(undefined);
    expect(there.head(head)).to.deep.equal({ doc: "note", epoch: "1", version: 3 });
  });
});

/** One op or head after the other, each with its life. */
function flat(messages: readonly Message[]): unknown[] {
  return messages.flatMap<unknown>((message) =>
    "head" in message ? [message.head] : message.ops.ops.map((op) => ({ ...op, epoch: message.ops.epoch })),
  );
}
