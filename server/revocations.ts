// What has been taken back before its time: single tokens, all tokens of a user, or what a user's tokens say of one
// document. Only tokens that were issued before count; what is issued afterwards is for whoever issues it to decide.
//
// In force here from the moment it is asked for; durable when the promise resolves. The list is held in memory whole: it
// grows by one line for each revocation, and a second one of the same thing replaces the first. How other nodes hear of it
// is `news.ts`.

import { Fault } from "../protocol/index.js";
import type { Claims } from "./ports.js";
import type { RevocationRow } from "./storage/revocation.js";

/** What to take back: everything of a user, a user's rights on one document, or one token, by its `jti`. */
export type Revocation = { readonly user: string; readonly doc?: string } | { readonly token: string };

/**
 * How it is kept. What is left undefined is not said.
 *
 * @throws Fault `message_malformed` for what would take nothing back, as where the user's id is undefined by mistake
 */
export function rowOf(what: Revocation, before: number): RevocationRow {
  const { user, doc, token, ...others } = Object(what) as { readonly [name: string]: unknown };
  const says = (value: unknown): value is string => typeof value === "string" && value !== "";
  const alone = user === undefined && doc === undefined;
  if (Object.keys(others).length === 0) {
    if (says(token) && alone) return { user: "", doc: "", token, before };
    if (says(user) && token === undefined && (doc === undefined || says(doc)))
      return { user, doc: doc ?? "", token: "", before };
  }
  throw new Fault("message_malformed", "What is revoked is a user, one document of a user, or a token.");
}

export interface RevocationStore {
  /** Keeps it, in place of an earlier one of the same thing. Durable when it resolves. */
  revoke(row: RevocationRow): Promise<void>;
  revocations(): Promise<readonly RevocationRow[]>;
}

export interface Revocations {
  /** @throws Fault `unavailable` if it could not be written; it is in force here all the same, until a restart */
  add(what: Revocation, before: number): Promise<void>;
  /** Takes over what was revoked elsewhere. @returns those of it that were not known */
  hear(rows: readonly RevocationRow[]): readonly RevocationRow[];
  /** Whether a token with these claims does not hold any more. */
  holds(user: string, claims: Claims | undefined): boolean;
  /** Whether what such a token says of this document has been taken back. */
  allows(user: string, claims: Claims | undefined, doc: string): boolean;
}

export async function openRevocations(store: RevocationStore): Promise<Revocations> {
  const known = new Map<string, number>();
  const keyOf = ({ user, doc, token }: Omit<RevocationRow, "before">) => JSON.stringify([user, doc, token]);
  const note = (row: RevocationRow) =>
    known.set(keyOf(row), Math.max(row.before, known.get(keyOf(row)) ?? row.before));
  for (const row of await store.revocations()) note(row);

  /** Seconds are all that tokens tell, so one of the same second is taken for an earlier one. */
  const isOlder = (claims: Claims | undefined, before: number | undefined) =>
    before !== undefined && !(typeof claims?.iat === "number" && claims.iat * 1000 > before);

  return {
    async add(what, before) {
      const row = rowOf(what, before);
      note(row);
      await store.revoke(row);
    },
    hear: (rows) =>
      rows.filter((row) => {
        const before = known.get(keyOf(row));
        note(row);
        return before === undefined || row.before > before;
      }),
    holds(user, claims) {
      if (isOlder(claims, known.get(keyOf({ user, doc: "", token: "" })))) return false;
      const token = claims?.jti;
      // The name of a token is the token's for ever: when it was issued does not matter.
      return !(typeof token === "string" && known.has(keyOf({ user: "", doc: "", token })));
    },
    allows: (user, claims, doc) => !isOlder(claims, known.get(keyOf({ user, doc, token: "" }))),
  };
}
