// Bugs in the client of the HTTP API and in the commands on top of it: what is done twice, heard twice or not at all, and
// what a stranger's text does to a terminal.

import type { Bug } from "../bug.js";

export const caller: readonly Bug[] = [
  {
    bug: "A webhook whose making was not answered is made again, and there are two.",
    file: "client/api/calling.ts",
    code: 'faults[fault.code] === "retry" && (safe || fault.status === 429)',
    instead: 'faults[fault.code] === "retry"',
    caughtBy: "test/client/api.test.ts",
    titled: "asks again for what no answer came to",
  },
  {
    bug: "A document that is not there counts as deleted.",
    file: "client/api/calling.ts",
    code: "perhapsDone && method",
    instead: "method",
    caughtBy: "test/client/api.test.ts",
    titled: "takes a deletion for done if it is not there when it is sent again",
  },
  {
    bug: "A write gets another key each time it is sent.",
    file: "client/api/calling.ts",
    code: "if (value !== undefined) headers.set(name, value);",
    instead:
      'if (value !== undefined) headers.set(name, name === "Idempotency-Key" ? crypto.randomUUID() : value);',
    caughtBy: "test/client/api.test.ts",
    titled: "sends a write again under the same key",
  },
  {
    bug: "Pages that came without TLS write nothing.",
    file: "client/api/requests.ts",
    code: "key ?? mintId()",
    instead: "(mintId, key ?? crypto.randomUUID())",
    caughtBy: "test/browser/api.test.ts",
    titled: "does the same where the browser has no secure context",
  },
  {
    bug: "A stream that is opened again begins where the first one began.",
    file: "client/api/events.ts",
    code: "last = { version: part.version, epoch: part.epoch ?? last.epoch };",
    instead: "",
    caughtBy: "test/client/api-events.test.ts",
    titled: "go on after what was heard when a connection ends",
  },
  {
    bug: "A stream goes on over a hole.",
    file: "client/api/events.ts",
    code: "if (ops.length === 0 || ops[0]!.version !== last.version + 1) break;",
    instead: "if (ops.length === 0) continue;",
    caughtBy: "test/client/api-events.test.ts",
    titled: "go on after what was heard when a connection ends",
  },
  {
    bug: "A server that has gone silent is listened to for ever.",
    file: "client/api/events.ts",
    code: 'stop.abort(new Error("The server has gone silent."))',
    instead: "{}",
    caughtBy: "test/client/api-events.test.ts",
    titled: "are asked for again of a server that has gone silent",
  },
  {
    bug: "The client sends a condition that the operation does not know, and it is not met.",
    file: "client/api/history.ts",
    code: 'send({ method: "POST", path: pathOf("versions", { id }), body, repeatable: true, signal });',
    instead:
      'send({ method: "POST", path: pathOf("versions", { id }), body, headers: { "If-Match": \'"1"\' }, signal });',
    caughtBy: "test/api/client.test.ts",
    titled: "asks by every function for its operation",
  },
  {
    bug: "Text in a document moves the cursor of whoever looks at it in a terminal.",
    file: "client/commands/paper.ts",
    code: "[^\\P{Cc}\\n\\t]",
    instead: "[\\0]",
    caughtBy: "test/commands/online.test.ts",
    titled: "cannot be made to move the cursor",
  },
  {
    bug: "A restore that names a document of a server works on the store in this folder.",
    file: "server/command-line.ts",
    code: "positionals.length > 0 || values.server !== undefined",
    instead: "values.server !== undefined",
    caughtBy: "test/commands/online.test.ts",
    titled: "takes one back to a version or a time",
  },
  {
    bug: "A token is made that no server takes.",
    file: "server/auth-signing.ts",
    code: "await jwtAuth({ key: { secret } }, clock).authenticate({ token: signed });",
    instead: "void jwtAuth;",
    caughtBy: "test/commands/online.test.ts",
    titled: "is not made where no server would take it",
  },
];
