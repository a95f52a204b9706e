// Bugs in what goes between nodes by Redis.

import type { Bug } from "../bug.js";

export const bus: readonly Bug[] = [
  {
    bug: "A room that everybody leaves and joins again in one breath hears nothing from other nodes any more.",
    file: "server/cluster/subscribing.ts",
    code: "          channel.state = state;\n          look(channel);\n",
    instead: "          channel.state = state;\n",
    caughtBy: "test/cluster/redis-faults.test.ts",
    titled: "are heard",
  },
  {
    bug: "Rooms are not subscribed to again when Redis has been away.",
    file: "server/cluster/subscribing.ts",
    code: '        channel.state = "off";\n',
    instead: "",
    caughtBy: "test/cluster/redis-faults.test.ts",
    titled: "restarts and cut lines",
  },
  {
    bug: "Nobody is told that messages were missed.",
    file: "server/cluster/channels.ts",
    code: "    for (const gap of [...gaps]) guarded(gap);\n",
    instead: "",
    caughtBy: "test/cluster/redis-start.test.ts",
    titled: "whole when it comes",
  },
  {
    bug: "Everything waits in memory for a Redis that does not answer.",
    file: "server/cluster/publishing.ts",
    code: "const full = queued >= QUEUED_MESSAGES || queuedBytes + bytes > QUEUED_BYTES;",
    instead: "const full = false;",
    caughtBy: "test/cluster/redis-faults.test.ts",
    titled: "is bounded",
  },
  {
    bug: "People on one node are told after Redis was asked.",
    file: "server/cluster/rooms.ts",
    code: "      tellHere({ data: { packet, opts } });\n",
    instead: "      await channels.publish;\n      tellHere({ data: { packet, opts } });\n",
    caughtBy: "test/cluster/redis-rooms.test.ts",
    titled: "before the call",
  },
  {
    bug: "Whatever another program says in our channels is believed.",
    file: "server/cluster/seal.ts",
    code: "const ours = timingSafeEqual(frame.subarray(1, SEAL_BYTES), sealOf(channel, payload));",
    instead: "const ours = frame.length > 0;",
    caughtBy: "test/cluster/redis-rooms.test.ts",
    titled: "another program",
  },
  {
    bug: "Another node may give orders about this one's sockets.",
    file: "server/cluster/rooms.ts",
    code: "if (message.type !== BROADCAST || Object.keys(others).length > 0) return undefined;",
    instead: "if (message.type === 6) return message;",
    caughtBy: "test/cluster/redis-rooms.test.ts",
    titled: "another program",
  },
  {
    bug: "A document whose name is 16 characters long is told to every node.",
    file: "server/membership.ts",
    code: "(doc.length === 16 ? `doc::${doc}` : `doc:${doc}`)",
    instead: "`doc:${doc}`",
    caughtBy: "test/cluster/redis-rooms.test.ts",
    titled: "whatever a document is called",
  },
  {
    bug: "After a gap, nodes wait for the next beat before they compare heads.",
    file: "server/heads.ts",
    code: "      else if (cancel !== undefined) {\n        cancel();\n        look();\n      }\n",
    instead: "",
    caughtBy: "test/server/heads.test.ts",
    titled: "may have been missed",
  },
];
