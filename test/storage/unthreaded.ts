// SQLite's log without a thread of its own, for suites that open hundreds: to start a thread costs a processor ten times what
// most of their tests do with the file. What is asked and answered goes through a port here too, so it is copied as between
// threads. The thread itself is what all others have that open a log.

import { EventEmitter } from "node:events";
import { MessageChannel } from "node:worker_threads";
import type { Folding } from "../../server/storage/pages.js";
import { SqliteLog, type Thread, type ThreadData } from "../../server/storage/sqlite/log.js";
import { serveFile } from "../../server/storage/sqlite/serving.js";

export function openUnthreaded(path: string, options: Folding = {}): Promise<SqliteLog> {
  return SqliteLog.open(path, options, served);
}

function served(data: ThreadData): Thread {
  const { port1: here, port2: there } = new MessageChannel();
  const thread = new EventEmitter();
  here.on("message", (message) => thread.emit("message", message));
  here.on("close", () => thread.emit("exit", 0));
  serveFile(there, data);
  there.unref();
  // A thread ends that could not open its file.
  thread.once("message", (opening: object) => "trouble" in opening && there.close());
  return Object.assign(thread, {
    postMessage: (message: unknown) => here.postMessage(message),
    ref: () => here.ref(),
    unref: () => here.unref(),
  }) as unknown as Thread;
}
