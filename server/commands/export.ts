// `interline export`: one document with its whole history, as a file that another store can take in. It only reads, so a
// server may be running; and a page at a time, so that a history may be longer than memory.

import { closeSync, existsSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { COLLECTION } from "../ledger/backend.js";
import { exitCodes, StartupError } from "../startup.js";
import { exportHistory } from "../storage/export.js";
import { createEncoder } from "../storage/history-file.js";
import type { EndRecord, HistoryRecord } from "../storage/history-records.js";
import { nameFile } from "../storage/sqlite/copy.js";
import type { StoreReader } from "../storage/store.js";
import { parse } from "./arguments.js";
import { counted, existingStore, oneWord, storeHelp, storeOptions } from "./store.js";

const help = `interline export ID: one document with its whole history

  --out FILE            where to write it; there must be none         (standard output)
${storeHelp}

  The file is NDJSON, as import takes it. A server may be running. A deleted document cannot be exported; it exits with ${exitCodes.not_found}.
`;

const options = { ...storeOptions, out: { type: "string" } } as const;

/** Characters that are written at once. */
const WRITE_CHARACTERS = 2 ** 18;

export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args, options);
  if (values.help) return console.log(help);
  const id = oneWord(positionals, "document");
  const { out, json = false } = values;
  if (json && out === undefined)
    throw new StartupError("bad_option", "What is exported is for programs already; --json goes with --out.");
  await existingStore(values).read(async (store) => {
    const records = (await exportHistory(store, COLLECTION, id)) ?? (await refuse(store, id));
    if (out === undefined) return await toStandardOutput(records);
    if (existsSync(out)) throw taken(out);
    const { ops, receipts, chain } = await toFile(records, out);
    const said = `${out} holds ${id} with ${counted(ops, "op")} and ${counted(receipts, "receipt")}.`;
    console.log(json ? JSON.stringify({ document: id, file: out, ops, receipts, chain }) : said);
  });
}

async function refuse(store: StoreReader, id: string): Promise<never> {
  const deleted = (await store.stored(COLLECTION, id)) !== undefined;
  const sentence = deleted
    ? `${id} is deleted; restore it with --doc ${id} and --to a version before that, to export it.`
    : `There is no document ${id}.`;
  throw new StartupError("not_found", sentence);
}

const taken = (path: string) => new StartupError("already_there", `There is a file ${path} already.`);

/** The lines in pieces of some size. */
async function* pieces(records: AsyncIterable<HistoryRecord>): AsyncGenerator<string> {
  const encode = createEncoder();
  let piece = "";
  for await (const record of records) {
    piece += encode(record);
    if (piece.length < WRITE_CHARACTERS) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

async function toStandardOutput(records: AsyncIterable<HistoryRecord>): Promise<void> {
  // Told to whoever writes, below; without a listener it would end the process.
  process.stdout.on("error", () => {});
  for await (const piece of pieces(records)) {
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(piece, (error) => (error ? reject(error) : resolve()));
    });
  }
}

/** The file has its name only when it is whole and on the disk. */
async function toFile(records: AsyncIterable<HistoryRecord>, path: string): Promise<EndRecord> {
  const part = `${path}.${process.pid}.part`;
  let last: HistoryRecord | undefined;
  async function* watched() {
    for await (const record of records) {
      last = record;
      yield record;
    }
  }
  try {
    const file = openSync(part, "wx");
    try {
      for await (const piece of pieces(watched())) writeAll(file, Buffer.from(piece));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (!nameFile(part, path)) throw taken(path);
  } finally {
    rmSync(part, { force: true });
  }
  if (last?.kind !== "end") throw new Error("The records of a document have no end.");
  return last;
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
