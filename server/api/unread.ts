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
    // What has been done is told, however much is unread: whoever heard `busy` of it would do it again.
    const mayRefuse = request.method === "GET" || request.method === "HEAD";
    hold(options, request, reply, bytes, mayRefuse);
  });
}

/** For the bodies of those who have been let in. */
export function boundBodies(app: FastifyInstance, options: UnreadOptions): void {
  app.addHook("onRequest", async (request, reply) => {
    const { "content-length": length, "transfer-encoding": chunked } = request.headers;
    const most = request.routeOptions.bodyLimit ?? 0;
    // Of what comes in chunks nobody knows; and what is more than may come is refused unread.
    const bytes = chunked === undefined ? Number(length ?? 0) : most;
    if (bytes <= most) hold(options, request, reply, bytes, true);
  });
}

/** @param mayRefuse  if too much is unread. @throws Fault `busy` */
function hold(
  { quotas, addresses }: UnreadOptions,
  request: FastifyRequest,
  { raw }: FastifyReply,
  bytes: number,
  mayRefuse: boolean,
): void {
  // Who has gone meanwhile is given nothing, and does not go a second time.
  if (bytes < LONG || raw.destroyed) return;
  const { socket } = request.raw;
  const address = addresses.clientAddress(request.raw);
  if (mayRefuse) quotas.read(address);
  // It may still wait for its line, which is then held by an answer before it.
  const cut = () => socket.destroy();
  raw.once("close", quotas.answering(address, bytes, cut));
}
