// The heartbeat of versions: about once a second, one question to the ledger for all documents that somebody has open,
// and each room whose head moved is told its version, a few times. Whoever is behind asks for the ops.
//
// This heals a relay message that was lost, a lost last op, and a commit whose server died before it told anybody: the
// ledger is the authority, the relay only a hint. Rooms in which nothing happens hear nothing; and no room does that hears of
// the ops themselves since the last look, for whoever misses one is shown so by the next, or by the looks after the last.
//
// What a room was told is committed, so a ledger that has less is another one than before: an older copy has taken its place.

import type { Clock, Epoch, Version } from "../protocol/index.js";
import type { DocumentHead } from "./ports.js";

type Head = Pick<DocumentHead, "epoch" | "version">;

export interface HeadsOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  /** How many times a version is told. */
  readonly times: number;
  readonly documents: ReadonlySet<string>;
  readonly heads: (docs: readonly string[]) => Promise<ReadonlyMap<string, Head>>;
  readonly tell: (doc: string, head: Head) => void;
  /** The document is not there any more. */
  readonly gone: (doc: string) => void;
  /** The ledger has lost what the room was told: it came to `version`, and is now at `head`. */
  readonly wentBack: (doc: string, head: Head, version: Version) => void;
  readonly failed: (error: unknown) => void;
}

/** What a room has been told. */
interface Told {
  readonly head: Head;
  /** How many times. */
  times: number;
  /** Of the ops themselves, since the last look. */
  heard: boolean;
}

/** So many intervals between two looks mean that the process has stood still, or the machine. */
const OVERSLEPT = 5;

export interface Heads {
  /** Somebody has opened that document: the heartbeat runs as long as anybody has one open. */
  opened(doc: string): void;
  /** The document's room has just been told of the ops up to that head. */
  heard(doc: string, epoch: Epoch, version: Version): void;
  /** Looks now, if anybody has one open: something may have been missed. */
  now(): void;
  stop(): void;
}

export function createHeads({
  clock,
  intervalMs,
  times,
  documents,
  heads,
  tell,
  gone,
  wentBack,
  failed,
}: HeadsOptions): Heads {
  /** Of each open document. */
  const told = new Map<string, Told>();
  /** Of each open document, the furthest that it is known to have come in its life; also over a sleep. */
  const furthest = new Map<string, Head>();
  /** Ends the wait for the next look. */
  let cancel: (() => void) | undefined;
  let looking = false;
  /** Opened since this look began: it may have been made after what the look reads. */
  const since = new Set<string>();
  /** Look once more when this look is over. */
  let again = false;
  let stopped = false;
  /** When the last look began. */
  let looked = clock.now();

  async function beat(): Promise<void> {
    // Whoever has slept does not know who heard what before.
    if (clock.now() - looked > OVERSLEPT * intervalMs) told.clear();
    looked = clock.now();
    for (const doc of told.keys()) if (!documents.has(doc)) told.delete(doc);
    for (const doc of furthest.keys()) if (!documents.has(doc)) furthest.delete(doc);
    const asked = [...documents];
    // It hears of more while the ledger is asked.
    const before = new Map(furthest);
    const found = await heads(asked);
    if (stopped) return;
    for (const doc of asked) {
      if (!documents.has(doc)) continue;
      const head = found.get(doc);
      if (head === undefined) {
        if (!since.has(doc)) gone(doc);
        continue;
      }
      const known = before.get(doc);
      if (known?.epoch === head.epoch && head.version < known.version) {
        furthest.set(doc, head);
        told.delete(doc);
        wentBack(doc, head, known.version);
        continue;
      }
      reached(doc, head);
      const last = told.get(doc);
      const ahead = last?.head.epoch === head.epoch ? last.head.version - head.version : -1;
      // It may have heard of more while this was read.
      if (last?.heard && ahead >= 0) {
        last.heard = ahead > 0;
        continue;
      }
      const same = ahead === 0;
      const now = same ? last! : { head, times: 0, heard: false };
      told.set(doc, now);
      if (now.times++ < times) tell(doc, head);
    }
  }

  function reached(doc: string, head: Head): void {
    const known = furthest.get(doc);
    if (known?.epoch !== head.epoch || known.version < head.version) furthest.set(doc, head);
  }

  function look(): void {
    looking = true;
    again = false;
    since.clear();
    beat()
      .catch(failed)
      .finally(() => {
        looking = false;
        cancel = undefined;
        if (stopped) return;
        if (again) look();
        else if (documents.size > 0) wait();
      });
  }

  function wait(): void {
    cancel = clock.after(intervalMs, look);
  }

  return {
    opened(doc) {
      if (looking) since.add(doc);
      if (cancel === undefined && !looking && !stopped) wait();
    },
    heard(doc, epoch, version) {
      if (!documents.has(doc)) return;
      const head = { epoch, version };
      reached(doc, head);
      told.set(doc, { head, times: 1, heard: true });
    },
    now() {
      if (stopped) return;
      if (looking) again = true;
      else if (cancel !== undefined) {
        cancel();
        look();
      }
    },
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}
