// What a history costs to keep, and how fast it is read again: our columns beside what others keep of the same session.
//
// They do not keep the same. Ours keeps each edit with its author, client, number and, in the tables that say so, its time;
// Automerge the same, if every edit is a change of its own, its times in seconds; Yjs and Loro keep clients and the
// order of edits, json-joy only what is still in the document. Each writes its document as its documentation says.

import { brotliCompressSync, brotliDecompressSync, constants, gzipSync } from "node:zlib";
import { decodeHistory, encodeHistory, type HistoryEntry } from "../../ot/history/index.js";
import { GENESIS, nextChain } from "../../server/storage/chain.js";
import { dueToMerge, merge } from "../../server/storage/merging.js";
import { fold, foldRule, type Page } from "../../server/storage/pages.js";
import { onDisk } from "./disk.js";
import { formatted, plainly, type Styled } from "./formatted.js";
import {
  type Claim,
  candidate,
  type Result,
  type Row,
  type Section,
  type Table,
  timed,
  valueIn,
} from "./frame.js";
import { automergeKeeper, jsonJoyKeeper, type Keeper, loroKeeper, yjsKeeper } from "./keepers.js";
import { session } from "./sessions.js";

const ROUNDS = 5;
/** Of the session, so many edits are stored. */
const STORED = 30_000;
const BEGAN = Date.UTC(2026, 0, 5, 9);

/** What is kept of when an edit was made. What people do between two seconds nobody can foresee, so it costs most. */
type Times = "none" | "seconds" | "ms";

const OURS = "interline, in one piece";
const STORED_OURS = "interline, in pages as they are stored";
const TIMED = "automerge, a change for each edit";
const ONCE = "automerge, one change";
const KEPT = "yjs, nothing thrown away";

export const history: Section = {
  name: "history",
  async run(): Promise<Result> {
    const typed = plainly(session().edits);
    const rich = formatted(30_000);
    const plainEntries = entriesOf(typed, "none");
    const tables = [
      await table(`Typing, ${typed.length} edits, without times`, typed, "none"),
      await table(`Typing, ${typed.length} edits, each with its second`, typed, "seconds"),
      await table(`Formatted text, ${rich.length} edits, without times`, rich, "none"),
    ];
    const bytes = packed(plainEntries);
    const decoding = timed(
      [
        candidate({ name: "decoded", prepare: () => brotliDecompressSync(bytes), run: decodeHistory }),
        candidate({ name: "decompressed and decoded", prepare: () => bytes, run: unpacked }),
      ],
      ROUNDS,
    ).map((row) => ({ ...row, value: typed.length / (row.value / 1000) }));
    const claims = [tables[0]!, tables[2]!].flatMap(({ title, rows }) => [
      beside(title, rows, OURS, ONCE, 0.6),
      beside(title, rows, OURS, KEPT, 0.3),
      beside(title, rows, STORED_OURS, ONCE, 0.6),
    ]);
    const [, seconds] = tables;
    return {
      tables: [
        ...tables,
        {
          title: `Bytes on the disk of SQLite for an edit, ${STORED} edits, each with its millisecond`,
          unit: "bytes",
          better: "less",
          rows: await onDisk(typed.slice(0, STORED), BEGAN),
        },
        { title: "Reading it again", unit: "ops/s", better: "more", rows: decoding },
      ],
      claims: [
        ...claims,
        // As many pages are merged into one only in a long document.
        beside(tables[0]!.title, tables[0]!.rows, STORED_OURS, KEPT, 0.3),
        beside(seconds!.title, seconds!.rows, OURS, TIMED, 0.6),
        {
          what: "Ops decoded in a second",
          value: valueIn(decoding, "decoded"),
          bound: { least: 1_000_000 },
        },
      ],
    };
  },
};

const beside = (title: string, rows: readonly Row[], ours: string, theirs: string, most: number): Claim => ({
  what: `${title}: ${ours}, beside ${theirs}`,
  value: valueIn(rows, ours) / valueIn(rows, theirs),
  bound: { most },
});

async function table(title: string, edits: readonly Styled[], times: Times): Promise<Table> {
  const entries = entriesOf(edits, times);
  const json = Buffer.from(entries.map((entry) => JSON.stringify(entry)).join("\n"));
  const rows: Row[] = [
    { name: OURS, value: packed(entries).length, n: 1 },
    { name: STORED_OURS, value: await asStored(entries), n: 1 },
    { name: "interline, not compressed", value: encodeHistory(entries).length, n: 1 },
    { name: "interline, gzip instead", value: gzipSync(encodeHistory(entries)).length, n: 1 },
    ...(times === "none" ? [] : [{ name: "interline, each with its millisecond", value: inMs(edits), n: 1 }]),
    { name: "JSON and gzip", value: gzipSync(json).length, n: 1 },
    { name: "JSON", value: json.length, n: 1 },
  ];
  for (const keeper of await keepersOf(times))
    rows.push({
      name: keeper.name,
      version: keeper.version,
      value: keeper.keep(edits, BEGAN).length,
      n: 1,
    });
  return { title, unit: "bytes", better: "less", rows };
}

/** Those that can keep times, or all, each in the way in which it keeps least. */
async function keepersOf(times: Times): Promise<Keeper[]> {
  if (times !== "none")
    return [await automergeKeeper(TIMED, true), await loroKeeper("loro, a commit for each edit", true)];
  return [
    await automergeKeeper(ONCE, false),
    await yjsKeeper(KEPT, false),
    await yjsKeeper("yjs, what is deleted thrown away", true),
    await loroKeeper("loro", false),
    await jsonJoyKeeper("json-joy"),
  ];
}

function entriesOf(edits: readonly Styled[], times: Times): HistoryEntry[] {
  let time = BEGAN;
  return edits.map(({ op, afterMs }, at) => {
    time += afterMs;
    return {
      op,
      author: "ann",
      time: times === "none" ? null : time - (times === "seconds" ? time % 1000 : 0),
      src: "a3f9",
      seq: at + 1,
    };
  });
}

function packed(entries: readonly HistoryEntry[]): Uint8Array {
  const bytes = encodeHistory(entries);
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
}

const unpacked = (bytes: Uint8Array) => decodeHistory(brotliDecompressSync(bytes));

const inMs = (edits: readonly Styled[]) => packed(entriesOf(edits, "ms")).length;

/** The bytes of all pages, folded and merged as a database does it. */
async function asStored(entries: readonly HistoryEntry[]): Promise<number> {
  const pages: Page[] = [];
  let chain = GENESIS;
  for (let from = 0; from < entries.length; from += foldRule.ops) {
    const rows = entries.slice(from, from + foldRule.ops).map((entry, at) => {
      const row = rowOf(entry, from + at + 1);
      chain = nextChain(chain, row);
      return { ...row, chain };
    });
    pages.push(fold(rows, pages.at(-1)?.chain ?? GENESIS));
    for (;;) {
      const due = dueToMerge(pages.map((page) => ({ ...page, bytes: page.ops.length })).reverse(), foldRule);
      const merged = due.length === 0 ? undefined : await merge(due, foldRule);
      if (merged === undefined) break;
      pages.splice(pages.length - due.length, due.length, merged);
    }
  }
  return pages.reduce((sum, { ops }) => sum + ops.length, 0);
}

const rowOf = ({ op, author, time, src, seq }: HistoryEntry, version: number) => ({
  ...{ version, src, seq, body: JSON.stringify({ op }) },
  meta: JSON.stringify({ ...(time === null ? {} : { ts: time }), author }),
});
