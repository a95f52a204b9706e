// Who somebody is, from the token they present. Two ways:
//
//   open   anybody gets in. A token that this store issued gives a lasting identity, no token a guest for this client.
//   jwt    a signed token is needed, and its claims decide (`auth-claims.ts`).
//
// A token is a JWT checked by `jose`, with the algorithms allowed for the kind of key and no others: a shared secret
// never verifies what a public key should have.
// Rights on single documents that no token can know are the integrator's `authorize` hook (`index.ts`).

import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyOptions, jwtVerify, SignJWT } from "jose";
import { type Clock, Fault, type Random, type User } from "../protocol/index.js";
import { cleanName, identityOf, LEEWAY_SECONDS, subject } from "./auth-claims.js";
import { hasDuplicateKey } from "./duplicates.js";
import type { ServerOptions } from "./options.js";
import type { Claims, Identity } from "./ports.js";
import { guestOf, mintId, purposeKey } from "./tickets.js";
import { oneLine } from "./words.js";

/** A person, once it is known under which client id they come: a guest is named after it. */
export type Admission = (src: string) => Identity;

/** What is kept of somebody who was let in. */
export interface Known {
  readonly user: User;
  readonly claims?: Claims;
}

export interface Authenticator {
  /** What it has said stays so until the gateway is told of a change ({@link Gateway.review}). Absent: it may change at any time. */
  readonly steady?: boolean;
  /** @throws Fault `unauthenticated` | `token_expired` | `unavailable` */
  authenticate(credentials: { readonly token?: string; readonly name?: string }): Promise<Admission>;
  /** Open only: a token that makes its bearer the same guest everywhere. */
  issue?(name: string): Promise<{ readonly token: string; readonly user: User }>;
}

const ISSUER = "interline";

/** The one that a server's options ask for. They have been checked. @param secret  the store's */
export function authenticatorOf(
  { auth = "open", jwtSecret, jwks, jwtIssuer, jwtAudience }: ServerOptions,
  secret: Uint8Array,
  clock: Clock,
  random: Random,
): LastingAuthenticator {
  if (auth === "open") return openAuth(secret, clock, random);
  const key = jwks === undefined ? { secret: jwtSecret! } : { jwks: new URL(jwks) };
  return jwtAuth(
    {
      key,
      ...(jwtIssuer === undefined ? {} : { issuer: jwtIssuer }),
      ...(jwtAudience === undefined ? {} : { audience: jwtAudience }),
    },
    clock,
  );
}

/** Anybody gets in and may do everything. Only for a server that strangers cannot reach. */
export function openAuth(secret: Uint8Array, clock: Clock, random: Random): LastingAuthenticator {
  const key = purposeKey(secret, "guest token");
  const may = () => true;

  return {
    async authenticate({ token, name }) {
      if (token === undefined)
        return (src) => ({ user: { id: guestOf(src), name: cleanName(name, "Guest") }, may });
      const claims = await verified(token, clock, OWN, { issuer: ISSUER }, (options) =>
        jwtVerify(token, key, { ...options, algorithms: ["HS256"] }),
      );
      const user = { id: subject(claims), name: cleanName(name, cleanName(claims.name, "Guest")) };
      return () => ({ user, claims, may });
    },
    recall: (known) => ({ ...known, may }),
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

/** Knows people again who are not here. */
export interface LastingAuthenticator extends Authenticator {
  /** Somebody who was let in before. Whether their token has ended is not looked at. */
  recall(known: Known): Identity;
}

export interface TokenOptions {
  /** HS256, at least 32 bytes; or the address of the issuer's public keys. */
  readonly key: { readonly secret: string } | { readonly jwks: URL };
  readonly issuer?: string;
  readonly audience?: string;
}

/** A signed token is needed, and its claims decide. */
export function jwtAuth({ key, issuer, audience }: TokenOptions, clock: Clock): LastingAuthenticator {
  const demands = {
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
  };
  const verify = "secret" in key ? sharedSecret(key.secret) : publicKeys(key.jwks);

  return {
    async authenticate({ token }) {
      if (token === undefined) throw new Fault("unauthenticated", "A token is needed here.");
      const claims = await verified(token, clock, "", demands, (options) => verify(token, options));
      const identity = identityOf(claims);
      return () => identity;
    },
    recall: ({ user, claims }) => (claims === undefined ? { user, may: () => false } : identityOf(claims)),
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

/** What is added for whoever reads why a token was refused. */
const OWN = " (--auth open takes tokens of this server's own only)";
const REASON_LENGTH = 120;

async function verified(
  token: string,
  clock: Clock,
  besides: string,
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
    // It may quote what the token says.
    const why = oneLine(error instanceof Error ? error.message : "", REASON_LENGTH);
    const reason = `${why ?? "nobody knows why"}${besides}`;
    if (aboutTheToken.some((kind) => error instanceof kind))
      throw new Fault("unauthenticated", "The token is not valid here.", { reason });
    // Not the token's fault: the issuer's keys could not be fetched.
    throw new Fault("unavailable", "Tokens cannot be checked at the moment.", { retryAfterMs: 5000, reason });
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
