// Text keeps its author when it comes back, and nobody's work is lost when somebody else's is taken back.
//
// Every atom that is inserted in these histories is another one, so it can be said of each who wrote it.

import { expect } from "chai";
import fc from "fast-check";
import type { PlainSnapshot } from "../../ot/index.js";
import { atOnce } from "../../server/documents/steps.js";
import { blameRuns } from "../../server/history/blame.js";
import { revertOp } from "../../server/history/revert.js";
import { Strand } from "../../server/history/strand.js";
import { plainOpFrom, plainSteps } from "../arbitraries/index.js";
import { createHub } from "../client/hub.js";
import { tries } from "../seed.js";
import { AUTHORS, apply, fold, inverse, type Past, pastOf, strandOf } from "./strands.js";

/** Characters that no other insert has. */
function unique() {
  let next = 0x4e00;
  return (text: string) => [...text].map(() => String.fromCodePoint(next++)).join("");
}

const histories = fc
  .array(fc.tuple(fc.constantFrom(...AUTHORS), plainSteps()), { minLength: 1, maxLength: 8 })
  .map((doings): Past => {
    const fresh = unique();
    const past = pastOf("plain", fresh("begin"));
    for (const [author, steps] of doings) {
      const marked = steps.map((step) => (step.do === "insert" ? { ...step, text: fresh(step.text) } : step));
      past.commit(author, plainOpFrom(marked, past.now().length));
    }
    return past;
  });

const textOf = (past: Past, version = past.ops.length) => (past.at[version] as PlainSnapshot).toString();

/** Who wrote each atom of a version. */
function writers(strand: Strand, text: string, version: number): Map<string, string> {
  const atoms = [...text];
  return new Map(
    atOnce(blameRuns(strand, version)).flatMap(({ at, length, author, version: brought }) =>
      atoms.slice(at, at + length).map((atom) => [atom, `${author} ${brought}`] as const),
    ),
  );
}

describe("who wrote what", () => {
  it("is the same again after any op and its inverse", () => {
    fc.assert(
      fc.property(histories, (past) => {
        const version = past.ops.length;
        const strand = strandOf(past);
        const op = inverse("plain", past.ops.at(-1)!.op, past.at[version - 1]!);
        fold(strand, { version: version + 1, op, author: "dee", time: 0 });
        expect(atOnce(blameRuns(strand, version + 1))).to.deep.equal(atOnce(blameRuns(strand, version - 1)));
      }),
      { numRuns: tries(1_000, 3_000) },
    );
  });

  it("is after a restore what it was then", () => {
    fc.assert(
      fc.property(histories, fc.nat(), (past, roll) => {
        const version = past.ops.length;
        const then = roll % (version + 1);
        const strand = strandOf(past);
        const op = atOnce(revertOp(strandOf(past, then), () => true));
        fold(strand, { version: version + 1, op, author: "dee", time: 0 });
        expect(atOnce(blameRuns(strand, version + 1))).to.deep.equal(atOnce(blameRuns(strand, then)));
      }),
      { numRuns: tries(1_000, 3_000) },
    );
  });

  it("names for every atom the one who typed it", () => {
    fc.assert(
      fc.property(histories, (past) => {
        const inserted = past.ops.flatMap(({ op, author, version }) =>
          op.flatMap((part) =>
            typeof part === "string" ? [...part].map((atom) => [atom, `${author} ${version}`] as const) : [],
          ),
        );
        const known = new Map([
          ...[..."begin"].map((_, at) => [String.fromCodePoint(0x4e00 + at), " 0"] as const),
          ...inserted,
        ]);
        const text = textOf(past);
        for (const [atom, who] of writers(strandOf(past), text, past.ops.length))
          expect(known.get(atom)).to.equal(who);
      }),
      { numRuns: tries(500, 1_000) },
    );
  });

  it("survives a client's own undo and redo while somebody else types", () => {
    const hub = createHub("plain", "tea for two");
    const [ann, bo] = [hub.open("ann"), hub.open("bo")];
    const authors = () => {
      const strand = new Strand();
      for (const committed of hub.core.get("document").log) fold(strand, committed);
      return atOnce(blameRuns(strand, hub.version)).map(({ at, length, author }) => {
        return `${author}:${[...hub.snapshot.toString()].slice(at, at + length).join("")}`;
      });
    };
    bo.submit([3, " now and"]);
    const before = authors();
    ann.submit([{ d: 12 }]);
    bo.submit([7, "!"]);
    ann.undo();
    expect(authors().filter((run) => !run.includes("!"))).to.deep.equal(before);
    ann.redo();
    ann.undo();
    expect(authors().filter((run) => !run.includes("!"))).to.deep.equal(before);
  });
});

describe("text that comes back between what stays deleted", () => {
  const deleting = (...by: readonly string[]) => {
    const past = pastOf("plain", "");
    past.commit("ann", ["one two three four"]);
    for (const [at, atoms] of [4, 4, 6].entries()) past.commit(by[at]!, [{ d: atoms }]);
    return past;
  };
  /** Who wrote what, after one more op at the beginning. */
  function writtenWith(past: Past, text: string) {
    const strand = strandOf(past);
    fold(strand, { version: past.ops.length + 1, op: [text], author: "dee", time: 0 });
    return atOnce(blameRuns(strand, past.ops.length + 1)).map(({ author, length }) => `${author} ${length}`);
  }

  it("is its author's, where what others deleted there stays deleted", () => {
    expect(writtenWith(deleting("bo", "cy", "bo"), "one three ")).to.deep.equal(["ann 14"]);
    expect(writtenWith(deleting("cy", "bo", "cy"), "one three ")).to.deep.equal(["ann 14"]);
  });

  it("is new where nobody deleted just that", () => {
    expect(writtenWith(deleting("bo", "cy", "cy"), "one three ")).to.deep.equal(["dee 10", "ann 4"]);
    expect(writtenWith(deleting("bo", "cy", "bo"), "one three, ")).to.deep.equal(["dee 11", "ann 4"]);
  });
});

describe("taking back what one author did", () => {
  it("leaves to everybody what they wrote, also of what comes back", () => {
    fc.assert(
      fc.property(histories, fc.constantFrom(...AUTHORS), fc.nat(), (past, author, roll) => {
        const head = past.ops.length;
        const strand = strandOf(past);
        const before = new Map<string, string>();
        for (let version = 0; version <= head; version++)
          for (const [atom, who] of writers(strand, textOf(past, version), version)) before.set(atom, who);
        const from = strandOf(past, roll % (head + 1));
        const op = atOnce(revertOp(from, (stamp) => stamp.author === author));
        fold(strand, { version: head + 1, op, author: "dee", time: 0 });
        const after = (apply("plain", past.at[head]!, op) as PlainSnapshot).toString();
        for (const [atom, who] of writers(strand, after, head + 1))
          expect(before.get(atom), atom).to.equal(who);
      }),
      { numRuns: tries(2_000, 5_000) },
    );
  });

  it("removes what is left of it, brings back what they deleted, and keeps all that the others did", () => {
    fc.assert(
      fc.property(histories, fc.constantFrom(...AUTHORS), (past, author) => {
        const op = atOnce(revertOp(strandOf(past), (stamp) => stamp.author === author));
        const after = (apply("plain", past.at.at(-1)!, op) as PlainSnapshot).toString();
        /** Who deleted an atom, by looking at all versions. */
        const deletedBy = (atom: string) =>
          past.ops.find(
            ({ version }) =>
              textOf(past, version - 1).includes(atom) && !textOf(past, version).includes(atom),
          )?.author;
        const atoms = new Map([...textOf(past, 0)].map((atom) => [atom, ""]));
        for (const { op, author } of past.ops)
          for (const part of op)
            if (typeof part === "string") for (const atom of part) atoms.set(atom, author);
        for (const [atom, writer] of atoms) {
          const gone = deletedBy(atom);
          const there = writer !== author && (gone === undefined || gone === author);
          expect(after.includes(atom), `${atom} by ${writer}, deleted by ${gone}`).to.equal(there);
        }
        const order = [...after].filter((atom) => textOf(past).includes(atom));
        expect([...textOf(past)].filter((atom) => order.includes(atom))).to.deep.equal(order);
      }),
      { numRuns: tries(1_000, 3_000) },
    );
  });
});
