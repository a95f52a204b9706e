// How large an op may be that a stranger sends, over sockets and HTTP alike.

import { Fault, type Op } from "../protocol/index.js";
import type { ServerLimits } from "./limits.js";

/** The length of its JSON in bytes. @throws Fault `op_too_large` */
export function sizeOf(op: Op, { opBytes }: Pick<ServerLimits, "opBytes">): number {
  const bytes = Buffer.byteLength(JSON.stringify(op));
  if (bytes > opBytes)
    throw new Fault("op_too_large", "The op is too large.", { details: { bytes, opBytes } });
  return bytes;
}

/** @throws Fault `op_too_complex` */
export function demandSimple(op: Op, { opComponents }: Pick<ServerLimits, "opComponents">): void {
  if (op.length <= opComponents) return;
  const details = { components: op.length, opComponents };
  throw new Fault("op_too_complex", "The op has too many components.", { details });
}
