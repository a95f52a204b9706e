// Servers, raw clients and places for them, for tests of the real thing: a server in this process or as a child on a
// free port with a data folder of its own, and clients that speak the protocol over socket.io-client and nothing more.
//
// Whatever is started here is stopped by `cleanUp`, which a suite calls after each test; children by their own pid.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { io, type Socket } from "socket.io-client";
import {
  type Answer,
  type EventName,
  type Events,
  Fault,
  type NoticeName,
  type Notices,
  PROTOCOL_VERSION,
  type RequestName,
  type Requests,
  type ShortHead,
  type ShortOps,
  ShortReader,
  type Welcome,
} from "../../protocol/index.js";
import { createServer, type Log, type Server, type ServerOptions } from "../../server/index.js";
import { program } from "../services/program.js";

const cleanups: (() => Promise<void> | void)[] = [];

/** Stops everything that was started since the last call, last first. */
export async function cleanUp(): Promise<void> {
  for (let next = cleanups.pop(); next !== undefined; next = cleanups.pop()) await next();
}

export function onCleanUp(run: () => Promise<void> | void): void {
  cleanups.push(run);
}

/** A folder that is gone after the test. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "interline-"));
  // What has just ended, as a browser, may still be writing there.
  onCleanUp(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** A port on which nobody listens now. Where a test can, it lets the server take port 0 instead. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createTcpServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * How long a test waits for what must come. It says that something hangs, never that it is slow: machines are. A bug that was
 * put in may make it come late (`teeth/run.ts`), and there a hang is known sooner.
 */
export const PATIENCE_MS = Number(process.env.PATIENCE_MS ?? 60_000);

/**
 * Whoever waits looks this often; more seldom, if looking takes so long that it would take most of a processor, and the longer it
 * has waited: what has not come for a second is not missed for a twentieth of one.
 */
const LOOK_MS = { least: 5, most: 50 };

/** Waits until `condition` holds or gives something; fails with `what` after the deadline. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  withinMs = PATIENCE_MS,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + withinMs;
  const first = performance.now();
  for (;;) {
    const began = performance.now();
    const held = await condition();
    if (held) return held;
    if (Date.now() > deadline) throw new Error(`After ${withinMs} ms still not: ${what}`);
    const now = performance.now();
    const pause = Math.max(LOOK_MS.least, 3 * (now - began), (now - first) / 20);
    await sleep(Math.min(LOOK_MS.most, pause));
  }
}

/** A log that keeps what was logged, and complains of nothing. */
export function keptLog(): Log & {
  readonly errors: { readonly details: object; readonly message: string }[];
} {
  const errors: { details: object; message: string }[] = [];
  return {
    errors,
    info() {},
    warn() {},
    error: (details, message) => void errors.push({ details, message }),
  };
}

export interface RunningServer extends Server {
  readonly folder: string;
  readonly log: ReturnType<typeof keptLog>;
}

/** A server in this process over SQLite in a folder of its own, unless `options` say otherwise. */
export async function startServer(
  options: ServerOptions & { readonly folder?: string } = {},
): Promise<RunningServer> {
  const { folder = await tempFolder(), ...others } = options;
  const log = keptLog();
  const database = `sqlite:${join(folder, "interline.sqlite")}`;
  const server = await createServer({ port: 0, database, log, ...others });
  onCleanUp(() => server.close());
  return { ...server, folder, log };
}

export interface ChildServer {
  readonly url: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** Everything it wrote so far. */
  readonly output: { stdout: string; stderr: string };
  /** Its exit code, or the name of the signal that ended it. */
  readonly exited: Promise<number | string>;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<number | string>;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<number | string>;
}

export const cli = program("server/cli");

/** Runs the command line to its end or until the test's. */
export function runCli(args: readonly string[]): Omit<ChildServer, "url" | "port"> {
  return runProgram(cli, args);
}

/** Runs a program of Node's to its end or until the test's. With `messages` it has a channel to be sent some. */
export function runProgram(
  file: string,
  args: readonly string[],
  { messages = false } = {},
): Omit<ChildServer, "url" | "port"> {
  const channel = messages ? (["ipc"] as const) : [];
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ["ignore", "pipe", "pipe", ...channel],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout!.on("data", (chunk) => {
    output.stdout += chunk;
  });
  child.stderr!.on("data", (chunk) => {
    output.stderr += chunk;
  });
  const exited = new Promise<number | string>((resolve) => {
    child.on("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  const end = (signal: NodeJS.Signals) => () => {
    child.kill(signal);
    return exited;
  };
  onCleanUp(async () => {
    await end("SIGKILL")();
  });
  return { process: child, output, exited, stop: end("SIGTERM"), kill: end("SIGKILL") };
}

/** A server as a process of its own, ready to be connected to. */
export async function startChild(args: readonly string[] = [], folder?: string): Promise<ChildServer> {
  const data = folder ?? (await tempFolder());
  return listening(runCli(["serve", "--port", "0", "--data", data, ...args]));
}

/** On a machine that does a dozen other things, a process may take this long to load what a server is. */
const STARTED_MS = 45_000;

/** Waits until a program that serves has said where. @throws Error if it ends instead */
export async function listening(child: Omit<ChildServer, "url" | "port">): Promise<ChildServer> {
  let exit: number | string | undefined;
  child.exited.then((code) => {
    exit = code;
  });
  const url = await until(
    "the server says where it is",
    () => {
      if (exit !== undefined) throw new Error(`The server ended with ${exit}: ${child.output.stderr}`);
      return /https?:\/\/\S+?:\d+/.exec(child.output.stdout)?.[0];
    },
    STARTED_MS,
  );
  return { ...child, url, port: Number(new URL(url).port) };
}

export interface Seen {
  readonly name: EventName;
  readonly body: Events[EventName];
}

/** One raw connection. It keeps every event it was told. */
export interface RawClient {
  readonly socket: Socket;
  readonly welcome: Welcome;
  readonly seen: readonly Seen[];
  /** @throws Fault if the answer is one */
  request<K extends RequestName>(name: K, body: Requests[K]["body"]): Promise<Requests[K]["reply"]>;
  /** Sends whatever one likes and gives the answer, whatever it is. */
  ask(name: string, ...args: readonly unknown[]): Promise<Answer<RequestName>>;
  notify<K extends NoticeName>(name: K, body: Notices[K]): void;
  /** The events of one name so far. */
  told<K extends EventName>(name: K): readonly Events[K][];
  /** The first event of that name that fits, seen already or still to come. */
  next<K extends EventName>(name: K, fits?: (body: Events[K]) => boolean): Promise<Events[K]>;
  /** Resolves with the reason when the connection has ended. */
  readonly ended: Promise<string>;
  close(): void;
}

export interface RawOptions {
  readonly hello?: unknown;
  readonly token?: string;
  readonly name?: string;
  readonly client?: { readonly id: string; readonly ticket: string };
  readonly headers?: Readonly<Record<string, string>>;
  readonly transports?: readonly ("websocket" | "polling")[];
  /** The certificate that vouches for the server's. */
  readonly ca?: Buffer;
}

/** Opens a socket and says hello, and waits for nothing. */
export function openSocket(url: string, options: RawOptions = {}): Socket {
  const { hello, token, name, client, headers, transports = ["websocket"], ca } = options;
  const said = hello ?? {
    protocol: PROTOCOL_VERSION,
    ...(token === undefined ? {} : { token }),
    ...(name === undefined ? {} : { name }),
    ...(client === undefined ? {} : { client }),
  };
  const socket = io(url, {
    transports: [...transports],
    forceNew: true,
    reconnection: false,
    auth: said as { [key: string]: unknown },
    ...(ca === undefined ? {} : { ca: ca.toString() }),
    ...(headers === undefined ? {} : { extraHeaders: { ...headers } }),
  });
  onCleanUp(() => {
    socket.disconnect();
  });
  return socket;
}

/** Connects and waits for the welcome. @throws Fault if the server refuses */
export async function connectRaw(url: string, options: RawOptions = {}): Promise<RawClient> {
  const socket = openSocket(url, options);
  const seen: Seen[] = [];
  const watchers = new Set<() => void>();
  const reader = new ShortReader();
  socket.onAny((name: EventName, said: unknown) => {
    const short = Array.isArray(said);
    const body = !short
      ? said
      : name === "ops"
        ? reader.ops(said as unknown as ShortOps)
        : reader.head(said as unknown as ShortHead);
    seen.push({ name, body: body as Events[EventName] });
    for (const watch of watchers) watch();
  });
  const ended = new Promise<string>((resolve) => {
    socket.once("disconnect", resolve);
    socket.once("connect_error", (error) => resolve(error.message));
  });

  const told = <K extends EventName>(name: K) =>
    seen.filter((event) => event.name === name).map((event) => event.body as Events[K]);

  function next<K extends EventName>(
    name: K,
    fits: (body: Events[K]) => boolean = () => true,
    withinMs = PATIENCE_MS,
  ): Promise<Events[K]> {
    return new Promise((resolve, reject) => {
      const done = (settle: () => void) => {
        clearTimeout(timer);
        watchers.delete(watch);
        settle();
      };
      const watch = () => {
        const body = told(name).find(fits);
        if (body !== undefined) done(() => resolve(body));
      };
      const timer = setTimeout(
        () => done(() => reject(new Error(`No event "${name}" came that fits.`))),
        withinMs,
      );
      // One that nobody awaits any more keeps no process.
      timer.unref();
      watchers.add(watch);
      watch();
    });
  }

  function ask(name: string, ...args: readonly unknown[]): Promise<Answer<RequestName>> {
    return socket.timeout(PATIENCE_MS).emitWithAck(name, ...args);
  }

  const welcome = await Promise.race([
    next("welcome"),
    next("fault").then(({ fault }) => Promise.reject(Fault.from(fault))),
    ended.then((reason) => {
      const fault = told("fault")[0]?.fault;
      return Promise.reject(fault === undefined ? new Error(`Not connected: ${reason}`) : Fault.from(fault));
    }),
  ]);

  return {
    socket,
    welcome,
    seen,
    told,
    next,
    ask,
    ended,
    async request(name, body) {
      const answer = await ask(name, body);
      if ("fault" in answer) throw Fault.from(answer.fault);
      return answer.ok as Requests[typeof name]["reply"];
    },
    notify: (name, body) => void socket.emit(name, body),
    close: () => void socket.disconnect(),
  };
}
