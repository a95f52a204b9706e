// Every number that bounds a stranger, each with its reason. The welcome tells a client those it must keep to
// (`opBytes` to `documentsPerConnection`), so an honest one never meets the others.

import type { Limits } from "../protocol/index.js";

const KiB = 1024;
const MiB = 1024 * KiB;

export interface ServerLimits extends Limits {
  /** Opens, catch-ups and leaves; and presence notices, counted apart. */
  readonly requestsPerSecond: number;
  readonly requestsBurst: number;
  readonly opsPerSecond: number;
  readonly opsBurst: number;
  /** So many bytes of an op count as one op more against the rate. */
  readonly opRateBytes: number;
  readonly inFlightPerConnection: number;
  readonly inFlightBeforeWelcome: number;
  readonly malformedPerMinute: number;
  readonly refusedPerMinute: number;
  readonly presenceIntervalMs: number;
  readonly pageOps: number;
  readonly pageBytes: number;
  readonly messageBytes: number;
  readonly slowBytes: number;
  readonly queuedBytes: number;
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly connections: number;
  readonly bodyBytes: number;
  readonly httpPerSecond: number;
  readonly httpBurst: number;
  readonly listed: number;
  readonly gatherMs: number;
  readonly headIntervalMs: number;
  readonly headTold: number;
  readonly reviewIntervalMs: number;
  readonly reviewTimeoutMs: number;
  readonly reviewsAtOnce: number;
  readonly unreviewedMs: number;
  readonly expiryGraceMs: number;
  readonly drainMs: number;
  readonly returnAfterMs: number;
}

export const defaultLimits: ServerLimits = {
  // A pasted book chapter is 100 KiB. An op and its envelope must fit twice into one message.
  opBytes: 512 * KiB,
  // Formatting every word of a chapter; transforming two such ops takes a few milliseconds.
  opComponents: 10_000,
  // Ten times the longest novel; a snapshot of it still fits in a reply and in memory.
  documentAtoms: 20_000_000,
  // More tabs than anybody has open over one connection; each is a room and a line in a roster.
  documentsPerConnection: 100,

  // A client that comes back opens up to 100 documents at once and pages through what it missed.
  requestsPerSecond: 50,
  requestsBurst: 300,
  // A person makes at most 20 ops a second, with one in flight; programs may make some more, and burst.
  opsPerSecond: 50,
  opsBurst: 200,
  // An op of 512 KiB counts as 33, so that a flood of large ops is 800 KiB a second, not 25 MiB.
  opRateBytes: 16 * KiB,
  // Above what an honest client pipelines (100 opens and a submit for each of a few documents).
  inFlightPerConnection: 256,
  // Honest clients wait for the welcome. Whoever has not shown a token yet gets little memory for what they say.
  inFlightBeforeWelcome: 4,
  // A client with a bug says the same wrong thing now and then; a fuzzer says little else.
  malformedPerMinute: 20,
  // An honest client waits as long as `rate_limited` tells it to and is refused a few times at most.
  refusedPerMinute: 600,
  // Ten positions a second look like movement; more would be most of the traffic.
  presenceIntervalMs: 100,

  // A page is answered in a few milliseconds and parsed in one frame.
  pageOps: 1000,
  pageBytes: 512 * KiB,

  // Twice the longest op. Socket.IO ends the connection without a word above it, so honest clients must not meet it.
  messageBytes: 1 * MiB,
  // A reader this far behind will not miss a caret.
  slowBytes: 64 * KiB,
  // Some minutes of a busy document. Whoever is further behind catches up faster by opening it again.
  queuedBytes: 4 * MiB,
  // Together 45 s: how long a person whose connection died without a word is shown as present. Pings are the
  // transport's own and are answered by it; nobody else hears of them.
  pingIntervalMs: 25_000,
  pingTimeoutMs: 20_000,
  // From the first byte of a connection to its hello.
  connectTimeoutMs: 10_000,
  // 10 KiB each when idle: 200 MiB.
  connections: 20_000,

  // A Markdown file of 4 MB, converted to a snapshot by the page, with room to spare.
  bodyBytes: 24 * MiB,
  // One person clicking through a list of documents, and an importer.
  httpPerSecond: 20,
  httpBurst: 200,
  // A screen or two of a list.
  listed: 50,

  // Below what an eye notices, and a tenth of the frames in a room of two hundred.
  gatherMs: 20,
  headIntervalMs: 1000,
  // Each telling is another chance for whoever lost the one before.
  headTold: 3,

  // Rights are asked for again this often while somebody has a document open. Whoever lost them reads for this long and
  // one answer more, 4 s together: below the 5 s that are promised.
  reviewIntervalMs: 2000,
  reviewTimeoutMs: 2000,
  // What the integrator's rules are asked in one go: 64 connections with a document or two each.
  reviewsAtOnce: 64,
  // While rights cannot be asked for, what was last known holds for this long: a restart of the rules' own database.
  unreviewedMs: 30_000,
  // An op that was sent in the last moment of a token is committed in milliseconds, and a fresher token is checked so.
  expiryGraceMs: 2000,

  // Commits in flight take milliseconds; a database that stalls longer than this would not be waited for.
  drainMs: 5000,
  // Spreads those who come back over two seconds.
  returnAfterMs: 2000,
};
