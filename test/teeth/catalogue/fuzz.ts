// Bugs in what looks for bugs.

import type { Bug } from "../bug.js";

export const fuzz: readonly Bug[] = [
  {
    bug: "A plan in which some people are left out still means the others by their old numbers.",
    file: "test/fuzz/shrink.ts",
    code: "who: some.indexOf(step.who % clients)",
    instead: "who: step.who % clients",
    caughtBy: "test/fuzz/plan.test.ts",
    titled: "leaves the steps and people that are needed",
  },
  {
    bug: "Fuzz goes on shrinking when its time is up.",
    file: "test/fuzz/shrink.ts",
    code: "if (late() || !(await fails(plan))) return false;",
    instead: "if (!(await fails(plan))) return false;",
    caughtBy: "test/fuzz/plan.test.ts",
    titled: "ends when the time is up",
  },
  {
    bug: "Faults that nobody asked for befall those who are fuzzed.",
    file: "test/fuzz/plan.ts",
    code: 'const others = faults.filter((fault) => fault !== "restart");',
    instead: 'const others: FaultKind[] = faults.length === 0 ? [] : ["cut", "delay", "repeat", "reorder"];',
    caughtBy: "test/fuzz/plan.test.ts",
    titled: "has everybody write",
  },
  {
    bug: "Fuzz leaves its documents on somebody's server.",
    file: "test/fuzz/run.ts",
    code: "if (document !== except && own === undefined)",
    instead: "if (document !== except && own !== undefined)",
    caughtBy: "test/fuzz/green.test.ts",
    titled: "leaves nothing behind on a server that is not its own",
  },
  {
    bug: "Fuzz puts in what the schema does not allow.",
    file: "test/fuzz/things.ts",
    code: "texts.filter(allows)",
    instead: "texts",
    caughtBy: "test/fuzz/green.test.ts",
    titled: "takes a schema as a module or as JSON",
  },
  {
    bug: "A document that does not fit its schema is nothing that fuzz finds.",
    file: "test/fuzz/verdict.ts",
    code: "  if (bad !== undefined) find",
    instead: "  if (bad === null) find",
    caughtBy: "test/fuzz/finds.test.ts",
    titled: "finds a schema that lets in what it cannot show",
  },
];
