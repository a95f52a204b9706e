// Who reads the past of documents when many want to.

import { expect } from "chai";
import { createReaders, type Readers } from "../../server/documents/readers.js";
import { type ManualClock, manualClock, settle } from "../server/clock.js";
import { codeOf } from "../server/fakes.js";

const limits = {
  historiesAtOnce: 2,
  historiesWaiting: 4,
  historiesWaitingPerDocument: 2,
  historiesWaitMs: 1000,
};

describe("readers of the past of documents", () => {
  let clock: ManualClock;
  let readers: Readers;
  /** Who reads now, and how each of them ends. */
  let reading: Map<string, () => void>;

  beforeEach(() => {
    clock = manualClock();
    readers = createReaders({ clock, limits });
    reading = new Map();
  });

  const come = (who: string, doc: string) =>
    readers.enter(doc, async () => {
      await new Promise<void>((done) => reading.set(who, done));
      reading.delete(who);
      return who;
    });
  async function ends(who: string): Promise<void> {
    reading.get(who)!();
    await settle();
  }
  const now = () => [...reading.keys()].sort();

  it("read one at a time of each document, and so many in all, in the order they came", async () => {
    const all = [come("ann", "a"), come("bo", "a"), come("cy", "b"), come("dee", "c"), come("eve", "b")];
    expect(now()).to.deep.equal(["ann", "cy"]);
    await ends("cy");
    expect(now()).to.deep.equal(["ann", "dee"]);
    await ends("ann");
    expect(now()).to.deep.equal(["bo", "dee"]);
    await ends("dee");
    expect(now()).to.deep.equal(["bo", "eve"]);
    await ends("bo");
    await ends("eve");
    expect(await Promise.all(all)).to.deep.equal(["ann", "bo", "cy", "dee", "eve"]);
  });

  it("are told to come again when too many wait, of one document or in all", async () => {
    for (const who of ["ann", "bo", "cy"]) void come(who, "a");
    expect(await codeOf(come("dee", "a"))).to.equal("busy");
    for (const who of ["eve", "fay", "gus"]) void come(who, "b");
    expect(now()).to.deep.equal(["ann", "eve"]);
    expect(await codeOf(come("hal", "c"))).to.equal("busy");
    await ends("eve");
    void come("ida", "c");
    expect(await codeOf(come("joe", "d"))).to.equal("busy");
  });

  it("are told to come again when they have waited too long, and then do not begin", async () => {
    void come("ann", "a");
    const late = codeOf(come("bo", "a"));
    await clock.advance(limits.historiesWaitMs);
    expect(await late).to.equal("busy");
    await ends("ann");
    expect(now()).to.deep.equal([]);
    void come("cy", "a");
    expect(now()).to.deep.equal(["cy"]);
  });

  it("let the next begin when one of them fails", async () => {
    const failing = readers.enter("a", () => Promise.reject(new Error("no disk")));
    void come("bo", "a");
    expect(await failing.catch(({ message }: Error) => message)).to.equal("no disk");
    await settle();
    expect(now()).to.deep.equal(["bo"]);
  });
});
