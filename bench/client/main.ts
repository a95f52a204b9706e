// What an op costs the client of whoever reads or writes it, with neither server nor network beside it:
//
//     npm run bench:client -- [situation…]
//
// A figure is microseconds of processor time for each op, from the text of the message on: reading it, what the client keeps
// up to date for it, and telling who listens. ShareDB's own client is asked the same, where it has what is asked.

import { type Candidate, candidate, timed } from "../ot/frame.js";
import { type Fed, type Subject, typedBy } from "./fed.js";
import { ours, type Page } from "./ours.js";
import { sharedb } from "./sharedb.js";

const OPS = 5_000;
const ROUNDS = 5;
const WRITERS = 10;
const TEXT = `${".".repeat(79)}\n`.repeat(25);
/** So many steps can be undone by who has written. */
const STEPS = 200;
const PEOPLE = 50;

/** What a page shows beside the text: whether it is saved, whether something can be undone, and where the others are. */
const page: Page = (document) => {
  for (const name of ["status", "save", "history"] as const) document.on(name, () => {});
  document.presence.on("change", () => {});
};

interface Situation {
  readonly name: string;
  readonly what: string;
  readonly subjects: readonly Subject[];
  /** What whoever has the document open has done before. */
  readonly before?: (fed: Fed) => void;
  readonly own?: boolean;
}

const write = (fed: Fed) => {
  // Every other one where the one before is not, so that each can be undone by itself.
  for (let nth = 0; nth < STEPS; nth++)
    fed.type({ at: nth % 2 === 0 ? 0 : fed.text.length, removed: 0, inserted: "x" });
};

const shown = ours("interline, a page that shows all", { page, people: PEOPLE });
const situations: readonly Situation[] = [
  { name: "reading", what: "somebody else's letter, to who only reads", subjects: [ours(), shown, sharedb] },
  {
    name: "having-written",
    what: `somebody else's letter, to who can undo ${STEPS} steps`,
    subjects: [ours(), shown, sharedb],
    before: write,
  },
  { name: "writing", what: "a letter of one's own, answered", subjects: [ours(), shown, sharedb], own: true },
];

interface Prepared {
  readonly fed: Fed;
  readonly run: () => void;
  readonly text: number;
}

function candidateOf(subject: Subject, { before, own = false }: Situation): Candidate<Prepared> {
  return {
    name: subject.name,
    version: subject.version,
    prepare() {
      const fed = subject.open(TEXT);
      before?.(fed);
      const { length } = fed.text;
      const typed = typedBy(own ? 1 : WRITERS, OPS, length, fed.version);
      const messages = own ? [] : subject.messages(typed);
      const run = own
        ? () => {
            for (const one of typed) fed.type(one);
          }
        : () => {
            for (const message of messages) fed.hear(message);
          };
      return { fed, run, text: length };
    },
    run: ({ run }) => run(),
    check({ fed, text }) {
      const heard = own ? 0 : OPS;
      if (fed.text.length !== text + OPS || fed.heard !== heard)
        throw new Error(`${subject.name} has ${fed.text.length} characters and told of ${fed.heard} changes`);
      fed.close();
    },
  };
}

const asked = process.argv.slice(2);
for (const situation of situations) {
  if (asked.length > 0 && !asked.includes(situation.name)) continue;
  console.log(`\n${situation.name}: ${situation.what}, µs of processor time for each`);
  const rows = timed(
    situation.subjects.map((subject) => candidate(candidateOf(subject, situation))),
    ROUNDS,
  );
  for (const { name, version, value, n } of rows)
    console.log(
      `  ${`${name} ${version}`.padEnd(44)}${((value * 1000) / OPS).toFixed(2).padStart(8)}  n=${n}`,
    );
}
process.exit();
