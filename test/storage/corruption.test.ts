// A thousand times and more, something in a real database is changed behind its back: bits and bytes of the file and of
// its log, lengths, rows taken away, changed, exchanged and put back as they once were. Not once is anything served that
// was not written.

import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import Sqlite, { type Database } from "better-sqlite3";
import { expect } from "chai";
import fc from "fast-check";
import { figure } from "../figures.js";
import { seed } from "../seed.js";
import { copyStore, type Outcome, outcomeOf, type Reference, referenceOf } from "./corruption.js";
import { create, Documents, del, edit, PLAIN, RICH } from "./documents.js";
import { temporaryFolder } from "./support.js";
import { openFolding } from "./unthreaded.js";

const IDS = ["plain", "rich", "anew", "gone"];

describe(`a database that is changed behind its back (SEED=${seed})`, () => {
  const file = temporaryFolder();
  const [closed, killed, damaged] = [file("closed.db"), file("killed.db"), file("damaged.db")];
  const counts = new Map<Outcome, number>();
  let reference: Reference;
  /** Rows of documents as they were earlier, digest and all. */
  const earlier: { [column: string]: unknown }[] = [];

  before(async () => {
    const { log, folded } = await openFolding(file("live.db"), { folding: { ops: 4, characters: 10_000 } });
    const documents = new Documents(log, { snapshots: { ops: 9, characters: 10_000 } });
    const names = [];
    await documents.commit("plain", create(PLAIN, "The first words\nand more"));
    await documents.commit("rich", create(RICH, ["\nTitle", { i: "\n", a: { li: "b" } }, "item"]));
    await documents.commit("anew", create(PLAIN, "first"));
    await documents.commit("gone", create(PLAIN, "word"));
    for (let seq = 1; seq <= 40; seq++) {
      // Some of them are asked for each time; those who verify look at all.
      if (seq % 3 === 1) names.push({ src: "ann", seq }, { src: "bo", seq });
      await documents.commit("plain", edit(1 + (seq % 10), `word ${seq} `), { src: "ann", seq });
      await documents.commit("rich", edit(1, { i: "x", a: { b: 1 } }), { src: "bo", seq });
      if (seq % 10 !== 5) continue;
      await documents.commit("anew", edit(`${seq} `), { src: "bo", seq });
      const reader = new Sqlite(file("live.db"), { readonly: true });
      earlier.push(...(reader.prepare("SELECT * FROM documents").all() as typeof earlier));
      reader.close();
    }
    await documents.commit("anew", del);
    await documents.commit("anew", create(PLAIN, "second words"));
    await documents.commit("gone", del);
    await documents.adapter.idle();
    await folded();
    // As a server leaves them that is killed, and one that is stopped.
    copyStore(file("live.db"), killed);
    await documents.close();
    copyStore(file("live.db"), closed);
    copyStore(closed, damaged);
    reference = await referenceOf(damaged, IDS, names);
    copyStore(killed, damaged);
    expect(await outcomeOf(damaged, reference)).to.equal("harmless");
  });

  after(() => {
    for (const [outcome, count] of counts) figure("corruption", `damages that were ${outcome}`, count);
    figure("corruption", "damages in all, of which none was served", total());
  });
  const total = () => [...counts.values()].reduce((sum, count) => sum + count, 0);

  /** Damages a copy of `from` as often as `runs` says. @returns how often each came of it */
  async function tried<Draw>(
    from: string,
    runs: number,
    draw: fc.Arbitrary<Draw>,
    damage: (draw: Draw) => void,
  ): Promise<Partial<Record<Outcome, number>>> {
    const here: Partial<Record<Outcome, number>> = {};
    await fc.assert(
      fc.asyncProperty(draw, async (drawn) => {
        copyStore(from, damaged);
        damage(drawn);
        const outcome = await outcomeOf(damaged, reference);
        here[outcome] = (here[outcome] ?? 0) + 1;
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      }),
      { numRuns: runs, seed, endOnFailure: true },
    );
    return here;
  }

  /** Changes bytes of a file. */
  function spoil(path: string, change: (bytes: Buffer) => void): void {
    const bytes = readFileSync(path);
    change(bytes);
    writeFileSync(path, bytes);
  }

  /** Changes rows as somebody would who knows SQL. */
  function rewrite(change: (database: Database) => void): void {
    const database = new Sqlite(damaged);
    database.pragma("foreign_keys = OFF");
    database.pragma("synchronous = OFF");
    try {
      change(database);
    } finally {
      database.close();
    }
  }

  const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const at = (share: number, length: number) => Math.floor(share * length);

  it("bit by bit", async () => {
    const here = await tried(closed, 330, fc.tuple(place, fc.nat(7)), ([share, bit]) =>
      spoil(damaged, (bytes) => {
        bytes[at(share, bytes.length)]! ^= 1 << bit;
      }),
    );
    expect(here["refused when opened"] ?? 0).to.be.greaterThan(20);
  });

  it("by stretches of bytes, overwritten, zeroed or moved", async () => {
    const what = fc.constantFrom("noise", "zeros", "moved");
    await tried(
      closed,
      100,
      fc.tuple(place, fc.integer({ min: 2, max: 5_000 }), what),
      ([share, length, how]) =>
        spoil(damaged, (bytes) => {
          const start = at(share, bytes.length);
          const end = Math.min(start + length, bytes.length);
          const other = at(share / 2, bytes.length);
          if (how === "zeros") bytes.fill(0, start, end);
          else if (how === "moved") bytes.copyWithin(start, other, other + length);
          else for (let byte = start; byte < end; byte++) bytes[byte] = (byte * 167) & 255;
        }),
    );
  });

  it("by cutting its end off", async () => {
    const here = await tried(closed, 50, place, (share) => {
      truncateSync(damaged, at(share, readFileSync(damaged).length));
    });
    expect(here.harmless ?? 0).to.equal(0);
  });

  it("in its log, which SQLite then takes for shorter than it was", async () => {
    const flips = await tried(killed, 150, fc.tuple(place, fc.nat(7)), ([share, bit]) =>
      spoil(`${damaged}-wal`, (bytes) => {
        bytes[at(share, bytes.length)]! ^= 1 << bit;
      }),
    );
    expect(flips["refused when opened"] ?? 0).to.be.greaterThan(50);
    const cuts = await tried(killed, 50, place, (share) => {
      truncateSync(`${damaged}-wal`, at(share, readFileSync(`${damaged}-wal`).length));
    });
    expect(cuts["refused when opened"] ?? 0).to.be.greaterThan(25);
  });

  it("by taking rows away", async () => {
    const table = fc.constantFrom(
      ...["documents", "ops", "pages", "submissions", "names", "snapshots", "meta"],
    );
    const here = await tried(closed, 120, fc.tuple(table, place), ([name, share]) =>
      rewrite((database) => {
        const rows = database.prepare(`SELECT count(*) FROM ${name}`).pluck().get() as number;
        const key = keysOf(name);
        database.exec(
          `DELETE FROM ${name} WHERE (${key}) IN (SELECT ${key} FROM ${name} LIMIT 1 OFFSET ${at(share, rows)})`,
        );
      }),
    );
    // Snapshots are made again.
    expect(here["found when verified"] ?? 0).to.be.greaterThan(5);
    expect(here["refused when opened"] ?? 0).to.be.greaterThan(5);
  });

  it("by changing a column of a row", async () => {
    const column = fc.constantFrom(
      ...["ops.body", "ops.meta", "ops.src", "ops.seq", "ops.chain", "ops.digest", "snapshots.data"],
      ...[
        "pages.first",
        "pages.base",
        "pages.chain",
        "pages.ops",
        "pages.digest",
        "snapshots.chain",
        "snapshots.type",
        "submissions.hash",
        "submissions.version",
        "names.names",
        "names.src",
        "names.first",
        "names.digest",
        "documents.version",
      ],
      ...["documents.title", "documents.folded", "documents.epoch", "documents.chain", "documents.pruned"],
      ...["documents.type", "documents.meta", "documents.pruned_chain", "documents.updated_at", "meta.value"],
    );
    await tried(closed, 150, fc.tuple(column, place), ([name, share]) =>
      rewrite((database) => {
        const [table, field] = name.split(".") as [string, string];
        const rows = database
          .prepare(`SELECT rowid_of.n FROM (SELECT count(*) AS n FROM ${table}) AS rowid_of`)
          .pluck()
          .get() as number;
        const key = keysOf(table);
        const changed = /version|first|seq|pruned$|_at/.test(field)
          ? `${field} + 1`
          : `CAST(replace(hex(coalesce(${field}, '')), '6', '7') || '61' AS TEXT)`;
        const blob = /hash|digest|value|^(ops|names)$/.test(field);
        database.exec(
          `UPDATE OR IGNORE ${table} SET ${field} = ${blob ? "randomblob(32)" : changed}
           WHERE (${key}) IN (SELECT ${key} FROM ${table} LIMIT 1 OFFSET ${at(share, rows)})`,
        );
      }),
    );
  });

  it("by exchanging what stands in two rows", async () => {
    const table = fc.constantFrom("ops", "pages", "submissions", "names", "snapshots");
    await tried(closed, 90, fc.tuple(table, place, place), ([name, one, other]) =>
      rewrite((database) => {
        const rows = database.prepare(`SELECT * FROM ${name}`).all() as { [column: string]: unknown }[];
        const keys = keysOf(name).split(", ");
        const pick = [rows[at(one, rows.length)]!, rows[at(other, rows.length)]!];
        for (const [to, from] of [pick, [...pick].reverse()] as [(typeof pick)[0], (typeof pick)[0]][]) {
          const row = { ...from, ...Object.fromEntries(keys.map((key) => [key, to[key]])) };
          const columns = Object.keys(row);
          database
            .prepare(
              `INSERT OR REPLACE INTO ${name} (${columns}) VALUES (${columns.map((column) => `:${column}`)})`,
            )
            .run(row);
        }
      }),
    );
  });

  it("by putting a head back as it once was", async () => {
    const here = await tried(closed, earlier.length, fc.nat(earlier.length - 1), (which) =>
      rewrite((database) => {
        const row = earlier[which]!;
        const columns = Object.keys(row);
        database
          .prepare(
            `INSERT OR REPLACE INTO documents (${columns}) VALUES (${columns.map((column) => `:${column}`)})`,
          )
          .run(row);
      }),
    );
    expect(here.harmless ?? 0).to.equal(0);
  });

  it("and has been more than a thousand times by now", () => {
    expect(total()).to.be.greaterThan(1_000);
  });
});

/** The columns of a table's primary key. */
function keysOf(table: string): string {
  const keys: { readonly [table: string]: string } = {
    ...{ documents: "key", meta: "name", submissions: "document, src, seq", names: "document, src, last" },
  };
  return keys[table] ?? "document, version";
}
