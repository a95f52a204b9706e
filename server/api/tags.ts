// What is said of versions in headers: which one is answered, what of it may be cached, and which one somebody has. What
// such a tag looks like is in `protocol/tags.ts`.

import type { FastifyReply, FastifyRequest } from "fastify";
import { etagOf, Fault, type Tag, tagInEtag } from "../../protocol/index.js";

/**
 * Says which version is answered, if its life is known.
 *
 * @param immutable  the address names the version and its life, so what is there stays so for ever
 */
export function tag(reply: FastifyReply, version: Tag, { immutable = false } = {}): FastifyReply {
  reply.header("Cache-Control", immutable ? "private, max-age=31536000, immutable" : "private, no-cache");
  return version.epoch === undefined ? reply : reply.header("ETag", etagOf(version));
}

/** Whether they have that version already. One without its life may be another life's, so it is nothing to go by. */
export function hasIt({ headers }: FastifyRequest, version: Required<Tag>): boolean {
  const known = headers["if-none-match"];
  if (known === undefined) return false;
  return known
    .split(",")
    .map((each) => each.trim().replace(/^W\//, ""))
    .some((each) => each === "*" || each === etagOf(version));
}

/** What the head must be. @throws Fault `message_malformed` */
export function matched(header: string): Tag {
  const found = tagInEtag(header);
  if (found !== undefined) return found;
  throw new Fault("message_malformed", "If-Match must be one ETag, as it was given out.");
}
