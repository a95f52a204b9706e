// What the claims of a token say: who somebody is (`sub`, `name`), until when (`exp`), and what they may do (`interline`).
//
//   "interline": { "documents": ["report", "team-*"], "access": "read" }    this access to these documents
//   "interline": { "roles": { "report": "owner", "team-*": "viewer" } }     a role in each; the most specific name counts
//
// That the token is genuine has been found out before (`auth.ts`). Its claims are a stranger's data all the same: what we
// cannot read allows nothing, and is refused. Pure.

import type { JWTPayload } from "jose";
import { Fault, isDocumentId, isStorable, type Role } from "../protocol/index.js";
import type { Identity } from "./ports.js";
import { isRole, roleMay } from "./roles.js";
import { oneLine } from "./words.js";

/** Clocks differ by this much between whoever issues tokens and us. */
export const LEEWAY_SECONDS = 60;
const NAME_LENGTH = 64;
const ID_LENGTH = 128;
/** Of whose id nothing can be seen. */
const NAMELESS = "?";

/** @throws Fault `unauthenticated` where they are not what they should be */
export function identityOf(claims: JWTPayload): Identity {
  const id = subject(claims);
  const roleIn = grants(claims.interline);
  return {
    user: { id, name: cleanName(claims.name, oneLine(id, ID_LENGTH) ?? NAMELESS) },
    claims,
    ...(claims.exp === undefined ? {} : { expiresAt: endOf(claims.exp) }),
    may: (action, doc) => {
      const role = roleIn(doc);
      return role !== undefined && roleMay(role, action);
    },
  };
}

/** Milliseconds since the Unix epoch; of what is said to last longer than they can be counted, as long as that. */
const endOf = (exp: number): number =>
  Math.min(Number.MAX_SAFE_INTEGER, Math.floor((exp + LEEWAY_SECONDS) * 1000));

/** The role that each access is. */
const accesses = {
  read: "viewer",
  comment: "commenter",
  write: "editor",
  own: "owner",
} satisfies Record<string, Role>;

/** What the bearer is to a document; undefined: nothing. */
type RoleIn = (doc: string) => Role | undefined;

/**
 * What the `interline` claim allows: the role under the most specific name, else `access` to the `documents`. A claim that
 * names roles alone says nothing of other documents. One that we cannot read allows nothing.
 */
function grants(claim: unknown): RoleIn {
  if (claim === undefined) return () => "editor";
  if (!isObject(claim)) throw unreadable();
  const { documents, access, roles, ...others } = claim;
  if (Object.keys(others).length > 0) throw unreadable();
  const named = rolesFrom(roles);
  const elsewhere = documents === undefined && access === undefined && roles !== undefined;
  const patterns = elsewhere ? [] : patternsFrom(documents);
  const role = roleFrom(access);
  return (doc) =>
    named.find(([pattern]) => matches(pattern, doc))?.[1] ??
    (patterns.some((pattern) => matches(pattern, doc)) ? role : undefined);
}

/** Those that are more specific first. */
function rolesFrom(roles: unknown = {}): readonly (readonly [string, Role])[] {
  if (!isObject(roles)) throw unreadable();
  const named = Object.entries(roles).map(([pattern, role]) => {
    if (!isPattern(pattern) || !isRole(role)) throw unreadable();
    return [pattern, role] as const;
  });
  const isOpen = (pattern: string) => Number(pattern.endsWith("*"));
  return named.sort(([one], [other]) => isOpen(one) - isOpen(other) || other.length - one.length);
}

function patternsFrom(documents: unknown = ["*"]): readonly string[] {
  if (!Array.isArray(documents) || !documents.every(isPattern)) throw unreadable();
  return documents;
}

function roleFrom(access: unknown = "write"): Role {
  if (typeof access !== "string" || !Object.hasOwn(accesses, access)) throw unreadable();
  return accesses[access as keyof typeof accesses];
}

const unreadable = () => new Fault("unauthenticated", "The token's interline claim is not valid.");

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isPattern = (value: unknown): value is string =>
  typeof value === "string" && (value === "*" || isDocumentId(value.replace(/\*$/, "")));

const matches = (pattern: string, doc: string) =>
  pattern.endsWith("*") ? doc.startsWith(pattern.slice(0, -1)) : doc === pattern;

/** The user's id: what authors of ops are called for ever. @throws Fault `unauthenticated` */
export function subject({ sub }: JWTPayload): string {
  const fits = typeof sub === "string" && sub.length >= 1 && sub.length <= ID_LENGTH && !/\p{Cc}/u.test(sub);
  if (!fits || !isStorable(sub)) throw new Fault("unauthenticated", "The token's sub claim is not valid.");
  return sub;
}

/** A name as others may see it, not endless. */
export const cleanName = (name: unknown, otherwise: string): string =>
  oneLine(name, NAME_LENGTH) ?? otherwise;
