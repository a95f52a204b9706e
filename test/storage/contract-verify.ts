// The part of the contract about verifying: what is as it was written is found clean, and each kind of damage is found.

import { expect } from "chai";
import { keptTypes } from "../../server/ledger/documents.js";
import { GENESIS, nextChain } from "../../server/storage/chain.js";
import { StorageError, type Verified, verifyDocument, verifyStore } from "../../server/storage/index.js";
import type { OpLog } from "../../server/storage/op-log.js";
import { saveAndPrune } from "./contract-names.js";
import { create, Documents, del, edit, PLAIN, passing, RICH, type Subject } from "./documents.js";

const options = { types: Object.values(keptTypes), deep: true };

export function verifyContract(subject: () => Subject): void {
  let log: OpLog;
  let documents: Documents;
  beforeEach(async () => {
    ({ log } = subject());
    documents = new Documents(log, { snapshots: { ops: 4, characters: 10_000 } });
    await documents.commit("a", create(PLAIN, "1"));
    for (let version = 2; version <= 10; version++)
      await documents.commit("a", edit(`${version}`), { src: version % 2 ? "ann" : "bo", seq: version });
    await documents.adapter.idle();
  });

  const verify = (spoilt: Partial<OpLog> = {}, deep = true) =>
    verifyDocument({ ...passing(log), ...spoilt }, "documents", "a", { ...options, deep });
  const messages = ({ findings }: Verified) =>
    findings.map(({ version, message }) => `${version ?? ""} ${message}`);

  it("finds nothing in what is as it was written", async () => {
    const found = await verify();
    expect(found).to.deep.include({ ops: 10, receipts: 9, findings: [] });
    expect(found.snapshots).to.be.greaterThan(0);
  });

  it("finds nothing after deletion, the next life, and pruning", async () => {
    await documents.commit("a", del);
    expect(await verify()).to.deep.include({ ops: 11, findings: [] });
    await documents.commit("a", create(RICH, ["\nagain"]));
    await documents.commit("a", edit(1, "x"), { src: "ann", seq: 13 });
    expect(await verify()).to.deep.include({ ops: 13, findings: [] });
    await saveAndPrune({ log, documents }, "a");
    await documents.commit("a", edit(1, "y"), { src: "ann", seq: 14 });
    expect(await verify()).to.deep.include({ ops: 1, receipts: 11, findings: [] });
  });

  it("goes through all documents, deleted ones too", async () => {
    await documents.commit("b", create(RICH, ["\n"]));
    await documents.commit("c", create(PLAIN, ""));
    await documents.commit("c", del);
    const ids: string[] = [];
    for await (const { id, findings } of verifyStore(log, options)) {
      ids.push(id);
      expect(findings).to.deep.equal([]);
    }
    expect(ids).to.deep.equal(["a", "b", "c"]);
  });

  it("finds a hole, and says where", async () => {
    const history: OpLog["history"] = async (...args) => {
      const found = (await log.history(...args))!;
      return { ...found, ops: found.ops.filter(({ version }) => version !== 5) };
    };
    expect(messages(await verify({ history }))[0]).to.match(/version 5 is missing/);
  });

  it("finds an op that was changed and left in its place in the chain", async () => {
    const history: OpLog["history"] = async (...args) => {
      const found = (await log.history(...args))!;
      const ops = found.ops.map((op) => (op.version === 5 ? { ...op, body: '{"op":["y"]}' } : op));
      return { ...found, ops };
    };
    expect(messages(await verify({ history }, false))[0]).to.match(/version 5 does not follow/);
  });

  it("finds a history that was written anew from one op on", async () => {
    const history: OpLog["history"] = async (...args) => {
      const found = (await log.history(...args))!;
      let chain = GENESIS;
      const ops = found.ops.map((op) => {
        const forged = op.version === 5 ? { ...op, body: '{"op":["y"]}' } : op;
        chain = nextChain(chain, forged);
        return { ...forged, chain };
      });
      return { ...found, ops };
    };
    const found = messages(await verify({ history }, false));
    expect(found).to.include("10 The history does not end where the head says.");
    expect(found.some((each) => each.endsWith("A snapshot is of another history."))).to.equal(true);
  });

  it("finds a snapshot that is not what the ops make, if it looks deep", async () => {
    const nextSnapshot: OpLog["nextSnapshot"] = async (...args) => {
      const found = await log.nextSnapshot(...args);
      return found && { ...found, data: '"forged"' };
    };
    expect(messages(await verify({ nextSnapshot }))[0]).to.match(/^\d+ A snapshot is not what the ops make/);
    expect(messages(await verify({ nextSnapshot }, false))).to.deep.equal([]);
  });

  it("finds a name that is missing, one too many, and one that stands for another op", async () => {
    const receipts: OpLog["receipts"] = async (collection, id, after, limit) => {
      const found = await log.receipts(collection, id, after, limit);
      return found.flatMap((receipt) => {
        if (receipt.seq === 4) return [];
        if (receipt.seq === 5) return [{ ...receipt, version: 7 }];
        return receipt.seq === 6 ? [receipt, { ...receipt, src: "cy" }] : [receipt];
      });
    };
    expect(messages(await verify({ receipts }))).to.have.members([
      "4 An op's name would be taken for a new one.",
      "5 An op's name would be taken for a new one.",
      "7 The name (ann, 5) stands for no op.",
      "6 The name (cy, 6) stands for no op.",
    ]);
  });

  it("finds a title that is not the text's", async () => {
    const load: OpLog["load"] = async (...args) => {
      const found = (await log.load(...args))!;
      return { ...found, head: { ...found.head, title: "another" } };
    };
    expect(messages(await verify({ load }))).to.deep.equal(["10 The title is not that of the text."]);
  });

  it("takes what cannot be read for a finding, and looks at the rest", async () => {
    const nextSnapshot: OpLog["nextSnapshot"] = async () => {
      throw new StorageError("corrupt", "The database is damaged: a row of snapshots (1, 4) has changed.");
    };
    const found = await verify({ nextSnapshot });
    expect(messages(found)).to.deep.equal([
      " The database is damaged: a row of snapshots (1, 4) has changed.",
    ]);
    expect(found).to.include({ ops: 10, receipts: 9 });
  });

  it("says so of a document that is not there", async () => {
    const { findings } = await verifyDocument(log, "documents", "b", options);
    expect(findings.map(({ message }) => message)).to.deep.equal(["There is no such document."]);
  });
}
