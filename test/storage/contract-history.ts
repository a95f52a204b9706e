// The part of the contract about history: ranges, holes, pruning, saved snapshots, and generated histories.

import { expect } from "chai";
import fc from "fast-check";
import ShareDB from "sharedb";
import type { OpLog, OpRow } from "../../server/storage/op-log.js";
import type { Implementation } from "./contract-implementation.js";
import { saveAndPrune } from "./contract-names.js";
import { cold, create, Documents, del, edit, failure, PLAIN, passing, type Subject } from "./documents.js";

export function historyContract(implementation: Implementation, subject: () => Subject): void {
  let log: OpLog;
  let documents: Documents;
  let rows: Documents;

  beforeEach(() => {
    ({ log, documents, rows } = subject());
  });

  /** A document at version `versions`, which says its version: "54321". */
  async function count(id: string, versions: number): Promise<void> {
    await documents.commit(id, create(PLAIN, "1"));
    for (let version = 2; version <= versions; version++)
      await documents.commit(id, edit(String(version % 10)));
  }

  it("is given in ranges, the first end included, null standing for beginning and head", async () => {
    await count("a", 5);
    const versions = async (from: number | null, to: number | null) => {
      const [cached, read] = [await documents.ops("a", from, to), await rows.ops("a", from, to)];
      expect(cached).to.deep.equal(read);
      return read.map(({ v }) => v);
    };
    expect(await versions(null, null)).to.deep.equal([0, 1, 2, 3, 4]);
    expect(await versions(2, null)).to.deep.equal([2, 3, 4]);
    expect(await versions(null, 2)).to.deep.equal([0, 1]);
    expect(await versions(2, 4)).to.deep.equal([2, 3]);
    expect(await versions(2, 2)).to.deep.equal([]);
    expect(await versions(4, 9)).to.deep.equal([4]);
    expect(await versions(5, null)).to.deep.equal([]);
    expect(await versions(9, null)).to.deep.equal([]);
    expect(await documents.ops("missing", 0, 3)).to.deep.equal([]);
  });

  it("is everybody's own copy, with what is known about the op only for those who ask", async () => {
    await count("a", 2);
    for (const reader of [documents, rows]) {
      const [op] = await reader.ops("a", 1);
      (op!.op as unknown[]).push("spoilt");
      delete op!.v;
      expect(await reader.ops("a", 1)).to.deep.equal([{ v: 1, op: ["2"] }]);
      expect(await reader.ops("a", 1, null, true)).to.deep.equal([{ v: 1, op: ["2"], m: { ts: 1_000_000 } }]);
    }
  });

  it("is given a part at a time to those who ask for no more", async () => {
    await count("a", 5);
    const read = (from: number, characters: number) => log.history("documents", "a", from, 9, characters);
    const [one, two] = [await read(1, 1), await read(1, 24)];
    expect(one).to.deep.include({ whole: false });
    expect(one!.head).to.include({ version: 5 });
    expect(one!.ops.map(({ version }) => version)).to.deep.equal([2]);
    expect(two!.ops.map(({ version }) => version)).to.deep.equal([2, 3]);
    expect(await read(3, 24)).to.deep.include({ whole: true });
    const options = { characters: 24 };
    const ops = await new Promise<ShareDB.RawOp[] | undefined>((resolve, reject) => {
      rows.adapter.getOps("documents", "a", 1, null, options, (error, found) =>
        error ? reject(error) : resolve(found),
      );
    });
    expect(ops!.map(({ v }) => v)).to.deep.equal([1, 2]);
  });

  it("with a hole is refused, not served", async () => {
    await count("a", 5);
    const withoutThird = (ops: readonly OpRow[]) => ops.filter(({ version }) => version !== 3);
    const holed = new Documents(
      {
        ...passing(log),
        history: async (...args) => {
          const history = await log.history(...args);
          return history && { ...history, ops: withoutThird(history.ops) };
        },
        load: async (...args) => {
          const loaded = await log.load(...args);
          return loaded && { ...loaded, ops: withoutThird(loaded.ops) };
        },
      },
      cold,
    );
    expect(await failure(holed.ops("a", 1))).to.include({ code: "corrupt" });
    expect(await failure(holed.ops("a", 1, 3))).to.include({ code: "corrupt" });
    expect(await failure(holed.text("a"))).to.include({ code: "corrupt" });
    expect(await holed.ops("a", 0, 2)).to.have.length(2);
    expect(await holed.ops("a", 3)).to.have.length(2);
  });

  it("can be forgotten up to a saved snapshot, and no further", async () => {
    await count("a", 4);
    expect(await documents.adapter.prune("documents", "a", 4)).to.equal(0);
    expect(await rows.ops("a")).to.have.length(4);
    expect(await saveAndPrune({ log, documents }, "a")).to.equal(4);
    await documents.commit("a", edit("5"));
    for (const reader of [documents, rows]) {
      expect(await reader.text("a")).to.equal("54321");
      expect(await reader.ops("a", 4)).to.have.length(1);
      expect(await failure(reader.ops("a", 3))).to.include({ code: "history_pruned" });
    }
    expect(await documents.adapter.prune("documents", "a", 2)).to.equal(4);
  });

  it("is replayed from the last saved snapshot only", async () => {
    const often = new Documents(log, { snapshots: { ops: 10, characters: 10_000 } });
    await often.commit("a", create(PLAIN, ""));
    for (let version = 2; version <= 35; version++) await often.commit("a", edit("x"));
    await often.adapter.idle();
    const loaded = await log.load("documents", "a");
    expect(loaded!.snapshot).to.deep.equal({
      version: 30,
      chain: (await log.history("documents", "a", 29, 30, 100))!.ops[0]!.chain,
      type: PLAIN,
      data: JSON.stringify("x".repeat(29)),
    });
    expect(loaded!.ops.map(({ version }) => version)).to.deep.equal([31, 32, 33, 34, 35]);
    expect(await rows.text("a")).to.equal("x".repeat(34));
  });

  it("is saved earlier when its ops are large, and as soon as it is read if it has become long", async () => {
    const often = new Documents(log, { snapshots: { ops: 100, characters: 1_000 } });
    await often.commit("a", create(PLAIN, ""));
    await often.commit("a", edit("x".repeat(1_000)));
    await often.adapter.idle();
    expect((await log.load("documents", "a"))!.snapshot).to.include({ version: 2 });

    await count("b", 5);
    const reader = new Documents(log, { snapshots: { ops: 5, characters: 1_000 } });
    await reader.text("b");
    await reader.adapter.idle();
    expect((await log.load("documents", "b"))!.snapshot).to.include({ version: 5 });
  });

  it("comes out as written, whatever was cached, saved, forgotten or closed in between", async () => {
    // Each run has documents of its own in one log.
    let current = await implementation.open();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.constantFrom(...settings),
        async (steps, options) => {
          run++;
          let adapter = new Documents(current, options);
          /** What the text of each document was at each version; undefined when deleted. */
          const models = new Map<string, (string | undefined)[]>();
          const forgotten = new Map<string, number>();
          for (const { id: of, ...what } of steps) {
            const id = `${of}-${run}`;
            const model = models.get(id) ?? [undefined];
            models.set(id, model);
            const [done, next] = write(model.at(-1), what);
            if (done !== undefined) {
              expect(await adapter.commit(id, done)).to.equal(true);
              model.push(next);
            } else if (what.kind === "restart") {
              if (implementation.reopen !== undefined) {
                await adapter.close();
                current = await implementation.reopen(current);
              }
              adapter = new Documents(current, options);
            } else if (what.kind === "forget" && model.length > 1) {
              forgotten.set(id, await saveAndPrune({ log: current, documents: adapter }, id));
            }
            expect(await adapter.text(id)).to.equal(model.at(-1));
          }
          for (const [id, model] of models) {
            const first = forgotten.get(id) ?? 0;
            const ops = await adapter.ops(id, first);
            expect(ops.map(({ v }) => v)).to.deep.equal(model.slice(first + 1).map((_, at) => first + at));
            expect(replayed(model[first], ops)).to.deep.equal(model.slice(first + 1));
          }
          await adapter.adapter.idle();
        },
      ),
      { numRuns: implementation.runs },
    );
    await current.close();
  });
}

const settings = [
  {},
  cold,
  { cache: { documents: 1, bytes: 2 ** 20 }, snapshots: { ops: 3, characters: 100 } },
  { ...cold, snapshots: { ops: 1, characters: 1 } },
];

const text = fc.string({
  unit: fc.constantFrom("a", "b", "\n", "é", "👻", "\u2028"),
  minLength: 1,
  maxLength: 4,
});
const id = fc.constantFrom("a", "b");
type Step =
  | { readonly kind: "insert"; readonly at: number; readonly text: string }
  | { readonly kind: "delete"; readonly at: number; readonly atoms: number }
  | { readonly kind: "remake" }
  | { readonly kind: "restart" }
  | { readonly kind: "forget" };
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ id, kind: fc.constant("insert" as const), at: fc.nat(20), text }) },
  {
    weight: 3,
    arbitrary: fc.record({
      id,
      kind: fc.constant("delete" as const),
      at: fc.nat(20),
      atoms: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      id,
      kind: fc.constantFrom("remake" as const, "restart" as const, "forget" as const),
    }),
  },
);

/** The op that a step makes of a text, and the text it leaves, worked out on an array of characters. */
function write(
  before: string | undefined,
  what: Step,
): [done: ReturnType<typeof edit> | typeof del | undefined, next?: string | undefined] {
  if (what.kind === "restart" || what.kind === "forget") return [undefined];
  if (before === undefined) return [create(PLAIN, "new"), "new"];
  if (what.kind === "remake") return [del, undefined];
  const atoms = [...before];
  const at = Math.min(what.at, atoms.length);
  const skip = at === 0 ? [] : [at];
  if (what.kind === "insert") return [edit(...skip, what.text), atoms.toSpliced(at, 0, what.text).join("")];
  const count = Math.min(what.atoms, atoms.length - at);
  if (count === 0) return [edit(), before];
  return [edit(...skip, { d: count }), atoms.toSpliced(at, count).join("")];
}

/** The texts that ops leave one after the other. */
function replayed(start: string | undefined, ops: readonly ShareDB.RawOp[]): (string | undefined)[] {
  const snapshot: ShareDB.Snapshot = {
    id: "",
    v: 0,
    type: start === undefined ? null : PLAIN,
    data: start,
    m: null,
  };
  return ops.map((op) => {
    const error = ShareDB.ot.applyOps(snapshot, [op]);
    if (error) throw error;
    return snapshot.data === undefined ? undefined : String(snapshot.data);
  });
}
