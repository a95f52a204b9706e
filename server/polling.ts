// Long polling through a balancer: every request of one session must come to the node that has it.
//
// Sessions are named `NODE.RANDOM`, so that a balancer can read from the address of each request where it belongs; there is
// nothing to remember, and no cookie, which a browser would not send from a page of another site. A request that comes to
// the wrong node is refused by Engine.IO (400, code 1), and here it is said, now and then, what is wrong.

import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type Clock, steadyMs } from "../protocol/index.js";
import type { Log } from "./log.js";

/** What of Engine.IO is used. */
interface Engine {
  generateId(request: IncomingMessage): unknown;
  on(
    event: "connection_error",
    listener: (error: { readonly code: unknown; readonly context?: unknown }) => void,
  ): unknown;
}

const UNKNOWN_SESSION = 1;
/** A balancer that is set up wrong strays every poll. */
const SAY_EVERY_MS = 60_000;
const SECRET_BYTES = 18;

/** A name that stands in addresses as it is, and in a balancer's configuration. */
export const isNodeName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name);

export function nameSessions(
  engine: Engine,
  { node, clock, log }: { readonly node: string; readonly clock: Clock; readonly log: Log },
): void {
  let saidAt = Number.NEGATIVE_INFINITY;
  engine.generateId = () => `${node}.${randomBytes(SECRET_BYTES).toString("base64url")}`;
  engine.on("connection_error", ({ code, context }) => {
    const { sid } = (context ?? {}) as { sid?: unknown };
    if (code !== UNKNOWN_SESSION || typeof sid !== "string" || sid.startsWith(`${node}.`)) return;
    const [owner = ""] = sid.split(".");
    if (!isNodeName(owner) || steadyMs(clock) - saidAt < SAY_EVERY_MS) return;
    saidAt = steadyMs(clock);
    log.warn(
      { node, owner },
      "A poll of another node's session came here: that node is gone, or the balancer does not keep sessions with their nodes.",
    );
  });
}
