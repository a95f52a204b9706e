// The options that there are and of which kind each is, for programs that no compiler has checked. A name that nobody reads is
// a wish that nobody fulfils, such as a limit that is then not kept; and what is neither of two words is taken for one of them.
//
// That no option is left out is held to the types by the compiler. What of the right kind cannot work is `options.ts`.

import { defaultLimits } from "./limits.js";
import { nearest } from "./nearest.js";
import type { ServerOptions } from "./options.js";
import { StartupError } from "./startup.js";

interface Kind {
  readonly fits: (value: unknown) => boolean;
  /** What is said to be wanted. What was given is not said: it may be a secret. */
  readonly words: string;
}

type Kinds<T> = { readonly [Name in keyof T & string]-?: Kind };
type Part<Name extends keyof ServerOptions> = NonNullable<ServerOptions[Name]>;

const isText = (value: unknown) => typeof value === "string";
const isCall = (value: unknown) => typeof value === "function";
const isThing = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const can = (value: unknown, ...calls: readonly string[]) =>
  isThing(value) && calls.every((call) => isCall(value[call]));

const text: Kind = { fits: isText, words: "a string" };
const texts: Kind = {
  fits: (value) => Array.isArray(value) && value.every(isText),
  words: "an array of strings",
};
const call: Kind = { fits: isCall, words: "a function" };
const thing: Kind = { fits: isThing, words: "an object" };
const oneOf = (...words: readonly string[]): Kind => ({
  fits: (value) => words.includes(value as string),
  words: words.map((word) => `"${word}"`).join(" or "),
});

const kinds: Kinds<ServerOptions> = {
  port: {
    fits: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65535,
    words: "a whole number from 0 to 65535",
  },
  host: text,
  database: {
    fits: (value) => isText(value) || can(value, "close"),
    words: "a string, or a log of ops",
  },
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
  sharedb: { fits: (value) => typeof value === "boolean", words: "true or false" },
  webhooks: thing,
  limits: thing,
  authorize: call,
  beforeCommit: call,
  revoked: call,
  clock: { fits: (value) => can(value, "now", "after"), words: "an object with now() and after()" },
  log: {
    fits: (value) => can(value, "info", "warn", "error"),
    words: "an object with info(), warn() and error()",
  },
  pages: text,
};
const ofTls: Kinds<Part<"tls">> = { cert: text, key: text };
const ofWebhooks: Kinds<Part<"webhooks">> = { allow: texts };

/** @throws StartupError `bad_option` for a name that there is not, a value of another kind, and a limit that is no number */
export function checkKinds(options: ServerOptions): void {
  checkNames("no option", options, Object.keys(kinds));
  checkValues(options, kinds);
  const { tls, webhooks, limits = {} } = options;
  checkNames("no option of tls", tls, Object.keys(ofTls));
  checkNames("no option of webhooks", webhooks, Object.keys(ofWebhooks));
  checkNames("no limit", limits, Object.keys(defaultLimits));
  // A certificate is of no use without its key.
  if (tls !== undefined) checkValues(tls, ofTls, "tls.", true);
  if (webhooks !== undefined) checkValues(webhooks, ofWebhooks, "webhooks.");
  // Of what is not a number nothing is ever more.
  for (const [name, value] of Object.entries<unknown>(limits))
    if (value !== undefined && !(typeof value === "number" && value >= 0))
      throw refused(`The limit ${name} must be a number from 0, not ${String(value)}.`);
}

function checkNames(none: string, given: object | undefined, names: readonly string[]): void {
  const unknown = Object.keys(given ?? {}).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const meant = nearest(unknown, names);
  const perhaps = meant === undefined ? "." : `, but there is ${meant}.`;
  throw refused(`There is ${none} called ${unknown}${perhaps}`);
}

/** @param needed  whether none of them may be left undefined */
function checkValues<T extends object>(given: T, kinds: Kinds<T>, within = "", needed = false): void {
  for (const [name, { fits, words }] of Object.entries<Kind>(kinds)) {
    const value = given[name as keyof T];
    if ((needed || value !== undefined) && !fits(value))
      throw refused(`The option ${within}${name} must be ${words}.`);
  }
}

const refused = (message: string) => new StartupError("bad_option", message);
