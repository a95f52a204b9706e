// A session of typing, one edit at a time, by everybody. All must end with the same text.

import { type Candidate, candidate, type Result, type Section, timed, valueIn } from "./frame.js";
import {
  automerge,
  codemirror,
  codemirrorState,
  floor,
  jsonJoy,
  type Library,
  loro,
  plainImmutable,
  plainTransient,
  quillDelta,
  richImmutable,
  richTransient,
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
    const joyful = await jsonJoy();
    const rows = timed(
      [
        replaying(plainTransient, whole),
        replaying(richTransient, whole),
        replaying(plainImmutable, whole),
        replaying(richImmutable, whole),
        replaying(codemirror, whole),
        replaying(codemirrorState, whole),
        replaying(joyful, whole),
        replaying(floor, whole),
        { ...replaying(await loro(), whole), rounds: 2 },
        { ...replaying(await yjs(), whole), rounds: 1 },
        { ...replaying(await quillDelta(), prefix), share: PREFIX, rounds: 1 },
        { ...replaying(textUnicode, prefix), share: PREFIX, rounds: 1 },
        { ...replaying(await automerge(), prefix), share: PREFIX, rounds: 1 },
      ],
      ROUNDS,
    );
    const joy = valueIn(rows, joyful.name);
    const mirror = valueIn(rows, codemirror.name);
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
        ...[plainTransient, richTransient].map(({ name }) => ({
          what: `json-joy's time for that of ${name}`,
          value: joy / valueIn(rows, name),
          bound: { least: 3 },
        })),
        ...[plainImmutable, richImmutable].map(({ name }) => ({
          what: `the time of @codemirror/state's text for that of ${name}`,
          value: mirror / valueIn(rows, name),
          bound: { least: 2 },
        })),
      ],
    };
  },
};

/** Also for the other sections: a library edits a document, and must end with the right text. */
export function replaying<E>(library: Library<E>, { base, edits, final }: Session): Candidate<never> {
  const given = edits.map(library.given);
  return candidate({
    name: library.name,
    ...(library.version !== undefined && { version: library.version }),
    prepare: () => library.open(base),
    run(document) {
      for (const edit of given) document.edit(edit);
      document.settle?.();
    },
    check(document) {
      if (document.text() !== final) throw new Error(`${library.name} ends with another text`);
    },
  });
}
