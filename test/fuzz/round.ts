// One round: some people in a new document, the steps, then sound wires, rest, and the question whether all that was
// promised has been kept. A round leaves nothing behind but its document.

import type { Op } from "../../client/types.js";
import { type Committed, type DocumentType, systemClock } from "../../protocol/index.js";
import { seededRandom } from "../world/clock.js";
import { Markers } from "../world/markers.js";
import { Truth } from "../world/truth.js";
import { readLog } from "./log.js";
import { Person } from "./person.js";
import type { OwnServer } from "./server.js";
import type { Deed, Step } from "./steps.js";
import type { Frame, Violation, ViolationKind } from "./trace.js";
import { type Counts, Traffic, Wire } from "./wire.js";

/** Within so long after the wires are sound, everything has come to rest. */
const REST_MS = 20_000;
/** Frames that are kept: those before a failure say most. */
const MOST_FRAMES = 5_000;

export interface RoundOptions {
  readonly url: string;
  readonly own?: OwnServer;
  readonly document: string;
  readonly type: DocumentType;
  readonly clients: number;
  readonly seed: number;
  readonly steps: readonly Step[];
  readonly token?: string;
  readonly counts: Counts;
  readonly restMs?: number;
}

export interface RoundResult {
  readonly found: readonly Violation[];
  readonly frames: readonly Frame[];
  readonly log: readonly Committed[];
  readonly done: number;
  readonly restarts: number;
}

const sleep = (ms: number) => new Promise<void>((resolve) => systemClock.after(ms, resolve));

async function holds(condition: () => boolean, withinMs: number): Promise<boolean> {
  const until = systemClock.now() + withinMs;
  while (!condition()) {
    if (systemClock.now() > until) return false;
    await sleep(10);
  }
  return true;
}

export async function round(options: RoundOptions): Promise<RoundResult> {
  const { url, own, document, type, clients, seed, steps, token, counts, restMs = REST_MS } = options;
  const found: Violation[] = [];
  let done = 0;
  let restarts = 0;
  const find = (kind: ViolationKind, message: string) => void found.push({ kind, message, after: done });
  const threw = (error: unknown) => find("threw", `A client threw: ${String(error)}`);
  process.on("uncaughtException", threw);
  const began = systemClock.now();
  const traffic = new Traffic();
  const markers = new Markers();
  const wires: Wire[] = [];
  const people: Person[] = [];
  const frames: (() => Frame)[] = [];
  const last = new Map<number, unknown>();

  function look(): void {
    people.forEach((person, client) => {
      const { record, doc, name } = person;
      if (record === undefined || last.get(client) === record || !person.ready) return;
      last.set(client, record);
      const { snapshot, status, version, unsaved } = doc;
      const [after, atMs] = [done, systemClock.now() - began];
      frames.push(() => ({
        ...{ after, atMs, client, name, status, version, unsaved, document: snapshot },
        ...(record.inflight === undefined ? {} : { inflight: record.inflight }),
        pending: record.pending.map(({ op }) => op),
      }));
      if (frames.length > MOST_FRAMES) frames.shift();
    });
  }

  async function restart(ms: number): Promise<void> {
    if (own === undefined) return;
    restarts++;
    await own.kill();
    await sleep(ms);
    await own.start();
  }

  let log: readonly Committed[] = [];
  try {
    for (let who = 0; who < clients; who++) {
      const wire = await Wire.to(url, traffic, counts);
      wires.push(wire);
      const random = seededRandom(seed + 1_000 + who);
      const name = `Person ${who + 1}`;
      people.push(
        new Person({
          ...{ name, wire, document, type, random, markers, found: find },
          ...(token === undefined ? {} : { token }),
        }),
      );
      if (!(await holds(() => people[who]!.ready, restMs)))
        find("stuck", `${name} could not open the document.`);
    }
    let due = systemClock.now();
    let restarting = Promise.resolve();
    for (const step of steps) {
      if (found.length > 0) break;
      due += step.afterMs;
      const ahead = due - systemClock.now();
      if (ahead > 0) await sleep(ahead);
      const person = people[step.who % people.length]!;
      switch (step.do) {
        case "cut":
          person.wire.cut(step.way);
          break;
        case "delay":
          person.wire.delayMs = step.ms;
          break;
        case "repeat":
          person.wire.repeat(step.way, step.count);
          break;
        case "reorder":
          person.wire.reorder(step.way, step.behind);
          break;
        case "offline":
          person.wire.open = false;
          person.wire.cutNow();
          break;
        case "online":
          person.wire.open = true;
          person.client.retryNow();
          break;
        case "restart":
          restarting = restarting.then(() => restart(step.ms));
          break;
        default:
          person.does(step as Deed);
      }
      done++;
      look();
    }
    await restarting;
    for (const wire of wires) wire.heal();
    await own?.start();
    if (found.length === 0) {
      const rest = () => {
        for (const { client } of people) client.retryNow();
        const versions = new Set(people.map(({ doc }) => doc.version));
        return (
          versions.size === 1 &&
          people.every((one) => one.ready && one.doc.unsaved === 0 && one.doc.status === "saved")
        );
      };
      if (!(await holds(rest, restMs))) {
        const so = people.map(
          ({ name, doc }) => `${name} ${doc.status} at ${doc.version} with ${doc.unsaved} unsaved`,
        );
        find("stuck", `Not at rest: ${so.join("; ")}.`);
      }
    }
    look();
    log = await readLog(url, document, type, token);
    if (found.length === 0) {
      const served = await snapshotOf(url, document, token);
      if (JSON.stringify(served) !== JSON.stringify(people[0]!.doc.snapshot))
        find("diverged", "The server's document is not the one that people have.");
    }
    if (found.length === 0) compare(people, markers, type, log, find);
    if (found.length === 0) await carets(people, find);
  } finally {
    await Promise.all(people.map((person) => person.leave()));
    await Promise.all(wires.map((wire) => wire.close()));
    process.off("uncaughtException", threw);
  }
  return { found, frames: found.length === 0 ? [] : frames.map((frame) => frame()), log, done, restarts };
}

/** The document as the HTTP API gives it. */
async function snapshotOf(url: string, document: string, token: string | undefined): Promise<unknown> {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const answer = await fetch(new URL(`/v1/documents/${document}?format=json`, url), { headers });
  return ((await answer.json()) as { readonly snapshot?: unknown }).snapshot;
}

type Find = (kind: ViolationKind, message: string) => void;

/** All copies, the log and what was typed and acknowledged fit together. */
function compare(
  people: readonly Person[],
  markers: Markers,
  type: DocumentType,
  log: readonly Committed[],
  find: Find,
): void {
  const truth = new Truth(type, (log[0]?.version ?? 1) - 1);
  try {
    for (const one of log) truth.committed({ ...one, op: one.op as Op });
  } catch (error) {
    find("twice", String(error));
    return;
  }
  for (const { name, doc, answered } of people) {
    if (JSON.stringify(doc.snapshot) !== JSON.stringify(people[0]!.doc.snapshot))
      find("diverged", `${name} and ${people[0]!.name} have different documents at version ${doc.version}.`);
    for (const [op, version] of answered) {
      const [src, seq] = op.split(" ");
      if (!truth.made(version, src!, Number(seq)))
        find(
          "not_durable",
          `${name} was told that ${op} made version ${version}; history has another op there.`,
        );
    }
  }
  const { text } = people[0]!.doc;
  const missing = markers.missingFrom([text]);
  if (missing.length > 0) find("lost", `${missing.join(" ")} was typed, and nobody took it out.`);
  const doubled = markers.doubled(text);
  if (doubled.length > 0) find("twice", `${doubled.join(" ")} was typed once and is there more often.`);
}

/** Everybody sees everybody where they are, and whoever leaves is gone. */
async function carets(people: readonly Person[], find: Find): Promise<void> {
  const where = people.map((person) => JSON.stringify(person.look()));
  const srcs = people.map(({ doc }) => doc.presence.self?.src);
  const wrong = () =>
    people.flatMap(({ name, doc }, me) =>
      srcs.flatMap((src, at) => {
        const seen = doc.presence.people.find((one) => one.src === src)?.selection;
        return at === me || JSON.stringify(seen) === where[at]
          ? []
          : [`${name} sees ${people[at]!.name} at ${JSON.stringify(seen)}, not ${where[at]}`];
      }),
    );
  if (!(await holds(() => wrong().length === 0, 10_000))) find("presence", `${wrong().join("; ")}.`);
  const [gone, ...others] = people;
  if (gone === undefined || others.length === 0) return;
  await gone.leave();
  const left = () => others.every(({ doc }) => doc.presence.people.every(({ src }) => src !== srcs[0]));
  if (!(await holds(left, 10_000))) find("presence", `${gone.name} has left and is still shown.`);
}
