// A system's server as a child with a folder of its own, and what it is asked; replicas and crowds beside it. Whatever was
// opened is closed with it.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Child, start } from "./asked.js";
import type { Usage } from "./serving.js";
import type { Replica, Splice, System } from "./system.js";
import { paper, sleep } from "./typing.js";

/**
 * How many keystrokes server and library are used for before they are measured: what runs for days has been compiled. As many
 * for each system; by time, whoever answers later would be measured colder. None waits longer than the time.
 */
const WARM_OPS = 3_000;
const WARM_MS = 15_000;
/** Replicas that join at the same time. */
const AT_ONCE = 20;
const WARM_TEXT = 1_000;
/** A server rests that takes less than a twentieth of a processor for so long. */
const REST_MS = 500;
const REST_SHARE = 0.05;
const REST_AT_MOST_MS = 30_000;
const CLOSE_MS = 3_000;

export interface Served {
  readonly url: string;
  usage(): Promise<Usage>;
  /** After garbage has been collected. */
  settled(): Promise<Usage>;
  seed(doc: string, text: string, edits?: readonly Splice[]): Promise<void>;
  edit(doc: string, edits: readonly Splice[]): Promise<void>;
  /** Resolves when the server does next to nothing any more: what it has put off is done, or has been waited for long enough. */
  rest(): Promise<void>;
  /** Has somebody type as fast as they are answered, in a document of their own that nobody measures. */
  warm(): Promise<void>;
  /** So many replicas, the nth of the document that is said. @param url  another way to the server */
  join(count: number, doc: string | ((nth: number) => string), url?: string): Promise<Replica[]>;
  /** So many sockets that only count. @returns how many are still open, when asked */
  crowd(count: number, doc: string): Promise<() => Promise<number>>;
  /** Closes those who were joined so far. */
  leave(): Promise<void>;
  /** Kills the server, and starts another on the same folder and port. */
  killed(): Promise<void>;
  restart(): Promise<void>;
}

/** Runs `work` beside a server of the system, and ends everything afterwards. */
export async function withServer<T>(system: System, work: (served: Served) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "interline-bench-"));
  const crowds: Child[] = [];
  let replicas: Replica[] = [];
  let port = "0";
  let server: Child | undefined;
  let url = "";

  async function open(): Promise<void> {
    server = await start("serving", [system.name, folder, port]);
    url = await server.ask<string>("url");
    port = new URL(url).port;
  }
  async function leave(): Promise<void> {
    const leaving = replicas;
    replicas = [];
    await Promise.race([
      Promise.allSettled(leaving.map((replica) => replica.close())),
      new Promise((resolve) => setTimeout(resolve, CLOSE_MS)),
    ]);
  }

  try {
    await open();
    const served: Served = {
      get url() {
        return url;
      },
      usage: () => server!.ask("usage"),
      settled: () => server!.ask("settled"),
      seed: (doc, text, edits = []) => server!.ask("seed", doc, text, edits),
      edit: (doc, edits) => server!.ask("edit", doc, edits),
      async join(count, doc, by = url) {
        const joined: Replica[] = [];
        while (joined.length < count) {
          const some = Array.from(
            { length: Math.min(AT_ONCE, count - joined.length) },
            (_, nth) => joined.length + nth,
          );
          const come = await Promise.all(
            some.map((nth) => system.join(by, typeof doc === "string" ? doc : doc(nth))),
          );
          joined.push(...come);
          replicas.push(...come);
        }
        return joined;
      },
      async crowd(count, doc) {
        if (count === 0) return async () => 0;
        const crowd = await start("crowd", [system.name, url, doc, String(count)]);
        crowds.push(crowd);
        return () => crowd.ask<number>("open");
      },
      async rest() {
        let { cpuMs } = await served.usage();
        for (const until = performance.now() + REST_AT_MOST_MS; performance.now() < until; ) {
          await sleep(REST_MS);
          const now = (await served.usage()).cpuMs;
          if (now - cpuMs < REST_SHARE * REST_MS) return;
          cpuMs = now;
        }
      },
      async warm() {
        await served.seed("warm", paper(WARM_TEXT));
        const [writer] = await served.join(2, "warm");
        const until = performance.now() + WARM_MS;
        for (let op = 0; op < WARM_OPS && performance.now() < until; op++) {
          writer!.splice({ at: 0, removed: 0, inserted: "w" });
          await writer!.saved();
        }
        await leave();
      },
      leave,
      killed: () => server!.kill(),
      restart: open,
    };
    return await work(served);
  } finally {
    await leave();
    await Promise.all(crowds.map((crowd) => crowd.stop()));
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
