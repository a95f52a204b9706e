// `interline serve`: reads options, starts a server, says where it is, and stops it when asked.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../protocol/index.js";
import { createLog, type LogLevel, logLevels } from "../log.js";
import { builtPages, checkOptions, DEFAULT_HOST, DEFAULT_PORT, type ServerOptions } from "../options.js";
import { hidePasswords } from "../passwords.js";
import { exitCodes, StartupError } from "../startup.js";
import type { TlsFiles } from "../tls.js";
import { version } from "../version.js";
import { choice, type Parsed, parse } from "./arguments.js";
import { secretOf } from "./secrets.js";
import { outliveReaders, stopOnSignals, thisProcess } from "./signals.js";

export const help = `interline serve: people write documents together

  --port NUMBER         where to listen; 0 takes a free port            (${DEFAULT_PORT})
  --host ADDRESS        on which of this machine's addresses            (${DEFAULT_HOST})
  --data FOLDER         where documents are kept                        (./data)
  --database ADDRESS    sqlite:PATH, postgres://USER:PASSWORD@HOST/NAME, or memory: to keep nothing
                                                                        (sqlite:DATA/interline.sqlite)
  --redis URL           where the nodes on one PostgreSQL database meet: redis://USER:PASSWORD@HOST:PORT, or rediss://
                        over TLS (?ca=FILE trusts that authority); without it they hear of each other a second later
  --node NAME           what the balancer in front calls this node: the ids of its long polling sessions begin with NAME
  --auth open|jwt       open lets anybody in, on this machine only      (open)
  --jwt-secret SECRET   tokens are signed with this (HS256, 32 bytes or more)
  --jwks URL            or with the keys that are published there
  --jwt-issuer TEXT     what a token's iss must be
  --jwt-audience TEXT   what a token's aud must be
  --origin ORIGIN       a page elsewhere that may connect; may be given again
  --sharedb on|off      ShareDB's own clients may connect at /sharedb   (on with --auth open)
  --webhook-allow HOST  webhooks may go there although it is this machine or its network; may be given again
  --tls-cert FILE       speak HTTPS with this certificate, in PEM; read again when it changes, or on SIGHUP
  --tls-key FILE        and its key
  --trust-proxy ADDRESS[,ADDRESS…]  proxies in front whose X-Forwarded-For, -Host and -Proto are believed
  --database-file FILE, --redis-file FILE, --jwt-secret-file FILE
                        where the same stands in a file, one line each, for no list of processes to show
  --log LEVEL           ${logLevels.join(", ")}                       (warn)
  --help, --version

  It exits with ${exitCodes.stopped} when it was stopped, ${exitCodes.bad_option} for a bad option, ${exitCodes.address_unavailable} if the address cannot be had,
  ${exitCodes.data_unwritable} if the data folder cannot be written, ${exitCodes.database_damaged} if the database is damaged or not ours,
  ${exitCodes.database_in_use} if another server has it open, ${exitCodes.database_unreachable} if its server cannot be reached, ${exitCodes.cut_short} if it was told to stop twice or could not stop in time,
  ${exitCodes.unexpected} for anything else. What it acknowledged is on the disk, however it ends.
`;

const options = {
  port: { type: "string" },
  host: { type: "string" },
  data: { type: "string" },
  database: { type: "string" },
  "database-file": { type: "string" },
  redis: { type: "string" },
  "redis-file": { type: "string" },
  node: { type: "string" },
  auth: { type: "string" },
  "jwt-secret": { type: "string" },
  "jwt-secret-file": { type: "string" },
  jwks: { type: "string" },
  "jwt-issuer": { type: "string" },
  "jwt-audience": { type: "string" },
  origin: { type: "string", multiple: true },
  "tls-cert": { type: "string" },
  "tls-key": { type: "string" },
  sharedb: { type: "string" },
  "webhook-allow": { type: "string", multiple: true },
  "trust-proxy": { type: "string", multiple: true },
  log: { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;

type Values = Parsed<typeof options>["values"];

function serverOptions(values: Values): ServerOptions {
  const { host, data = "./data", jwks, origin, "trust-proxy": proxies } = values;
  const database = secretOf("database", values.database, values["database-file"]);
  const redis = secretOf("redis", values.redis, values["redis-file"]);
  const jwtSecret = secretOf("jwt-secret", values["jwt-secret"], values["jwt-secret-file"]);
  const tls = tlsOf(values);
  return {
    port: portOf(values.port),
    database: database ?? `sqlite:${join(data, "interline.sqlite")}`,
    auth: choice("auth", values.auth ?? "open", ["open", "jwt"]),
    log: createLog(choice<LogLevel>("log", values.log ?? "warn", logLevels)),
    ...(redis === undefined ? {} : { redis }),
    ...(values.node === undefined ? {} : { node: values.node }),
    ...(host === undefined ? {} : { host }),
    ...(jwtSecret === undefined ? {} : { jwtSecret }),
    ...(jwks === undefined ? {} : { jwks }),
    ...(values["jwt-issuer"] === undefined ? {} : { jwtIssuer: values["jwt-issuer"] }),
    ...(values["jwt-audience"] === undefined ? {} : { jwtAudience: values["jwt-audience"] }),
    ...(origin === undefined ? {} : { origins: origin }),
    ...(values["webhook-allow"] === undefined ? {} : { webhooks: { allow: values["webhook-allow"] } }),
    ...(values.sharedb === undefined
      ? {}
      : { sharedb: choice("sharedb", values.sharedb, ["on", "off"]) === "on" }),
    ...(tls === undefined ? {} : { tls }),
    ...(proxies === undefined ? {} : { trustProxy: proxies.flatMap((list) => list.split(/, */)) }),
  };
}

function tlsOf(values: Values): TlsFiles | undefined {
  const { "tls-cert": cert, "tls-key": key } = values;
  if (cert !== undefined && key !== undefined) return { cert, key };
  if (cert === undefined && key === undefined) return undefined;
  throw new StartupError("bad_option", "--tls-cert and --tls-key go together.");
}

function portOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535))
    throw new StartupError("bad_option", `--port must be a number from 0 to 65535, not ${text}.`);
  return port;
}

/** What a command line says, held to what can work. @throws StartupError `bad_option` */
export function chosenBy(values: Values): ServerOptions {
  const chosen = serverOptions(values);
  checkOptions(chosen);
  return chosen;
}

/** @throws StartupError `bad_option` */
export const readArguments = (args: readonly string[]) => parse(args, options);

async function serve(values: Values): Promise<void> {
  const chosen = chosenBy(values);
  outliveReaders();
  const { createServer } = await import("../index.js");
  const server = await createServer(chosen);
  // Whoever has read that it is there may tell it to stop.
  stopOnSignals(server, thisProcess, systemClock);
  const { url } = server;
  const database = hidePasswords(String(chosen.database));
  const started = {
    code: "started",
    version,
    url,
    database,
    ...(chosen.node === undefined ? {} : { node: chosen.node }),
  };
  say(process.stdout, started, `Interline is at ${url}, its documents in ${database}. Ctrl+C stops it.`);
  if (!existsSync(join(builtPages, "index.html")))
    say(
      process.stderr,
      { code: "no_pages" },
      "The pages are not built, so only the API answers. Run: npm run build",
    );
}

/** A sentence for whoever looks; where a program reads, a line as the log has them, whatever its level is. */
function say(to: NodeJS.WriteStream, details: object, msg: string): void {
  const line = { level: 30, time: systemClock.now(), name: "interline", ...details, msg };
  to.write(`${to.isTTY ? msg : JSON.stringify(line)}\n`);
}

export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args);
  if (values.version) return console.log(version);
  if (values.help) return console.log(help);
  if (positionals.length > 0) {
    throw new StartupError("bad_option", `serve takes options only, not "${positionals.join(" ")}".`);
  }
  await serve(values);
}
