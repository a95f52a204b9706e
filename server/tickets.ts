// Client ids and the proof that one was given to this user. A client that reconnects presents both, so that its ops
// keep their names over reconnects and restarts of the server, and nobody can name an op as somebody else's.
//
//   ticket = HMAC-SHA256(key, client id ‖ NUL ‖ user id)
//
// Keys for different purposes are derived from the store's one secret, so that none can stand in for another.

import { createHmac, hkdfSync, randomFillSync, timingSafeEqual } from "node:crypto";
import type { Random } from "../protocol/index.js";

export interface Tickets {
  issue(client: string, user: string): string;
  /** Whether `ticket` was issued here for this client id and this user. */
  holds(client: string, user: string, ticket: string): boolean;
  /** What a user is called where others read, such as in logs: the same each time, and nobody can go back from it. */
  pseudonym(user: string): string;
}

export function createTickets(secret: Uint8Array): Tickets {
  const key = purposeKey(secret, "client ticket");
  const hidden = purposeKey(secret, "pseudonym");
  const sign = (client: string, user: string) =>
    createHmac("sha256", key).update(client).update("\0").update(user).digest();

  return {
    issue: (client, user) => sign(client, user).toString("base64url"),
    holds(client, user, ticket) {
      // Ids as minted here hold no NUL, so no two pairs are signed alike.
      if (!/^[A-Za-z0-9_-]{12}$/.test(client)) return false;
      const given = Buffer.from(ticket, "base64url");
      const right = sign(client, user);
      return given.length === right.length && timingSafeEqual(given, right);
    },
    pseudonym: (user) => createHmac("sha256", hidden).update(user).digest("base64url").slice(0, 12),
  };
}

/** Who somebody is of whom nothing is known but the client id: nothing but its ticket shows that one is the same again. */
export const guestOf = (client: string): string => `guest-${client}`;

/** A node's own key for one purpose, of 32 bytes, by HKDF. What nodes share has `clusterKey` (`cluster/seal.ts`). */
export function purposeKey(secret: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, new Uint8Array(0), `interline ${purpose}`, 32));
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** A URL-safe id of 6 bits a letter. Twelve letters meet by chance once in some billions of connections. */
export function mintId(random: Random, length = 12): string {
  return Array.from({ length }, () => letters[Math.floor(random() * 64)]).join("");
}

/** A document's name that nobody guesses: who has it was given it. */
export function mintDocumentId(random: Random): string {
  return mintId(random, 22).replace(/^[-_]/, "0");
}

/** Chance from the system's generator. */
export const systemRandom: Random = () => {
  const [high, low] = randomFillSync(new Uint32Array(2));
  return (high! * 2 ** 21 + (low! >>> 11)) / 2 ** 53;
};
