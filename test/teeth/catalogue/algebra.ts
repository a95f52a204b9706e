// Bugs in the algebra of ops.

import type { Bug } from "../bug.js";

export const algebra: readonly Bug[] = [
  {
    bug: "Of two inserts at one place both go first.",
    file: "ot/transform.ts",
    code: 'const iWin = side === "left";',
    instead: "const iWin = true;",
    caughtBy: "test/ot/merges.test.ts",
    titled: "the one who is left sets a key that both set; keys that only one sets are all set",
  },
  {
    bug: "A line that is broken at its end takes along what somebody else appends to it.",
    file: "ot/transform.ts",
    code: "(m.value.block === t.value.block ? mine.wins : t.value.block)",
    instead: "mine.wins",
    caughtBy: "test/ot/merges.test.ts",
    titled: "1. Enter at the end of a line and text appended to it: the text stays on its line",
  },
  {
    bug: "What two people delete is deleted twice.",
    file: "ot/transform.ts",
    code: '  if (theirs.kind === "delete") return;',
    instead: '  if (theirs.kind === "delete" && mine.kind !== "delete") return;',
    caughtBy: "test/ot/laws.test.ts",
    titled: "diamond",
  },
  {
    bug: "Text typed into what is being made bold stays as it was.",
    file: "ot/transform.ts",
    code: "  if (before === undefined || after === undefined) return undefined;",
    instead: "  return undefined;",
    caughtBy: "test/ot/merges.test.ts",
    titled: "2. a line split and made a heading: both halves are headings if the whole block was formatted",
  },
  {
    bug: "A deletion is taken back without the attributes of what it took.",
    file: "ot/invert.ts",
    code: "result.insert(run.content, run.attributes);",
    instead: "result.insert(run.content);",
    caughtBy: "test/ot/laws.test.ts",
    titled: "then its inverse",
  },
  {
    bug: "An op may end in a skip, so that one op has two spellings.",
    file: "ot/check.ts",
    code: '  if (typeof last === "number") throw malformed("An op ends in a skip");',
    instead: "",
    caughtBy: "test/ot/check.test.ts",
    titled: "trailing skip",
  },
  {
    bug: "A small op past a large one does not see what the large one does to the atom before.",
    file: "ot/indexed-op.ts",
    code: "row.seek(measure, position - 1 + grown)",
    instead: "row.seek(measure, position + grown)",
    caughtBy: "test/ot/indexed-op.test.ts",
    titled: "as by the plain walk, in rich text",
  },
  {
    bug: "Components that are put into a row push those behind them too little.",
    file: "ot/component-row.ts",
    code: "to >= at + places; to--",
    instead: "to > at + places; to--",
    caughtBy: "test/ot/indexed-op.test.ts",
    titled: "as by the plain walk, in plain text",
  },
  {
    bug: "Of many missed ops, those at one place with ours are put before it.",
    file: "client/session.ts",
    code: 'our.pass(theirs, "left")',
    instead: 'our.pass(theirs, "right")',
    caughtBy: "test/client/runs.test.ts",
    titled: "put what is inserted where ours is behind it, as each of them would by itself",
  },
];
