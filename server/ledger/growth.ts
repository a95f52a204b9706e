// The rich type for a server, where strangers' ops meet: none becomes much longer than it was sent.
//
//     one op    5,000 letters, each by itself                        20 KB
//     another   all of it is given 32 attributes                    100 KB        what comes of both, in either way:
//     moved past it, or made one with it: 5,000 × 32 attributes     600 MB        every letter is given them, too
//
// What is given stands in memory once, so it is when an op is written out, and when there are many keys, that it takes all there
// is. So it is weighed at each step of its way, and not only at the end.

import { richText } from "../../ot/index.js";
import { isInsert } from "../../ot/op.js";
import type { RichOp } from "../../ot/types.js";
import { weightOfOp } from "../../ot/weight.js";
import { Fault } from "../../protocol/index.js";

/** By how much an op may become longer as JSON, in UTF-16 units: by a link for each of thousands of words. */
export const MAX_GROWTH = 1_000_000;
/** How much longer one step could make it at the most, before it is taken. */
const MAX_STEP = 16 * MAX_GROWTH;
/** One that is moved past many small ones is weighed when it could have grown by so much. */
const UNWEIGHED = MAX_GROWTH / 4;

/** How long what came of them was when it was sent. */
const sent = new WeakMap<RichOp, number>();
const sentAs = (op: RichOp) => sent.get(op) ?? weightOfOp(op);

const tooLarge = (details: { readonly [name: string]: number }) =>
  new Fault("op_too_large", "Taken together with what others have done, the op is too large.", { details });

function grown(op: RichOp, weight: number): RichOp {
  const growth = weightOfOp(op) - weight;
  if (growth > MAX_GROWTH) throw tooLarge({ growth, mostGrowth: MAX_GROWTH });
  sent.set(op, weight);
  return op;
}

const insertsIn = (op: RichOp): number => op.filter(isInsert).length;

/** The weight of the longest set of attributes that an op gives to what is there. */
function longestSetIn(op: RichOp): number {
  let longest = 0;
  for (const part of op)
    if (typeof part === "object" && "r" in part) longest = Math.max(longest, weightOfOp([part]));
  return longest;
}

/** {@link richText}, whose ops stay about as long as they were sent. @throws Fault `op_too_large` where one would not */
export const boundedRichText: typeof richText = {
  ...richText,

  transform: (op, over, side) => grown(richText.transform(op, over, side), sentAs(op)),

  compose(first, second) {
    const step = insertsIn(first) * longestSetIn(second);
    if (step > MAX_STEP) throw tooLarge({ growth: step, mostGrowth: MAX_STEP });
    return grown(richText.compose(first, second), sentAs(first) + sentAs(second));
  },

  index(op) {
    const moved = richText.index(op);
    const weight = sentAs(op);
    const [inserts, longest] = [insertsIn(op), longestSetIn(op)];
    let unweighed = 0;
    return {
      get op() {
        return grown(moved.op, weight);
      },
      pass(small, side) {
        const passed = moved.pass(small, side);
        // Its inserts are given what the other gives, and what it gives is cut where the other does something.
        unweighed += inserts * longestSetIn(small) + small.length * longest;
        if (unweighed > UNWEIGHED) {
          grown(moved.op, weight);
          unweighed = 0;
        }
        return passed;
      },
      compose: (small) => moved.compose(small),
    };
  },
};
