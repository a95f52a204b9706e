// Bugs in how versions go over HTTP: with the life of their document, or taken for those of another.

import type { Bug } from "../bug.js";

const suite = "test/api/lives.test.ts";

export const lives: readonly Bug[] = [
  {
    bug: "A tag of another life matches, if its version is the same.",
    file: "server/api/tags.ts",
    code: 'each === "*" || each === etagOf(version)',
    instead: 'each === "*" || Number.parseInt(each.slice(1), 10) === version.version',
    caughtBy: suite,
    titled: "are nothing that a program could have read of the present one",
  },
  {
    bug: "A write goes through onto what another life has under that number.",
    file: "server/api/access.ts",
    code: "...(epoch === undefined ? {} : { ifEpoch: epoch })",
    instead: "...(epoch === null ? { ifEpoch: epoch } : {})",
    caughtBy: suite,
    titled: "are written over nothing, and whoever tries is told which life there is",
  },
  {
    bug: "A stream of another life goes on as if nothing lay between.",
    file: "server/api/events.ts",
    code: "    demandLife(head, since.epoch);\n",
    instead: "    demandLife(head, head.epoch);\n",
    caughtBy: suite,
    titled: "begin no stream",
  },
  {
    bug: "A follower is told what a new life goes on with.",
    file: "server/documents/following.ts",
    code: "    // Asked after the page was read",
    instead: "    if (ops.length > 0) return { ops };\n    // Asked after the page was read",
    caughtBy: "test/documents/following.test.ts",
    titled: "is told nothing of a life that began while its ops were read",
  },
  {
    bug: "What an address shows in this life may be cached for the next.",
    file: "server/api/documents.ts",
    code: "version !== undefined && epoch !== undefined;",
    instead: "version !== undefined;",
    caughtBy: "test/api/conditions.test.ts",
    titled: "reads versions as what never changes, and the head as what may",
  },
  {
    bug: "The client gives back numbers without the life that they were told of.",
    file: "client/api/lives.ts",
    code: "lives.get(`${id} ${version}`) ?? lives.get(id)",
    instead: "version < 0 ? lives.get(id) : undefined",
    caughtBy: suite,
    titled: "are sent back with their life by the client",
  },
  {
    bug: "Somebody else's document is answered to whoever made one of that name before.",
    file: "server/documents/core.ts",
    code: "head === undefined || (await lives.ended(id, head, version))",
    instead: "head === undefined",
    caughtBy: suite,
    titled: "is not answered with somebody else's document",
  },
  {
    bug: "Streams of events hear of a revocation when rights are looked at again.",
    file: "server/serving.ts",
    code: "await Promise.all([gateway.review(concerns), reviewAtOnce(streams, concerns)]);",
    instead: "await Promise.all([gateway.review(concerns), reviewAtOnce(streams, () => false)]);",
    caughtBy: "test/api/events.test.ts",
    titled: "ends at once when its user is revoked",
  },
  {
    bug: "The program that runs the server makes documents that nobody can open.",
    file: "server/documents/core.ts",
    code: "if (given !== undefined && !isDocumentId(given)) throw badName(given);",
    instead: "",
    caughtBy: "test/documents/names.test.ts",
    titled: "are those that a client can say, also where the program makes them that runs the server",
  },
];
