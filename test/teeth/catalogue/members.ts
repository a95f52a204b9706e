// Bugs in who is in which room, and in how connections end.

import type { Bug } from "../bug.js";

export const members: readonly Bug[] = [
  {
    bug: "A connection that went over to a WebSocket is not cut, however far behind it is.",
    file: "server/sockets-line.ts",
    code: "  socketOf(conn)?.terminate();\n",
    instead: "",
    caughtBy: "test/server/sockets-line.test.ts",
    titled: "goes at once when it began with polls and went over to a WebSocket",
  },
  {
    bug: "Whoever polls takes the line with them that a proxy has given to somebody else.",
    file: "server/sockets-line.ts",
    code: "if (res) answers.set(conn, res);",
    instead: "if (res) answers.set(conn, (res as unknown as { socket: PollAnswer }).socket);",
    caughtBy: "test/server/sockets-line.test.ts",
    titled: "takes nobody else's request with it",
  },
  {
    bug: "One connection becomes as many peers as it says hello.",
    file: "server/sockets.ts",
    code: "    if (floods.has(conn)) {",
    instead: "    if (conn.readyState === undefined) {",
    caughtBy: "test/server/sockets-line.test.ts",
    titled: "is of one person, however often they say hello at once",
  },
  {
    bug: "Whoever goes while they open a document is in it for ever.",
    file: "server/membership.ts",
    code: "    if (gone) throw",
    instead: "    if (gone && documents.size < 0) throw",
    caughtBy: "test/server/membership.test.ts",
    titled: "are not those who have gone while what they open was read",
  },
  {
    bug: "A document that is deleted while somebody opens it is opened.",
    file: "server/membership.ts",
    code: "if (opened.answeredTo <= arriving.get(doc)!)",
    instead: "if (opened.answeredTo < 0)",
    caughtBy: "test/server/membership.test.ts",
    titled: "are not those who have read it before it was deleted",
  },
  {
    bug: "Of those who have gone, all that waits is still asked and read.",
    file: "server/connection.ts",
    code: ' || (ended && name !== "submit")',
    instead: "",
    caughtBy: "test/server/membership.test.ts",
    titled: "for these nothing more is asked or read",
  },
  {
    bug: "Whoever opens a document again that is made anew meanwhile is out of its room for good.",
    file: "server/membership.ts",
    code: "!(documents.has(doc) || arriving.has(doc))",
    instead: "!documents.has(doc)",
    caughtBy: "test/server/membership.test.ts",
    titled: "are those who open a document again that is deleted and made anew while it is read",
  },
  {
    bug: "Late word of a document's end closes its next life.",
    file: "server/requests.ts",
    code: " || (version !== undefined && opened.answeredTo > version)",
    instead: " || version === 0",
    caughtBy: "test/server/membership.test.ts",
    titled: "that another node tells late",
  },
  {
    bug: "Heads that were read before a document was made anew close its next life.",
    file: "server/heads.ts",
    code: "if (!since.has(doc)) gone(doc);",
    instead: "gone(doc);",
    caughtBy: "test/server/membership.test.ts",
    titled: "closes it for nobody who has opened it since they were read",
  },
];
