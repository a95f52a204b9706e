// Bugs in how ShareDB's own clients are served, and in what every node must hear of.

import type { Bug } from "../bug.js";

export const stock: readonly Bug[] = [
  {
    bug: "An op that ShareDB's client has moved before it sends it again is refused.",
    file: "server/stock/document.ts",
    code: 'reason.code === "seq_reused"',
    instead: 'reason.message === ""',
    caughtBy: "test/server/stock.test.ts",
    titled: "moved past others' meanwhile",
  },
  {
    bug: "ShareDB's client that took its own op for another's waits for ever for its acknowledgement.",
    file: "server/stock/document.ts",
    code: "if (version >= made) {",
    instead: "if (version > made) {",
    caughtBy: "test/server/stock.test.ts",
    titled: "saw its own op as somebody else's",
  },
  {
    bug: "ShareDB's client is given another id when it comes back.",
    file: "server/stock/client.ts",
    code: "      ...(client === undefined ? {} : { client }),\n",
    instead: "",
    caughtBy: "test/server/stock.test.ts",
    titled: "keeps what it could not send",
  },
  {
    bug: "A token in the address opens a connection of ShareDB's client.",
    file: "server/stock/endpoint.ts",
    code: '    if (query) return refuse(line, "400 Bad Request");\n',
    instead: "",
    caughtBy: "test/server/stock-hostile.test.ts",
    titled: "to the address without a query",
  },
  {
    bug: "Any page may open a connection of ShareDB's client.",
    file: "server/stock/endpoint.ts",
    code: '    if (!allowed(addresses.asked(request))) return refuse(line, "403 Forbidden");\n',
    instead: "",
    caughtBy: "test/server/stock-hostile.test.ts",
    titled: "to the address without a query",
  },
  {
    bug: "What the bus has lost of revocations is never heard of.",
    file: "server/news.ts",
    code: "      void look();\n      wait();",
    instead: "      wait();",
    caughtBy: "test/server/news.test.ts",
    titled: "that the bus has lost are heard by the database, one question an interval",
  },
  {
    bug: "A node lets somebody in by a token that was taken back while nobody was connected to it.",
    file: "server/news.ts",
    code: "      return new Promise((resolve) => {\n        const cancelPatience",
    instead:
      "      if (!connected()) return undefined;\n      return new Promise((resolve) => {\n        const cancelPatience",
    caughtBy: "test/server/news.test.ts",
    titled: "are not asked for while nobody is connected, and are known before somebody is let in",
  },
  {
    bug: "After the database was set back, what is revoked is not heard of.",
    file: "server/news.ts",
    code: "if (news.last < last) news =",
    instead: "if (news.last < -1) news =",
    caughtBy: "test/server/news.test.ts",
    titled: "are read anew when the database was set back",
  },
];
