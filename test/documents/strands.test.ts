// What is kept of the strands that were folded: as much as there is room for, by what it holds, and what reaches furthest.

import { expect } from "chai";
import { plainText } from "../../ot/index.js";
import { type Committed, Fault, type Version } from "../../protocol/index.js";
import { ENTRY_BYTES } from "../../server/documents/kept.js";
import type { PastLedger } from "../../server/documents/past.js";
import type { Readers } from "../../server/documents/readers.js";
import { createStrands, type Strands } from "../../server/documents/strands.js";
import { failure } from "../storage/documents.js";

const BYTES = 2 ** 20;

describe("strands of documents", () => {
  let strands: Strands;
  /** What was read since it was asked last: documents as they were, and ops. */
  let read: { pasts: number; ops: number };
  /** Each document as it was at any version. */
  let text: string;

  const ledger: PastLedger = {
    async head() {
      return undefined;
    },
    async past(_, when) {
      read.pasts++;
      const version = (when as { readonly version: Version }).version;
      return { type: "plain", epoch: "e", version, snapshot: plainText.create(text) } as never;
    },
    async ops(_, since, limit) {
      read.ops += limit;
      return Array.from(
        { length: limit },
        (_, at): Committed => ({
          ...{ version: since + at + 1, op: ["a"], src: "ann", seq: since + at + 1 },
          ...{ author: "ann", time: 0 },
        }),
      );
    },
  };
  const readers: Readers = { enter: (_, read) => read() };

  beforeEach(() => {
    strands = createStrands(ledger, readers, BYTES);
    read = { pasts: 0, ops: 0 };
    text = "";
  });

  const head = (version: Version, epoch = "e") => ({ type: "plain" as const, epoch, version });
  async function reading(ask: () => Promise<unknown>): Promise<{ pasts: number; ops: number }> {
    read = { pasts: 0, ops: 0 };
    await ask();
    return read;
  }
  const whole = (id: string, version: Version, epoch?: string) =>
    reading(() => strands.whole(id, head(version, epoch), function* () {}));
  const between = (id: string, from: Version, to: Version) =>
    reading(() => strands.between(id, head(9_000), { from, to }, function* () {}));
  const none = { pasts: 0, ops: 0 };

  it("are kept by the text they hold, and not by the few runs it lies in", async () => {
    text = "ж".repeat(BYTES / 10);
    const docs = ["a", "b", "c", "d", "e", "f"];
    for (const doc of docs) await between(doc, 1, 1);
    const kept: string[] = [];
    for (const doc of docs.reverse()) if ((await between(doc, 1, 1)).pasts === 0) kept.push(doc);
    expect(kept).to.deep.equal(["f", "e", "d", "c"]);
  });

  it("are not kept where one would drive out the others", async () => {
    await whole("small", 10);
    text = "ж".repeat(BYTES / 4);
    await between("large", 1, 1);
    expect((await between("large", 1, 1)).pasts).to.equal(1);
    expect(await whole("small", 10)).to.deep.equal(none);
  });

  it("are no more than there is room for, however little each of them holds", async () => {
    const docs = Array.from({ length: (2 * BYTES) / ENTRY_BYTES }, (_, at) => `doc-${at}`);
    for (const doc of docs) await whole(doc, 1);
    expect((await whole(docs[0]!, 1)).ops).to.equal(1);
    expect(await whole(docs.at(-1)!, 1)).to.deep.equal(none);
  });

  it("are folded no further than there is memory for, and others are then", async () => {
    strands = createStrands(ledger, readers, BYTES, BYTES);
    const fault = await failure(whole("long", 100_000));
    expect(fault).to.be.instanceOf(Fault).and.include({ code: "op_too_complex" });
    expect(read.ops).to.be.below(5_000);
    expect(await whole("short", 1_000)).to.deep.equal({ pasts: 0, ops: 1_000 });
  });

  it("hold together no more than there is memory for: the last to come waits until others are read", async () => {
    strands = createStrands(ledger, readers, BYTES, BYTES);
    let isReading = true;
    const first = strands.whole("a", head(2_000), function* () {
      while (isReading) yield;
    });
    const fault = await failure(whole("b", 2_000));
    expect(fault).to.be.instanceOf(Fault).and.include({ code: "busy" });
    isReading = false;
    await first;
    expect(await whole("b", 2_000)).to.deep.equal({ pasts: 0, ops: 2_000 });
  });

  it("let go of what was asked about longest ago", async () => {
    text = "ж".repeat(BYTES / 10);
    for (const doc of ["a", "b", "c", "d", "a", "e"]) await between(doc, 1, 1);
    expect(await between("a", 1, 1)).to.deep.equal(none);
    expect((await between("b", 1, 1)).pasts).to.equal(1);
  });

  it("begin at one version of a document: the one that was asked from last", async () => {
    for (const from of [1, 2]) await between("a", from, 9);
    expect(await between("a", 2, 9)).to.deep.equal(none);
    expect(await between("a", 1, 9)).to.deep.equal({ pasts: 1, ops: 8 });
  });

  it("from the beginning are read as they are for whoever asks up to an older head", async () => {
    await whole("a", 50);
    await whole("a", 51);
    expect(await whole("a", 50)).to.deep.equal(none);
    expect(await whole("a", 52)).to.deep.equal({ pasts: 0, ops: 1 });
  });

  it("that reach further stay when somebody asks up to an earlier version", async () => {
    await between("a", 0, 60);
    expect((await between("a", 0, 30)).ops).to.equal(30);
    expect(await between("a", 0, 60)).to.deep.equal(none);
  });

  it("are begun anew for another life of the document", async () => {
    await whole("a", 50);
    expect((await whole("a", 52, "f")).ops).to.equal(52);
    expect((await whole("a", 52, "f")).ops).to.equal(0);
  });
});
