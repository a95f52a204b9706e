// Places that were kept, of the document as it was when they are looked up or as it will be when all that was on the server
// is here.

import { expect } from "chai";
import { carrying, putBack } from "../../client/carried.js";
import type { Change } from "../../client/index.js";
import { type PlainOp, type Selection, transformSelection } from "../../ot/index.js";

/** A document of which only what happens to it is told. */
function told() {
  const listeners = { change: new Set<(change: Change) => void>(), status: new Set<() => void>() };
  const doc = {
    version: 3,
    on(name: "change" | "status", listener: () => void) {
      listeners[name].add(listener);
      return () => void listeners[name].delete(listener);
    },
  };
  const happens = (change: Partial<Change> & { readonly op: PlainOp }, version = change.version!) => {
    for (const listener of listeners.change)
      listener({ local: false, origin: "remote", ...change } as Change);
    doc.version = version;
    for (const listener of listeners.status) listener();
  };
  const run = (...ops: readonly (readonly [number, PlainOp])[]) =>
    ops.map(([version, op]) => ({ version, author: "bo", src: "bo", op }));
  return { doc: doc as unknown as Parameters<typeof putBack>[0], happens, run, listeners };
}

const at = (place: number): Selection => ({ anchor: place, head: place });

describe("a place that was kept", () => {
  it("of the document as it was is carried past all that happened", () => {
    const { doc, happens, run } = told();
    const since = carrying(doc);
    happens({ version: 4, op: [2, "ab"] });
    happens({ version: 6, op: ["cde"], run: run([5, ["c"]], [6, [1, "de"]]) });
    expect(since.now(at(5))).to.deep.equal(at(10));
  });

  it("of a later version is carried past what came after that, also where that came at once with what came before", () => {
    const { doc, happens, run } = told();
    const since = carrying(doc);
    happens({ version: 4, op: [2, "ab"] });
    expect(since.now(at(5), 4)).to.deep.equal(at(5));
    happens({ version: 6, op: ["cde"], run: run([5, ["c"]], [6, [1, "de"]]) });
    expect(since.now(at(5), 3)).to.deep.equal(at(10));
    expect(since.now(at(5), 4)).to.deep.equal(at(8));
    expect(since.now(at(5), 5)).to.deep.equal(at(7));
    expect(since.now(at(5), 6)).to.deep.equal(at(5));
  });

  it("is carried past what was made here, and what was taken back, at whatever version", () => {
    const { doc, happens } = told();
    const since = carrying(doc);
    happens({ version: 3, op: ["a"], local: true, origin: "submit" });
    happens({ version: 3, op: [1, { d: 2 }], origin: "rollback" });
    expect(since.now(at(5), 9)).to.deep.equal(at(4));
  });
});

describe("a place that is put back", () => {
  /** An editor of five letters, which carries what is selected past what others write. */
  const shown = ({ doc, listeners }: ReturnType<typeof told>) => {
    let [now, length] = [at(0), 5];
    const editor = {
      selected: () => now,
      select({ head }: Selection) {
        now = at(Math.min(head, length));
      },
    };
    doc.on("change", ({ op }) => {
      for (const part of op) if (typeof part === "string") length += part.length;
      now = transformSelection(now, op, false);
    });
    const put = (place: number, version?: number) =>
      putBack(doc, editor, carrying(doc), { selection: at(place), version });
    const heard = () => listeners.change.size - 1 + listeners.status.size;
    return { editor, put, heard, place: () => now.head };
  };

  it("is there at once, and nothing is waited for, where the document is as it was or later", () => {
    for (const version of [undefined, 2, 3]) {
      const { put, place, heard } = shown(told());
      expect(put(5, version).isWaiting()).to.equal(false);
      expect([place(), heard()]).to.deep.equal([5, 0]);
    }
  });

  it("is there once what it stood in has come from the server", () => {
    const listening = told();
    const { put, place, heard } = shown(listening);
    const waiting = put(8, 5);
    expect(place()).to.equal(5);
    listening.happens({ version: 4, op: [5, "ab"] });
    expect([place(), waiting.isWaiting()]).to.deep.equal([5, true]);
    listening.happens({ version: 5, op: [7, "cd"] });
    expect([place(), waiting.isWaiting()]).to.deep.equal([8, false]);
    expect(heard()).to.equal(0);
  });

  it("stays where its owner has moved it meanwhile", () => {
    const listening = told();
    const { editor, put, place, heard } = shown(listening);
    const waiting = put(8, 4);
    editor.select(at(2));
    listening.happens({ version: 4, op: [6, "ab"] });
    expect([place(), waiting.isWaiting(), heard()]).to.deep.equal([2, false, 0]);
  });

  it("is waited for no longer, once that is asked, where its owner has moved it", () => {
    const { editor, put, heard } = shown(told());
    const waiting = put(8, 4);
    expect(waiting.isWaiting()).to.equal(true);
    editor.select(at(2));
    expect([waiting.isWaiting(), heard()]).to.deep.equal([false, 0]);
  });
});
