// Drives a server: people come, one after another; some of them write, as people do, at a rate that does not wait for the
// server; all of them read. Their documents are made for this and deleted afterwards.
//
// Writing is open-loop: each keystroke has a time at which it is due, and every time is counted from then, so that a server
// that stands still shows in the percentiles of all that had to wait, not of one op. A client joins what it cannot send yet;
// keystrokes are counted, not messages.

import { monitorEventLoopDelay } from "node:perf_hooks";
import { type Client, connect, type SharedDocument } from "../../client/index.js";
import type { Random } from "../../protocol/index.js";
import { type Beat, session, Writer } from "../humans/index.js";
import { Measures, type Second } from "./measure.js";
import { Sightings } from "./sightings.js";

export interface LoadOptions {
  readonly url: string;
  readonly token?: string;
  readonly documents: number;
  readonly clients: number;
  readonly writers: number;
  /** Keystrokes a second of each writer. */
  readonly rate: number;
  readonly seconds: number;
  readonly type: "rich" | "plain";
  /** Begins the names of the documents; nobody else uses it. */
  readonly prefix: string;
  /** For the writers, one each. */
  readonly draws: (nth: number) => Random;
  readonly told: (second: Second, measures: Measures) => void;
  readonly signal: AbortSignal;
}

export interface LoadResult {
  readonly measures: Measures;
  /** Seconds from the first keystroke to the last. */
  readonly wroteFor: number;
  /** Documents of which not all copies are the same when all is quiet. */
  readonly differing: readonly string[];
  /** Keystrokes of which nothing was heard in the end. */
  readonly unanswered: number;
}

/** People who come at the same time. */
const AT_ONCE = 20;
/** How long a document may take to open, and everything to be saved in the end. */
const OPEN_MS = 30_000;
const SETTLE_MS = 20_000;

interface Participant {
  readonly client: Client;
  readonly doc: SharedDocument;
  /** No longer counts lost connections. */
  forget(): void;
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const inTime = <T>(work: Promise<T>, ms: number, what: string): Promise<T> => {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms.`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

export async function drive(options: LoadOptions): Promise<LoadResult> {
  const { documents, writers, seconds, signal } = options;
  const measures = new Measures();
  const people: Participant[] = [];
  const lag = monitorEventLoopDelay({ resolution: 10 });
  try {
    await gather(options, measures, people);
    const sightings = watch(options, people, measures);
    const hands = people
      .slice(0, writers)
      .map((person, nth) => new Hand(person.doc, sightings.get(person.doc.id)!, measures, options, nth));
    lag.enable();
    const began = performance.now();
    for (const hand of hands) hand.begin(began);
    for (let second = 1; second <= seconds && !signal.aborted; second++) {
      await sleep(Math.max(0, began + second * 1000 - performance.now()));
      // The monitor's own resolution is in every reading.
      const lagMs = Math.max(0, lag.max / 1e6 - 10);
      lag.reset();
      options.told(measures.tick(second, lagMs), measures);
    }
    for (const hand of hands) hand.end();
    const wroteFor = (performance.now() - began) / 1000;
    await Promise.allSettled(people.map(({ doc }) => inTime(doc.settled(), SETTLE_MS, "Saving")));
    await agree(people);
    for (const hand of hands) hand.leave();
    const unanswered = hands.reduce((sum, hand) => sum + hand.waiting, 0);
    return { measures, wroteFor, differing: differing(people), unanswered };
  } finally {
    lag.disable();
    for (const { forget } of people) forget();
    await Promise.all(people.map(({ client }) => client.close()));
    await clear(options, documents, measures);
  }
}

const nameOf = ({ prefix }: LoadOptions, nth: number) => `${prefix}-${nth}`;

/** Everybody comes, a few at a time, and opens a document. */
async function gather(options: LoadOptions, measures: Measures, people: Participant[]): Promise<void> {
  const { clients, documents, url, token, type, signal } = options;
  let next = 0;
  async function door(): Promise<void> {
    while (next < clients && !signal.aborted) {
      const nth = next++;
      const since = performance.now();
      const client = connect(url, { name: `Load ${nth}`, ...(token === undefined ? {} : { token }) });
      const id = nameOf(options, nth % documents);
      const doc: SharedDocument =
        type === "rich" ? client.open(id, { type }) : client.open(id, { type: "plain" });
      let was = client.status;
      const forget = client.on("status", ({ status }) => {
        if (status !== "online" && was === "online") measures.reconnects += 1;
        was = status;
      });
      people[nth] = { client, doc, forget };
      await inTime(doc.ready, OPEN_MS, `Opening ${id}`);
      measures.toOpen.record(performance.now() - since);
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, clients) }, door));
}

/** Notes when each copy comes to each version that others make. */
function watch({ documents }: LoadOptions, people: readonly Participant[], measures: Measures) {
  const sightings = new Map<string, Sightings>();
  const seen = (ms: number) => {
    measures.seen += 1;
    measures.toSeen.record(ms);
  };
  for (const [nth, { doc }] of people.entries()) {
    const readers = people.filter((_, at) => at % documents === nth % documents).length - 1;
    const known = sightings.get(doc.id) ?? new Sightings(readers, seen);
    sightings.set(doc.id, known);
    doc.on("change", ({ origin, version }) => {
      if (origin === "remote") known.reached(version, performance.now());
    });
  }
  return sightings;
}

/** Who writes in a document, at a rate. */
class Hand {
  readonly #writer: Writer;
  readonly #beats: Iterator<Beat, never>;
  readonly #draw: Random;
  readonly #rate: number;
  readonly #stops: (() => void)[];
  /** When those keystrokes were due that nobody has acknowledged, oldest first. */
  readonly #due: number[] = [];
  #next = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    doc: SharedDocument,
    private readonly sightings: Sightings,
    private readonly measures: Measures,
    { draws, rate }: LoadOptions,
    nth: number,
  ) {
    this.#draw = draws(nth);
    this.#beats = session(this.#draw);
    this.#rate = rate;
    this.#writer = new Writer(doc);
    this.#stops = [
      doc.on("status", ({ unsaved, version }) => this.#heard(unsaved, version)),
      doc.on("refused", ({ fault }) => {
        this.#due.shift();
        measures.error(fault.code);
      }),
    ];
  }

  get waiting(): number {
    return this.#due.length;
  }

  begin(at: number): void {
    // Not all in the same moment.
    this.#next = at + (this.#draw() * 1000) / this.#rate;
    this.#go();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  /** Does what is due by now. */
  #go(): void {
    for (let now = performance.now(); this.#next <= now; ) {
      this.#due.push(this.#next);
      this.#strike();
      // Independent of each other, as keystrokes of many people are.
      this.#next += (-Math.log(1 - this.#draw()) * 1000) / this.#rate;
    }
    this.#timer = setTimeout(() => this.#go(), Math.max(0, this.#next - performance.now()));
  }

  /** The next thing that changes the document. */
  #strike(): void {
    this.measures.sent += 1;
    while (!this.#writer.does(this.#beats.next().value.intent));
  }

  #heard(unsaved: number, version: number): void {
    const done = this.#due.splice(0, Math.max(0, this.#due.length - unsaved));
    if (done.length === 0) return;
    const now = performance.now();
    this.measures.acknowledged += done.length;
    for (const due of done) this.measures.toAcknowledged.record(now - due);
    this.sightings.committed(version, done);
  }

  leave(): void {
    for (const stop of this.#stops) stop();
    this.#writer.leave();
  }
}

/** Waits until all copies of each document are at one version, or for long enough. */
async function agree(people: readonly Participant[]): Promise<void> {
  const until = performance.now() + SETTLE_MS;
  while (differing(people).length > 0 && performance.now() < until) await sleep(50);
}

function differing(people: readonly Participant[]): string[] {
  const texts = new Map<string, Set<string>>();
  for (const { doc } of people)
    texts.set(doc.id, (texts.get(doc.id) ?? new Set()).add(JSON.stringify(doc.snapshot)));
  return [...texts].filter(([, copies]) => copies.size > 1).map(([id]) => id);
}

/** Deletes what was made here. */
async function clear(options: LoadOptions, documents: number, measures: Measures): Promise<void> {
  const headers = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
  for (let nth = 0; nth < documents; nth++) {
    const url = new URL(`v1/documents/${nameOf(options, nth)}`, options.url);
    const answer = await fetch(url, { method: "DELETE", headers }).catch(() => undefined);
    if (answer === undefined || !(answer.ok || answer.status === 404)) measures.error("not_deleted");
  }
}
