// The requests of the other side: each runs once, however often it arrives, and is answered each time it arrives.
//
//   unknown ──▶ running ──▶ answered ──▶ forgotten
//
// The last answers are kept, so that a repetition gets the same one. What has been forgotten is remembered only as
// "all ids up to `forgotten`": a request from there on down is refused with `expired`, never run a second time.
// Requests of one lane run one after the other, in the order in which they came.

import type { Clock } from "../../protocol/clock.js";
import type { Problem } from "./faults.js";
import { BridgeFault } from "./faults.js";
import type { RunContext, Spec } from "./messages.js";
import { specOf } from "./messages.js";
import type { Content } from "./types.js";

const KEPT_ANSWERS = 256;
const KEPT_UNITS = 1_000_000;
const MAX_RUNNING = 64;
/** No handler may keep its place for longer than this, answered or not. */
const GUARD_MS = 15 * 60_000;

type Request = Extract<Content, { kind: "req" }>;
type Response = Extract<Content, { kind: "res" }>;
export type Handler = (payload: unknown, context: RunContext) => unknown;

interface Entry {
  /** Undefined while it runs. */
  answer: Response | undefined;
  readonly units: number;
  readonly abort: AbortController;
}

export interface AnswersOptions {
  readonly clock: Clock;
  /** Who handles `type`; undefined: nobody here, or it is not the other side's to ask. */
  readonly handlerOf: (type: string) => Handler | undefined;
  /** @throws BridgeFault `too_large` */
  readonly send: (content: Content) => void;
  readonly problem: (problem: Problem) => void;
}

export class Answers {
  private readonly entries = new Map<number, Entry>();
  private readonly lanes = new Map<string, Promise<void>>();
  private running = 0;
  private kept = 0;
  private keptUnits = 0;
  private forgotten = 0;

  constructor(private readonly options: AnswersOptions) {}

  take(request: Request): void {
    const { id, type } = request;
    const known = this.entries.get(id);
    if (known !== undefined) {
      if (known.answer !== undefined) this.send(known.answer);
      return;
    }
    const spec = specOf(type);
    const handler = this.options.handlerOf(type);
    if (spec === undefined || handler === undefined) {
      this.refuse(request, spec, new BridgeFault("unsupported", type));
      return;
    }
    if (id <= this.forgotten && !spec.safe) {
      this.refuse(request, spec, new BridgeFault("expired", type));
      return;
    }
    if (this.running >= MAX_RUNNING) {
      this.refuse(request, spec, new BridgeFault("busy", `${MAX_RUNNING} run`));
      return;
    }
    let payload: unknown;
    try {
      payload = spec.payload(request.payload ?? {}, type);
    } catch (error) {
      this.refuse(request, spec, faultOf(error));
      return;
    }
    this.start(id, type, spec, (context) => handler(payload, context));
  }

  /** The other side no longer waits for `id`. */
  cancel(id: number): void {
    this.entries.get(id)?.abort.abort();
  }

  /** Another page or host has taken the other side's place: its ids begin anew. */
  reset(): void {
    for (const { abort } of this.entries.values()) abort.abort();
    this.entries.clear();
    this.kept = 0;
    this.keptUnits = 0;
    this.forgotten = 0;
  }

  private start(id: number, type: string, spec: Spec, run: (context: RunContext) => unknown): void {
    const abort = new AbortController();
    const entry: Entry = { answer: undefined, units: 0, abort };
    this.entries.set(id, entry);
    this.running += 1;

    const answer = (outcome: { readonly payload: unknown } | { readonly err: BridgeFault }) => {
      // The other side has been replaced: its successor has not asked this.
      if (this.entries.get(id) !== entry) return;
      const head = { kind: "res", re: id, type: spec.replyType ?? type } as const;
      const response = "err" in outcome ? { ...head, err: outcome.err.toJSON() } : { ...head, ...outcome };
      this.keep(id, this.send(response), spec.safe === true);
    };

    const finished = this.guarded(async () => {
      try {
        if (abort.signal.aborted) throw new BridgeFault("aborted");
        const reply = (await run({ signal: abort.signal })) ?? {};
        answer({ payload: spec.reply(reply, `${type} reply`) });
      } catch (error) {
        if (!(error instanceof BridgeFault)) {
          this.options.problem({ code: "handler_failed", detail: type, cause: error });
        }
        answer({ err: faultOf(error) });
      }
    }, spec.lane).then(() => {
      this.running -= 1;
      answer({ err: new BridgeFault("timeout", `${type} ran for too long`) });
    });
    if (spec.lane !== undefined) this.lanes.set(spec.lane, finished);
  }

  /** Runs `task`, after what its lane still runs, and resolves when it has ended or has had all the time it gets. */
  private guarded(task: () => Promise<void>, lane: string | undefined): Promise<void> {
    const before = lane === undefined ? undefined : this.lanes.get(lane);
    const run = () =>
      new Promise<void>((resolve) => {
        const stop = this.options.clock.after(GUARD_MS, resolve);
        void task().then(() => {
          stop();
          resolve();
        });
      });
    return before === undefined ? run() : before.then(run);
  }

  /** Remembers the answer to `id`, and forgets the oldest ones when there are too many. */
  private keep(id: number, answer: Response, safe: boolean): void {
    this.entries.delete(id);
    if (safe) return;
    const units = JSON.stringify(answer).length;
    this.entries.set(id, { answer, units, abort: new AbortController() });
    this.kept += 1;
    this.keptUnits += units;
    for (const [oldest, entry] of this.entries) {
      // However long the last answer is, it stays.
      if (this.kept === 1 || (this.kept <= KEPT_ANSWERS && this.keptUnits <= KEPT_UNITS)) break;
      if (entry.answer === undefined) continue;
      this.entries.delete(oldest);
      this.kept -= 1;
      this.keptUnits -= entry.units;
      this.forgotten = Math.max(this.forgotten, oldest);
    }
  }

  private refuse(request: Request, spec: Spec | undefined, fault: BridgeFault): void {
    this.send({ kind: "res", re: request.id, type: spec?.replyType ?? request.type, err: fault.toJSON() });
  }

  /** Sends an answer, or the fault that it is too large. @returns what was sent */
  private send(response: Response): Response {
    try {
      this.options.send(response);
      return response;
    } catch (error) {
      const { re, type } = response;
      const refused: Response = { kind: "res", re, type, err: faultOf(error).toJSON() };
      this.options.send(refused);
      return refused;
    }
  }
}

/** What the other side may know of `error`: its code, and words only if they were meant for it. */
function faultOf(error: unknown): BridgeFault {
  return error instanceof BridgeFault ? error : new BridgeFault("failed", "the handler failed");
}
