// The names that options have, and what is said of others: a name that nobody reads is a wish that nobody fulfils, such as a
// limit that is then not kept. Held to the types by the compiler.

import { defaultLimits } from "./limits.js";
import { nearest } from "./nearest.js";
import type { ServerOptions } from "./options.js";
import { StartupError } from "./startup.js";

type Names<T> = readonly (keyof T & string)[];
type Part<Name extends keyof ServerOptions> = NonNullable<ServerOptions[Name]>;
const namesOf = <T>(names: Readonly<Record<keyof T & string, true>>) =>
  Object.keys(names) as unknown as Names<T>;

const known = namesOf<Required<ServerOptions>>({
  port: true,
  host: true,
  database: true,
  redis: true,
  node: true,
  auth: true,
  jwtSecret: true,
  jwks: true,
  jwtIssuer: true,
  jwtAudience: true,
  origins: true,
  tls: true,
  trustProxy: true,
  sharedb: true,
  webhooks: true,
  limits: true,
  authorize: true,
  beforeCommit: true,
  revoked: true,
  clock: true,
  log: true,
  pages: true,
});
const ofTls = namesOf<Part<"tls">>({ cert: true, key: true });
const ofWebhooks = namesOf<Required<Part<"webhooks">>>({ allow: true });

/** @throws StartupError `bad_option` for a name that there is not, and for a limit that is no number */
export function checkNames({ tls, webhooks, limits = {}, ...others }: ServerOptions): void {
  check("no option", others, known);
  check("no option of tls", tls, ofTls);
  check("no option of webhooks", webhooks, ofWebhooks);
  check("no limit", limits, Object.keys(defaultLimits));
  // Of what is not a number nothing is ever more.
  for (const [name, value] of Object.entries<unknown>(limits))
    if (value !== undefined && !(typeof value === "number" && value >= 0))
      throw new StartupError(
        "bad_option",
        `The limit ${name} must be a number from 0, not ${String(value)}.`,
      );
}

function check(none: string, given: object | undefined, names: readonly string[]): void {
  const unknown = Object.keys(given ?? {}).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const meant = nearest(unknown, names);
  const perhaps = meant === undefined ? "." : `, but there is ${meant}.`;
  throw new StartupError("bad_option", `There is ${none} called ${unknown}${perhaps}`);
}
