// Tokens made by whoever has the secret: for an operator's own programs and for trying things out. Whoever has many users
// issues them where these log in; `auth.ts` says what a token must be, and what is made here is held to it.

import { SignJWT } from "jose";
import type { Clock } from "../protocol/index.js";
import { jwtAuth } from "./auth.js";

export interface TokenClaims {
  readonly sub: string;
  readonly name?: string;
  readonly jti?: string;
  readonly iss?: string;
  readonly aud?: string;
  /** What its bearer may do; absent: all that a token without it may. */
  readonly interline?: object;
}

/**
 * A token that a server with this secret takes.
 *
 * @param lifeMs  how long it is good
 * @throws Fault `unauthenticated`, if no server would take such claims
 */
export async function signToken(
  secret: string,
  { sub, jti, iss, aud, ...claims }: TokenClaims,
  lifeMs: number,
  clock: Clock,
): Promise<string> {
  const now = Math.floor(clock.now() / 1000);
  const token = new SignJWT({ ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(sub)
    .setIssuedAt(now)
    .setExpirationTime(now + Math.ceil(lifeMs / 1000));
  if (jti !== undefined) token.setJti(jti);
  if (iss !== undefined) token.setIssuer(iss);
  if (aud !== undefined) token.setAudience(aud);
  const signed = await token.sign(new TextEncoder().encode(secret));
  await jwtAuth({ key: { secret } }, clock).authenticate({ token: signed });
  return signed;
}
