// People of a cluster's tests: clients with documents in which they write, and how long it takes until all of them have
// everything that there was at one moment.

import { type Client, connect, type SharedDocument } from "../../client/index.js";
import type { Random } from "../../protocol/index.js";
import { onCleanUp, sleep, until } from "../server/harness.js";
import { random } from "../stack/draws.js";
import type { TcpProxy } from "../stack/proxy.js";
import type { StoredLog } from "./log.js";
import { Writer } from "./writer.js";

export interface CrowdOptions {
  readonly people: number;
  /** The ways in; people take them in turn. */
  readonly wires: readonly TcpProxy[];
  readonly seed: number;
  /** Which documents somebody writes to, by number. */
  readonly writes: (person: number) => readonly number[];
  /** Another client than ours as it usually is. */
  readonly connects?: (url: string, person: number) => Client;
}

export interface Crowd {
  readonly clients: readonly Client[];
  /** What each client's connection is, and why, by what it said last. */
  readonly states: ReadonlyMap<Client, string>;
  readonly writers: readonly Writer[];
  /** What each person writes with, by number. */
  readonly byPerson: readonly (readonly Writer[])[];
  /** Those who write to a document, by its name. */
  readonly byDocument: ReadonlyMap<string, readonly Writer[]>;
  start(pauseMs: number): void;
  /** Nobody writes any more, and everything is saved. */
  finish(): Promise<void>;
}

export const documentName = (number: number) => `cluster-${number}`;

/** Even documents are rich, odd ones plain. */
const open = (client: Client, number: number): SharedDocument =>
  number % 2 === 0
    ? client.open(documentName(number), { type: "rich" })
    : client.open(documentName(number), { type: "plain" });

export async function gather(options: CrowdOptions): Promise<Crowd> {
  const { people, wires, seed, writes } = options;
  // Whoever loses the server all the time backs off to half a minute; here luck keeps the waits short.
  const luck = random(seed);
  const lucky: Random = () => luck() / 20;
  const lightly = (url: string, person: number) => connect(url, { name: `Person ${person}`, random: lucky });
  const { connects = lightly } = options;
  const clients: Client[] = [];
  const states = new Map<Client, string>();
  const byDocument = new Map<string, Writer[]>();
  const byPerson: Writer[][] = [];
  onCleanUp(() => {
    for (const client of clients) client.close();
  });
  for (let person = 0; person < people; person++) {
    const client = connects(wires[person % wires.length]!.url, person);
    clients.push(client);
    client.on("status", ({ status, fault }) =>
      states.set(
        client,
        fault === undefined
          ? status
          : `${status}, ${fault.code}: ${fault.message} ${JSON.stringify(fault.extra)}`,
      ),
    );
    const own: Writer[] = [];
    byPerson.push(own);
    for (const number of writes(person)) {
      const doc = open(client, number);
      const others = byDocument.get(doc.id) ?? [];
      byDocument.set(doc.id, others);
      const writer = new Writer(doc, others.length, random(seed + person * 100 + number));
      others.push(writer);
      own.push(writer);
    }
  }
  const writers = [...byDocument.values()].flat();
  await Promise.all(writers.map(({ doc }) => doc.ready));
  return {
    clients,
    states,
    writers,
    byDocument,
    byPerson,
    start(pauseMs) {
      for (const writer of writers) writer.start(pauseMs);
    },
    async finish() {
      await Promise.all(writers.map((writer) => writer.stop()));
      await until("everything is saved", () => writers.every(({ doc }) => doc.status === "saved"), 60_000);
    },
  };
}

/**
 * How long it takes from now on until each writer has what the log has now, and what each has written up to now is saved:
 * milliseconds for each. @throws Error for those who have not after `withinMs`
 */
export async function converge(crowd: Crowd, log: StoredLog, withinMs: number): Promise<readonly number[]> {
  const since = Date.now();
  const heads = await log.heads();
  const open = new Set(
    crowd.writers.map((writer) => ({
      writer,
      edits: writer.edits.length,
      version: heads.get(writer.doc.id) ?? 0,
    })),
  );
  const took: number[] = [];
  while (open.size > 0) {
    for (const goal of open) {
      const { writer, edits, version } = goal;
      if (writer.doc.version < version || writer.acknowledged < edits) continue;
      took.push(Date.now() - since);
      open.delete(goal);
    }
    if (Date.now() - since > withinMs) {
      const who = [...open].map(({ writer, edits, version }) => {
        const at = crowd.byPerson.findIndex((own) => own.includes(writer));
        return `${writer.doc.id}, person ${at} (${crowd.states.get(crowd.clients[at]!)}), ${writer.doc.status}: version ${writer.doc.version} of ${version}, ${writer.acknowledged} of ${edits} edits`;
      });
      throw new Error(`Not everybody is current after ${withinMs} ms:\n${who.join("\n")}`);
    }
    await sleep(5);
  }
  return took;
}

/** The value that a share of the others do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
