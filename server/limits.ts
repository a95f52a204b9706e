// Every number that bounds a stranger, each with its unit, its reason and what happens beyond it. `docs/limits.md` is
// printed from this file (`limits-page.ts`); bounds that live beside the code they bound are listed there as well.
//
// The welcome tells a client those it must keep to (`opBytes` to `documentsPerConnection`), so an honest one never
// meets the others. A rate is so many a second on average and a burst at once. Where a limit is shared (by a user's
// connections, an address, a document), whoever is refused is told when to come back, and honest clients do.

import type { FaultCode, Limits } from "../protocol/index.js";

const KiB = 1024;
const MiB = 1024 * KiB;

export type Unit = "" | "bytes" | "ms" | "per second" | "per minute" | "per hour";

/** What happens beyond a limit, where that is not a fault. */
export const effects = {
  ends: "the connection ends",
  slows: "it is read more slowly",
  waits: "it waits its turn",
  drops: "dropped, the last one is kept",
  pages: "the rest is another page",
  hides: "not shown to the others",
  counts: "counts as one more",
  goes: "what is left is cut",
  none: "nothing: it is a pace",
} as const;

export interface Limit {
  readonly value: number;
  readonly unit: Unit;
  readonly beyond: FaultCode | keyof typeof effects;
  readonly why: string;
}

const limit = (value: number, unit: Unit, beyond: Limit["beyond"], why: string): Limit => ({
  value,
  unit,
  beyond,
  why,
});

// biome-ignore format: a limit is a line of what it is and a line of why
const told = {
  opBytes: limit(512 * KiB, "bytes", "op_too_large",
    "A pasted book chapter is 100 KiB. An op and its envelope must fit twice into one message."),
  opComponents: limit(10_000, "", "op_too_complex",
    "Formatting every word of a chapter; transforming two such ops takes a few milliseconds."),
  documentAtoms: limit(20_000_000, "", "document_too_large",
    "Ten times the longest novel; a snapshot of it still fits in a reply and in memory."),
  documentsPerConnection: limit(100, "", "too_many_documents",
    "More tabs than anybody has open over one connection; each is a room and a line in a roster."),
};

// biome-ignore format: as above
const connection = {
  requestsPerSecond: limit(50, "per second", "rate_limited",
    "Opens, catch-ups and leaves; and presence notices, counted apart. One person's clicks are fewer."),
  requestsBurst: limit(300, "", "rate_limited",
    "A client that comes back opens up to 100 documents at once and pages through what it missed."),
  opsPerSecond: limit(50, "per second", "rate_limited",
    "A person makes at most 20 ops a second, with one in flight; programs may make some more."),
  opsBurst: limit(200, "", "rate_limited",
    "What was typed into several documents while the line was down."),
  opRateBytes: limit(16 * KiB, "bytes", "counts",
    "An op of 512 KiB counts as 33, so that a flood of large ops is 800 KiB a second, not 25 MiB. What a short op makes anew of a long formatted text is counted after it: 0.5 ms of computing."),
  messagesPerSecond: limit(300, "per second", "slows",
    "All that the rates above allow together is half of it; whoever sends more is not listening."),
  messagesBurst: limit(2000, "", "slows",
    "All bursts above together, twice."),
  bytesPerSecond: limit(1 * MiB, "bytes", "slows",
    "Above what the rate of ops lets through."),
  bytesBurst: limit(8 * MiB, "bytes", "slows",
    "The burst of ops at its largest, with their envelopes, and once again after a reconnect."),
  floodMs: limit(10_000, "ms", "ends",
    "Whoever still sends too much after being read slowly for so long does not mean to stop."),
  inFlightPerConnection: limit(256, "", "busy",
    "Above what an honest client pipelines (100 opens and a submit for each of a few documents)."),
  inFlightBeforeWelcome: limit(4, "", "busy",
    "Honest clients wait for the welcome. Whoever has shown no token yet gets little memory for what they say."),
  bytesBeforeWelcome: limit(32 * KiB, "bytes", "ends",
    "A hello with the longest token is 10 KiB."),
  malformedPerMinute: limit(20, "per minute", "ends",
    "A client with a bug says the same wrong thing now and then; a fuzzer says little else."),
  refusedPerMinute: limit(600, "per minute", "ends",
    "An honest client waits as long as `rate_limited` tells it to and is refused a few times at most."),
  presenceIntervalMs: limit(100, "ms", "drops",
    "Ten positions a second look like movement; more would be most of the traffic."),
};

// biome-ignore format: as above
const user = {
  connectionsPerUser: limit(100, "", "too_many_connections",
    "Every tab on every device of one person, and those that have died without a word."),
  userOpsPerSecond: limit(200, "per second", "rate_limited",
    "Four connections that each write as fast as one may."),
  userOpsBurst: limit(800, "", "rate_limited",
    "Four connections' bursts: several tabs that come back from a day without network."),
  userRequestsPerSecond: limit(200, "per second", "rate_limited",
    "Four connections that each ask as fast as one may."),
  userRequestsBurst: limit(3000, "", "rate_limited",
    "Ten tabs with a hundred documents each come back at once and page through what they missed."),
  createdPerHour: limit(1000, "per hour", "rate_limited",
    "An import of somebody's whole folder; a name that is made up costs a row that stays."),
};

// biome-ignore format: as above
const document = {
  documentOpsPerSecond: limit(1000, "per second", "rate_limited",
    "Fifty people at their fastest. All of it goes to everybody in the room."),
  documentOpsBurst: limit(4000, "", "rate_limited",
    "Everybody in a large room comes back with something typed."),
  peoplePerDocument: limit(5000, "", "room_full",
    "A lecture hall many times over; each of them is sent every op."),
  peopleShown: limit(200, "", "hides",
    "Telling everybody of everybody grows with the square of the room, and nobody reads more names than that."),
};

// biome-ignore format: as above
const address = {
  connectionsPerAddress: limit(1000, "", "too_many_connections",
    "A school behind one address. Twenty addresses are needed to fill the server. IPv6 counts by /64."),
  addressConnectsPerSecond: limit(100, "per second", "rate_limited",
    "A tenth of a school opens a tab in the same second."),
  addressConnectsBurst: limit(2000, "", "rate_limited",
    "The whole school comes back after the server was away, and once again."),
  addressOpsPerSecond: limit(2000, "per second", "rate_limited",
    "A hundred people at their fastest."),
  addressOpsBurst: limit(8000, "", "rate_limited",
    "The whole school comes back, each with some sentences typed meanwhile."),
  addressHttpPerSecond: limit(100, "per second", "rate_limited",
    "Requests of the API, with a token that holds or without. A hundred people click at once."),
  addressHttpBurst: limit(1000, "", "rate_limited",
    "The school opens its list of documents."),
  namesRemembered: limit(100_000, "", "goes",
    "Users, addresses and documents whose rates are being counted: some 20 MiB. The one longest quiet is forgotten."),
};

// biome-ignore format: as above
const overload = {
  connections: limit(20_000, "", "unavailable",
    "10 KiB each when idle: 200 MiB."),
  handshakesAtOnce: limit(16, "", "waits",
    "In one turn of the event loop: some 10 ms, which those who are writing do not notice."),
  handshakesWaiting: limit(5000, "", "ends",
    "A waiting one holds a socket and nothing else; at 500 a second the last is in after ten seconds."),
  hellosAtOnce: limit(16, "", "waits",
    "In one turn of the event loop: checking a token is 0.2 ms of computing."),
  hellosWaiting: limit(5000, "", "unavailable",
    "As many as may wait for their handshake."),
  readsAtOnce: limit(16, "", "waits",
    "Documents and pages of history being read from the disk: each is one answer in memory."),
  readsWaiting: limit(5000, "", "unavailable",
    "As many as may have been greeted. A waiting one is 1 KiB."),
  waitMs: limit(3000, "ms", "unavailable",
    "Clients ask again after five seconds without an answer; to be told is better than to be asked twice."),
  lagMs: limit(100, "ms", "waits",
    "When the event loop is later than this, a quarter as much new work is begun at once, so that old work goes on."),
  formingAtOnce: limit(2, "", "waits",
    "Threads on which long Markdown and HTML is read, written and compared, beside the one that serves everybody."),
  formingWaiting: limit(100, "", "busy",
    "Requests that wait for one of them; each holds its body in memory, and the document if it is of one."),
  formingHeldBytes: limit(128 * MiB, "bytes", "busy",
    "What they are given, waiting and at work: some of the longest documents. They lie in memory in whole."),
  formingMs: limit(30_000, "ms", "op_too_complex",
    "From the request to the end of it, waiting included. The longest document takes two seconds on a busy machine, several times over."),
  formingBytes: limit(512 * MiB, "bytes", "op_too_complex",
    "What one of them may have in memory: ten times what the longest document takes there."),
  historiesAtOnce: limit(4, "", "waits",
    "Documents of which somebody reads what became of them: folded in steps, one of each, on the thread that serves everybody."),
  historiesWaiting: limit(100, "", "busy",
    "Requests for it that wait, each of them a socket and nothing else."),
  historiesWaitingPerDocument: limit(20, "", "busy",
    "Of one document, so that they do not keep out those who read others."),
  historiesWaitMs: limit(10_000, "ms", "busy",
    "The longest histories are folded in seconds, and what is folded for one is there for the next."),
  submitMs: limit(4000, "ms", "unavailable",
    "How long an op may wait to be committed before its author is told to ask again, before the 5 s after which they would by themselves."),
  comeBackMs: limit(5000, "ms", "none",
    "Spreads those who were put off over so long, after one second."),
};

// biome-ignore format: as above
const sizes = {
  pageOps: limit(1000, "", "pages",
    "A page is answered in a few milliseconds and parsed in one frame."),
  pageBytes: limit(512 * KiB, "bytes", "pages",
    "As large as the largest op."),
  messageBytes: limit(1 * MiB, "bytes", "ends",
    "Twice the longest op. Socket.IO ends the connection without a word, so honest clients must not meet it."),
  bodyBytes: limit(24 * MiB, "bytes", "document_too_large",
    "Over HTTP: a Markdown file of 4 MB, converted to a snapshot by the page, with room to spare."),
  listed: limit(50, "", "pages",
    "A screen or two of a list."),
};

// biome-ignore format: as above
const readers = {
  slowBytes: limit(64 * KiB, "bytes", "drops",
    "A reader this far behind will not miss a caret."),
  queuedBytes: limit(2 * MiB, "bytes", "ends",
    "Minutes of a busy document. Whoever is further behind catches up faster by opening it again."),
  unreadBytes: limit(512 * MiB, "bytes", "busy",
    "Long answers that are on their way to all together, over HTTP and connections, and long bodies: all of it lies in memory."),
  unreadBytesPerAddress: limit(64 * MiB, "bytes", "busy",
    "Of them, those to one address: a class that opens a long text, or three of the longest documents."),
  readBytesPerSecond: limit(8 * KiB, "bytes", "ends",
    "Whoever takes a long answer more slowly, after half a minute, would be given up by a browser as well."),
  stalledMs: limit(30_000, "ms", "ends",
    "Whoever takes nothing of a long answer over HTTP for so long has gone, and keeps others of their address from theirs."),
  pingIntervalMs: limit(25_000, "ms", "none",
    "With the next: how long a person whose connection died without a word is shown as present."),
  pingTimeoutMs: limit(20_000, "ms", "ends",
    "A phone in a tunnel comes back within it. The transport answers pings by itself."),
  connectTimeoutMs: limit(10_000, "ms", "ends",
    "From the first byte of a connection to its hello, and of an HTTP request to its last header."),
};

// biome-ignore format: as above
const pace = {
  httpPerSecond: limit(20, "per second", "rate_limited",
    "One person clicking through a list of documents, and an importer."),
  httpBurst: limit(200, "", "rate_limited",
    "An import of a folder."),
  gatherMs: limit(20, "ms", "none",
    "Below what an eye notices. The pause grows with the room, and is that long from a thousand people on."),
  headIntervalMs: limit(1000, "ms", "none",
    "How long a message lost on its way through a cluster stays unnoticed."),
  headTold: limit(3, "", "none",
    "Each telling is another chance for whoever lost the one before."),
  nodeAliveMs: limit(5000, "ms", "none",
    "How often a node says to the others that it is there: one small message for all its documents."),
  nodeSilentMs: limit(30_000, "ms", "goes",
    "The people of a node that says nothing for so long are gone; one restart of Redis is shorter, a connection's own 45 s are longer."),
  reviewIntervalMs: limit(2000, "ms", "none",
    "How often rights are asked for again while somebody has a document open. Whoever lost them reads so long and one answer more."),
  reviewTimeoutMs: limit(2000, "ms", "none",
    "With the one above 4 s: below the 5 s that are promised."),
  reviewsAtOnce: limit(64, "", "waits",
    "What the integrator's rules are asked in one go: as many connections with a document or two each."),
  ruleMs: limit(5000, "ms", "unavailable",
    "How long the integrator's `beforeCommit` may think about one op; meanwhile its document waits, and no other."),
  newsIntervalMs: limit(2000, "ms", "none",
    "How often a node asks the database what other nodes have revoked or announced, while somebody is connected."),
  unreviewedMs: limit(30_000, "ms", "unavailable",
    "While rights cannot be asked for, what was last known holds for so long: a restart of the rules' own database."),
  expiryGraceMs: limit(2000, "ms", "token_expired",
    "An op sent in the last moment of a token is committed in milliseconds, and a fresher token is checked so."),
  noticeMs: limit(2000, "ms", "none",
    "A node that stops among others is not ready for so long before anybody is told to move: a balancer that looks every half second has noticed by then."),
  moveMs: limit(5000, "ms", "none",
    "And so long it has people move to the others, one after the other: a thousand connections are two hundred a second."),
  drainMs: limit(5000, "ms", "goes",
    "Commits in flight take milliseconds; a database that stalls longer than this would not be waited for."),
  returnAfterMs: limit(2000, "ms", "none",
    "Spreads those who come back after a restart over two seconds."),
};

// biome-ignore format: as above
const listeners = {
  streamBeatMs: limit(15_000, "ms", "none",
    "A comment in a stream of events, so that no proxy takes it for dead."),
  streamStalledMs: limit(30_000, "ms", "ends",
    "A reader of a stream that takes nothing for so long has gone; it comes back to where it was."),
  webhooksPerUser: limit(20, "", "rate_limited",
    "Each is looked at for every document that changes."),
  webhookWindowMs: limit(1000, "ms", "none",
    "What happens to a document within it is told at once: a second is soon for a program, and one delivery instead of ten for who types."),
  webhookTimeoutMs: limit(10_000, "ms", "none",
    "A receiver that takes longer does its work before it answers; it should take the delivery, answer, and work then."),
  webhooksAtOnce: limit(64, "", "none",
    "Deliveries on their way from one node."),
  webhookAtOnce: limit(8, "", "none",
    "Of them, those of one webhook: a receiver that hangs leaves the rest to the others."),
  webhookFirstPauseMs: limit(1000, "ms", "none",
    "The bound of the first pause before a delivery is tried again; it doubles each time, and pauses are drawn from below it."),
  webhookLongestPauseMs: limit(3_600_000, "ms", "none",
    "Who was away for half a day is found back within the hour."),
  webhookGiveUpMs: limit(86_400_000, "ms", "goes",
    "After a day of trying it is a dead letter, to be sent again or thrown away by hand."),
  webhookLeaseMs: limit(15_000, "ms", "none",
    "How long a node that died keeps another from delivering in its place."),
};

/** All of them, under the headings they are printed with. */
export const sections = {
  "What a client is told": told,
  "One connection": connection,
  "One user, over all connections": user,
  "One document": document,
  "One address": address,
  "The whole server, when many come at once": overload,
  "Sizes and pages": sizes,
  "Readers that fall behind or fall silent": readers,
  "HTTP by user, and the server's own pace": pace,
  "Streams of events, and webhooks": listeners,
};

type Named = typeof told &
  typeof connection &
  typeof user &
  typeof document &
  typeof address &
  typeof overload &
  typeof sizes &
  typeof readers &
  typeof pace &
  typeof listeners;

export type ServerLimits = Limits & { readonly [K in keyof Named]: number };

export const defaultLimits = Object.fromEntries(
  Object.values(sections).flatMap((section) =>
    Object.entries<Limit>(section).map(([name, { value }]) => [name, value]),
  ),
) as unknown as ServerLimits;

/** The defaults but where others are given; one that is left undefined is not given. */
export const limitsOf = (given: Partial<ServerLimits> = {}): ServerLimits => ({
  ...defaultLimits,
  ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
});
