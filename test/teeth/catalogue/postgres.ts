// Bugs in what is kept in PostgreSQL.

import type { Bug } from "../bug.js";

export const postgres: readonly Bug[] = [
  {
    bug: "A head is moved on from what is remembered of it, whatever another node has made of it, in PostgreSQL.",
    file: "server/storage/postgres/write.ts",
    code: "AND version = $29 AND chain = $30 AND digest = $31",
    instead: "AND version = $29 AND chain = $30 AND $31::bytea IS NOT NULL",
    caughtBy: "test/storage/postgres-shared.test.ts",
    titled: "notice what the other did",
  },
  {
    bug: "An op that was there before is called a conflict by a node that only remembers the head, in PostgreSQL.",
    file: "server/storage/postgres/commits.ts",
    code: 'if (!isSure && plan.verdicts.some(({ kind }) => kind !== "committed")) continue;',
    instead: "",
    caughtBy: "test/storage/postgres.test.ts",
    titled: "win over versions",
  },
  {
    bug: "A commit whose answer was lost is given up as another's, in PostgreSQL.",
    file: "server/storage/postgres/commits.ts",
    code: "return chains?.get(last.version) === last.chain;",
    instead: "return chains === undefined && last === undefined;",
    caughtBy: "test/storage/postgres-faults.test.ts",
    titled: "is found",
  },
  {
    bug: "PostgreSQL is believed to sync without being asked.",
    file: "server/storage/postgres/durability.ts",
    code: "if ((expected as readonly string[]).includes(found)) continue;",
    instead: "if (expected.length > 0) continue;",
    caughtBy: "test/storage/postgres-open.test.ts",
    titled: "durability",
  },
  {
    bug: "An op that changed in the database is served, in PostgreSQL.",
    file: "server/storage/postgres/found.ts",
    code: '      checkDigest("ops", digest, ...columnsOfOp(key, op));\n',
    instead: "",
    caughtBy: "test/storage/postgres-damage.test.ts",
    titled: "digest changed",
  },
  {
    bug: "A head that was put back as it once was is served, in PostgreSQL.",
    file: "server/storage/postgres/found.ts",
    code: '  if (row.beyond) throw damaged(row.id, "it has ops beyond its head");\n',
    instead: "",
    caughtBy: "test/storage/postgres-damage.test.ts",
    titled: "put back with its digest",
  },
  {
    bug: "What is misspelled in the address of a database is left out, and its TLS with it.",
    file: "server/address-parameters.ts",
    code: "  if (unknown.size > 0) {",
    instead: "  if (unknown.size > names.length) {",
    caughtBy: "test/storage/address.test.ts",
    titled: "sslmod=verify-full",
  },
];
