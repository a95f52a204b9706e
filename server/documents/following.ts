// Every op of a document as it is committed, wherever that is.
//
// What a room is told, and what the heads say about once a second, are hints that there is more; the ops themselves are
// read from the ledger, a page at a time, when whoever follows asks for them. So none is missed and none comes twice,
// whatever hints are lost, and a slow reader keeps nothing in memory but that there is more.

import { type Clock, type Committed, type Epoch, Fault, type Version } from "../../protocol/index.js";
import { createHeads } from "../heads.js";
import { epochChanged } from "../ledger/refusals.js";
import type { Log } from "../log.js";
import { roomOf } from "../membership.js";
import type { Beside, Ledger } from "../ports.js";
import type { Member, MemberRooms } from "../stock/rooms.js";
import { demandLife } from "./lives.js";
import type { Followed, Following } from "./types.js";

/** Ops in one reading. */
const PAGE_OPS = 500;

export interface FollowingOptions {
  readonly ledger: Ledger & { readonly beside: Beside };
  /** Where hints come from. They are there once the server listens. */
  readonly rooms: () => Pick<MemberRooms, "join" | "leave">;
  readonly clock: Clock;
  readonly headsIntervalMs: number;
  readonly log: Pick<Log, "warn">;
  /** Whoever follows then comes to an end. */
  readonly stopping: AbortSignal;
}

/** Ops that come next; where there are none, the version at which the life has ended, if it has. */
interface Read {
  readonly ops: readonly Committed[];
  readonly deleted?: Version;
}

export function createFollowing(options: FollowingOptions): Following {
  const { ledger, clock, log, stopping } = options;
  const { beside } = ledger;
  /** Document → what wakes those who follow it. */
  const waking = new Map<string, Set<(version: Version, epoch?: Epoch) => void>>();
  /** What is being read just now, so that all who follow a document and are as far read it once. */
  const readings = new Map<string, Promise<Read>>();
  let members = 0;

  const wake = (doc: string, version: Version, epoch?: Epoch) => {
    for (const one of waking.get(doc) ?? []) one(version, epoch);
  };
  const heads = createHeads({
    clock,
    intervalMs: options.headsIntervalMs,
    // A hint may come while its reader reads; it is told until it has read.
    times: Number.MAX_SAFE_INTEGER,
    documents: {
      get size() {
        return waking.size;
      },
      has: (doc: string) => waking.has(doc),
      [Symbol.iterator]: () => waking.keys(),
    } as ReadonlySet<string>,
    heads: (docs) => ledger.heads(docs),
    tell: (doc, { version, epoch }) => wake(doc, version, epoch),
    gone: (doc) => wake(doc, Number.MAX_SAFE_INTEGER),
    // They find that they are ahead of it.
    wentBack: (doc) => wake(doc, Number.MAX_SAFE_INTEGER),
    failed: (err) => log.warn({ err }, "The heads of followed documents could not be read"),
  });
  stopping.addEventListener("abort", () => heads.stop(), { once: true });

  async function* follow(
    id: string,
    since: Version,
    signal: AbortSignal,
    life?: Epoch,
  ): AsyncGenerator<Followed, void> {
    const head = await ledger.head(id);
    if (head === undefined) throw new Fault("forbidden", "There is no such document.");
    demandLife(head, life);
    const { epoch } = head;
    const ends = AbortSignal.any([signal, stopping]);
    let at = since;
    const hints = hintsOf(id, epoch, () => at, ends);
    try {
      for (;;) {
        if (ends.aborted) return;
        const read = await readTogether(id, epoch, at);
        if (ends.aborted) return;
        if (read.ops.length > 0) {
          at = read.ops.at(-1)!.version;
          yield { epoch, ops: read.ops };
        } else if (read.deleted !== undefined) {
          yield { epoch, deleted: { version: read.deleted } };
          return;
        } else await hints.next();
      }
    } finally {
      hints.end();
    }
  }

  /** As {@link readOn}; whoever asks for the same meanwhile is given the very same list. */
  function readTogether(id: string, epoch: Epoch, at: Version): Promise<Read> {
    const what = `${id} ${epoch} ${at}`;
    const reading = readings.get(what) ?? readOn(id, epoch, at);
    if (!readings.has(what)) {
      readings.set(what, reading);
      const done = () => readings.delete(what);
      reading.then(done, done);
    }
    return reading;
  }

  /** A page of what comes after `at` in one life. @throws Fault, `epoch_changed` if that goes on elsewhere */
  async function readOn(id: string, epoch: Epoch, at: Version): Promise<Read> {
    let failed: unknown;
    const ops = await ledger.ops(id, at, PAGE_OPS).catch((error: unknown) => {
      failed = error;
      return [];
    });
    // Asked after the page was read: a life that goes on then went on all the while.
    const head = await ledger.head(id);
    if (head?.epoch === epoch) {
      if (failed !== undefined) throw failed;
      return { ops };
    }
    const end = (await beside.turns(id, at, Number.MAX_SAFE_INTEGER)).find(({ kind }) => kind === "deleted");
    if (end === undefined) {
      if (head === undefined) throw new Fault("forbidden", "There is no such document.");
      throw epochChanged(head);
    }
    const last = Math.min(end.version - 1, at + PAGE_OPS);
    return { ops: at < last ? await beside.ops(id, at, last) : [], deleted: end.version };
  }

  /** Hints that a document is beyond what has been read; the first may have been given before. */
  function hintsOf(doc: string, life: Epoch, at: () => Version, ends: AbortSignal) {
    let more = false;
    let heard = () => {};
    const hint = (version: Version, epoch = life) => {
      if (version <= at() && epoch === life) return;
      more = true;
      heard();
    };
    const end = () => heard();
    const member: Member = {
      id: `follower-${++members}`,
      send: (name, body) => {
        if (name === "ops") hint((body as { ops: readonly Committed[] }).ops.at(-1)?.version ?? 0);
      },
      look: () => hint(Number.MAX_SAFE_INTEGER),
    };
    const wakers = waking.get(doc) ?? new Set();
    waking.set(doc, wakers.add(hint));
    options.rooms().join(roomOf(doc), member);
    heads.opened(doc);
    ends.addEventListener("abort", end, { once: true });
    return {
      async next(): Promise<void> {
        if (!more && !ends.aborted)
          await new Promise<void>((resolve) => {
            heard = resolve;
          });
        more = false;
      },
      end() {
        ends.removeEventListener("abort", end);
        options.rooms().leave(roomOf(doc), member);
        wakers.delete(hint);
        if (wakers.size === 0 && waking.get(doc) === wakers) waking.delete(doc);
      },
    };
  }

  return { follow };
}
