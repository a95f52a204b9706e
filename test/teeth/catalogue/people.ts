// Bugs in how people are shown to each other.

import type { Bug } from "../bug.js";

export const people: readonly Bug[] = [
  {
    bug: "Whoever has no caret is visited all the same, at the start of the document.",
    file: "client/prosemirror/presence/places.ts",
    code: "      person.selection === null ? [] : [{ person, head: pmFromAtom(doc, person.selection.head, -1) }],",
    instead: "      [{ person, head: pmFromAtom(doc, person.selection?.head ?? 0, -1) }],",
    caughtBy: "test/editor/people.test.ts",
    titled: "those without a caret are not",
  },
  {
    bug: "Whoever came and went within three seconds is said to have joined and left.",
    file: "client/prosemirror/presence/gathering.ts",
    code: "    if (!this.#joined.delete(user)) this.#left.set(user, name);",
    instead: "    this.#left.set(user, name);",
    caughtBy: "test/editor/people.test.ts",
    titled: "are told of in one sentence, and not at all if they went again",
  },
  {
    bug: "Somebody who takes another name and goes is said to have done both.",
    file: "client/prosemirror/presence/gathering.ts",
    code: "    this.#renamed.delete(user);\n    if (!this",
    instead: "    if (!this",
    caughtBy: "test/editor/people.test.ts",
    titled: "are told of by the one they had and the one they have",
  },
  {
    bug: "A name that somebody takes while the next line is on its way is not said.",
    file: "client/connection.ts",
    code: "    this.#next?.hangUp();\n    this.#next = undefined;\n    this.#moveAfter(this.#attempts.pauseLeftMs);",
    instead: "    this.#moveAfter(this.#attempts.pauseLeftMs);",
    caughtBy: "test/client/connection.test.ts",
    titled: "goes on while its owner takes another name, which the one beside it says",
  },
  {
    bug: "Nobody is told that somebody has another name after an absence.",
    file: "client/presence.ts",
    code: "        this.#tellOfAgain(known, person);\n        this.#hear",
    instead: "        known.person = person;\n        this.#hear",
    caughtBy: "test/client/renaming.test.ts",
    titled: "are the same people, told of by both names, now or after an absence",
  },
  {
    bug: "Nobody is idle who has typed once.",
    file: "client/prosemirror/presence/activity.ts",
    code: "      if (left > 0) this.#untilIdle(left);",
    instead: "      if (left > 0) return;",
    caughtBy: "test/prosemirror/presence.test.ts",
    titled: "is nothing after half a minute without input",
  },
  {
    bug: "On a telephone a long name begins beyond the edge of the screen.",
    file: "client/prosemirror/presence/labels.ts",
    code: "const flip = fitsLeft && (rightToLeft || !fitsRight);",
    instead: "const flip = rightToLeft ? fitsLeft : !fitsRight;",
    caughtBy: "test/prosemirror/presence.test.ts",
    titled: "is whole where there is not enough room for it on either side",
  },
  {
    bug: "Names stand over each other where carets are close.",
    file: "client/prosemirror/presence/labels.ts",
    code: "Math.abs(other.left - left) < NEAR_PX",
    instead: "Math.abs(other.left - left) < 0",
    caughtBy: "test/prosemirror/presence.test.ts",
    titled: "is initials where carets stand close together",
  },
  {
    bug: "Whoever comes sees carets where they were before their owners typed.",
    file: "client/presence.ts",
    code: "      if (this.#known.has(person.src) && this.#known.size <= MET_AT_ONCE) this.#announcer.met();",
    instead: "",
    caughtBy: "test/client/presence.test.ts",
    titled: "is told again, half a second later, when somebody comes who has not seen what moved it",
  },
];
