// Who may read the past of a document now: one at a time of each document, so that what is folded for one is there for the
// next, and so many in all, since folding is computing on the thread that serves everybody.
//
//   come ──a place is free, and nobody reads this document──▶ reading ──▶ done
//    └──otherwise──▶ waiting, in the order they came ──▲
//         └──too long, or too many wait already, of the document or in all──▶ `busy`

import { type Clock, Fault } from "../../protocol/index.js";
import type { ServerLimits } from "../limits.js";

export interface ReadersOptions {
  readonly clock: Pick<Clock, "after">;
  readonly limits: Pick<
    ServerLimits,
    "historiesAtOnce" | "historiesWaiting" | "historiesWaitingPerDocument" | "historiesWaitMs"
  >;
}

export interface Readers {
  /** Runs `read` when it is its turn. @throws Fault `busy`, or what `read` throws */
  enter<T>(doc: string, read: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly doc: string;
  begin(): void;
}

export function createReaders({ clock, limits }: ReadersOptions): Readers {
  const reading = new Set<string>();
  const waiting = new Set<Waiting>();

  async function begin<T>(doc: string, read: () => Promise<T>): Promise<T> {
    reading.add(doc);
    try {
      return await read();
    } finally {
      reading.delete(doc);
      next();
    }
  }

  const isFree = (doc: string) => reading.size < limits.historiesAtOnce && !reading.has(doc);

  function next(): void {
    for (const entry of waiting)
      if (isFree(entry.doc)) {
        waiting.delete(entry);
        entry.begin();
      }
  }

  function isFull(doc: string): boolean {
    if (waiting.size >= limits.historiesWaiting) return true;
    const same = [...waiting].filter((entry) => entry.doc === doc);
    return same.length >= limits.historiesWaitingPerDocument;
  }

  return {
    enter(doc, read) {
      if (isFree(doc)) return begin(doc, read);
      if (isFull(doc)) return Promise.reject(putOff());
      return new Promise((resolve, reject) => {
        const entry: Waiting = {
          doc,
          begin() {
            cancel();
            begin(doc, read).then(resolve, reject);
          },
        };
        const cancel = clock.after(limits.historiesWaitMs, () => {
          waiting.delete(entry);
          reject(putOff());
        });
        waiting.add(entry);
      });
    },
  };
}

const putOff = () =>
  new Fault("busy", "Too many read what became of documents at once.", { retryAfterMs: 1000 });
