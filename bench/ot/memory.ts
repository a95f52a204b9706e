// What a document of plain prose holds in memory, for each byte of its text: when it was just made, and after many edits.
// Only the last version is held; what a garbage collection frees does not count.

import { collectGarbage, median, type Result, type Row, type Section, valueIn } from "./frame.js";
import {
  codemirror,
  type Library,
  plainImmutable,
  plainTransient,
  richImmutable,
  type Typed,
} from "./libraries.js";
import { prose, type Session, scattered } from "./sessions.js";

const CHARACTERS = 1_000_000;
const EDITS = 100_000;
const ROUNDS = 3;

export const memory: Section = {
  name: "memory",
  async run(): Promise<Result> {
    const session = scattered({ edits: EDITS, base: prose(CHARACTERS) });
    const rowsAfter = (count: number): Row[] => [
      held(plainImmutable, session, count),
      held(plainTransient, session, count),
      held(richImmutable, session, count),
      held(codemirror, session, count),
    ];
    const fresh = rowsAfter(0);
    const edited = rowsAfter(EDITS);
    const unit = "bytes of heap for each byte of text";
    return {
      tables: [
        { title: `Memory: ${CHARACTERS} characters of prose, just made`, unit, better: "less", rows: fresh },
        { title: `Memory: the same after ${EDITS} random edits`, unit, better: "less", rows: edited },
      ],
      claims: [plainImmutable, plainTransient, richImmutable].flatMap(({ name }) => [
        { what: `${name}, just made`, value: valueIn(fresh, name), bound: { most: 2 } },
        { what: `${name}, after the edits`, value: valueIn(edited, name), bound: { most: 2 } },
      ]),
    };
  },
};

function held<E>(library: Library<E>, { base, edits }: Session, count: number): Row {
  const given = edits.slice(0, count).map(library.given);
  const found = Array.from({ length: ROUNDS }, () => {
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    const document = edited(library, base, given);
    collectGarbage();
    return (process.memoryUsage().heapUsed - before) / document.text().length;
  });
  return {
    name: library.name,
    ...(library.version !== undefined && { version: library.version }),
    value: median(found),
    n: ROUNDS,
  };
}

function edited<E>(library: Library<E>, base: string, given: readonly E[]): Typed<E> {
  // A text of its own, as it would come from a wire: `base` itself must not be what the document refers to.
  const document = library.open(JSON.parse(JSON.stringify(base)) as string);
  for (const edit of given) document.edit(edit);
  document.settle?.();
  return document;
}
