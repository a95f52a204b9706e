// Killed at any moment, a server loses nothing that it acknowledged, and what is sent to it again it has once.
//
// `kill -9` ends the process, not the machine: what had been handed to the system survives, synced or not. That each
// commit is synced stands on `synchronous=FULL`, which `sqlite.test.ts` reads back.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import fc from "fast-check";
import { type PlainOp, plainText } from "../../../ot/index.js";
import { openFile } from "../../../server/storage/sqlite/file.js";
import { SqliteLog } from "../../../server/storage/sqlite/log.js";
import { open } from "../../ledger/support.js";
import { failure } from "../documents.js";
import { temporaryFolder } from "../support.js";
import type { Event, Sent } from "./writer.js";

const writer = fileURLToPath(new URL("./writer.js", import.meta.url));
const KILLS = 25;

const nameOf = ({ doc, src, seq }: Pick<Sent, "doc" | "src" | "seq">) => `${doc} ${src} ${seq}`;

/** What is known of all ops ever sent, by name. */
class Record {
  readonly sent = new Map<string, Sent>();
  readonly done = new Map<string, number>();
  readonly faults: string[] = [];

  note(event: Event): void {
    if ("sent" in event) this.sent.set(nameOf(event.sent), event.sent);
    else if ("fault" in event) this.faults.push(event.fault);
    else {
      const name = nameOf(event.done);
      // Acknowledged twice, it has the version it had.
      expect(this.done.get(name) ?? event.done.version).to.equal(event.done.version);
      this.done.set(name, event.done.version);
    }
  }

  get unanswered(): Sent[] {
    return [...this.sent].flatMap(([name, sent]) => (this.done.has(name) ? [] : [sent]));
  }
}

/** Notes every line of `child` in `record`; resolves when it has ended, by itself or not. */
async function follow(
  child: ChildProcess,
  record: Record,
  noticed: () => void = () => {},
): Promise<number | null> {
  const ended = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout! })) {
    // The last line may be half a line.
    if (!line.endsWith("}")) continue;
    record.note(JSON.parse(line) as Event);
    noticed();
  }
  const [code] = await ended;
  return code as number | null;
}

function start(path: string, record: Record, author: string, life = 1_000_000, shell?: string): ChildProcess {
  const args = [writer, path, JSON.stringify(record.unanswered), String(life), author];
  const stdio = ["ignore", "pipe", "inherit"] as const;
  if (shell === undefined) return spawn(process.execPath, args, { stdio: [...stdio] });
  return spawn("bash", ["-c", `${shell}; exec "$0" "$@"`, process.execPath, ...args], { stdio: [...stdio] });
}

/** Opens what is left and holds it against what is known. */
async function check(path: string, record: Record): Promise<void> {
  openFile(path).close(); // Whole, as far as SQLite can tell.
  const rows = await SqliteLog.open(path);
  const { ledger } = open({ rows, documentAtoms: 10_000_000 });
  const found = new Map<string, number>();
  for (const doc of ["one", "two", "three"]) {
    const head = (await ledger.head(doc))!;
    const ops = await ledger.ops(doc, 0, head.version);
    expect(ops.map(({ version }) => version)).to.deep.equal(ops.map((_, at) => at + 1));
    for (const { src, seq, version } of ops.slice(1)) {
      const name = nameOf({ doc, src, seq });
      expect(found.has(name), `${name} is there twice`).to.equal(false);
      found.set(name, version);
    }
    const replayed = ops.reduce((text, { op }) => plainText.apply(text, op as PlainOp), plainText.create());
    expect(String((await ledger.read(doc))!.snapshot) === String(replayed), "snapshot = replay").to.equal(
      true,
    );
  }
  const lost = [...record.done].filter(([name, version]) => found.get(name) !== version);
  expect(lost, "acknowledged and lost").to.deep.equal([]);
  expect([...found.keys()].filter((name) => !record.sent.has(name))).to.deep.equal([]);
  await ledger.close();
}

describe("a server that dies", () => {
  const file = temporaryFolder();

  it(`by kill -9 at any moment, ${KILLS} times over, loses nothing and has nothing twice`, async function () {
    this.timeout(300_000); // Seconds, where the machine has nothing else to do.
    const seed = Date.now() & 0x7fffffff;
    const moments = fc.sample(
      fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 5_000 })),
      {
        seed,
        numRuns: KILLS,
      },
    );
    const path = file("killed.db");
    const record = new Record();
    let unknown = 0;
    for (const [run, [events, more]] of moments.entries()) {
      const child = start(path, record, `run${run}`);
      let seen = 0;
      await follow(child, record, () => {
        // After so many events, and a little later, to fall anywhere within a commit.
        if (++seen === events) setTimeout(() => child.kill("SIGKILL"), more / 1_000);
      });
      unknown += record.unanswered.length;
    }
    const last = start(path, record, "last", 1);
    expect(await follow(last, record), `seed ${seed}`).to.equal(0);
    expect(record.unanswered, `seed ${seed}`).to.deep.equal([]);
    expect(record.faults, `seed ${seed}`).to.deep.equal([]);
    await check(path, record);
    // The test would show nothing had no op been on its way at a kill.
    expect(unknown).to.be.greaterThan(KILLS);
    expect(record.done.size).to.be.greaterThan(1_000);
  });

  it("has the file to itself as long as it lives, and not a moment longer", async () => {
    const path = file("held.db");
    const record = new Record();
    const child = start(path, record, "holder");
    let refusal: Promise<Error & { readonly code?: string }> | undefined;
    await follow(child, record, () => {
      refusal ??= failure(SqliteLog.open(path)).finally(() => child.kill("SIGKILL"));
    });
    expect(await refusal).to.include({ code: "locked", message: `${path} is in use by another server.` });
    await check(path, record);
  });

  it("for want of room refuses what it cannot write, and keeps the rest", async () => {
    const path = file("full.db");
    const record = new Record();
    // No file may grow beyond 300 KB.
    const child = start(path, record, "full", 40, "ulimit -f 300");
    expect(await follow(child, record)).to.equal(0);
    expect(record.done.size).to.be.greaterThan(10);
    expect(new Set(record.faults)).to.deep.equal(new Set(["unavailable"]));
    await check(path, record);

    // With room again, what was refused is sent again and written once.
    expect(await follow(start(path, record, "later", 5), record)).to.equal(0);
    expect(record.unanswered).to.deep.equal([]);
    await check(path, record);
  });
});
