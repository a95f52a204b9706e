// The lines of a history file: what goes in comes out, byte for byte, and whatever is not as it was written is found on
// its line.

import { expect } from "chai";
import fc from "fast-check";
import { createDecoder, createEncoder, HistoryFileError } from "../../server/storage/history-file.js";
import type { HistoryRecord } from "../../server/storage/history-records.js";

const chain = fc.string({ unit: fc.constantFrom(..."aZ0-_"), minLength: 43, maxLength: 43 });
const text = fc.string({ unit: "grapheme" });
const json = fc.jsonValue({ stringUnit: "grapheme" }).map((value) => JSON.stringify([value]));
const count = fc.nat(1_000_000);

/** A file of `length` ops after `pruned` that are gone. */
const records: fc.Arbitrary<HistoryRecord[]> = fc
  .record({ pruned: fc.nat(3), ops: fc.nat(4), receipts: fc.nat(3), first: fc.boolean() })
  .chain(({ pruned, ops, receipts, first }) => {
    const version = pruned + ops;
    const document = fc.record({
      ...{ kind: fc.constant("document" as const), id: text, type: text },
      ...{ version: fc.constant(version), pruned: fc.constant(pruned), root: chain },
      ...{ created: count, updated: count, meta: fc.option(json) },
    });
    const snapshot = fc.record({
      ...{ kind: fc.constant("snapshot" as const), version: count, type: fc.option(text) },
      ...{ data: fc.option(json), chain },
    });
    const op = (at: number) =>
      fc.record({
        ...{ kind: fc.constant("op" as const), version: fc.constant(pruned + at + 1) },
        ...{ src: fc.option(text), seq: fc.option(count), body: json, meta: fc.option(json), chain },
      });
    const receipt = fc.record({
      ...{ kind: fc.constant("receipt" as const), src: text, seq: count, version: count },
      hash: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("hex")),
    });
    const end = { kind: "end" as const, snapshots: first ? 1 : 0, ops, receipts };
    return fc.tuple(
      document,
      ...(first ? [snapshot] : []),
      ...Array.from({ length: ops }, (_, at) => op(at)),
      ...Array.from({ length: receipts }, () => receipt),
      chain.map((last) => ({ ...end, chain: last })),
    );
  });

function written(entries: readonly HistoryRecord[]): string[] {
  const encode = createEncoder();
  return entries.map((entry) => encode(entry).slice(0, -1));
}

function read(lines: readonly string[]): HistoryRecord[] {
  const decoder = createDecoder();
  const entries = lines.map((line) => decoder.next(line));
  decoder.end();
  return entries;
}

/** The number of the line that is refused. */
function refusedLine(lines: readonly string[]): number | undefined {
  try {
    read(lines);
    return undefined;
  } catch (error) {
    if (error instanceof HistoryFileError) return error.line;
    throw error;
  }
}

const documentOf = (root: string) => ({
  ...{ kind: "document" as const, id: "note", type: "t", version: 2, pruned: 0, root },
  ...{ created: 1, updated: 2, meta: null },
});

describe("the lines of a history file", () => {
  it("are read as what was written, and written again as they were", () => {
    fc.assert(
      fc.property(records, (entries) => {
        const lines = written(entries);
        const found = read(lines);
        const plain = (values: readonly HistoryRecord[]) => values.map((value) => ({ ...value }));
        expect(plain(found)).to.deep.equal(plain(entries));
        expect(written(found)).to.deep.equal(lines);
      }),
      { numRuns: 300 },
    );
  });

  it("hold one record each, whatever is written in a document", () => {
    fc.assert(
      fc.property(records, (entries) => {
        for (const line of written(entries)) expect(line).to.not.match(/\n/);
      }),
    );
  });

  it("are refused where one character is not as it was", () => {
    fc.assert(
      fc.property(records, fc.nat(), fc.nat(), fc.constantFrom(...'x0{}",:'), (entries, row, at, put) => {
        const lines = written(entries);
        const line = lines[row % lines.length]!;
        const place = at % line.length;
        fc.pre(line[place] !== put);
        const changed = line.slice(0, place) + put + line.slice(place + 1);
        expect(refusedLine(lines.with(row % lines.length, changed))).to.equal((row % lines.length) + 1);
      }),
      { numRuns: 500 },
    );
  });

  it("are refused where one is missing, doubled, put in or out of order", () => {
    fc.assert(
      fc.property(records, fc.nat(), (entries, row) => {
        const lines = written(entries);
        const at = row % lines.length;
        expect(refusedLine(lines.toSpliced(at, 1))).to.equal(at + 1);
        expect(refusedLine(lines.toSpliced(at, 0, lines[at]!))).to.equal(at + 2);
        expect(refusedLine(lines.toSpliced(at, 0, "{}"))).to.equal(at + 1);
        if (at > 0) expect(refusedLine(lines.with(at, lines[at - 1]!).with(at - 1, lines[at]!))).to.equal(at);
      }),
    );
  });

  it("are refused where the sums are right and the records are not", () => {
    const [root, last] = ["a".repeat(43), "b".repeat(43)] as const;
    const document = documentOf(root);
    const op = { kind: "op", src: null, seq: null, body: "{}", meta: null, chain: last } as const;
    const receipt = { kind: "receipt", src: "ann", seq: 1, version: 2, hash: "00" } as const;
    const end = { kind: "end", snapshots: 0, ops: 2, receipts: 1, chain: last } as const;
    const [first, second] = [
      { ...op, version: 1 },
      { ...op, version: 2 },
    ];
    const wrong: readonly [readonly HistoryRecord[], number][] = [
      [[first], 1],
      [[document, document], 2],
      [[document, second], 2],
      [[document, first, second, receipt, first], 5],
      [[document, first, second, { ...end, receipts: 1 }], 4],
      [[document, first, { ...end, ops: 1, receipts: 0 }], 3],
      [[document, first, second, receipt, end, end], 6],
      [[document, first, second, receipt], 5],
      [[], 1],
      [[{ ...document, pruned: 3 }], 1],
    ];
    for (const [entries, line] of wrong) {
      expect(refusedLine(written(entries)), JSON.stringify(entries)).to.equal(line);
    }
    expect(refusedLine(written([document, first, second, receipt, end]))).to.equal(undefined);
  });

  it("are not written where they could not be read back", () => {
    const root = "a".repeat(43);
    const document = documentOf(root);
    const wrong = [{ version: -1 }, { root: "short" }, { meta: "{ }" }, { meta: "{" }];
    for (const part of wrong) {
      expect(() => createEncoder()({ ...document, ...part }), JSON.stringify(part)).to.throw(RangeError);
    }
  });
});
