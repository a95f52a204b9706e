// A server that will be killed: opens the ledger at the path it is given and writes to it from several authors at once,
// until its end. Every line of its output is one event, as JSON:
//
//   { "sent": { doc, src, seq, version, op } }     before it is submitted
//   { "done": { doc, src, seq, version } }         after it was acknowledged, with the version it made
//   { "refused": { doc, src, seq } }               after it was refused because its document has begun another life
//   { "fault": code }                              after it was refused for now
//
// What it is given as a second argument, a list of ops that were sent before and not answered, it sends again first. Of the
// last document it forgets the history on the way. A further one lives and dies all the time: its creations and deletions
// are told as done by "made" and "deleted", with their version for a seq. It dies where `points.ts` says.

import { systemClock } from "../../../protocol/index.js";
import { COLLECTION } from "../../../server/ledger/backend.js";
import { keptTypes } from "../../../server/ledger/documents.js";
import { createLedger } from "../../../server/ledger/index.js";
import { openStorage } from "../../../server/storage/index.js";
import { quietLog } from "../support.js";
import { checkpoint } from "./points.js";

export interface Sent {
  readonly doc: string;
  readonly src: string;
  readonly seq: number;
  readonly version: number;
  readonly op: readonly unknown[];
}

export type Event =
  | { readonly sent: Sent }
  | {
      readonly done: {
        readonly doc: string;
        readonly src: string;
        readonly seq: number;
        readonly version: number;
      };
    }
  | { readonly refused: { readonly doc: string; readonly src: string; readonly seq: number } }
  | { readonly fault: string };

const DOCUMENTS = ["one", "two", "three"];
const PRUNED = "three";
const MORTAL = "mortal";
/** Now and then somebody pastes. */
const WORDS = "word ".repeat(200);
/** Small, so that snapshots are saved all the time. */
const snapshots = { ops: 8, characters: 10_000 };
/** And pages too. */
const folding = { ops: 12, characters: 10_000 };

const [path, unanswered, life, author, authors] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];

/** To a pipe this is written before it returns, so whatever was said before a kill is known. */
const say = (event: Event) => process.stdout.write(`${JSON.stringify(event)}\n`);

const options = { relay: () => {}, clock: systemClock, documentAtoms: 10_000_000, log: quietLog, checkpoint };
const storage = await openStorage(`sqlite:${path}`, {
  types: Object.values(keptTypes),
  snapshots,
  folding,
  threadCheckpoint: new URL("./points.js", import.meta.url).href,
  ...options,
});
const ledger = createLedger(storage, options);

async function submit(sent: Sent): Promise<void> {
  say({ sent });
  const { doc, src, seq, version, op } = sent;
  try {
    const made = await ledger.submit(doc, { version, src, seq, op, author });
    say({ done: { doc, src, seq, version: made } });
  } catch (error) {
    const { code } = error as { code: string };
    if (doc === MORTAL && /^(forbidden|version_unknown)$/.test(code)) say({ refused: { doc, src, seq } });
    else say({ fault: code });
  }
}

async function liveAndDie(): Promise<void> {
  const [doc, src] = [MORTAL, `${author}-mortal`];
  const done = (what: string, version: number) => say({ done: { doc, src: what, seq: version, version } });
  for (let seq = 1; seq <= Number(life); seq++) {
    try {
      if ((await ledger.head(doc)) === undefined)
        done("made", (await ledger.create(doc, "plain", "", author)).version);
      await submit({ doc, src, seq, version: (await ledger.head(doc))!.version, op: [`${src}:${seq} `] });
      if (seq % 3 === 0) done("deleted", await ledger.delete(doc, author));
    } catch (error) {
      say({ fault: (error as { code: string }).code });
    }
  }
}

for (const doc of DOCUMENTS)
  if ((await ledger.head(doc)) === undefined) await ledger.create(doc, "plain", "", author);
await Promise.all((JSON.parse(unanswered) as Sent[]).map(submit));
const mortal = authors === "1" ? undefined : liveAndDie();
await Promise.all(
  Array.from({ length: Number(authors) }, async (_, at) => {
    const doc = DOCUMENTS[at % DOCUMENTS.length]!;
    for (let seq = 1; seq <= Number(life); seq++) {
      const { version } = (await ledger.head(doc))!;
      const src = `${author}-${at}`;
      const text = seq % 10 === 0 ? WORDS : `${src}:${seq} `;
      await submit({ doc, src, seq, version, op: [text] });
      if (doc === PRUNED && seq % 5 === 0) await storage.prune(COLLECTION, doc, version - 10).catch(() => {});
    }
  }),
);
await mortal;
await ledger.close();
