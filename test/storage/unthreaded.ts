// SQLite's log without a thread of its own, for suites that open hundreds: to start a thread costs a processor ten times what
// most of their tests do with the file. What is asked and answered goes through a port here too, so it is copied as between
// threads. The thread itself is what all others have that open a log.

import { EventEmitter } from "node:events";
import { setImmediate } from "node:timers/promises";
import { MessageChannel } from "node:worker_threads";
import type { Folding } from "../../server/storage/pages.js";
import { createPaging, type Paging } from "../../server/storage/paging.js";
import { SqliteLog, type Thread, type ThreadData } from "../../server/storage/sqlite/log.js";
import { type Around, serveFile } from "../../server/storage/sqlite/serving.js";

export async function openUnthreaded(path: string, options: Folding = {}): Promise<SqliteLog> {
  return (await openFolding(path, options)).log;
}

/** The log, and what resolves once all is folded that is due: pauses of this one are as short as can be. */
export async function openFolding(
  path: string,
  options: Folding = {},
): Promise<{ readonly log: SqliteLog; folded(): Promise<void> }> {
  let open = 0;
  const counted = <Result>(work: Promise<Result>) => {
    open++;
    return work.finally(() => open--);
  };
  const paging = createPaging();
  const around: Around = {
    paging: {
      ...paging,
      fold: (...args) => counted(paging.fold(...args)),
      merge: (...args) => counted(paging.merge(...args)),
    } satisfies Paging,
    clock: {
      after(_, run) {
        let left: (() => void) | undefined = run;
        void counted(setImmediate().then(() => left?.()));
        return () => {
          left = undefined;
        };
      },
    },
  };
  return {
    log: await SqliteLog.open(path, options, (data) => served(data, around)),
    async folded() {
      // What goes on from one of them to the next needs no turn of the event loop.
      do await setImmediate();
      while (open > 0);
    },
  };
}

function served(data: ThreadData, around: Around): Thread {
  const { port1: here, port2: there } = new MessageChannel();
  const thread = new EventEmitter();
  here.on("message", (message) => thread.emit("message", message));
  here.on("close", () => thread.emit("exit", 0));
  serveFile(there, data, undefined, around);
  there.unref();
  // A thread ends that could not open its file.
  thread.once("message", (opening: object) => "trouble" in opening && there.close());
  return Object.assign(thread, {
    postMessage: (message: unknown) => here.postMessage(message),
    ref: () => here.ref(),
    unref: () => here.unref(),
  }) as unknown as Thread;
}
