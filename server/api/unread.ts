// Long answers over HTTP, from when they are given to when they have been read, and long bodies, from when they are announced to
// when they are answered: so much of them at once, for each address and in all, and no longer than it takes on a slow line. All of
// it lies in memory, and whoever reads nothing asks for the next, as whoever sends nothing announces the next. Of a body in chunks
// nobody knows how long it will be: it is counted as it comes.

import { Transform } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Addresses } from "../address.js";
import type { ServerLimits } from "../limits.js";
import type { Quotas } from "../quotas.js";

/** What is shorter is gone with the first packets. */
const LONG = 64 * 1024;

export interface UnreadOptions {
  readonly quotas: Quotas;
  readonly addresses: Addresses;
  readonly limits: Pick<ServerLimits, "stalledMs">;
}

/** For all that is answered. */
export function boundAnswers(app: FastifyInstance, options: UnreadOptions): void {
  app.addHook("onSend", async (request, reply, payload) => {
    const bytes = typeof payload === "string" || Buffer.isBuffer(payload) ? payload.length : 0;
    if (bytes < LONG) return;
    // What has been done is told, however much is unread: whoever heard `busy` of it would do it again.
    if (request.method === "GET" || request.method === "HEAD") demandRoom(options, request);
    hold(options, request, reply, bytes);
    // Without a listener Node ends the line, and only if nothing of the answer has left meanwhile.
    reply.raw.setTimeout(options.limits.stalledMs);
  });
}

/** For the bodies of those who have been let in. */
export function boundBodies(app: FastifyInstance, options: UnreadOptions): void {
  app.addHook("onRequest", async (request, reply) => {
    const bytes = Number(request.headers["content-length"] ?? 0);
    // What is more than may come is refused unread.
    if (bytes < LONG || bytes > (request.routeOptions.bodyLimit ?? 0)) return;
    demandRoom(options, request);
    hold(options, request, reply, bytes);
  });
  app.addHook("preParsing", async (request, reply, body) =>
    request.headers["transfer-encoding"] === undefined ? body : body.pipe(asItComes(options, request, reply)),
  );
}

function asItComes(options: UnreadOptions, request: FastifyRequest, reply: FastifyReply): Transform {
  let came = 0;
  let counted = 0;
  let end = () => {};
  return new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      came += chunk.length;
      try {
        if (came - counted >= LONG) {
          // What has come of it is nothing that it would have to wait for.
          end();
          demandRoom(options, request);
          counted = came;
          end = hold(options, request, reply, counted);
        }
        pass(null, chunk);
      } catch (error) {
        pass(error as Error);
      }
    },
  });
}

/** @throws Fault `busy` if too much is unread */
function demandRoom({ quotas, addresses }: UnreadOptions, request: FastifyRequest): void {
  quotas.read(addresses.clientAddress(request.raw));
}

/** Counts so much until it is answered, and the answer read. @returns ends that before */
function hold(
  { quotas, addresses }: UnreadOptions,
  request: FastifyRequest,
  { raw }: FastifyReply,
  bytes: number,
): () => void {
  // Who has gone meanwhile is given nothing, and does not go a second time.
  if (raw.destroyed) return () => {};
  const { socket } = request.raw;
  // It may still wait for its line, which is then held by an answer before it.
  const end = quotas.answering(addresses.clientAddress(request.raw), bytes, () => socket.destroy());
  raw.once("close", end);
  return () => {
    raw.off("close", end);
    end();
  };
}
