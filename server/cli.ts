#!/usr/bin/env node
// The command line: reads options, starts a server, says where it is, and stops it when asked. Whatever keeps it from
// starting is one sentence on stderr and an exit code from `startup.ts`; a stack is for what nobody thought of.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createLog, type LogLevel, logLevels } from "./log.js";
import { builtPages, checkOptions, DEFAULT_HOST, DEFAULT_PORT, type ServerOptions } from "./options.js";
import { exitCodes, StartupError } from "./startup.js";
import { version } from "./version.js";

const help = `interline serve: people write documents together

  --port NUMBER         where to listen; 0 takes a free port            (${DEFAULT_PORT})
  --host ADDRESS        on which of this machine's addresses            (${DEFAULT_HOST})
  --data FOLDER         where documents are kept                        (./data)
  --database ADDRESS    sqlite:PATH, or memory: to keep nothing         (sqlite:DATA/interline.sqlite)
  --auth open|jwt       open lets anybody in, on this machine only      (open)
  --jwt-secret SECRET   tokens are signed with this (HS256, 32 bytes or more)
  --jwks URL            or with the keys that are published there
  --jwt-issuer TEXT     what a token's iss must be
  --jwt-audience TEXT   what a token's aud must be
  --origin ORIGIN       a page elsewhere that may connect; may be given again
  --log LEVEL           ${logLevels.join(", ")}                       (warn)
  --help, --version

  It exits with ${exitCodes.stopped} when it was stopped, ${exitCodes.bad_option} for a bad option, ${exitCodes.address_unavailable} if the address cannot be had,
  ${exitCodes.data_unwritable} if the data folder cannot be written, ${exitCodes.database_damaged} if the database is damaged or not ours,
  ${exitCodes.database_in_use} if another server has it open, ${exitCodes.unexpected} for anything else.
`;

/** A server that has not stopped by itself within this is ended; what it acknowledged is durable all the same. */
const STOP_MS = 20_000;

function options(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        port: { type: "string" },
        host: { type: "string" },
        data: { type: "string" },
        database: { type: "string" },
        auth: { type: "string" },
        "jwt-secret": { type: "string" },
        jwks: { type: "string" },
        "jwt-issuer": { type: "string" },
        "jwt-audience": { type: "string" },
        origin: { type: "string", multiple: true },
        log: { type: "string" },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean", short: "v" },
      },
    });
  } catch (error) {
    const said =
      error instanceof Error ? error.message.split(/\.?\s+(?:To specify|Did you)/)[0] : "An option is wrong";
    throw new StartupError("bad_option", `${said}; --help lists the options.`);
  }
}

type Values = ReturnType<typeof options>["values"];

function serverOptions(values: Values): ServerOptions {
  const { host, data = "./data", database, jwks, origin } = values;
  return {
    port: portOf(values.port),
    database: database ?? `sqlite:${join(data, "interline.sqlite")}`,
    auth: choice("auth", values.auth ?? "open", ["open", "jwt"]),
    log: createLog(choice<LogLevel>("log", values.log ?? "warn", logLevels)),
    ...(host === undefined ? {} : { host }),
    ...(values["jwt-secret"] === undefined ? {} : { jwtSecret: values["jwt-secret"] }),
    ...(jwks === undefined ? {} : { jwks }),
    ...(values["jwt-issuer"] === undefined ? {} : { jwtIssuer: values["jwt-issuer"] }),
    ...(values["jwt-audience"] === undefined ? {} : { jwtAudience: values["jwt-audience"] }),
    ...(origin === undefined ? {} : { origins: origin }),
  };
}

function portOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535))
    throw new StartupError("bad_option", `--port must be a number from 0 to 65535, not ${text}.`);
  return port;
}

function choice<T extends string>(name: string, value: string, choices: readonly T[]): T {
  const chosen = choices.find((one) => one === value);
  if (chosen !== undefined) return chosen;
  throw new StartupError("bad_option", `--${name} must be ${choices.join(" or ")}, not ${value}.`);
}

async function serve(values: Values): Promise<void> {
  const chosen = serverOptions(values);
  checkOptions(chosen);
  const { createServer } = await import("./index.js");
  const server = await createServer(chosen);
  console.log(`Interline is at ${server.url}, its documents in ${chosen.database}. Ctrl+C stops it.`);
  if (!existsSync(join(builtPages, "index.html"))) {
    console.error("The pages are not built, so only the API answers. Run: npm run build");
  }

  // A terminal and a package manager may both pass the signal on; the second finds the server stopping already.
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(exitCodes.unexpected), STOP_MS).unref();
    server.close().then(
      () => process.exit(exitCodes.stopped),
      (error: unknown) => fail(error),
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

function fail(error: unknown): never {
  if (error instanceof StartupError) {
    console.error(`interline: ${error.message}`);
    process.exit(error.exitCode);
  }
  console.error("interline: something went wrong that should not have.", error);
  process.exit(exitCodes.unexpected);
}

async function main(): Promise<void> {
  const { values, positionals } = options(process.argv.slice(2));
  if (values.version) return console.log(version);
  if (values.help || positionals.length === 0) return console.log(help);
  if (positionals.length > 1 || positionals[0] !== "serve") {
    throw new StartupError(
      "bad_option",
      `There is no command "${positionals.join(" ")}"; --help says what there is.`,
    );
  }
  await serve(values);
}

await main().catch(fail);
