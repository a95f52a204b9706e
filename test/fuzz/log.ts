// What a server has committed to a document, asked for as any client may: page by page, past all faulty wires.

import { socketTransport } from "../../client/index.js";
import {
  type Committed,
  type DocumentType,
  Fault,
  OLDEST_PROTOCOL,
  type Requests,
} from "../../protocol/index.js";

/** All ops that history holds, oldest first. @throws Fault */
export function readLog(
  url: string,
  doc: string,
  type: DocumentType,
  token?: string,
): Promise<readonly Committed[]> {
  return new Promise((resolve, reject) => {
    const all: Committed[] = [];
    // Servers of the version before speak it too.
    const hello = { protocol: OLDEST_PROTOCOL, name: "fuzz", ...(token === undefined ? {} : { token }) };
    const channel = socketTransport(url).open(hello, {
      event: (name) => {
        if (name === "welcome")
          ask("open", { doc, type, create: false, since: 0 }, (reply) => page(reply.ops ?? [], reply.head));
      },
      closed: (reason, fault) => reject(fault === undefined ? new Error(reason) : Fault.from(fault)),
    });

    function ask<K extends "open" | "ops">(
      name: K,
      body: Requests[K]["body"],
      then: (reply: Requests[K]["reply"]) => void,
    ): void {
      channel.request(name, body, (answer) =>
        "ok" in answer ? then(answer.ok) : reject(Fault.from(answer.fault)),
      );
    }

    function page(ops: readonly Committed[], head: number): void {
      all.push(...ops);
      const since = all.at(-1)?.version ?? 0;
      if (since < head && ops.length > 0) ask("ops", { doc, since }, (reply) => page(reply.ops, reply.head));
      else {
        resolve(all);
        channel.close();
      }
    }
  });
}
