// Who somebody is, from the token they present. Two ways:
//
//   open   anybody gets in. A token that this store issued gives a lasting identity, no token a guest for this client.
//   jwt    a signed token is needed. Its claims say who (`sub`, `name`) and what they may do (`interline`).
//
// A token is a JWT checked by `jose`, with the algorithms allowed for the kind of key and no others: a shared secret
// never verifies what a public key should have. Claims are a stranger's data until they have been checked here.
// Rights on single documents that no token can know are the integrator's `authorize` hook (`index.ts`).

import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyOptions, jwtVerify, SignJWT } from "jose";
import { type Clock, Fault, isDocumentId, isStorable, type Random, type User } from "../protocol/index.js";
import { hasDuplicateKey } from "./duplicates.js";
import type { Action, Identity } from "./ports.js";
import { deriveKey, mintId } from "./tickets.js";

/** A person, once it is known under which client id they come: a guest is named after it. */
export type Admission = (src: string) => Identity;

export interface Authenticator {
  /** @throws Fault `unauthenticated` | `token_expired` | `unavailable` */
  authenticate(credentials: { readonly token?: string; readonly name?: string }): Promise<Admission>;
  /** Open only: a token that makes its bearer the same guest everywhere. */
  issue?(name: string): Promise<{ readonly token: string; readonly user: User }>;
}

/** Clocks differ by this much between whoever issues tokens and us. */
const LEEWAY_SECONDS = 60;
const ISSUER = "interline";
const NAME_LENGTH = 64;

/** Anybody gets in and may do everything. Only for a server that strangers cannot reach. */
export function openAuth(secret: Uint8Array, clock: Clock, random: Random): Authenticator {
  const key = deriveKey(secret, "guest token");
  const may = () => true;

  return {
    async authenticate({ token, name }) {
      if (token === undefined)
        return (src) => ({ user: { id: `guest-${src}`, name: cleanName(name, "Guest") }, may });
      const claims = await verified(token, clock, { issuer: ISSUER }, (options) =>
        jwtVerify(token, key, { ...options, algorithms: ["HS256"] }),
      );
      const user = { id: subject(claims), name: cleanName(name, cleanName(claims.name, "Guest")) };
      return () => ({ user, claims, may });
    },
    async issue(name) {
      const user = { id: `guest-${mintId(random, 16)}`, name: cleanName(name, "Guest") };
      const token = await new SignJWT({ name: user.name })
        .setProtectedHeader({ alg: "HS256" })
        .setIssuer(ISSUER)
        .setSubject(user.id)
        .setIssuedAt(Math.floor(clock.now() / 1000))
        .sign(key);
      return { token, user };
    },
  };
}

export interface TokenOptions {
  /** HS256, at least 32 bytes; or the address of the issuer's public keys. */
  readonly key: { readonly secret: string } | { readonly jwks: URL };
  readonly issuer?: string;
  readonly audience?: string;
}

/** A signed token is needed, and its claims decide. */
export function jwtAuth({ key, issuer, audience }: TokenOptions, clock: Clock): Authenticator {
  const demands = {
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
  };
  const verify = "secret" in key ? sharedSecret(key.secret) : publicKeys(key.jwks);

  return {
    async authenticate({ token }) {
      if (token === undefined) throw new Fault("unauthenticated", "A token is needed here.");
      const claims = await verified(token, clock, demands, (options) => verify(token, options));
      const identity = identityOf(claims);
      return () => identity;
    },
  };
}

type Verify = (token: string, options: JWTVerifyOptions) => Promise<{ readonly payload: JWTPayload }>;

function sharedSecret(secret: string): Verify {
  const key = new TextEncoder().encode(secret);
  return (token, options) => jwtVerify(token, key, { ...options, algorithms: ["HS256"] });
}

/** The kind of the key that the set holds under the token's key id decides which of these may be used with it. */
const PUBLIC_KEY_ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
];

function publicKeys(url: URL): Verify {
  const keys = createRemoteJWKSet(url, { timeoutDuration: 5000 });
  return (token, options) => jwtVerify(token, keys, { ...options, algorithms: PUBLIC_KEY_ALGORITHMS });
}

async function verified(
  token: string,
  clock: Clock,
  demands: { readonly issuer?: string; readonly audience?: string },
  verify: (options: JWTVerifyOptions) => Promise<{ readonly payload: JWTPayload }>,
): Promise<JWTPayload> {
  try {
    const options = { ...demands, clockTolerance: LEEWAY_SECONDS, currentDate: new Date(clock.now()) };
    const { payload } = await verify(options);
    demandClear(token, payload, clock);
    return payload;
  } catch (error) {
    if (error instanceof Fault) throw error;
    if (error instanceof errors.JWTExpired) throw new Fault("token_expired", "The token has expired.");
    if (aboutTheToken.some((kind) => error instanceof kind))
      throw new Fault("unauthenticated", "The token is not valid here.");
    // Not the token's fault: the issuer's keys could not be fetched.
    throw new Fault("unavailable", "Tokens cannot be checked at the moment.", { retryAfterMs: 5000 });
  }
}

/** Demands what a signature does not say: one spelling, one meaning, and no birth in the future, where no revocation reaches. */
function demandClear(token: string, { iat }: JWTPayload, clock: Clock): void {
  const parts = token.split(".").slice(0, 2);
  const twice = parts.some((part) => hasDuplicateKey(Buffer.from(part, "base64url").toString()));
  const spelt = /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
  const unborn = iat !== undefined && iat > clock.now() / 1000 + LEEWAY_SECONDS;
  if (twice || unborn || !spelt) throw new Fault("unauthenticated", "The token is not valid here.");
}

const aboutTheToken = [
  errors.JWTInvalid,
  errors.JWTClaimValidationFailed,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
];

function identityOf(claims: JWTPayload): Identity {
  const id = subject(claims);
  const { documents, access } = grants(claims.interline);
  const within = (doc: string) =>
    documents === undefined ||
    documents.some((allowed) =>
      allowed.endsWith("*") ? doc.startsWith(allowed.slice(0, -1)) : doc === allowed,
    );
  return {
    user: { id, name: cleanName(claims.name, id) },
    claims,
    ...(claims.exp === undefined ? {} : { expiresAt: (claims.exp + LEEWAY_SECONDS) * 1000 }),
    may: (action, doc) => within(doc) && (allowed[access] as readonly Action[]).includes(action),
  };
}

/** What each access includes. */
const allowed = {
  read: ["read"],
  write: ["read", "write", "create"],
  own: ["read", "write", "create", "delete"],
} satisfies Record<string, readonly Action[]>;

interface Grants {
  readonly documents?: readonly string[];
  readonly access: keyof typeof allowed;
}

/** What the `interline` claim allows. A claim we cannot read allows nothing. */
function grants(claim: unknown): Grants {
  if (claim === undefined) return { access: "write" };
  const refuse = () => new Fault("unauthenticated", "The token's interline claim is not valid.");
  if (typeof claim !== "object" || claim === null || Array.isArray(claim)) throw refuse();
  const { documents, access = "write", ...others } = claim as { documents?: unknown; access?: unknown };
  if (!isAccess(access) || Object.keys(others).length > 0) throw refuse();
  if (documents === undefined) return { access };
  if (!Array.isArray(documents) || !documents.every(isPattern)) throw refuse();
  return { documents, access };
}

const isAccess = (value: unknown): value is Grants["access"] =>
  typeof value === "string" && Object.hasOwn(allowed, value);

const isPattern = (value: unknown): value is string =>
  typeof value === "string" && (value === "*" || isDocumentId(value.replace(/\*$/, "")));

/** The user's id: what authors of ops are called for ever. */
function subject({ sub }: JWTPayload): string {
  const fits = typeof sub === "string" && sub.length >= 1 && sub.length <= 128 && !/\p{Cc}/u.test(sub);
  if (!fits || !isStorable(sub)) throw new Fault("unauthenticated", "The token's sub claim is not valid.");
  return sub;
}

/** A name as others may see it: {@link cleanText}, and not endless. */
export function cleanName(name: unknown, otherwise: string): string {
  const shown = typeof name === "string" ? cleanText(name) : "";
  return shown === "" ? otherwise : Array.from(shown).slice(0, NAME_LENGTH).join("");
}

/** One line, without characters that hide or turn text. */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]/gu, " ")
    .replace(/[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
