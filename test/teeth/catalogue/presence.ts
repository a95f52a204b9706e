// Bugs in showing where the others are.

import type { Bug } from "../bug.js";

export const presence: readonly Bug[] = [
  {
    bug: "Carets stand where they were when others type before them.",
    file: "client/whereabouts.ts",
    code: "    this.#at &&= this.trail.type.transformSelection(this.#at, op, src === this.src);\n",
    instead: "",
    caughtBy: "test/client/presence.test.ts",
    titled: "is held until the version it speaks of is here, and then carried past what came after",
  },
  {
    bug: "A caret that comes late is shown where it was.",
    file: "client/whereabouts.ts",
    code: "      .filter((step) => step.version > version)",
    instead: "      .filter((step) => step.version > version + REMEMBERED)",
    caughtBy: "test/client/presence.test.ts",
    titled: "is carried past ops that are here already, when it comes late",
  },
  {
    bug: "A position that was overtaken replaces the one that overtook it.",
    file: "server/roster.ts",
    code: "(mine.told.presence !== null && presence.n <= mine.told.presence.n)",
    instead: "(mine.told.presence !== null && presence.n < 0)",
    caughtBy: "test/server/rooms.test.ts",
    titled: "that arrives late is dropped",
  },
  {
    bug: "The last position before a pause is dropped.",
    file: "server/presence.ts",
    code: "      held.set(doc, presence);\n      if (!waiting) intervalEnds();",
    instead: "      if (waiting) return;\n      held.set(doc, presence);\n      intervalEnds();",
    caughtBy: "test/server/rooms.test.ts",
    titled: "leaves no timer behind when nobody moves any more",
  },
  {
    bug: "News of other nodes' people that got lost are not missed.",
    file: "server/cluster/people-hearing.ts",
    code: "} else if (after !== heard.seq) heard.behind = true;",
    instead: "}",
    caughtBy: "test/cluster/people-model.test.ts",
    titled: "are the same to everybody",
  },
  {
    bug: "The people of a node that died stay for ever.",
    file: "server/cluster/people-nodes.ts",
    code: "        this.options.silent(node);\n",
    instead: "",
    caughtBy: "test/cluster/people-model.test.ts",
    titled: "their node died",
  },
  {
    bug: "Two who were given one colour by two nodes keep it.",
    file: "server/cluster/people-room.ts",
    code: "if (!this.#slots.clash) return [];",
    instead: 'if (!this.#slots.clash || node !== "") return [];',
    caughtBy: "test/cluster/people-model.test.ts",
    titled: "are the same to everybody",
  },
  {
    bug: "Whoever moves to another node is said to have left.",
    file: "server/cluster/people-room.ts",
    code: "} else if (moving) one.stopMoving",
    instead: "} else if (moving && this.#queue.size === 0) one.stopMoving",
    caughtBy: "test/cluster/people-model.test.ts",
    titled: "who come back on another node",
  },
  {
    bug: "Somebody who comes while the document is fetched anew is not seen.",
    file: "client/sync.ts",
    code: "if (!met) this.options.host.people(reply.people);",
    instead: "this.options.host.people(reply.people);",
    caughtBy: "test/client/presence.test.ts",
    titled: "who come while a document is fetched anew",
  },
];
