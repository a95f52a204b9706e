// What stands for the names of ops, as SQL: rows of their own while they are new, and runs (`storage/name-runs.ts`) once their
// ops are behind the last snapshots.
//
// What always holds: a name is in one of the two, and whoever looks for one looks in both. Rows and runs are checked against
// their digests whenever they are read.

import type { Database } from "better-sqlite3";
import { columnsOfReceipt, columnsOfRun, digestOfRun } from "../columns.js";
import { type Column, checkDigest, digestOf } from "../digest.js";
import { byName, type NameRun, nameIn, namesIn, putIntoRuns, shortHash } from "../name-runs.js";
import type { Named, NamedReceipt, Receipt } from "../op-log.js";

/** Of runs that are put together anew in one go, about five full ones: each takes a quarter of a millisecond. */
const RUN_BYTES = 20 * 2 ** 10;

type Digested<Row> = Row & { readonly digest: Uint8Array };

export class SqliteNames {
  private readonly sql: ReturnType<typeof statements>;

  constructor(database: Database) {
    this.sql = statements(database);
  }

  find(document: number, src: string, seq: number): Receipt | undefined {
    const row = this.sql.row.get(document, src, seq);
    if (row !== undefined)
      checkDigest("submissions", row.digest, ...columnsOfReceipt(document, src, seq, row));
    const found = row ?? nameIn(this.run(document, src, seq), seq);
    return found && { version: found.version, hash: shortHash(found.hash) };
  }

  /** In the order of {@link byName}. */
  after(document: number, { src, seq }: Named, limit: number): NamedReceipt[] {
    const [rows, runs] = [this.rows(document, src, seq), this.folded(document, src, seq)];
    const found: NamedReceipt[] = [];
    try {
      let [row, folded] = [rows.next(), runs.next()];
      while (found.length < limit && !(row.done && folded.done)) {
        if (folded.done || (!row.done && byName(row.value, folded.value) < 0)) {
          found.push(row.value as NamedReceipt);
          row = rows.next();
        } else {
          found.push(folded.value);
          folded = runs.next();
        }
      }
      return found;
    } finally {
      // Nothing can be written while a query is half read.
      rows.return(undefined);
      runs.return(undefined);
    }
  }

  add(document: number, { src, seq, version, hash }: NamedReceipt): void {
    const columns = columnsOfReceipt(document, src, seq, { version, hash });
    this.sql.add.run(...columns, digestOf("submissions", ...columns));
  }

  /** Whether there are as many rows as `least` of names of versions up to `version`. */
  isDue(document: number, version: number, least: number): boolean {
    return this.sql.behind.get(document, version, least)!.count >= least;
  }

  /**
   * Folds rows of names of versions up to `version`, as many as `most`, or as belong in a few runs.
   *
   * @param between  is called when they are in runs, and rows too
   * @returns how many
   */
  fold(document: number, version: number, most: number, between: () => void): number {
    const { put, dropped, added } = putIntoRuns(
      this.first(document, version, most),
      (src, seq) =>
        this.run(document, src, seq) ?? this.checkedRun(document, this.sql.lastRun.get(document, src)),
      RUN_BYTES,
    );
    if (put.length === 0) return 0;
    for (const { src, last } of dropped) this.sql.dropRun.run(document, src, last);
    for (const run of added) this.sql.addRun.run({ ...run, document, digest: digestOfRun(document, run) });
    between();
    for (const { src, seq } of put) this.sql.drop.run(document, src, seq);
    return put.length;
  }

  /** The first run of a client that does not end before a seq. */
  private run(document: number, src: string, seq: number): NameRun | undefined {
    return this.checkedRun(document, this.sql.run.get(document, src, seq));
  }

  private *first(document: number, version: number, most: number): Generator<NamedReceipt> {
    for (const row of this.sql.first.iterate(document, version, most)) yield checkedRow(document, row);
  }

  private *rows(document: number, src: string, seq: number): Generator<NamedReceipt, undefined> {
    for (const row of this.sql.rows.iterate(document, src, seq)) {
      const { hash, ...name } = checkedRow(document, row);
      yield { ...name, hash: shortHash(hash) };
    }
  }

  private *folded(document: number, src: string, seq: number): Generator<NamedReceipt, undefined> {
    for (const run of this.sql.runs.iterate(document, src, seq))
      for (const name of namesIn(this.checkedRun(document, run)))
        if (name.src !== src || name.seq > seq) yield name;
  }

  private checkedRun<Run extends Digested<NameRun> | undefined>(document: number, run: Run): Run {
    if (run !== undefined) checkDigest("names", run.digest, ...columnsOfRun(document, run));
    return run;
  }
}

function checkedRow(document: number, { digest, ...name }: Digested<NamedReceipt>): NamedReceipt {
  checkDigest("submissions", digest, ...columnsOfReceipt(document, name.src, name.seq, name));
  return name;
}

const ROW = "src, seq, version, hash, digest";
const RUN = "src, first, last, names, digest";

function statements(database: Database) {
  const prepare = <Parameters extends unknown[], Row = never>(sql: string) =>
    database.prepare<Parameters, Row>(sql);
  return {
    row: prepare<[number, string, number], Digested<Receipt>>(
      "SELECT version, hash, digest FROM submissions WHERE document = ? AND src = ? AND seq = ?",
    ),
    rows: prepare<[number, string, number], Digested<NamedReceipt>>(
      `SELECT ${ROW} FROM submissions WHERE document = ? AND (src, seq) > (?, ?) ORDER BY src, seq`,
    ),
    behind: prepare<[number, number, number], { count: number }>(
      `SELECT count(*) AS count FROM (SELECT 1 FROM submissions WHERE document = ? AND version <= ? LIMIT ?)`,
    ),
    first: prepare<[number, number, number], Digested<NamedReceipt>>(
      `SELECT ${ROW} FROM submissions WHERE document = ? AND version <= ? ORDER BY src, seq LIMIT ?`,
    ),
    add: prepare<Column[]>(
      "INSERT INTO submissions (document, src, seq, version, hash, digest) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    drop: prepare<[number, string, number]>(
      "DELETE FROM submissions WHERE document = ? AND src = ? AND seq = ?",
    ),
    run: prepare<[number, string, number], Digested<NameRun>>(
      `SELECT ${RUN} FROM names WHERE document = ? AND src = ? AND last >= ? ORDER BY last LIMIT 1`,
    ),
    lastRun: prepare<[number, string], Digested<NameRun>>(
      `SELECT ${RUN} FROM names WHERE document = ? AND src = ? ORDER BY last DESC LIMIT 1`,
    ),
    runs: prepare<[number, string, number], Digested<NameRun>>(
      `SELECT ${RUN} FROM names WHERE document = ? AND (src, last) > (?, ?) ORDER BY src, last`,
    ),
    addRun: prepare<[object]>(
      `INSERT INTO names (document, src, first, last, names, digest)
       VALUES (:document, :src, :first, :last, :names, :digest)`,
    ),
    dropRun: prepare<[number, string, number]>(
      "DELETE FROM names WHERE document = ? AND src = ? AND last = ?",
    ),
  };
}
