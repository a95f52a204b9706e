// Who may come in, and what they may do: tokens that end, tokens that are refused, rights that are taken and given back.

import { Fault } from "../../protocol/index.js";
import type { Authenticator } from "../../server/auth.js";
import type { OwnClock } from "./own-clock.js";

/**
 * What the next token of a person is like: short: one that soon ends · ending: likewise, and no other is to be had for a
 * while · expired, bad: none that is taken · none, late: the one who gives them fails, or takes long
 */
export type TokenTrouble = "short" | "ending" | "expired" | "bad" | "none" | "late";
export type Rights = "write" | "read" | "none";

/** How long a token lives that is to end soon. */
const SHORT_MS = 1_500;
/** How long a source may think that is slow. */
const LATE_MS = 4_000;

export class Door {
  readonly #trouble = new Map<string, TokenTrouble[]>();
  readonly #rights = new Map<string, Rights>();

  constructor(private readonly seen: (what: string) => void) {}

  next(person: string, trouble: TokenTrouble): void {
    const more: TokenTrouble[] = trouble === "ending" ? ["short", "none", "none"] : [trouble];
    this.#trouble.set(person, [...(this.#trouble.get(person) ?? []), ...more]);
  }

  allow(person: string, rights: Rights): void {
    this.#rights.set(person, rights);
  }

  rights(person: string): Rights {
    return this.#rights.get(person) ?? "write";
  }

  /** Everybody may do everything, with tokens that last. */
  heal(): void {
    this.#trouble.clear();
    this.#rights.clear();
  }

  /** Where a person's programs get their tokens, by the world's clock. */
  tokens(person: string, clock: OwnClock): () => Promise<string> {
    const token = (endsAt: number | "never") => JSON.stringify({ person, endsAt });
    return async () => {
      const trouble = this.#trouble.get(person)?.shift();
      if (trouble !== undefined) this.seen(`token-${trouble}`);
      const now = clock.now() - clock.skewMs;
      switch (trouble) {
        case undefined:
          return token("never");
        case "short":
        case "ending":
          return token(now + SHORT_MS);
        case "expired":
          return token(now - 1);
        case "bad":
          return "nonsense";
        case "none":
          throw new Error("whoever gives tokens is not to be reached");
        case "late":
          await clock.wait(LATE_MS);
          return token("never");
      }
    };
  }

  authenticator(clock: OwnClock): Authenticator {
    return {
      authenticate: async ({ token }) => {
        await clock.wait(1);
        const { person, endsAt } = read(token);
        if (endsAt !== "never" && endsAt <= clock.now()) throw new Fault("token_expired", "over");
        const identity = {
          user: { id: person, name: person },
          ...(endsAt === "never" ? {} : { expiresAt: endsAt }),
          may: (action: "read" | "write" | "create") => {
            const rights = this.rights(person);
            return rights === "write" || (rights === "read" && action === "read");
          },
        };
        return () => identity;
      },
    };
  }
}

function read(token: string | undefined): { readonly person: string; readonly endsAt: number | "never" } {
  try {
    return JSON.parse(token ?? "") as ReturnType<typeof read>;
  } catch {
    throw new Fault("unauthenticated", "not one of ours");
  }
}
