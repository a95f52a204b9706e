// Pages are merged into larger ones, of which a part can be read by itself, and nobody can tell.

import Sqlite from "better-sqlite3";
import { expect } from "chai";
import fc from "fast-check";
import { bindHistory, encodeHistory, unbindHistory } from "../../ot/history/index.js";
import { GENESIS, nextChain } from "../../server/storage/chain.js";
import { StorageError } from "../../server/storage/index.js";
import { MemoryLog } from "../../server/storage/memory/log.js";
import { dueToMerge, merge, type PageSize } from "../../server/storage/merging.js";
import type { OpRow } from "../../server/storage/op-log.js";
import { createUnfolding, cut, fold, type Page, unfold } from "../../server/storage/pages.js";
import { createPaging } from "../../server/storage/paging.js";
import { partsOf } from "../../server/storage/parts.js";
import { foldDocument, foldSteps } from "../../server/storage/sqlite/folds.js";
import { migrate } from "../../server/storage/sqlite/migrations.js";
import { SqliteRows } from "../../server/storage/sqlite/rows.js";
import { tries } from "../seed.js";
import { failure } from "./documents.js";
import { carryOut, compare, folding, never, same, step } from "./folded.js";
import { asLog } from "./here.js";

/** A history in which ops of every kind come in turn. */
function historyOf(count: number): OpRow[] {
  let chain = GENESIS;
  return Array.from({ length: count }, (_, at) => {
    const bodies = [`{"op":[${at + 1},"x"]}`, '{"op":["é👻"]}', '{"op":[3,{"d":1}]}', '{"del":true}'];
    const op = {
      ...{ version: at + 1, src: at % 7 < 4 ? "ann" : "bo", seq: at },
      ...{ body: bodies[at % 5] ?? `{"op":["${at}"]}`, meta: at % 3 ? `{"ts":${at * 137}}` : null },
    };
    chain = nextChain(chain, op);
    return { ...op, chain };
  });
}

/** The pages of a history, as they come of folding and merging whatever is due. */
async function pagesOf(rows: readonly OpRow[], rule = { ops: 2, characters: 10_000 }): Promise<Page[]> {
  const pages: Page[] = [];
  for (let at = 0; at + rule.ops <= rows.length; at += rule.ops) {
    pages.push(fold(rows.slice(at, at + rule.ops), rows[at - 1]?.chain ?? GENESIS));
    for (;;) {
      const sizes = pages.map((page) => ({ ...page, bytes: page.ops.length })).reverse();
      const due = dueToMerge(sizes, rule);
      if (due.length === 0) break;
      pages.splice(pages.length - due.length, due.length, (await merge(due, rule))!);
    }
  }
  return pages;
}

const lengths = (pages: readonly Page[]) => pages.map(({ version, first }) => version - first + 1);

describe("pages that are merged", () => {
  it("become few, and larger the older they are", async () => {
    expect(lengths(await pagesOf(historyOf(6)))).to.deep.equal([2, 2, 2]);
    expect(lengths(await pagesOf(historyOf(8)))).to.deep.equal([8]);
    expect(lengths(await pagesOf(historyOf(78)))).to.deep.equal([64, 8, 2, 2, 2]);
    expect(lengths(await pagesOf(historyOf(600)))).to.deep.equal([256, 256, 64, 8, 8, 8]);
  });

  it("give every range of versions as it was folded", async () => {
    const rows = historyOf(300);
    const pages = await pagesOf(rows);
    const unfolding = createUnfolding<Page & { readonly digest: Uint8Array }>();
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), (from, to) => {
        const found = pages.flatMap((page) => [...unfolding({ ...page, digest: page.ops }, from, to)]);
        same(found, rows.slice(from, Math.max(from, to)));
      }),
    );
    expect(pages.flatMap(unfold)).to.deep.equal(rows);
  });

  it("are cut anywhere, and the rest is as it was", async () => {
    const rows = historyOf(256);
    const [page] = await pagesOf(rows);
    // Each place of a part, of which this one has 32 ops, and of the next; then some of each.
    for (let version = 1; version < 256; version += version < 72 ? 1 : 5) {
      const rest = cut(page!, version, rows[version - 1]!.chain);
      same(unfold(rest), rows.slice(version));
      expect(rest).to.include({ first: version + 1, version: 256 });
    }
  });

  it("are left alone where they are too few, too large or not full", () => {
    const rule = { ops: 10, characters: 100 };
    const sized = (...ops: readonly number[]): PageSize[] => {
      let version = 1000;
      return ops.map((count) => {
        version -= count;
        return { version: version + count, first: version + 1, bytes: 50 };
      });
    };
    const due = (...ops: readonly number[]) => lengthsOf(dueToMerge(sized(...ops), rule));
    const lengthsOf = (pages: readonly PageSize[]) => pages.map(({ version, first }) => version - first + 1);
    expect(due()).to.deep.equal([]);
    expect(due(10, 10, 10)).to.deep.equal([]);
    expect(due(10, 10, 10, 40)).to.deep.equal([]);
    expect(due(10, 10, 10, 10)).to.deep.equal([10, 10, 10, 10]);
    expect(due(10, 10, 10, 10, 40, 40)).to.deep.equal([10, 10, 10, 10]);
    expect(due(3, 10, 10, 10, 10, 3, 10)).to.deep.equal([10, 10, 10, 10]);
    expect(due(10, 10, 3, 10, 10)).to.deep.equal([]);
    expect(due(10, 40, 40, 40, 40, 40, 40, 40, 40)).to.deep.equal([40, 40, 40, 40, 40, 40, 40, 40]);
    expect(due(1280, 1280)).to.deep.equal([]);
    const large = sized(10, 10, 10, 10).map((page) => ({ ...page, bytes: 2 ** 18 }));
    expect(dueToMerge(large, rule)).to.deep.equal([]);
  });

  it("are refused unless they follow on each other as they were written", async () => {
    const rows = historyOf(16);
    const rule = { ops: 2, characters: 10_000 };
    const [a, b, c] = [0, 4, 8].map((at) => fold(rows.slice(at, at + 4), rows[at - 1]?.chain ?? GENESIS));
    expect(unfold((await merge([a!, b!, c!], rule))!)).to.deep.equal(rows.slice(0, 12));
    const wrong = [
      [a!, c!],
      [a!, { ...b!, base: c!.base }],
      [a!, { ...b!, chain: c!.chain }],
      [{ ...a!, ops: a!.ops.subarray(2) }, b!],
    ];
    for (const pages of wrong) expect(await failure(merge(pages, rule))).to.include({ code: "corrupt" });
  });

  it("are refused whatever of one has changed", async () => {
    const rows = historyOf(64);
    const [page] = await pagesOf(rows);
    expect(partsOf(page!)).to.have.length(8);
    for (let at = 0; at < page!.ops.length; at++) {
      const ops = Uint8Array.from(page!.ops);
      ops[at]! ^= 1 << (at % 8);
      const found = attempt(() => unfold({ ...page!, ops }));
      // Brotli has bits that say nothing.
      if (found instanceof Error) expect(found).to.include({ name: "StorageError", code: "corrupt" });
      else same(found, rows);
    }
    for (const change of [{ first: 2 }, { version: 63 }, { base: "another" }, { chain: "another" }])
      expect(() => unfold({ ...page!, ...change })).to.throw(StorageError, "not what was written");
  });

  it("hold runs that lose no byte, and no others", () => {
    const entry = { op: ["x"], author: null, time: null, src: null, seq: null };
    const runs = [[entry], [entry, { ...entry, op: [1, { d: 1 }], time: 5 }], []].map(encodeHistory);
    const bytes = bindHistory(runs);
    expect(unbindHistory(bytes).map((run) => Buffer.from(run))).to.deep.equal(
      runs.map((run) => Buffer.from(run)),
    );
    for (let end = 0; end < bytes.length; end++)
      expect(() => unbindHistory(bytes.subarray(0, end))).to.throw("This is no history");
    expect(() => unbindHistory(Buffer.concat([bytes, Buffer.of(0)]))).to.throw("more than belongs");
    expect(() => unbindHistory(encodeHistory([entry]))).to.throw("begins otherwise");
    expect(() => unbindHistory(Buffer.of(0x49, 0x4c, 0x42, 1, 255, 255, 255, 127, 100))).to.throw(
      "too early",
    );
    expect(() => bindHistory([bytes])).to.throw("begins otherwise");
  });

  /** A file in this thread, which is folded when `pause` is called. */
  function opened(path: string, paging = createPaging()) {
    const database = new Sqlite(path);
    migrate(database);
    const rows = new SqliteRows(database, undefined, folding);
    const steps = foldSteps(rows, ({ name, args }) =>
      database.transaction(() => Reflect.apply(rows[name], rows, args))(),
    );
    const fold = { steps, paging, rule: folding, pause: async () => {} };
    const pause = async () => {
      for (const key of rows.takeSaved()) while (await foldDocument(key, fold));
    };
    return { database, rows, pause };
  }

  it("answer in SQLite as if nothing had ever been folded", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 120 }), async (steps) => {
        const { database, rows, pause } = opened(":memory:");
        const log = asLog(rows, database);
        const whole = new MemoryLog(never);
        await carryOut(log, steps, pause);
        await carryOut(whole, steps);
        await compare(log, whole);
        database.close();
      }),
      { numRuns: tries(6, 10) },
    );
  });

  it("stand in the place of no page that has been cut meanwhile", async () => {
    const { rows, database, pause } = opened(":memory:", { ...createPaging(), merge: async () => undefined });
    await carryOut(asLog(rows, database), Array(60).fill("a"), pause);
    let raced = 0;
    for (let key = 1; ; ) {
      const pages = rows.mergeable(key);
      if (pages.length === 0) break;
      const merged = (await merge(pages, folding))!;
      if (raced++ === 0) {
        rows.prune("documents", "a", pages[0]!.version - 1);
        expect(rows.putMerged(key, pages, merged)).to.equal(false);
        continue;
      }
      expect(rows.putMerged(key, pages, merged)).to.equal(true);
    }
    expect(raced).to.be.at.least(1);
    database.close();
  });
});

function attempt<Result>(work: () => Result): Result | Error {
  try {
    return work();
  } catch (error) {
    return error as Error;
  }
}
