// Where the lives of a document begin and end in its history: at the ops that create and delete it. One whose beginning was
// taken out of history (`redact`), or did not come along with it (`import`), begins with what is kept in the place of that.

import { type PastLog, timeOf, versionAt, versionsOf } from "./past.js";

/** An op that begins or ends a life. */
export interface Turn {
  readonly version: number;
  readonly kind: "created" | "deleted";
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
}

/** With which version a life begins. */
export interface Beginning {
  /** The first that can be read. */
  readonly version: number;
  /** Whether its op made it; else that op is gone, and what the document was then stands for all before it. */
  readonly created: boolean;
}

const PAGE_CHARACTERS = 2 ** 20;
/** Ops that are looked at at once on the way back. */
const PAGE_OPS = 200;

/** How what an op does begins that creates or deletes, as `op-log.ts` says. */
const kindOf = (body: string): Turn["kind"] | undefined =>
  body.startsWith('{"create":') ? "created" : body.startsWith('{"del":') ? "deleted" : undefined;

/** Those among the ops that made the versions `from` + 1 … `to`, as far as these are kept, oldest first. */
export async function turnsBetween(
  log: PastLog,
  collection: string,
  id: string,
  from: number,
  to: number,
): Promise<Turn[]> {
  const turns: Turn[] = [];
  for (let at = from; at < to; ) {
    const page = await log.history(collection, id, at, to, PAGE_CHARACTERS);
    for (const op of page?.ops ?? []) {
      const kind = kindOf(op.body);
      if (kind !== undefined) turns.push({ version: op.version, kind, time: timeOf(op) });
    }
    const last = page?.ops.at(-1);
    if (last === undefined || page!.whole) break;
    at = last.version;
  }
  return turns;
}

/**
 * With which version the present, or last, life began. Few ops are read, unless clocks were wrong.
 *
 * @param time  when that was
 * @returns undefined if there is no such document
 */
export async function lifeBegan(
  log: PastLog,
  collection: string,
  id: string,
  time: number | undefined,
): Promise<Beginning | undefined> {
  const versions = await versionsOf(log, collection, id);
  if (versions === undefined) return undefined;
  const { head, pruned } = versions;
  const createdBefore = async (version: number) => {
    for (let to = Math.min(head, version); to > pruned; to -= PAGE_OPS) {
      const turns = await turnsBetween(log, collection, id, Math.max(pruned, to - PAGE_OPS), to);
      const created = turns.findLast(({ kind }) => kind === "created");
      if (created !== undefined) return created;
    }
    return undefined;
  };
  if (time !== undefined) {
    // Of several ops of one moment the last is found, and the creation on the way back from it.
    const near = (await versionAt(log, collection, id, time).catch(() => pruned)) ?? head;
    const created = await createdBefore(near + PAGE_OPS);
    // Where times once ran backwards this may be an earlier life's, which is not for the readers of this one.
    if (created?.time === time) return { version: created.version, created: true };
  }
  const created = await createdBefore(head);
  return created === undefined
    ? { version: pruned, created: false }
    : { version: created.version, created: true };
}
