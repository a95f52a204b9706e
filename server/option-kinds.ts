// The options that there are and of which kind each is, for programs that no compiler has checked: of a limit that is no number
// nothing is ever more, and who may come in would be everybody.
//
// What of the right kind cannot work is `options.ts`.

import {
  call,
  either,
  flag,
  having,
  type Kinds,
  misfitIn,
  oneOf,
  strangerIn,
  text,
  texts,
  thing,
} from "../protocol/kinds.js";
import { defaultLimits } from "./limits.js";
import { nearest } from "./nearest.js";
import type { ServerOptions } from "./options.js";
import { StartupError } from "./startup.js";

type Part<Name extends keyof ServerOptions> = NonNullable<ServerOptions[Name]>;

const kinds: Kinds<ServerOptions> = {
  port: {
    fits: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65535,
    words: "a whole number from 0 to 65535",
  },
  host: text,
  database: either(text, { fits: having("close").fits, words: "a log of ops" }),
  redis: text,
  node: text,
  auth: oneOf("open", "jwt"),
  jwtSecret: text,
  jwks: text,
  jwtIssuer: text,
  jwtAudience: text,
  origins: texts,
  tls: thing,
  trustProxy: texts,
  sharedb: flag,
  webhooks: thing,
  limits: thing,
  authorize: call,
  beforeCommit: call,
  revoked: call,
  clock: having("now", "after"),
  log: having("info", "warn", "error"),
  pages: text,
};
const ofTls: Kinds<Part<"tls">> = { cert: text, key: text };
const ofWebhooks: Kinds<Part<"webhooks">> = { allow: texts };

/** @throws StartupError `bad_option` for a name that there is not, a value of another kind, and a limit that is no number */
export function checkKinds(options: ServerOptions): void {
  checkNames("no option", options, kinds);
  checkValues(options, kinds);
  const { tls, webhooks, limits = {} } = options;
  checkNames("no option of tls", tls, ofTls);
  checkNames("no option of webhooks", webhooks, ofWebhooks);
  checkNames("no limit", limits, defaultLimits);
  // A certificate is of no use without its key.
  if (tls !== undefined) checkValues(tls, ofTls, "tls.", true);
  if (webhooks !== undefined) checkValues(webhooks, ofWebhooks, "webhooks.");
  for (const [name, value] of Object.entries<unknown>(limits))
    if (value !== undefined && !(typeof value === "number" && value >= 0))
      throw refused(`The limit ${name} must be a number from 0, not ${String(value)}.`);
}

function checkNames(none: string, given: object | undefined, names: object): void {
  const unknown = strangerIn(given ?? {}, names);
  if (unknown === undefined) return;
  const meant = nearest(unknown, Object.keys(names));
  const perhaps = meant === undefined ? "." : `, but there is ${meant}.`;
  throw refused(`There is ${none} called ${unknown}${perhaps}`);
}

/** @param needed  whether none of them may be left undefined */
function checkValues<T extends object>(given: T, kinds: Kinds<T>, within = "", needed = false): void {
  const misfit = misfitIn(given, kinds, needed);
  if (misfit !== undefined) throw refused(`The option ${within}${misfit.name} must be ${misfit.words}.`);
}

const refused = (message: string) => new StartupError("bad_option", message);
