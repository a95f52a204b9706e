// A rule of the operator's own that every op passes on its way to the log: `beforeCommit`. It sees the op as it would be
// committed and the document before it, and has the last word.
//
//   transformed, applied, within its limits ──▶ the rule ── true, undefined ──▶ committed
//                                                 ├─ { refuse: reason } ──▶ `policy_refused`
//                                                 ├─ throws, or says anything else ──▶ `internal`
//                                                 └─ says nothing for too long ──▶ `unavailable`, and so is the
//                                                       document for a pause, which doubles until there is an answer
//
// What always holds: no op is committed that the rule has not let pass where and as it is committed. One that has to be
// moved once more is asked about once more. Only its own document waits for the answer.

import {
  type Clock,
  copied,
  type DocumentType,
  Fault,
  type Op,
  steadyMs,
  type Version,
} from "../protocol/index.js";
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
  /** Aborted when the answer comes too late: for what the rule itself waits for, such as a `fetch`. */
  readonly signal: AbortSignal;
}

/** Refused, or let pass. The reason is told to whoever wrote the op. */
export type Verdict = { readonly refuse: string } | true | undefined;
export type BeforeCommit = (op: Op, context: CommitContext) => Verdict | Promise<Verdict>;

/** How long a document is left alone at most whose rule does not answer. */
const LONGEST_PAUSE_MS = 60_000;
/** Documents whose pause is over and that nobody came back to are forgotten beyond so many. */
const REMEMBERED = 1_000;
/** The longest reason, in code points. */
const REASON_LENGTH = 200;

/** @param withinMs  how long the rule may take */
export function judgeBy(
  rule: BeforeCommit,
  { clock, log, withinMs }: { readonly clock: Clock; readonly log: Log; readonly withinMs: number },
): Judge {
  /** Documents whose rule has not answered: every try that hangs is one more call that nobody ends. */
  const silent = new Map<string, { readonly until: number; readonly pauseMs: number }>();
  const late = (ms: number) =>
    new Fault("unavailable", "The rules for this document do not answer just now.", {
      retryAfterMs: Math.max(1000, ms),
    });

  /** One that has been silent is tried by one op at a time. @throws Fault `unavailable` during its pause */
  function demandSpeech(doc: string): void {
    const known = silent.get(doc);
    if (known === undefined) return;
    const left = known.until - steadyMs(clock);
    if (left > 0) throw late(left);
    silent.set(doc, { ...known, until: steadyMs(clock) + withinMs });
  }

  function fellSilent(doc: string): Fault {
    const now = steadyMs(clock);
    const pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * (silent.get(doc)?.pauseMs ?? withinMs / 2));
    if (silent.size >= REMEMBERED)
      for (const [other, { until }] of silent) if (until < now) silent.delete(other);
    silent.set(doc, { until: now + pauseMs, pauseMs });
    log.warn({ doc, pauseMs }, "The rule beforeCommit does not answer");
    return late(pauseMs);
  }

  function answered(doc: string, ask: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const over = new AbortController();
      let inTime = true;
      const cancel = clock.after(withinMs, () => {
        inTime = false;
        reject(fellSilent(doc));
        over.abort();
      });
      ask(over.signal)
        .finally(() => {
          cancel();
          if (inTime) silent.delete(doc);
        })
        .then((verdict) => {
          // Too late for this op, and yet it speaks.
          silent.delete(doc);
          resolve(verdict);
        }, reject);
    });
  }

  return async (op, { before, ...context }) => {
    const { doc, type } = context;
    const snapshot = {
      text: () => documentText(type, before),
      toJSON: () => copied(before.toJSON()),
    };
    demandSpeech(doc);
    let verdict: unknown;
    try {
      // A copy of the op: what is committed is not the rule's to change.
      verdict = await answered(doc, async (signal) => rule(copied(op), { ...context, snapshot, signal }));
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
