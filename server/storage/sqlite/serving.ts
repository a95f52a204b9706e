// Owns the database file, and answers what is asked of it over a port: on a thread of its own (`worker.ts`), so that no read
// and no fsync ever stops the server's event loop.
//
// It answers every question once, in the order they came. The first message says whether the file could be opened.

import { randomBytes } from "node:crypto";
import type { MessagePort } from "node:worker_threads";
import { type Clock, systemClock } from "../../../protocol/index.js";
import type { Checkpoint } from "../checkpoint.js";
import type { Commit, Verdict } from "../op-log.js";
import { type Outcome, resultOf, troubleOf } from "../outcome.js";
import { type FoldRule, foldRule } from "../pages.js";
import { createPagingThread, type Paging } from "../paging.js";
import { type OpenFile, openFile } from "./file.js";
import { createFolding } from "./folding.js";
import { createFolds, foldSteps } from "./folds.js";
import type { Mark } from "./mark.js";
import type { Answer, Asked, Call, DiskTime, DiskTold, Opening, Question, Write } from "./messages.js";
import { SqliteRows } from "./rows.js";
import { troubleWith } from "./trouble.js";
import { createWriter } from "./writer.js";

export interface Served {
  readonly path: string;
  readonly folding: FoldRule | undefined;
}

/** What folds have besides the database. */
export interface Around {
  readonly paging: Paging;
  readonly clock: Pick<Clock, "after">;
}

/** @param checkpoint  what a test wants to happen on the way */
export function serveFile(
  port: MessagePort,
  served: Served,
  checkpoint?: Checkpoint,
  around: Around = { paging: createPagingThread(), clock: systemClock },
): void {
  const { path, folding } = served;
  const opened = attempt(path, () => {
    const file = openFile(path, checkpoint);
    try {
      const rows = new SqliteRows(file.database, checkpoint, folding);
      const secret = file.database.transaction(() => rows.meta("secret", () => randomBytes(32))).immediate();
      serve(port, served, file, rows, checkpoint, around);
      return { secret, settings: file.settings };
    } catch (error) {
      file.close();
      throw error;
    }
  });
  port.postMessage(opened satisfies Opening);
}

function attempt<Result>(path: string, work: () => Result): Outcome<Result> {
  try {
    return { done: work() };
  } catch (error) {
    return troubleOf(troubleWith(path, error));
  }
}

function serve(
  port: MessagePort,
  { path, folding }: Served,
  file: OpenFile,
  rows: SqliteRows,
  checkpoint: Checkpoint | undefined,
  { paging, clock }: Around,
): void {
  const explain = (error: unknown) => troubleWith(path, error);
  const call = ({ name, args }: Call<SqliteRows>): unknown => Reflect.apply(rows[name], rows, args);
  /** What the next answer tells of the disk. */
  let disk: DiskTime[] = [];
  const told: DiskTold = (what, ms) => disk.push({ what, ms });
  const writer = createWriter(file.database, call, explain, checkpoint, told, rows);
  const takeLog = createFolding(file.database, told);
  const steps = foldSteps(rows, (write) => {
    const [outcome] = writer.write([write]);
    takeLog();
    return resultOf(outcome!);
  });
  const rule = folding ?? foldRule;
  const folds = createFolds({ steps, paging, rule, checkpoint }, (after) => rows.nextFoldable(after), clock);

  function answer(question: Question): unknown {
    switch (question.kind) {
      case "write": {
        const outcomes = writer.write(question.writes);
        const last = lastCommit(question.writes, outcomes);
        if (last !== undefined) file.mark(last);
        return outcomes;
      }
      case "read":
        return call(question.read);
      case "counts":
        return writer.counts();
      case "close":
        folds.end();
        void paging.close();
        return file.close();
    }
  }

  port.on("message", ({ number, question }: Asked) => {
    const outcome = attempt(path, () => answer(question));
    const took = disk;
    disk = [];
    port.postMessage({ number, outcome, disk: took } satisfies Answer);
    if (question.kind === "write") {
      takeLog();
      folds.look(rows.takeSaved());
    }
    if (question.kind === "close") port.close();
  });
}

/** The last op that a group committed. */
function lastCommit(writes: readonly Write[], outcomes: readonly Outcome[]): Mark | undefined {
  for (let at = writes.length - 1; at >= 0; at--) {
    const outcome = outcomes[at]!;
    if (writes[at]!.name !== "commit" || !("done" in outcome)) continue;
    const verdict = outcome.done as Verdict;
    if (verdict.kind !== "committed") continue;
    const { collection, id, op } = writes[at]!.args[0] as Commit;
    return { collection, id, epoch: verdict.epoch, version: op.version, chain: verdict.chain };
  }
  return undefined;
}
