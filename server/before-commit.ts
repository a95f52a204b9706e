// A rule of the operator's own that every op passes on its way to the log: `beforeCommit`. It sees the op as it would be
// committed and the document before it, and has the last word.
//
//   transformed, applied, within its limits ──▶ the rule ── true, undefined ──▶ committed
//                                                 ├─ { refuse: reason } ──▶ `policy_refused`
//                                                 ├─ throws, or says anything else ──▶ `internal`
//                                                 └─ says nothing for too long ──▶ `unavailable`
//
// What always holds: no op is committed that the rule has not let pass where and as it is committed. One that has to be
// moved once more is asked about once more. Only its own document waits for the answer.

import { type Clock, type DocumentType, Fault, type Op, type Version } from "../protocol/index.js";
import { documentText } from "./documents/text.js";
import type { Log } from "./log.js";
import type { Judge } from "./ports.js";
import { oneLine } from "./words.js";

/** Where an op is about to be committed. */
export interface CommitContext {
  /** The id of the op's author. */
  readonly user: string;
  readonly doc: string;
  readonly type: DocumentType;
  /** The document's, before the op. */
  readonly version: Version;
  /** The document at that version; each form is made when it is asked for. */
  readonly snapshot: {
    /** Embeds left out, a line for each block. */
    text(): string;
    /** In wire form. */
    toJSON(): unknown;
  };
  /** The client id of whoever sent it. */
  readonly src: string;
}

/** Refused, or let pass. The reason is told to whoever wrote the op. */
export type Verdict = { readonly refuse: string } | true | undefined;
export type BeforeCommit = (op: Op, context: CommitContext) => Verdict | Promise<Verdict>;

/** The longest reason, in code points. */
const REASON_LENGTH = 200;

/** @param withinMs  how long the rule may take */
export function judgeBy(
  rule: BeforeCommit,
  { clock, log, withinMs }: { readonly clock: Clock; readonly log: Log; readonly withinMs: number },
): Judge {
  const late = () =>
    new Fault("unavailable", "The rules for this document do not answer just now.", { retryAfterMs: 1000 });

  function answered(asked: Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const cancel = clock.after(withinMs, () => reject(late()));
      asked.then(resolve, reject).finally(cancel);
    });
  }

  return async (op, { before, ...context }) => {
    const { doc, type } = context;
    const snapshot = { text: () => documentText(type, before), toJSON: () => before.toJSON() };
    let verdict: unknown;
    try {
      // A copy of the op: what is committed is not the rule's to change.
      const ask = async () => rule(structuredClone(op), { ...context, snapshot });
      verdict = await answered(ask());
    } catch (error) {
      if (error instanceof Fault && error.code === "unavailable") throw error;
      log.error({ err: error, doc }, "The rule beforeCommit failed");
      throw mistaken();
    }
    if (verdict === undefined || verdict === true) return;
    if (isRefusal(verdict))
      throw new Fault(
        "policy_refused",
        oneLine(verdict.refuse, REASON_LENGTH) ?? "This is not allowed here.",
      );
    log.error({ doc }, "The rule beforeCommit gave an answer that means nothing");
    throw mistaken();
  };
}

const mistaken = () => new Fault("internal", "The server made a mistake.", { retryAfterMs: 1000 });

const isRefusal = (verdict: unknown): verdict is { readonly refuse: string } =>
  typeof verdict === "object" &&
  verdict !== null &&
  "refuse" in verdict &&
  typeof verdict.refuse === "string";
