// What somebody may do, from all who have a say: the token, the list of what has been revoked, and the integrator's own
// rules. Each can only take away; who is let in and welcomed must be allowed by all of them, at every question anew.
//
// An integrator's rule that throws or never answers decides nothing: whoever asks learns that there is no answer. One that
// answers in booleans cannot make commenters: a rule that knows of no comments and lets everything pass but `write` would
// let readers change documents. Where it answers a role it has said what it means.

import type { User } from "../protocol/index.js";
import type { Admission, LastingAuthenticator } from "./auth.js";
import type { ServerOptions } from "./options.js";
import type { Action, Identity } from "./ports.js";
import type { Revocations } from "./revocations.js";
import { isRole, roleMay } from "./roles.js";

export interface Rules extends Pick<ServerOptions, "authorize" | "revoked"> {
  readonly revocations: Revocations;
  /** Resolves when what was revoked on other nodes is known here, as far as that can be; undefined: it is. */
  readonly fresh?: () => Promise<void> | undefined;
}

export function governed(
  authenticator: LastingAuthenticator,
  { authorize, revoked, revocations, fresh }: Rules,
): LastingAuthenticator {
  async function ruled(user: User, action: Action, doc: string): Promise<boolean> {
    if (authorize === undefined) return true;
    const answer: unknown = await authorize(user, action, doc);
    if (isRole(answer)) return roleMay(answer, action);
    // Whatever is neither a role nor `true` should not have been answered, and allows nothing.
    return answer === true && (action !== "comment" || ruled(user, "write", doc));
  }

  const govern = (identity: Identity): Identity => {
    const { user, claims } = identity;
    return {
      ...identity,
      may: async (action, doc) =>
        revocations.allows(user.id, claims, doc) &&
        (await identity.may(action, doc)) &&
        (await ruled(user, action, doc)),
      revoked: async () => {
        await fresh?.();
        return (
          !revocations.holds(user.id, claims) ||
          (revoked !== undefined && claims !== undefined && (await revoked(claims)) !== false)
        );
      },
    };
  };
  return {
    ...authenticator,
    // Tokens say what they say, and of what is revoked the gateway is told; only rules of the integrator's change in silence.
    steady: authorize === undefined && revoked === undefined,
    async authenticate(credentials) {
      const admission: Admission = await authenticator.authenticate(credentials);
      return (src) => govern(admission(src));
    },
    recall: (known) => govern(authenticator.recall(known)),
  };
}
