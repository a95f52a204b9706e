// A session of typing, one edit at a time, by everybody. All must end with the same text.

import { type Candidate, candidate, type Result, type Section, timed, valueIn } from "./frame.js";
import {
  automerge,
  codemirror,
  floor,
  jsonJoy,
  type Library,
  loro,
  plainImmutable,
  quillDelta,
  richImmutable,
  textUnicode,
  yjs,
} from "./libraries.js";
import { type Session, session } from "./sessions.js";

const ROUNDS = 5;
/** What the slowest do of the session: a prefix, which flatters them, since the document is still short. */
const PREFIX = 0.1;

export const typing: Section = {
  name: "typing",
  async run(): Promise<Result> {
    const whole = session();
    const prefix = session({ edits: whole.edits.length * PREFIX });
    const fast = [plainImmutable, richImmutable, codemirror, await jsonJoy(), floor];
    const slower = [await yjs(), await loro()];
    const slow = [await quillDelta(), textUnicode, await automerge()];
    const rows = timed(
      [
        ...fast.map((library) => replaying(library, whole)),
        ...slower.map((library) => ({ ...replaying(library, whole), rounds: 2 })),
        ...slow.map((library) => ({ ...replaying(library, prefix), share: PREFIX, rounds: 1 })),
      ],
      ROUNDS,
    );
    const ours = valueIn(rows, plainImmutable.name);
    return {
      tables: [
        {
          title: `Typing: ${whole.edits.length} edits one at a time, ${whole.final.length} characters in the end`,
          unit: "ms of processor time",
          better: "less",
          rows,
        },
      ],
      claims: [
        {
          what: "@codemirror/state beside immutable plain snapshots",
          value: valueIn(rows, codemirror.name) / ours,
          bound: { least: 2 },
        },
      ],
    };
  },
};

function replaying(library: Library, { base, edits, final }: Session): Candidate<never> {
  return candidate({
    name: library.name,
    ...(library.version !== undefined && { version: library.version }),
    prepare: () => library.open(base),
    run(document) {
      for (const { at, removed, inserted } of edits) document.edit(at, removed, inserted);
      if (document.text() !== final) throw new Error(`${library.name} ends with another text`);
    },
  });
}
