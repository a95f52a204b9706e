// A document that is written to in every way, and what is asked of the log that has it: of a log that folds and of one that never
// does the answers are the same.

import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import fc from "fast-check";
import { plainOp } from "../../ot/index.js";
import { keptTypes } from "../../server/ledger/documents.js";
import { verifyStore } from "../../server/storage/index.js";
import type { OpLog } from "../../server/storage/op-log.js";
import { cold, create, Documents, del, edit, PLAIN } from "./documents.js";

export const folding = { ops: 5, characters: 400 };
export const never = { ops: Number.POSITIVE_INFINITY, characters: Number.POSITIVE_INFINITY };
export const snapshots = { ops: 3, characters: 1_000 };

export const step = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("a", "é👻", "\n") },
  { weight: 3, arbitrary: fc.constant("take") },
  { weight: 1, arbitrary: fc.constantFrom("paste", "remake") },
  { weight: 1, arbitrary: fc.integer({ min: 10, max: 90 }) },
);

/** Types, takes out, pastes, deletes and makes anew, or forgets so many hundredths of the history. */
export async function carryOut(
  log: OpLog,
  steps: readonly (string | number)[],
  pause?: () => Promise<void>,
): Promise<void> {
  const documents = new Documents(log, { ...cold, snapshots, mintEpoch: () => "life" });
  await documents.commit("a", create(PLAIN, "text"), { author: "ann" });
  for (const [at, what] of steps.entries()) {
    documents.clock.time += 137 * (at % 5);
    const name = at % 3 === 0 ? { src: "ann-1", seq: at, author: "ann" } : { src: "bo-1", seq: at };
    const { v: version, data } = await documents.snapshot("a");
    const length = [...String(data)].length;
    if (typeof what === "number") await log.prune("documents", "a", Math.floor((version * what) / 100));
    else if (what === "remake") {
      await documents.commit("a", del, name);
      await documents.commit("a", create(PLAIN, "anew"));
    } else {
      const op = plainOp().skip(at % (length + 1));
      if (what === "take" && at % (length + 1) < length) op.delete(1);
      else op.insert(what === "paste" ? "words ".repeat(90) : what);
      await documents.commit("a", edit(...op.done()), name);
    }
    await documents.adapter.idle();
    await pause?.();
  }
}

/** As chai says it where they differ, which takes a hundred times as long to find that they do not. */
export function same(found: unknown, right: unknown, what?: string): void {
  if (!isDeepStrictEqual(found, right)) expect(found, what).to.deep.equal(right);
}

/** Demands that two logs say the same, whatever is asked; all that follows, from every third version on. */
export async function compare(folded: OpLog, whole: OpLog): Promise<void> {
  const { head } = (await whole.load("documents", "a"))!;
  for (let from = 0; from <= head.version; from++)
    for (const [to, characters] of [
      [from + 1, 1],
      [from + 7, 60],
      ...(from % 3 === 0 ? [[head.version, 1e9] as const] : []),
    ] as const) {
      const asked = ["documents", "a", from, to, characters] as const;
      const { head: _, ...found } = (await folded.history(...asked))!;
      const { head: __, ...right } = (await whole.history(...asked))!;
      same(found, right, `${from} to ${to}`);
    }
  same(await folded.load("documents", "a"), await whole.load("documents", "a"));
  const receipts = await whole.receipts("documents", "a", undefined, 1e6);
  for (let from = -1; from < receipts.length; from += 3)
    for (const limit of [2, 1e6]) {
      const found = await folded.receipts("documents", "a", receipts[from], limit);
      same(found, receipts.slice(from + 1, from + 1 + limit), `${limit} from ${from}`);
    }
  for (const { src, seq } of receipts)
    for (const each of [seq, seq + 1, seq - 1]) {
      const found = await folded.receipt("documents", "a", src, each);
      const right = receipts.find((receipt) => receipt.src === src && receipt.seq === each);
      same([found?.version, found?.hash], [right?.version, right?.hash], `${src} ${each}`);
    }
  for await (const { findings } of verifyStore(folded, { types: Object.values(keptTypes), deep: true }))
    expect(findings).to.deep.equal([]);
}
