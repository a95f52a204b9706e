// What the commands over HTTP have in common: which server, who one is, and how a refusal becomes a sentence and an exit code.
//
// A command asks by the typed client (`client/api/`) and says the answer for people, or with --json as it came.

import { type ParsedOptions, parse } from "../../server/commands/arguments.js";
import { secretOf } from "../../server/commands/secrets.js";
import { serverAddress } from "../../server/commands/server-address.js";
import { type ExitReason, exitCodes, StartupError } from "../../server/startup.js";
import { type Api, ApiFault, api } from "../api/index.js";
import { type Paper, paper } from "./paper.js";

/** Where `interline serve` listens if it is told nothing. */
const HERE = "http://127.0.0.1:8080";

const serverOptions = {
  server: { type: "string" },
  token: { type: "string" },
  "token-file": { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

export const serverHelp = `  --server URL          which server                                    (INTERLINE_SERVER, or ${HERE})
  --token TOKEN, --token-file FILE  who you are, where a token is needed  (INTERLINE_TOKEN)
  --json                say it for a program
  --help

  It exits with ${exitCodes.not_found} if no server answers there, or there is no such document or version; with ${exitCodes.bad_option} for what
  the server refuses, with ${exitCodes.unexpected} for what it cannot do now: it says why, and in brackets the fault's code.`;

type OptionsOf = Parameters<typeof parse>[1];

/** What a command works with. */
export interface Asked<Options extends OptionsOf> {
  readonly client: Api;
  readonly values: ParsedOptions<Options>;
  readonly words: readonly string[];
  readonly paper: Paper;
  /** Whether it is to be said for a program. */
  readonly json: boolean;
}

/** A command with these options besides the common ones. */
export function command<const Options extends OptionsOf>(
  help: string,
  options: Options,
  work: (asked: Asked<Options>) => Promise<void>,
): (args: readonly string[]) => Promise<void> {
  return async (args) => {
    const { values, positionals } = parse(args, { ...serverOptions, ...options });
    const common = values as ParsedOptions<typeof serverOptions>;
    if (common.help) return console.log(help);
    const server = serverOf(common.server);
    const token =
      secretOf("token", common.token, common["token-file"]) ?? (process.env.INTERLINE_TOKEN || undefined);
    const client = api(server, token === undefined ? {} : { token });
    const asked = { client, words: positionals, paper: paper(process.stdout), json: common.json ?? false };
    try {
      await work({ ...asked, values: values as ParsedOptions<Options> });
    } catch (error) {
      throw explained(error, server);
    }
  };
}

const serverOf = (given: string | undefined): string =>
  given === undefined
    ? serverAddress("INTERLINE_SERVER", process.env.INTERLINE_SERVER || HERE)
    : serverAddress("--server", given);

const reasons: Readonly<Record<string, ExitReason>> = {
  forbidden: "not_found",
  document_deleted: "not_found",
  version_unknown: "not_found",
  version_ahead: "not_found",
  document_exists: "already_there",
  protocol_unsupported: "not_found",
};

/** A refusal, to whoever sits at the terminal. */
function explained(error: unknown, server: string): unknown {
  if (!(error instanceof ApiFault)) return error;
  if (error.status === 0 && error.code === "unavailable")
    return new StartupError("not_found", `No server answers at ${server}.`, { cause: error });
  const reason = reasons[error.code] ?? (error.action === "retry" ? "unexpected" : "bad_option");
  return new StartupError(reason, `The server says: ${error.message} (${error.code})`, { cause: error });
}

/** The words that a command is given, as many as there are names. Those in brackets may be left out. @throws StartupError `bad_option` */
export function named(words: readonly string[], ...names: readonly string[]): readonly string[] {
  const least = names.filter((name) => !name.startsWith("[")).length;
  const fits = words.length >= least && words.length <= names.length && !words.includes("");
  if (fits) return words;
  throw new StartupError(
    "bad_option",
    `Give ${names.join(" ")}, not ${words.length === 0 ? "nothing" : `"${words.join(" ")}"`}.`,
  );
}

/** @throws StartupError `bad_option` */
export function versionOf(text: string, what: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new StartupError("bad_option", `${what} must be a version such as 7, not ${text}.`);
}

/** @throws StartupError `bad_option` */
export function countOf(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new StartupError("bad_option", `--${name} takes a number from 1, not ${text}.`);
}
