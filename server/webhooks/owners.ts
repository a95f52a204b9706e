// Whether a webhook's owner may still have a program told of a document. Asked before each delivery, for a token is shown
// once, when the webhook is made, and its bearer's rights may be gone since.
//
// Always holds: what is told was its owner's to hear of in that moment, by the claims that they came with, by what has been
// revoked and by the integrator's rules. That a token ends by itself takes nothing back. A webhook that this process has
// made belongs to nobody who could be asked about.

import type { Clock } from "../../protocol/index.js";
import type { LastingAuthenticator } from "../auth.js";
import type { Action } from "../ports.js";
import type { Webhook } from "./kept.js";

/** Whoever may do this to a document may have a program told of all that happens to it. */
export const NEEDED: Action = "manage";

/** `unknown`: the rules failed, or did not answer in time. */
export type Verdict = "may" | "may not" | "unknown";

export interface OwnersOptions {
  readonly authenticator: Pick<LastingAuthenticator, "recall">;
  readonly clock: Clock;
  /** How long the rules may take. */
  readonly withinMs: number;
}

export type Owners = (webhook: Pick<Webhook, "known">, document: string) => Promise<Verdict>;

export function createOwners({ authenticator, clock, withinMs }: OwnersOptions): Owners {
  return async ({ known }, document) => {
    if (known === undefined) return "may";
    const ask = async (): Promise<Verdict> => {
      const { may, revoked } = authenticator.recall(known);
      if (await revoked?.()) return "may not";
      return (await may(NEEDED, document)) ? "may" : "may not";
    };
    let cancel = () => {};
    const late = new Promise<Verdict>((resolve) => {
      cancel = clock.after(withinMs, () => resolve("unknown"));
    });
    return Promise.race([ask().catch(() => "unknown" as const), late]).finally(cancel);
  };
}
