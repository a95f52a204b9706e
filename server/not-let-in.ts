// Who was not let in, at whichever door they came: counted if it was for their token, and said in the log with why and from
// where. Nothing of a token is said, and no address of anybody who was let in.

import type { Fault, FaultCode } from "../protocol/index.js";
import type { Log } from "./log.js";
import type { Meter } from "./meter.js";

/** Refusals that are about who somebody is. */
const aboutTokens: ReadonlySet<FaultCode> = new Set(["unauthenticated", "token_expired", "token_revoked"]);

export interface Door {
  /** How they came. */
  readonly way: string;
  /** Where they come from, as far as that is believed. */
  readonly address?: string | undefined;
}

export function notLetIn(
  { meter, log }: { readonly meter: Pick<Meter, "unauthenticated">; readonly log: Log },
  { code, message, extra }: Fault,
  { way, address }: Door,
  context: object = {},
): void {
  if (aboutTokens.has(code)) meter.unauthenticated(code);
  const from = address === undefined ? {} : { address };
  log.info({ code, way, ...from, reason: extra.reason ?? message, ...context }, "Somebody was not let in.");
}
