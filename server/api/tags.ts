// Versions as ETags, what is said of caching, and the answer to whoever has a version already.

import type { FastifyReply, FastifyRequest } from "fastify";
import type { Version } from "../../protocol/index.js";

export const tagOf = (version: Version): string => `"${version}"`;

/** Says which version is answered. What was asked for by its version stays so for ever. */
export function tag(reply: FastifyReply, version: Version, { immutable = false } = {}): FastifyReply {
  return reply
    .header("ETag", tagOf(version))
    .header("Cache-Control", immutable ? "private, max-age=31536000, immutable" : "private, no-cache");
}

/** Whether they have that version already. */
export function hasIt({ headers }: FastifyRequest, version: Version): boolean {
  const known = headers["if-none-match"];
  if (known === undefined) return false;
  return known
    .split(",")
    .map((each) => each.trim().replace(/^W\//, ""))
    .some((each) => each === "*" || each === tagOf(version));
}
