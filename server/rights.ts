// What somebody may do, from all who have a say: the token, the list of what has been revoked, and the integrator's own
// rules. Each can only take away; who is let in and welcomed must be allowed by all of them, at every question anew.
//
// An integrator's rule that throws or never answers decides nothing: whoever asks learns that there is no answer.

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
  const govern = (identity: Identity): Identity => {
    const { user, claims } = identity;
    return {
      ...identity,
      may: async (action, doc) =>
        revocations.allows(user.id, claims, doc) &&
        (await identity.may(action, doc)) &&
        (authorize === undefined || says(await authorize(user, action, doc), action)),
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
    async authenticate(credentials) {
      const admission: Admission = await authenticator.authenticate(credentials);
      return (src) => govern(admission(src));
    },
    recall: (known) => govern(authenticator.recall(known)),
  };
}

/** What a rule's answer says of an action. One that it should not have given allows nothing. */
const says = (answer: unknown, action: Action) =>
  answer === true || (isRole(answer) && roleMay(answer, action));
