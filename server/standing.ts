// Whether somebody who was let in may stay: one connection's identity over time.
//
//   let in ──token ends──▶ leaving ──work in flight done, or the grace over──▶ told `token_expired`
//     │ ▲                    │
//     │ └─a fresher token────┘          review: token taken back ──▶ told `token_revoked`
//     └──────────────────────────────▶          a document no longer theirs ──▶ told so, and out of its room
//
// A fresher token must be the same user's. While it cannot be found out whether somebody may still be here, what was last
// known holds for a bounded time; then they are sent away to come back when it can be. Not here: when reviews happen
// (`reviewing.ts`), what tokens say (`auth-claims.ts`), what rights are (`rights.ts`).

import { type Clock, Fault, type Requests, steadyMs } from "../protocol/index.js";
import type { Admission, Authenticator } from "./auth.js";
import type { ServerLimits } from "./limits.js";
import type { Identity } from "./ports.js";

/** Who is at the other end. The identity changes when a fresher token comes. */
export interface Visitor {
  readonly src: string;
  identity: Identity;
}

export interface StandingOptions {
  readonly clock: Clock;
  readonly limits: ServerLimits;
  readonly authenticator: Authenticator;
  readonly visitor: Visitor;
  /** Looks at the rights of every open document again. */
  readonly reviewDocuments: () => Promise<void>;
  /** Whether requests wait for their answers. */
  readonly working: () => boolean;
  /** Ends the connection, saying why. */
  readonly refuse: (fault: Fault) => void;
  /** A review did not come to an answer. */
  readonly failed: (error: unknown) => void;
}

export interface Standing {
  /** From here on the connection ends with the token. */
  start(): void;
  /** How long the token still holds, if it ends. */
  expiresInMs(): number | undefined;
  /** The token has ended: nothing but a fresher one is taken. */
  expired(): boolean;
  /** Puts a fresher token in place. @throws Fault `unauthenticated` if it is not the same user's, or as the token is */
  refresh(token: string): Promise<Requests["refresh"]["reply"]>;
  /** Asks whether they may stay, and acts on the answer. Never rejects. */
  review(): Promise<void>;
  /** Ends the connection if nobody could say for too long whether they may stay. */
  lapse(): void;
  /** A request was answered. */
  answered(): void;
  stop(): void;
}

/** A timer of more than 24 days would fire at once. */
const LONGEST_TIMER_MS = 12 * 60 * 60 * 1000;

export const createStanding = (options: StandingOptions): Standing => new VisitorStanding(options);

/** A class, as a bucket is: each connection has one for as long as it lasts. */
class VisitorStanding implements Standing {
  private hasExpired = false;
  private stopped = false;
  /** When it was last known that they may stay. */
  private confirmedAt: number;
  private cancelExpiry: (() => void) | undefined = undefined;

  constructor(private readonly options: StandingOptions) {
    this.confirmedAt = steadyMs(options.clock);
  }

  start(): void {
    const { clock } = this.options;
    this.cancelExpiry?.();
    this.hasExpired = false;
    const left = this.expiresInMs();
    if (left === undefined || this.stopped) return;
    if (left > 0) this.cancelExpiry = clock.after(Math.min(left, LONGEST_TIMER_MS), () => this.start());
    else this.expire();
  }

  expiresInMs(): number | undefined {
    const { clock, visitor } = this.options;
    const { expiresAt } = visitor.identity;
    return expiresAt === undefined ? undefined : Math.max(0, expiresAt - clock.now());
  }

  expired(): boolean {
    return this.hasExpired;
  }

  async refresh(token: string): Promise<Requests["refresh"]["reply"]> {
    const { authenticator, visitor } = this.options;
    const identity = await admitted(await authenticator.authenticate({ token }), visitor.src);
    if (identity.user.id !== visitor.identity.user.id)
      throw new Fault("unauthenticated", "This token is another user's.");
    visitor.identity = identity;
    this.start();
    await this.review();
    const left = this.expiresInMs();
    return left === undefined ? {} : { tokenExpiresInMs: left };
  }

  async review(): Promise<void> {
    const { clock, failed } = this.options;
    const since = steadyMs(clock);
    try {
      await this.inTime(this.look());
      this.confirmedAt = since;
    } catch (error) {
      if (!this.stopped) failed(error);
    }
  }

  lapse(): void {
    const { clock, limits, refuse } = this.options;
    if (steadyMs(clock) - this.confirmedAt <= limits.unreviewedMs) return;
    const retryAfterMs = limits.returnAfterMs;
    refuse(new Fault("unavailable", "Rights cannot be checked at the moment.", { retryAfterMs }));
  }

  answered(): void {
    if (this.hasExpired && !this.options.working()) this.end();
  }

  stop(): void {
    this.stopped = true;
    this.cancelExpiry?.();
  }

  private expire(): void {
    const { clock, limits, working } = this.options;
    this.hasExpired = true;
    if (working()) this.cancelExpiry = clock.after(limits.expiryGraceMs, () => this.end());
    else this.end();
  }

  private end(): void {
    this.options.refuse(new Fault("token_expired", "The token has expired."));
  }

  /** Settles with the work, or fails when it takes too long. What comes of it later still counts. */
  private async inTime(work: Promise<unknown>): Promise<void> {
    const { clock, limits } = this.options;
    let cancel = () => {};
    const late = new Promise<never>((_resolve, reject) => {
      cancel = clock.after(limits.reviewTimeoutMs, () =>
        reject(
          new Fault(
            "unavailable",
            `Nobody said within ${limits.reviewTimeoutMs} ms whether this is still allowed.`,
          ),
        ),
      );
    });
    try {
      await Promise.race([work, late]);
    } finally {
      cancel();
    }
  }

  private async look(): Promise<void> {
    const { refuse, reviewDocuments, visitor } = this.options;
    const { identity } = visitor;
    if (await identity.revoked?.()) {
      if (visitor.identity === identity) refuse(revoked());
    } else await reviewDocuments();
  }
}

const revoked = () => new Fault("token_revoked", "This token does not hold any more.");

/** The identity under a client id, if its token has not been taken back. @throws Fault `token_revoked` */
export async function admitted(admission: Admission, src: string): Promise<Identity> {
  const identity = admission(src);
  if (await identity.revoked?.()) throw revoked();
  return identity;
}
