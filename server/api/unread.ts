// Long answers over HTTP, from when they are given to when they have been read: so much of them at once, for each address and in
// all, and no longer than it takes on a slow line. What is not read stays in memory, and who reads nothing asks for the next.

import type { FastifyInstance } from "fastify";
import type { Addresses } from "../address.js";
import type { Quotas } from "../quotas.js";

/** What is shorter is gone with the first packets. */
const LONG = 64 * 1024;

export function boundUnread(
  app: FastifyInstance,
  { quotas, addresses }: { readonly quotas: Quotas; readonly addresses: Addresses },
): void {
  app.addHook("onSend", async (request, { raw }, payload) => {
    const bytes = typeof payload === "string" || Buffer.isBuffer(payload) ? payload.length : 0;
    if (bytes < LONG) return;
    const address = addresses.clientAddress(request.raw);
    quotas.read(address);
    raw.once(
      "close",
      quotas.answering(address, bytes, () => raw.destroy()),
    );
  });
}
