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
];
