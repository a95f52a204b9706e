// The server that a run attacks: one of its own, which may be killed, or somebody's. What is asked of it past all faulty
// wires: who people are, what a document is like, what history holds, and to delete what was made.

import { connect } from "../../client/index.js";
import type { Committed, DocumentType } from "../../protocol/index.js";
import { StartupError } from "../../server/startup.js";
import { demandServer, explained } from "../load/given.js";
import { type Spawned, spawnServer } from "../load/spawned.js";
import { readLog } from "./log.js";

/** A server that takes longer to open a new document does not let us. */
const OPEN_MS = 15_000;

export interface Target {
  readonly url: string;
  /** Present: it is ours to kill. */
  readonly own: Spawned | undefined;
  /** Who the so manieth of the people is, also when they come back: what was given for all, or a guest of their own. */
  token(who: number): Promise<string | undefined>;
  /** All that history holds of it. @throws Fault */
  log(document: string, type: DocumentType): Promise<readonly Committed[]>;
  /** The document as the HTTP API gives it. */
  read(document: string): Promise<unknown>;
  delete(document: string): Promise<void>;
  /** Sees to it that a server of its own runs: if it does not start any more, another one. */
  mend(): Promise<void>;
  end(): Promise<void>;
}

/**
 * @param server  absent: one is started
 * @throws StartupError where there is none, or where it does not let us in
 */
export async function targetOf(server: string | undefined, given: string | undefined): Promise<Target> {
  let own = server === undefined ? await spawnServer() : undefined;
  if (server !== undefined) await demandServer(server);
  const url = () => server ?? own!.url;
  const headers = given === undefined ? {} : { Authorization: `Bearer ${given}` };
  const call = (document: string, method: string, query = "") =>
    fetch(new URL(`v1/documents/${document}${query}`, url()), { method, headers });

  const guests = new Map<number, Promise<string | undefined>>();
  async function guest(): Promise<string | undefined> {
    // Where tokens are given to nobody, whoever comes without one is let in or is told so.
    const answer = await fetch(new URL("token", url()), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: "{}",
    });
    return answer.status === 201 ? ((await answer.json()) as { readonly token: string }).token : undefined;
  }

  return {
    get url() {
      return url();
    },
    get own() {
      return own;
    },
    async token(who) {
      if (given !== undefined) return given;
      const known = guests.get(who) ?? guest();
      guests.set(who, known);
      return known;
    },
    log: (document, type) => readLog(url(), document, type, given),
    async read(document) {
      const answer = await call(document, "GET", "?format=json");
      return ((await answer.json()) as { readonly snapshot?: unknown }).snapshot;
    },
    async delete(document) {
      await (await call(document, "DELETE")).arrayBuffer();
    },
    async mend() {
      try {
        await own?.start();
      } catch {
        await own?.stop();
        guests.clear();
        own = await spawnServer();
      }
    },
    end: async () => own?.stop(),
  };
}

/** Demands that a new document can be made there. @throws StartupError with what the server says */
export async function demandOpen(target: Target, document: string, type: DocumentType): Promise<void> {
  const token = await target.token(0);
  const client = connect(target.url, token === undefined ? {} : { token });
  const { ready } = type === "rich" ? client.open(document, { type }) : client.open(document, { type });
  const late = AbortSignal.timeout(OPEN_MS);
  const lateness = new Promise<never>((_, reject) => {
    late.onabort = () =>
      reject(
        new StartupError("not_found", `${target.url} does not open a document within ${OPEN_MS / 1000} s.`),
      );
  });
  try {
    await Promise.race([ready, lateness]).catch(explained);
  } finally {
    await client.close();
  }
}
