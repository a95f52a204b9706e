// Histories for the laws: random ops of several authors on a document of either type, with every version of it at hand.

import fc from "fast-check";
import { type PlainSnapshot, plainText, type RichSnapshot, richText } from "../../ot/index.js";
import type { Committed, DocumentType, Op } from "../../protocol/index.js";
import { atOnce } from "../../server/documents/steps.js";
import { Strand } from "../../server/history/strand.js";
import {
  type PlainStep,
  plainDocument,
  plainOpFrom,
  plainSteps,
  type RichStep,
  richDocument,
  richOpFrom,
  richSteps,
} from "../arbitraries/index.js";

export type AnySnapshot = PlainSnapshot | RichSnapshot;

export const AUTHORS = ["ann", "bo", "cy"] as const;

export interface Past {
  readonly type: DocumentType;
  /** The document at each version, from 0, which is what it was when history began. */
  readonly at: readonly AnySnapshot[];
  readonly ops: readonly Committed[];
}

export function apply(type: DocumentType, snapshot: AnySnapshot, op: Op): AnySnapshot {
  return type === "plain"
    ? plainText.apply(snapshot as PlainSnapshot, op as never)
    : richText.apply(snapshot as RichSnapshot, op as never);
}

/** The op that undoes `op`, made on `snapshot`. */
export function inverse(type: DocumentType, op: Op, snapshot: AnySnapshot): Op {
  return type === "plain"
    ? plainText.invertWithDoc(op as never, snapshot as PlainSnapshot)
    : richText.invertWithDoc(op as never, snapshot as RichSnapshot);
}

/** Gathers a history op by op. */
export function pastOf(type: DocumentType, wire: unknown) {
  const at: AnySnapshot[] = [type === "plain" ? plainText.create(wire) : richText.create(wire)];
  const ops: Committed[] = [];
  return {
    type,
    at,
    ops,
    now: () => at.at(-1)!,
    commit(author: string, op: Op): void {
      at.push(apply(type, at.at(-1)!, op));
      const version = ops.length + 1;
      ops.push({ version, src: author, seq: version, op, author, time: version * 1000 });
    },
  };
}

type Doing = { readonly author: string; readonly undo: boolean } & (
  | { readonly plain: PlainStep[] }
  | { readonly rich: RichStep[] }
);

const doing = (steps: fc.Arbitrary<Pick<Doing, never>>): fc.Arbitrary<Doing> =>
  fc
    .tuple(fc.constantFrom(...AUTHORS), fc.nat(4), steps)
    .map(([author, roll, what]) => ({ author, undo: roll === 0, ...what }) as Doing);

/** A random history in which every fifth op or so undoes the one before it. */
function histories(
  type: DocumentType,
  wire: fc.Arbitrary<unknown>,
  steps: fc.Arbitrary<object>,
): fc.Arbitrary<Past> {
  return fc.tuple(wire, fc.array(doing(steps), { maxLength: 12 })).map(([begun, doings]) => {
    const past = pastOf(type, begun);
    for (const what of doings) {
      const last = past.ops.at(-1);
      const { length } = past.now();
      if (what.undo && last !== undefined) past.commit(what.author, inverse(type, last.op, past.at.at(-2)!));
      else if ("plain" in what) past.commit(what.author, plainOpFrom(what.plain, length));
      else past.commit(what.author, richOpFrom(what.rich, length));
    }
    return past;
  });
}

export const pasts: { readonly [Type in DocumentType]: fc.Arbitrary<Past> } = {
  plain: histories(
    "plain",
    plainDocument(12),
    plainSteps().map((plain) => ({ plain })),
  ),
  rich: histories(
    "rich",
    richDocument(),
    richSteps().map((rich) => ({ rich })),
  ),
};

/** Folds the next op in, all of it at once. */
export function fold(strand: Strand, committed: Parameters<Strand["folding"]>[0]): void {
  atOnce(strand.folding(committed));
}

/** The strand of a past from one version to another. */
export function strandOf(past: Past, from = 0, to = past.ops.length): Strand {
  const strand = atOnce(Strand.begun(past.at[from]!));
  for (const committed of past.ops.slice(from, to)) fold(strand, committed);
  return strand;
}
