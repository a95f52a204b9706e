// Bugs by which a stranger stops others, or learns of what is not theirs, with what is no op.

import type { Bug } from "../bug.js";

export const strangers: readonly Bug[] = [
  {
    bug: "A body is read that comes to no address.",
    file: "server/http.ts",
    code: "    if (request.is404) throw unrouted(request, reply);\n",
    instead: "",
    caughtBy: "test/api/problems.test.ts",
    titled: "before a body is read",
  },
  {
    bug: "Whoever asks for a token may send as much as a document has.",
    file: "server/api/index.ts",
    code: ", bodyLimit: TOKEN_BODY_BYTES }",
    instead: " }",
    caughtBy: "test/api/problems.test.ts",
    titled: "before a body is read",
  },
  {
    bug: "Where a list ends tells of what is left out of it.",
    file: "server/api/documents.ts",
    code: "      return documents.list({ ...query, limit: Math.min(limit, limits.listed), may });",
    instead: `      const found = await documents.list({ ...query, limit: Math.min(limit, limits.listed) });
      const theirs = await Promise.all(found.documents.map(({ id }) => may(id)));
      return { ...found, documents: found.documents.filter((_document, index) => theirs[index]) };`,
    caughtBy: "test/api/documents.test.ts",
    titled: "that are not theirs are in no list",
  },
  {
    bug: "Enter behind a long text takes the square of its length.",
    file: "client/prosemirror/inputrules.ts",
    code: 'lastWord(parent.textBetween(0, parentOffset, null, "\\ufffc"))',
    instead: '/\\S*$/.exec(parent.textBetween(0, parentOffset, null, "\\ufffc"))![0]',
    caughtBy: "test/editor/rules.test.ts",
    titled: "does not look long for an address",
  },
  {
    bug: "Pings of a WebSocket are answered without end.",
    file: "server/sockets-line.ts",
    code: '    socket.on("ping", heard);\n',
    instead: "",
    caughtBy: "test/server/floods.test.ts",
    titled: "of pings of the WebSocket",
  },
  {
    bug: "What is no message costs nothing.",
    file: "server/sockets.ts",
    code: 'conn.on("packet", ({ data }: { data?: unknown }) => pace.heard(sizeOf(data)));',
    instead:
      'conn.on("packet", ({ type, data }: { type: string; data?: unknown }) => {\n      if (type === "message") pace.heard(sizeOf(data));\n    });',
    caughtBy: "test/server/floods.test.ts",
    titled: "answers to pings that there were not",
  },
  {
    bug: "The body of a poll is looked at to its end.",
    file: "server/sockets.ts",
    code: '      holds: () => conn.transport.name !== "polling",\n',
    instead: "",
    caughtBy: "test/server/floods.test.ts",
    titled: "comes in one poll",
  },
  {
    bug: "Where not to read holds nothing back, all that comes is heard.",
    file: "server/pace.ts",
    code: "if (ms >= this.mostMs && this.options.holds?.() === false) this.end();\n    else if",
    instead: "if",
    caughtBy: "test/server/admission.test.ts",
    titled: "brings twice the most at once",
  },
  {
    bug: "Before the welcome, messages without a byte cost nothing.",
    file: "server/pace.ts",
    code: "this.unknown -= size + FRAME_BYTES;",
    instead: "this.unknown -= size;",
    caughtBy: "test/server/admission.test.ts",
    titled: "lets a stranger say next to nothing",
  },
  {
    bug: "Who polls may have any number of long answers unread.",
    file: "server/sockets-line.ts",
    code: "(bytes, answer) => bytes + answer.writableLength,",
    instead: "(bytes) => bytes,",
    caughtBy: "test/server/sockets-line.test.ts",
    titled: "is given by polls no second long answer",
  },
  {
    bug: "Long answers to connections are given out however much is unread.",
    file: "server/connection.ts",
    code: "      if (isReading(name)) quotas.read(peer.address);\n",
    instead: "",
    caughtBy: "test/server/sockets-line.test.ts",
    titled: "keeps others of the same address from reading",
  },
  {
    bug: "Long answers over HTTP are given out however much is unread.",
    file: "server/api/unread.ts",
    code: "    quotas.read(address);\n",
    instead: "",
    caughtBy: "test/api/documents.test.ts",
    titled: "who has too much to read already",
  },
  {
    bug: "A refusal is kept for as long as what was asked for would have been.",
    file: "server/http.ts",
    code: '  reply.removeHeader("Cache-Control").removeHeader("ETag");\n',
    instead: "",
    caughtBy: "test/api/documents.test.ts",
    titled: "who has too much to read already",
  },
  {
    bug: "An answer that nobody reads is kept for ever.",
    file: "server/quotas.ts",
    code: "clock.after(BEGIN_MS + (bytes * 1000) / limits.readBytesPerSecond, cut);",
    instead: "clock.after(BEGIN_MS + (bytes * 1000) / limits.readBytesPerSecond, () => {});",
    caughtBy: "test/server/quotas.test.ts",
    titled: "cut what is not read in time",
  },
  {
    bug: "Any number of the longest documents wait to be written in other forms.",
    file: "server/documents/forming/index.ts",
    code: "threads.queueSize >= limits.formingWaiting || held >= limits.formingHeldBytes",
    instead: "threads.queueSize >= limits.formingWaiting",
    caughtBy: "test/documents/forming.test.ts",
    titled: "while what is taken already is much",
  },
  {
    bug: "A document of ShareDB's client that is asked for while it makes room goes deaf.",
    file: "server/stock/client.ts",
    code: `      await turns.next(name, async () => {
        // What has been asked of it before its turn came may be to follow it.
        if (documents.get(name!) !== idle || !idle.idle) return;
        documents.delete(name!);
        await idle.leave();
      });`,
    instead: "      documents.delete(name!);\n      await turns.next(name, () => idle.leave());",
    caughtBy: "test/server/stock.test.ts",
    titled: "about to make room",
  },
];
