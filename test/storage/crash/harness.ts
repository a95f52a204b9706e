// Runs the writer of `writer.ts`, writes down all that it says, and holds what it leaves behind against that.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { type PlainOp, plainText } from "../../../ot/index.js";
import { keptTypes } from "../../../server/ledger/documents.js";
import { type Point, verifyStore } from "../../../server/storage/index.js";
import type { Named, OpLog } from "../../../server/storage/op-log.js";
import { openFile } from "../../../server/storage/sqlite/file.js";
import { SqliteLog } from "../../../server/storage/sqlite/log.js";
import { open } from "../../ledger/support.js";
import { program } from "../../services/program.js";
import type { Event, Sent } from "./writer.js";

export const writer = program("test/storage/crash/writer");

const nameOf = ({ doc, src, seq }: Pick<Sent, "doc" | "src" | "seq">) => `${doc} ${src} ${seq}`;

/** What is known of all ops ever sent, by name. */
export class Record {
  readonly sent = new Map<string, Sent>();
  readonly done = new Map<string, number>();
  /** What will never be committed. */
  readonly refused = new Set<string>();
  readonly faults: string[] = [];

  note(event: Event): void {
    if ("sent" in event) this.sent.set(nameOf(event.sent), event.sent);
    else if ("fault" in event) this.faults.push(event.fault);
    else if ("refused" in event) this.refused.add(nameOf(event.refused));
    else {
      const name = nameOf(event.done);
      // Acknowledged twice, it has the version it had.
      expect(this.done.get(name) ?? event.done.version).to.equal(event.done.version);
      this.done.set(name, event.done.version);
    }
  }

  get unanswered(): Sent[] {
    return [...this.sent].flatMap(([name, sent]) =>
      this.done.has(name) || this.refused.has(name) ? [] : [sent],
    );
  }
}

/** Notes every line of `child` in `record`; resolves when it has ended, by itself or not, with its exit code or signal. */
export async function follow(
  child: ChildProcess,
  record: Record,
  noticed: () => void = () => {},
): Promise<number | NodeJS.Signals | null> {
  const ended = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout! })) {
    // The last line may be half a line.
    if (!line.endsWith("}")) continue;
    record.note(JSON.parse(line) as Event);
    noticed();
  }
  const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
  return code ?? signal;
}

export interface Start {
  /** Ops of each author. */
  readonly life?: number;
  /** One author instead of six. */
  readonly alone?: boolean;
  /** What the shell does before. */
  readonly shell?: string;
  /** A program that runs it, with its arguments. */
  readonly under?: readonly string[];
  /** Where it dies: at a point, at so many passes. */
  readonly killAt?: readonly [Point, number];
}

export function start(
  path: string,
  record: Record,
  author: string,
  { life = 1_000_000, alone = false, shell, under = [], killAt }: Start = {},
): ChildProcess {
  const args = [writer, path, JSON.stringify(record.unanswered), String(life), author, alone ? "1" : "6"];
  const env = { ...process.env, ...(killAt && { KILL_AT: killAt.join(":") }) };
  const options = { stdio: ["ignore", "pipe", "inherit"] as ["ignore", "pipe", "inherit"], env };
  const [program, ...rest] = [...under, process.execPath, ...args];
  if (shell === undefined) return spawn(program!, rest, options);
  return spawn("bash", ["-c", `${shell}; exec "$0" "$@"`, program!, ...rest], options);
}

/** Opens what is left, verifies all of it, and holds it against what is known. */
export async function check(path: string, record: Record): Promise<void> {
  openFile(path).close(); // Whole, as far as SQLite can tell.
  const rows = await SqliteLog.open(path);
  const { ledger } = open({ rows, documentAtoms: 10_000_000 });
  for await (const { id, findings } of verifyStore(rows, { types: Object.values(keptTypes), deep: true }))
    expect(findings, id).to.deep.equal([]);
  const found = new Map<string, number>();
  const lives = new Map<string, number>();
  const mortal = await rows.history("documents", "mortal", 0, 10 ** 9, 10 ** 9);
  for (const { version, body } of mortal?.ops ?? []) {
    const what = body.startsWith('{"create"') ? "made" : body === '{"del":true}' ? "deleted" : undefined;
    if (what !== undefined) lives.set(nameOf({ doc: "mortal", src: what, seq: version }), version);
  }
  const names = await namesOf(rows, "mortal");
  expect(mortal?.head.version ?? 0, "mortal has something twice").to.equal(names.length + lives.size);
  for (const [name, version] of names) found.set(name, version);
  for (const doc of ["one", "two", "three"]) {
    const head = await ledger.head(doc);
    if (head === undefined) continue;
    const names = await namesOf(rows, doc);
    for (const [name, version] of names) found.set(name, version);
    // One op for each name, and one for the creation.
    expect(head.version, `${doc} has something twice`).to.equal(names.length + 1);
    if (doc === "three") continue; // Its history is forgotten on the way.
    const ops = await ledger.ops(doc, 0, head.version);
    expect(ops.map(({ version }) => version)).to.deep.equal(ops.map((_, at) => at + 1));
    for (const { src, seq, version } of ops.slice(1))
      expect(found.get(nameOf({ doc, src, seq }))).to.equal(version);
    const replayed = ops.reduce((text, { op }) => plainText.apply(text, op as PlainOp), plainText.create());
    expect(String((await ledger.read(doc))!.snapshot) === String(replayed), "snapshot = replay").to.equal(
      true,
    );
  }
  const lost = [...record.done].filter(([name, version]) => (found.get(name) ?? lives.get(name)) !== version);
  expect(lost, "acknowledged and lost").to.deep.equal([]);
  expect([...found.keys()].filter((name) => !record.sent.has(name))).to.deep.equal([]);
  expect([...found.keys()].filter((name) => record.refused.has(name))).to.deep.equal([]);
  await ledger.close();
}

async function namesOf(rows: OpLog, doc: string): Promise<[name: string, version: number][]> {
  const names: [string, number][] = [];
  for (let after: Named | undefined; ; ) {
    const page = await rows.receipts("documents", doc, after, 1_000);
    for (const { src, seq, version } of page) names.push([nameOf({ doc, src, seq }), version]);
    after = page.at(-1);
    if (after === undefined) return names;
  }
}
