// The part of the contract about lives and chains: a document that is made anew is another one, and a history is served
// as it was written or not at all.

import { expect } from "chai";
import { GENESIS, nextChain } from "../../server/storage/chain.js";
import type { Loaded, OpLog, OpRow } from "../../server/storage/op-log.js";
import { saveAndPrune } from "./contract-names.js";
import { cold, create, Documents, del, edit, failure, PLAIN, passing, type Subject } from "./documents.js";

export function livesContract(subject: () => Subject): void {
  let documents: Documents;
  let rows: Documents;
  beforeEach(() => {
    ({ documents, rows } = subject());
  });
  const epochs = async (id = "a") =>
    Promise.all([documents, rows].map(async ({ adapter }) => (await adapter.head("documents", id))!.epoch));

  it("have a name from the first op to the deletion, and the next life another", async () => {
    await documents.commit("a", create(PLAIN, "one"));
    const [first, read] = await epochs();
    expect(first).to.be.a("string").with.length.within(8, 64);
    expect(read).to.equal(first);
    await documents.commit("a", edit("x"));
    await documents.commit("a", del);
    expect(await epochs()).to.deep.equal([first, first]);
    await rows.commit("a", create(PLAIN, "two"));
    const [next] = await Promise.all([rows.adapter.head("documents", "a")]);
    expect(next!.epoch).to.not.equal(first);
    expect(next).to.include({ version: 4 });
  });

  it("are named among the heads", async () => {
    await documents.commit("a", create(PLAIN, "one"));
    const [epoch] = await epochs();
    expect([...(await rows.adapter.heads("documents", ["a", "b"]))]).to.deep.equal([
      ["a", { epoch, version: 1 }],
    ]);
    await documents.commit("a", del);
    expect([...(await rows.adapter.heads("documents", ["a", "b"]))]).to.deep.equal([]);
  });

  it("are named by whoever makes them, if they want to", async () => {
    const named = new Documents(subject().log, { mintEpoch: () => "mine" });
    await named.commit("a", create(PLAIN, "one"));
    expect(await epochs()).to.deep.equal(["mine", "mine"]);
  });

  it("share the names of ops: what a former life has, the next one does not take again", async () => {
    const name = { src: "ann", seq: 1 };
    await documents.commit("a", create(PLAIN, "one"));
    await documents.commit("a", edit("x"), name);
    await documents.commit("a", del);
    await documents.commit("a", create(PLAIN, "two"));
    expect(await failure(documents.commit("a", edit("x"), name))).to.include({
      code: "ERR_OP_ALREADY_SUBMITTED",
    });
    expect(await rows.text("a")).to.equal("two");
  });
}

export function chainContract(subject: () => Subject): void {
  let log: OpLog;
  let documents: Documents;
  beforeEach(async () => {
    ({ log, documents } = subject());
    await documents.commit("a", create(PLAIN, "1"));
    for (let version = 2; version <= 6; version++)
      await documents.commit("a", edit(`${version}`), { src: "ann", seq: version });
  });
  const history = async (from = 0) => (await log.history("documents", "a", from, 100, 1_000_000))!;

  it("goes over every column of every op, from the first to the head", async () => {
    const { ops, head } = await history();
    const last = ops.reduce((chain, { chain: kept, ...op }) => {
      expect(kept).to.equal(nextChain(chain, op));
      return kept;
    }, GENESIS);
    expect(head).to.include({ version: 6, chain: last });
    const [{ chain: _, ...op }] = ops as [OpRow];
    const all = [
      op,
      { ...op, version: 2 },
      { ...op, src: "" },
      { ...op, src: "a" },
      { ...op, seq: 0 },
      { ...op, seq: 1 },
      { ...op, body: `${op.body} ` },
      { ...op, meta: "" },
      { ...op, meta: null },
      { ...op, body: `${op.body}1:`, meta: op.meta!.slice(2) },
    ].map((each) => nextChain(GENESIS, each));
    expect(new Set([...all, nextChain(head.chain, op)]).size).to.equal(all.length + 1);
  });

  it("goes on past what is forgotten, over deletions and into the next life", async () => {
    await saveAndPrune({ log, documents }, "a");
    const { chain } = (await history(6)).head;
    expect((await history(6)).base).to.equal(chain);
    await documents.commit("a", del);
    await documents.commit("a", create(PLAIN, "again"));
    const { ops, head } = await history(6);
    expect(ops.reduce((before, op) => nextChain(before, op), chain)).to.equal(head.chain);
  });

  it("is what a snapshot is kept by: one of another history is not", async () => {
    const snapshot = { type: PLAIN, data: '"forged"', chain: (await history()).ops[2]!.chain };
    await log.saveSnapshot("documents", "a", { ...snapshot, version: 4 });
    await log.saveSnapshot("documents", "a", { ...snapshot, version: 9 });
    expect((await log.load("documents", "a"))!.snapshot).to.equal(undefined);
    await log.saveSnapshot("documents", "a", { ...snapshot, version: 3 });
    expect((await log.load("documents", "a"))!.snapshot).to.include({ version: 3 });
  });

  /** The errors of reading the text, and the ops after version 2, where reading goes through `spoil`. */
  async function spoilt(spoil: (ops: readonly OpRow[]) => OpRow[]) {
    const reader = new Documents(
      {
        ...passing(log),
        history: async (...args) => {
          const found = (await log.history(...args))!;
          return { ...found, ops: spoil(found.ops) };
        },
        load: async (...args) => {
          const found = (await log.load(...args))!;
          return { ...found, ops: spoil(found.ops) };
        },
      },
      cold,
    );
    return Promise.all([failure(reader.text("a")), failure(reader.ops("a", 2))]);
  }

  /** The error of reading the text, where what is loaded goes through `spoil`. */
  async function loadedAs(spoil: (loaded: Loaded) => Loaded) {
    const load: OpLog["load"] = async (...args) => spoil((await log.load(...args))!);
    return [await failure(new Documents({ ...passing(log), load }, cold).text("a"))];
  }
  const corrupt = (errors: readonly Error[]) => {
    for (const error of errors) expect(error).to.include({ name: "StorageError", code: "corrupt" });
  };

  it("finds two ops that changed places", async () => {
    corrupt(
      await spoilt((ops) => {
        const swapped = [...ops];
        const [one, two] = [ops.at(-2)!, ops.at(-3)!];
        swapped.splice(-3, 2, { ...one, version: two.version }, { ...two, version: one.version });
        return swapped;
      }),
    );
  });

  it("finds an op put in another's place, with whatever chain", async () => {
    for (const chain of [(op: OpRow) => op.chain, (op: OpRow, before: string) => nextChain(before, op)]) {
      corrupt(
        await spoilt((ops) =>
          ops.map((op, at) =>
            op.version === 5 ? { ...op, body: '{"op":["y"]}', chain: chain(op, ops[at - 1]!.chain) } : op,
          ),
        ),
      );
    }
  });

  it("finds a last op that was changed together with its chain", async () => {
    corrupt(
      await spoilt((ops) => {
        const forged = { ...ops.at(-1)!, body: '{"op":["y"]}' };
        return [...ops.slice(0, -1), { ...forged, chain: nextChain(ops.at(-2)!.chain, forged) }];
      }),
    );
  });

  it("finds a head that was put back as it once was", async () => {
    const [, fifth] = (await history(3)).ops;
    corrupt(await loadedAs((loaded) => ({ ...loaded, head: { ...loaded.head, chain: fifth!.chain } })));
  });

  it("finds a snapshot that was made of another history", async () => {
    await saveAndPrune({ log, documents }, "a");
    await documents.commit("a", edit("7"));
    corrupt(await loadedAs((loaded) => ({ ...loaded, snapshot: { ...loaded.snapshot!, chain: GENESIS } })));
  });
}
