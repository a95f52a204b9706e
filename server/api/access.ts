// Who asks, and what they may: each request has been let in by a token before its body is read. Rights and faults are
// those of the socket. Who may not read a document does not learn that it is there.

import type { FastifyRequest } from "fastify";
import { badName, Fault, isDocumentId, type Op } from "../../protocol/index.js";
import type { Addresses } from "../address.js";
import type { Authenticator } from "../auth.js";
import type { By } from "../documents/index.js";
import type { ServerLimits } from "../limits.js";
import type { Log } from "../log.js";
import type { Meter } from "../meter.js";
import { notLetIn } from "../not-let-in.js";
import { demandMay, forbidden } from "../policy.js";
import type { Identity } from "../ports.js";
import { networkOf, type Quotas } from "../quotas.js";
import { admitted } from "../standing.js";
import { matched } from "./tags.js";

export interface AccessOptions {
  readonly addresses: Addresses;
  readonly quotas: Quotas;
  readonly authenticator: Authenticator;
  readonly limits: ServerLimits;
  readonly meter: Pick<Meter, "unauthenticated">;
  readonly log: Log;
  readonly draining: () => boolean;
}

export interface Access {
  /** Lets a request in, or not. @throws Fault `unauthenticated` | `token_expired` | `rate_limited` | … */
  admit(request: FastifyRequest): Promise<void>;
  /** Whose limits it counts against: the user's, or the address' of whoever shows no token. */
  payer(request: FastifyRequest): string;
  identity(request: FastifyRequest): Identity;
  /** Who it counts as where users are counted: of those without a token all are one user, and each address for itself. */
  counted(request: FastifyRequest): string;
  /** Demands that they may read it. @throws Fault `bad_name` | `forbidden` */
  demandRead(request: FastifyRequest, id: string): Promise<void>;
  /** Demands that they may change it, now. @throws Fault `bad_name` | `forbidden` | `readonly` | `comment_only` | `unavailable` */
  demandChange(request: FastifyRequest, id: string): Promise<void>;
  /**
   * Demands that they may change something of it, be it comments alone.
   *
   * @returns what demands of an op that it is theirs to make, as {@link demandMay} does. @throws Fault as `demandChange`
   */
  demandOps(request: FastifyRequest, id: string): Promise<(op: Op) => Promise<void>>;
  /** Demands that they may delete it, now. @throws Fault `bad_name` | `forbidden` | `readonly` | `unavailable` */
  demandDelete(request: FastifyRequest, id: string): Promise<void>;
  /** Demands that the server takes changes. @throws Fault `unavailable` */
  demandWriting(): void;
  /** Counts a change of a document against the limits of its author and its own. @throws Fault `rate_limited` */
  spend(request: FastifyRequest, id: string, cost: number): void;
  /** Counts, once it is known, what the change makes of the document. */
  owe(request: FastifyRequest, id: string): (units: number) => void;
  /** Whose change it is, and what the headers demand. @throws Fault `message_malformed` */
  by(request: FastifyRequest): By & { readonly author: string };
}

export function createAccess(options: AccessOptions): Access {
  const { addresses, quotas, authenticator, limits, draining } = options;
  /** A request that is not here has not been let in. */
  const identities = new WeakMap<FastifyRequest, Identity>();
  const payers = new WeakMap<FastifyRequest, string>();
  const addressOf = (request: FastifyRequest) => `address ${networkOf(addresses.clientAddress(request.raw))}`;
  const counted = (request: FastifyRequest) => {
    const payer = payers.get(request) ?? addressOf(request);
    return payer.startsWith("user ") ? payer.slice("user ".length) : payer;
  };

  function identity(request: FastifyRequest): Identity {
    const known = identities.get(request);
    if (known === undefined) throw new Fault("unauthenticated", "A token is needed here.");
    return known;
  }

  function demandWriting(): void {
    if (draining())
      throw new Fault("unavailable", "The server is stopping.", { retryAfterMs: limits.returnAfterMs });
  }

  /** Who may not read it learns no more than that; both are asked in any case, so that the time it takes tells nothing. */
  async function demand(
    request: FastifyRequest,
    id: string,
    more: (who: Identity) => Promise<void>,
  ): Promise<void> {
    demandWriting();
    demandName(id);
    const who = identity(request);
    const [read, rest] = await Promise.allSettled([who.may("read", id), more(who)]);
    if (read.status === "rejected") throw read.reason;
    if (!read.value) throw forbidden();
    if (rest.status === "rejected") throw rest.reason;
  }

  return {
    async admit(request) {
      const address = addresses.clientAddress(request.raw);
      quotas.http(address);
      const token = /^Bearer +(\S{1,8192})$/i.exec(request.headers.authorization ?? "")?.[1];
      const known = await authenticator
        .authenticate(token === undefined ? {} : { token })
        .then((admission) => admitted(admission, "http"))
        .catch((error) => {
          if (error instanceof Fault) notLetIn(options, error, { way: "http", address });
          throw error;
        });
      identities.set(request, known);
      payers.set(request, token === undefined ? addressOf(request) : `user ${known.user.id}`);
    },

    payer: (request) => payers.get(request) ?? addressOf(request),
    identity,
    counted,
    demandWriting,

    async demandRead(request, id) {
      demandName(id);
      if (!(await identity(request).may("read", id))) throw forbidden();
    },

    demandChange: (request, id) => demand(request, id, (who) => demandMay(who, id)),

    async demandOps(request, id) {
      // What does nothing is a comment like any other.
      await demand(request, id, (who) => demandMay(who, id, []));
      return (op) => demandMay(identity(request), id, op);
    },

    demandDelete: (request, id) =>
      demand(request, id, async (who) => {
        if (!(await who.may("delete", id)))
          throw new Fault("readonly", "This document is not yours to delete.");
      }),

    spend(request, id, cost) {
      quotas.op(counted(request), addresses.clientAddress(request.raw), cost);
      quotas.write(id, cost);
    },

    owe: (request, id) => (units) =>
      quotas.made(counted(request), addresses.clientAddress(request.raw), id, units),

    by(request) {
      const { "if-match": match, "idempotency-key": key } = request.headers;
      return {
        author: identity(request).user.id,
        ...(typeof key === "string" ? { key } : {}),
        ...(match === undefined || match === "*" ? {} : conditionOf(match)),
      };
    },
  };
}

/** @throws Fault `bad_name` */
export function demandName(id: string): void {
  if (!isDocumentId(id)) throw badName(id);
}

function conditionOf(match: string): Pick<By, "ifVersion" | "ifEpoch"> {
  const { version, epoch } = matched(match);
  return { ifVersion: version, ...(epoch === undefined ? {} : { ifEpoch: epoch }) };
}
