// The part of the contract about (src, seq): an op is committed once under its name, for ever.

import { expect } from "chai";
import { canonicalJson, fingerprint } from "../../server/storage/index.js";
import { create, type Documents, edit, failure, PLAIN, type Subject } from "./documents.js";

export function namesContract(subject: () => Subject): void {
  let documents: Documents;
  let rows: Documents;
  const named = (seq: number, op: unknown[]) => ({ src: "ann", seq, submitted: fingerprint(op) });

  beforeEach(async () => {
    ({ documents, rows } = subject());
    await documents.commit("a", create(PLAIN, "text"));
  });

  it("are committed once, also when sent again at a later version", async () => {
    await documents.commit("a", edit("one "), named(1, ["one "]));
    await documents.commit("a", edit("else "));
    const error = await failure(documents.commit("a", edit("one "), named(1, ["one "])));
    expect(error).to.include({ code: "ERR_OP_ALREADY_SUBMITTED" });
    expect(await rows.text("a")).to.equal("else one text");
  });

  it("are the same for the same op however it was transformed since", async () => {
    await documents.commit("a", edit("one "), named(1, ["one "]));
    const error = await failure(documents.commit("a", edit(4, "one "), named(1, ["one "])));
    expect(error).to.include({ code: "ERR_OP_ALREADY_SUBMITTED" });
  });

  it("are refused for another op", async () => {
    await documents.commit("a", edit("one "), named(1, ["one "]));
    const error = await failure(documents.commit("a", edit("two "), named(1, ["two "])));
    expect(error).to.include({ name: "SeqReused", version: 2 });
    expect(await rows.text("a")).to.equal("one text");
  });

  it("say where an op is, to ShareDB's own clients too, who give no fingerprint", async () => {
    await documents.commit("a", edit("one "), { src: "ann", seq: 1 });
    await documents.commit("a", edit("else "));
    const snapshot = await documents.snapshot("a");
    const op = { src: "ann", seq: 1, v: snapshot.v, op: [3, "one "] };
    const next = { ...snapshot, v: snapshot.v + 1 };
    const error = await new Promise((resolve) => {
      documents.adapter.commit("documents", "a", op, next, null, resolve);
    });
    expect(error).to.include({ code: "ERR_OP_ALREADY_SUBMITTED" });
    expect(op.v).to.equal(1);
  });

  it("belong to one document and one client", async () => {
    await documents.commit("b", create(PLAIN, ""));
    await documents.commit("a", edit("x"), named(1, ["x"]));
    await documents.commit("b", edit("x"), named(1, ["x"]));
    await documents.commit("a", edit("x"), { ...named(1, ["x"]), src: "bo" });
    await documents.commit("a", edit("x"), named(11, ["x"]));
    expect(await rows.text("a")).to.equal("xxxtext");
    expect(await rows.text("b")).to.equal("x");
  });

  it("win over versions: a repeated op is not called a conflict", async () => {
    const late = { ...(await documents.snapshot("a")) };
    await documents.commit("a", edit("one "), named(1, ["one "]));
    const op = { src: "ann", seq: 1, v: 1, op: ["one "] };
    const error = await new Promise((resolve) => {
      documents.adapter.commit(
        "documents",
        "a",
        op,
        { ...late, v: 2 },
        { submitted: fingerprint(["one "]) },
        resolve,
      );
    });
    expect(error).to.include({ code: "ERR_OP_ALREADY_SUBMITTED" });
  });

  it("of two that race for one name go to one", async () => {
    const both = await Promise.allSettled([
      documents.commit("a", edit("one "), named(1, ["one "])),
      documents.commit("a", edit("two "), named(1, ["two "])),
    ]);
    expect(both.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected"]);
    expect(await rows.text("a")).to.equal("one text");
  });

  it("outlive the op itself", async () => {
    await documents.commit("a", edit("one "), named(1, ["one "]));
    await saveAndPrune(subject(), "a");
    const error = await failure(documents.commit("a", edit("one "), named(1, ["one "])));
    expect(error).to.include({ code: "ERR_OP_ALREADY_SUBMITTED" });
    expect(await documents.adapter.receipt("documents", "a", "ann", 1)).to.include({ version: 2 });
  });

  it("that cannot be read back as they are cannot be written", async () => {
    for (const bad of ["half \ud83d", "nul \0"]) {
      expect(await failure(documents.commit(bad, create(PLAIN, "")))).to.include({ code: "bad_name" });
      const byBad = documents.commit("a", edit("x"), { src: bad, seq: 1 });
      expect(await failure(byBad)).to.include({ code: "bad_name" });
    }
    expect(await rows.text("a")).to.equal("text");
  });

  it("are told apart by content, not by the order of keys", () => {
    const op = [{ i: "x", a: { b: 1, i: 1 } }];
    expect(fingerprint([{ a: { i: 1, b: 1 }, i: "x" }])).to.deep.equal(fingerprint(op));
    expect(fingerprint([{ a: { i: 1, b: 2 }, i: "x" }])).to.not.deep.equal(fingerprint(op));
    expect(canonicalJson({ b: [1, null, "é"], a: { d: true, c: undefined } })).to.equal(
      '{"a":{"d":true},"b":[1,null,"é"]}',
    );
  });
}

/** Saves a snapshot of the head and forgets all ops before it. */
export async function saveAndPrune({ log, documents }: Omit<Subject, "rows">, id: string): Promise<number> {
  const { v: version, type, data } = await documents.snapshot(id);
  const json = data === undefined ? null : JSON.stringify(data);
  const { chain } = (await documents.adapter.head("documents", id))!;
  await log.saveSnapshot("documents", id, { version, type, data: json, chain });
  return documents.adapter.prune("documents", id, version);
}
