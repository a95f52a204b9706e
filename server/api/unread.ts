// Long answers over HTTP, from when they are given to when they have been read, and long bodies, from when they are announced to
// when they are answered: so much of them at once, for each address and in all, and no longer than it takes on a slow line. All of
// it lies in memory, and whoever reads nothing asks for the next, as whoever sends nothing announces the next.

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Addresses } from "../address.js";
import type { Quotas } from "../quotas.js";

/** What is shorter is gone with the first packets. */
const LONG = 64 * 1024;

export interface UnreadOptions {
  readonly quotas: Quotas;
  readonly addresses: Addresses;
}

/** For all that is answered. */
export function boundAnswers(app: FastifyInstance, options: UnreadOptions): void {
  app.addHook("onSend", async (request, reply, payload) => {
    const bytes = typeof payload === "string" || Buffer.isBuffer(payload) ? payload.length : 0;
    hold(options, request, reply, bytes);
  });
}

/** For the bodies of those who have been let in. */
export function boundBodies(app: FastifyInstance, options: UnreadOptions): void {
  app.addHook("onRequest", async (request, reply) => {
    const { "content-length": length, "transfer-encoding": chunked } = request.headers;
    const most = request.routeOptions.bodyLimit ?? 0;
    // Of what comes in chunks nobody knows; and what is more than may come is refused unread.
    const bytes = chunked === undefined ? Number(length ?? 0) : most;
    if (bytes <= most) hold(options, request, reply, bytes);
  });
}

/** @throws Fault `busy` */
function hold(
  { quotas, addresses }: UnreadOptions,
  request: FastifyRequest,
  { raw }: FastifyReply,
  bytes: number,
): void {
  if (bytes < LONG) return;
  const address = addresses.clientAddress(request.raw);
  quotas.read(address);
  raw.once(
    "close",
    quotas.answering(address, bytes, () => raw.destroy()),
  );
}
