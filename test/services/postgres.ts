// A PostgreSQL server of the tests' own, as Debian installs it, with what it promises switched on: fsync, synchronous
// commit, checksums. It refuses to run as root, so then it runs as whoever is called postgres or nobody.

import { execFileSync } from "node:child_process";
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { freePort, onCleanUp, until } from "../server/harness.js";
import { type Child, startChild } from "./child.js";

export interface Postgres {
  readonly port: number;
  /** The address of a new, empty database. */
  newDatabase(): Promise<string>;
  /** The same address by way of another port, such as a proxy's. */
  through(address: string, port: number): string;
  /** Ends it at once, as a crash would; what was committed is recovered at the next start. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** `pg_ctl -m immediate`, and up again. */
  restart(): Promise<void>;
  freeze(): void;
  thaw(): void;
  readonly running: boolean;
}

const PROGRAMS = "/usr/lib/postgresql";

function programs(): string {
  const versions = existsSync(PROGRAMS) ? readdirSync(PROGRAMS).map(Number) : [];
  const newest = versions.filter((version) => version > 0).sort((a, b) => b - a)[0];
  if (newest === undefined) throw new Error(`There is no PostgreSQL in ${PROGRAMS}: run npm run provision`);
  return join(PROGRAMS, String(newest), "bin");
}

/** Who it runs as: nobody in particular where the tests run as root. */
function owner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    try {
      const of = (what: string) =>
        Number(execFileSync("id", [what, name], { encoding: "utf8", stdio: "pipe" }));
      return { uid: of("-u"), gid: of("-g") };
    } catch {
      // The next one.
    }
  }
  throw new Error("There is neither a user postgres nor nobody to run PostgreSQL as");
}

/** Where the first of all tests keeps what `initdb` makes; the others copy that, which takes a tenth of the time. */
const KEPT = fileURLToPath(new URL("../../../node_modules/.cache/interline/", import.meta.url));

/** Makes the files of a server without databases of its own, in a folder that is not there yet. */
function makeData(bin: string, data: string, as: { uid: number; gid: number } | undefined): void {
  const version = `${basename(dirname(bin))}-${statSync(join(bin, "initdb")).mtimeMs}-${as?.uid ?? "own"}`;
  const kept = join(KEPT, `postgres-${version}`);
  const copy = (from: string, to: string) => execFileSync("cp", ["-a", from, to]);
  if (existsSync(kept)) {
    copy(kept, data);
    return;
  }
  const common = ["-D", data, "-U", "interline", "--auth=trust", "--encoding=UTF8", "--locale=C", "-k", "-N"];
  execFileSync(join(bin, "initdb"), common, { ...as, cwd: dirname(data), stdio: "pipe" });
  mkdirSync(KEPT, { recursive: true });
  const next = mkdtempSync(join(KEPT, "next-"));
  try {
    copy(data, join(next, "data"));
    renameSync(join(next, "data"), kept);
  } catch (error) {
    // Somebody else may have been as fast.
    if (!existsSync(kept)) throw error;
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

/**
 * @param settings  of `postgresql.conf`, besides those that the tests need
 * @param atEnd  takes what ends it and takes its files away
 */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = {},
  atEnd: (run: () => Promise<void> | void) => void = onCleanUp,
): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), "interline-"));
  // Thousands of files, for which Node would take ten times as long.
  atEnd(() => void execFileSync("rm", ["-rf", folder]));
  const as = owner();
  if (as !== undefined) chownSync(folder, as.uid, as.gid);
  const data = join(folder, "data");
  const bin = programs();
  makeData(bin, data, as);

  const port = await freePort();
  const all = { max_connections: "200", shared_buffers: "64MB", wal_level: "replica", ...settings };
  const args = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder];
  for (const [name, value] of Object.entries(all)) args.push("-c", `${name}=${value}`);
  const address = (database: string) => `postgres://interline@127.0.0.1:${port}/${database}`;
  let child: Child | undefined;
  let databases = 0;

  async function ask(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: address("postgres"), connectionTimeoutMillis: 2000 });
    client.on("error", () => {});
    await client.connect();
    await client.query(statement).finally(() => client.end());
  }

  async function start(): Promise<void> {
    const started = startChild(join(bin, "postgres"), args, { ...as, cwd: folder });
    child = started;
    await until(
      "PostgreSQL answers",
      async () => {
        if (!started.running) throw new Error(`PostgreSQL has ended: ${started.output}`);
        return ask("SELECT 1").then(
          () => true,
          () => false,
        );
      },
      30_000,
    );
  }

  await start();
  atEnd(async () => child?.end("SIGQUIT"));
  return {
    port,
    async newDatabase() {
      const name = `test${databases++}`;
      await ask(`CREATE DATABASE ${name}`);
      return address(name);
    },
    through(given, other) {
      const url = new URL(given);
      url.port = String(other);
      return url.href;
    },
    kill: async () => child?.end("SIGQUIT"),
    start,
    async restart() {
      await child?.end("SIGQUIT");
      await start();
    },
    freeze: () => signalAll(child, "SIGSTOP"),
    thaw: () => signalAll(child, "SIGCONT"),
    get running() {
      return child?.running ?? false;
    },
  };
}

/** PostgreSQL is a process for each connection: all of them, children of the one that was started. */
function signalAll(child: Child | undefined, signal: NodeJS.Signals): void {
  const pid = child?.process.pid;
  if (pid === undefined) return;
  const listed = execFileSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" });
  for (const each of [pid, ...listed.split(/\s+/).filter(Boolean).map(Number)]) {
    try {
      process.kill(each, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}
