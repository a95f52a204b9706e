// The part of the contract about commits that are asked before the ones below them have been answered: they take effect
// in the order in which they were asked, and stand or fall with what they were made on top of.

import { expect } from "chai";
import { GENESIS, nextChain } from "../../server/storage/chain.js";
import type { Commit, NewOp, OpLog } from "../../server/storage/op-log.js";
import { PLAIN } from "./documents.js";

/** A commit of an insert on top of `onto`, with the chain that it makes. */
export function on(onto: { readonly version: number; readonly chain: string }, text: string, seq: number) {
  const version = onto.version + 1;
  const what = version === 1 ? { create: { type: PLAIN, data: text } } : { op: [text] };
  const op: NewOp = { version, src: "ann", seq, body: JSON.stringify(what), meta: null };
  const commit: Commit = {
    collection: "documents",
    id: "a",
    op,
    epoch: version === 1 ? "first" : undefined,
    onto: onto.chain,
    hash: Buffer.alloc(32, seq),
    head: { type: PLAIN, version, meta: null, title: "" },
    time: 1,
  };
  return { commit, version, chain: nextChain(onto.chain, op) };
}

export const nothing = { version: 0, chain: GENESIS };

export function orderContract(subject: () => OpLog): void {
  it("is the one in which they were asked, each on top of the one before", async () => {
    const log = subject();
    const asked = [on(nothing, "", 1)];
    for (let seq = 2; seq <= 20; seq++) asked.push(on(asked.at(-1)!, `${seq}`, seq));
    const verdicts = await Promise.all(asked.map(({ commit }) => log.commit(commit)));
    expect(verdicts).to.deep.equal(asked.map(({ chain }) => ({ kind: "committed", epoch: "first", chain })));
  });

  it("makes conflicts of all that was asked on top of what is not committed", async () => {
    const log = subject();
    const one = on(nothing, "", 1);
    await log.commit(one.commit);
    const theirs = on(one, "theirs", 2);
    const ours = on(one, "ours", 3);
    const more = on(ours, "more", 4);
    const most = on(more, "most", 5);
    const verdicts = await Promise.all([theirs, ours, more, most].map(({ commit }) => log.commit(commit)));
    expect(verdicts.map(({ kind }) => kind)).to.deep.equal(["committed", "conflict", "conflict", "conflict"]);
    expect(verdicts[1]).to.include({ head: 2 });
    const { ops } = (await log.history("documents", "a", 0, 9, 1000))!;
    expect(ops.map(({ seq }) => seq)).to.deep.equal([1, 2]);
  });

  it("does not let an op stand on another one of the version below it", async () => {
    const log = subject();
    const one = on(nothing, "", 1);
    await log.commit(one.commit);
    const ours = on(one, "ours", 2);
    const more = on(ours, "more", 3);
    const theirs = on(one, "theirs", 4);
    // Ours got lost on its way; theirs has its version.
    expect((await log.commit(theirs.commit)).kind).to.equal("committed");
    expect(await log.commit(more.commit)).to.include({ kind: "conflict", head: 2 });
    const { onto: _, ...anywhere } = more.commit;
    expect((await log.commit(anywhere)).kind).to.equal("committed");
  });

  it("passes over one that was committed before, and those on top of it are conflicts", async () => {
    const log = subject();
    const one = on(nothing, "", 1);
    const two = on(one, "two", 2);
    for (const { commit } of [one, two]) await log.commit(commit);
    const again = on(two, "two", 2);
    const top = on(again, "top", 3);
    const verdicts = await Promise.all([again, top].map(({ commit }) => log.commit(commit)));
    expect(verdicts[0]).to.deep.equal({ kind: "repeated", version: 2, same: true });
    expect(verdicts[1]).to.include({ kind: "conflict", head: 2 });
  });

  it("tells with a conflict, if it does, all that was missed from the wanted version on", async () => {
    const log = subject();
    const one = on(nothing, "", 1);
    const two = on(one, "two", 2);
    const three = on(two, "three", 3);
    for (const { commit } of [one, two, three]) await log.commit(commit);
    const verdict = await log.commit(on(one, "late", 4).commit);
    expect(verdict).to.include({ kind: "conflict", head: 3 });
    const { ops } = (await log.history("documents", "a", 1, 3, 1000))!;
    if (verdict.kind === "conflict" && verdict.missed !== undefined)
      expect(verdict.missed).to.deep.equal(ops);
  });
}
