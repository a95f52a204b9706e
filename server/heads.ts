// The heartbeat of versions: about once a second, one question to the ledger for all documents that somebody has open,
// and each room whose head moved is told its version, a few times. Whoever is behind asks for the ops.
//
// This heals a relay message that was lost, a lost last op, and a commit whose server died before it told anybody: the
// ledger is the authority, the relay only a hint. Rooms in which nothing happens hear nothing.

import type { Clock } from "../protocol/index.js";
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
  readonly failed: (error: unknown) => void;
}

export interface Heads {
  /** Somebody opened a document: the heartbeat runs as long as anybody has one open. */
  wake(): void;
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
  failed,
}: HeadsOptions): Heads {
  /** What each open document's room has been told, and how many times. */
  const told = new Map<string, { head: Head; times: number }>();
  let cancel: (() => void) | undefined;
  let stopped = false;

  async function beat(): Promise<void> {
    for (const doc of told.keys()) if (!documents.has(doc)) told.delete(doc);
    const asked = [...documents];
    const found = await heads(asked);
    if (stopped) return;
    for (const doc of asked) {
      if (!documents.has(doc)) continue;
      const head = found.get(doc);
      if (head === undefined) {
        gone(doc);
        continue;
      }
      const last = told.get(doc);
      const same = last?.head.version === head.version && last.head.epoch === head.epoch;
      const now = same ? last : { head, times: 0 };
      told.set(doc, now);
      if (now.times++ < times) tell(doc, head);
    }
  }

  function wait(): void {
    cancel = clock.after(intervalMs, () => {
      beat()
        .catch(failed)
        .finally(() => {
          cancel = undefined;
          if (!stopped && documents.size > 0) wait();
        });
    });
  }

  return {
    wake() {
      if (cancel === undefined && !stopped) wait();
    },
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}
