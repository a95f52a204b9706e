// Bugs in telling the room.

import type { Bug } from "../bug.js";

export const relay: readonly Bug[] = [
  {
    bug: "Of several ops that are gathered the last is not told.",
    file: "server/relay.ts",
    code: "if (held.length > 0) tell(doc, epoch, held);",
    instead: "if (held.length > 0) tell(doc, epoch, held.slice(0, -1));",
    caughtBy: "test/server/rooms.test.ts",
    titled: "gathers what comes within 20 ms of the last telling in a large room",
  },
  {
    bug: "Ops that are gathered are told in the wrong order.",
    file: "server/relay.ts",
    code: "room.held.push(committed);",
    instead: "room.held.unshift(committed);",
    caughtBy: "test/server/rooms.test.ts",
    titled: "gathers what comes within 20 ms of the last telling in a large room",
  },
  {
    bug: "What is held for the room is forgotten when the server stops.",
    file: "server/relay.ts",
    code: "        room.cancel();\n        tellHeld(doc, room);\n",
    instead: "        room.cancel();\n",
    caughtBy: "test/server/gateway.test.ts",
    titled: "holds no op back from anybody when it has drained",
  },
  {
    bug: "The versions of open documents are told once and never again.",
    file: "server/heads.ts",
    code: "        else if (documents.size > 0) wait();\n",
    instead: "",
    caughtBy: "test/server/heads.test.ts",
    titled: "heal a commit whose relay was lost, within about a second",
  },
  {
    bug: "The heartbeat ends when the database fails once.",
    file: "server/heads.ts",
    code: "      .catch(failed)\n      .finally(() => {",
    instead: "      .then(() => {",
    caughtBy: "test/server/heads.test.ts",
    titled: "go on after the ledger has failed to answer",
  },
  {
    bug: "Whoever opens a document enters its room after reading, and misses what came in between.",
    file: "server/requests.ts",
    code: "      const contents = await reads.enter(() => read(doc, since));\n",
    instead:
      "      peer.leave(roomOf(doc));\n      const contents = await reads.enter(() => read(doc, since));\n      peer.join(roomOf(doc));\n",
    caughtBy: "test/server/opening.test.ts",
    titled: "enters the room before it reads, so that no op falls between",
  },
];
