// Bugs in what roles allow, and in the operator's rule about ops.

import type { Bug } from "../bug.js";

export const roles: readonly Bug[] = [
  {
    bug: "A comment may carry other marks.",
    file: "protocol/roles.ts",
    code: "Object.keys(marks).every(",
    instead: "Object.keys(marks).some(",
    caughtBy: "test/api/roles.test.ts",
    titled: "changes comments and nothing else",
  },
  {
    bug: "A comment may change blocks.",
    file: "protocol/roles.ts",
    code: ' || "b" in component)',
    instead: ")",
    caughtBy: "test/api/roles.test.ts",
    titled: "changes comments and nothing else",
  },
  {
    bug: "The first name that fits decides a role, not the most specific.",
    file: "server/auth.ts",
    code: "isOpen(one) - isOpen(other) || other.length - one.length",
    instead: "isOpen(one) - isOpen(other)",
    caughtBy: "test/api/roles.test.ts",
    titled: "of a token hold for the most specific name, then for its documents",
  },
  {
    bug: "Whoever was refused is not told that they may again.",
    file: "server/requests.ts",
    code: "          opened.role = undefined;\n",
    instead: "",
    caughtBy: "test/api/roles.test.ts",
    titled: "is given back what it wrote before it heard that it may not any more",
  },
  {
    bug: "The operator's rule can change what is committed.",
    file: "server/before-commit.ts",
    code: "rule(structuredClone(op), ",
    instead: "rule(op, ",
    caughtBy: "test/api/policy.test.ts",
    titled: "changes no op: it has a copy",
  },
  {
    bug: "Whatever the operator's rule answers but a refusal lets an op pass.",
    file: "server/before-commit.ts",
    code: "if (verdict === undefined || verdict === true) return;",
    instead: "if (!isRefusal(verdict)) return;",
    caughtBy: "test/api/policy.test.ts",
    titled: "that answers false commits nothing, and its mistake is logged and not told",
  },
];
