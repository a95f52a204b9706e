// Bugs in schemas that integrators extend, in keeping what a schema does not know, and in minding plugins that tidy up.

import type { Bug } from "../bug.js";

export const schema: readonly Bug[] = [
  {
    bug: "An id that a block gets is given to a half that somebody splits off meanwhile, too.",
    file: "client/prosemirror/diff.ts",
    code: "this.#block = this.#forWholeBlock(change);",
    instead: "this.#block = change;",
    caughtBy: "test/prosemirror/fixers.test.ts",
    titled: "do not give one id to both halves when a block gets its id while somebody splits it",
  },
  {
    bug: "Both halves of a block have its id after Enter.",
    file: "client/prosemirror/commands/split.ts",
    code: "  for (const name of namingAttrs(node))",
    instead: "  for (const name of [] as string[])",
    caughtBy: "test/prosemirror/extension.test.ts",
    titled: "leaves the name of a block to the half that keeps its place, and copies other attributes",
  },
  {
    bug: "A plugin writes when somebody clicks.",
    file: "client/prosemirror/transaction-log.ts",
    code: "    unasked: root !== undefined && !root.docChanged,",
    instead: "    unasked: false,",
    caughtBy: "test/prosemirror/fixers.test.ts",
    titled: "do not write when a document is opened, nor when somebody only clicks",
  },
  {
    bug: "Fields of an embed that are not known go when another is changed.",
    file: "client/prosemirror/vocabulary-embeds.ts",
    code: "  const whole = merged(recordIn(node.attrs.rest), own);",
    instead: "  const whole = own;",
    caughtBy: "test/prosemirror/extension.test.ts",
    titled: "keeps fields of an embed that it does not know when it changes others",
  },
  {
    bug: "What is not known of a block goes when it becomes one of another kind by a command that knows nothing of it.",
    file: "client/prosemirror/diff.ts",
    code: "    return at < 0 ? noAttributes : this.#lost.splice(at, 1)[0]!;",
    instead: "    return noAttributes;",
    caughtBy: "test/prosemirror/local.test.ts",
    titled: "takes what the editor does not know from no block that stays",
  },
  {
    bug: "What is not known of a block stays where it was when the block is moved.",
    file: "client/prosemirror/diff.ts",
    code: "    if (at >= 0) lost.splice(at, 1);",
    instead: "",
    caughtBy: "test/prosemirror/00-corpus.test.ts",
    titled: "empty-block-moved-past-unknown-kind.json",
  },
  {
    bug: "What is not known of a block that was moved far is counted where it was alone.",
    file: "client/prosemirror/local.ts",
    code: "    diffStrips(op, x, y, { ...options, lost });",
    instead: "    diffStrips(op, x, y, options);",
    caughtBy: "test/prosemirror/00-corpus.test.ts",
    titled: "unknown-kind-exchanged-far.json",
  },
];
