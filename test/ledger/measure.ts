// Measures ops per second through the ledger on SQLite with `synchronous=FULL`: `node dist/test/ledger/measure.js [seconds]`.
// One character is typed at a time, at random places; every writer waits for its acknowledgement before the next.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../protocol/index.js";
import { openLedger } from "../../server/ledger/index.js";
import { quietLog } from "../storage/support.js";

const seconds = Number(process.argv[2] ?? 3);

async function measure(writers: number, documents: number, bytes: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "interline-measure-"));
  const ledger = await openLedger({
    database: `sqlite:${join(folder, "interline.db")}`,
    relay: () => {},
    clock: systemClock,
    documentAtoms: 16 * 2 ** 20,
    log: quietLog,
  });
  const text = "The quick brown fox jumps over the lazy dog. ".repeat(bytes / 45 + 1).slice(0, bytes);
  for (let at = 0; at < documents; at++) await ledger.create(`doc-${at}`, "plain", text, "somebody");

  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const doc = `doc-${writer % documents}`;
      let version = 1;
      for (let seq = 1; performance.now() < end; seq++) {
        const start = performance.now();
        const op = [((seq * 7919 + writer * 104729) % (bytes - 1)) + 1, "x"];
        version = await ledger.submit(doc, { version, src: `writer-${writer}`, seq, op, author: "somebody" });
        times.push(performance.now() - start);
      }
    }),
  );
  const elapsed = performance.now() - begin;
  await ledger.close();
  rmSync(folder, { recursive: true, force: true });

  times.sort((a, b) => a - b);
  const at = (share: number) => `${times[Math.floor(times.length * share)]!.toFixed(2)} ms`;
  const rate = Math.round((times.length / elapsed) * 1000);
  const where = documents === 1 ? "one document" : `${documents} documents`;
  return `${writers} writers, ${where} of ${bytes / 1024} KB: ${rate} ops/s, p50 ${at(0.5)}, p99 ${at(0.99)}`;
}

for (const bytes of [1024, 1024 * 1024]) {
  for (const [writers, documents] of [
    [1, 1],
    [10, 1],
    [10, 10],
    [100, 100],
  ] as const) {
    console.log(await measure(writers, documents, bytes));
  }
}
