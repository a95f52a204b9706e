// Asking on one live channel until there is an answer: every request is answered, refused or ends with the channel.
//
// A server may lose an answer without losing the channel, so a request that stays unanswered is sent again, the very
// same one (every request may be repeated without harm: see PROTOCOL.md). A channel on which the same request stays
// unanswered again and again is held for dead. "Come again later" faults are obeyed here; all other faults go to whoever
// asked. Not here: opening channels (`connection.ts`).

import type {
  Clock,
  NoticeName,
  Notices,
  Random,
  RequestName,
  Requests,
  Welcome,
} from "../protocol/index.js";
import { Fault } from "../protocol/index.js";
import { backoffMs } from "./backoff.js";
import type { Channel } from "./transport.js";

/** How long an answer may take before the request is sent again, and how many silences make a channel dead. */
export const ANSWER_TIMEOUT_MS = 5_000;
export const SILENCES_UNTIL_DEAD = 4;

export interface AskHandlers<K extends RequestName> {
  ok(reply: Requests[K]["reply"]): void;
  /** Never one whose action is "retry". */
  fault(fault: Fault): void;
}

/** One request on its way. */
export interface Ask {
  readonly done: boolean;
  /** Sends it. Handlers may be called before this returns, where the transport is that fast. */
  start(): Ask;
  /** Forgets it: no handler is called any more. */
  cancel(): void;
}

/**
 * The seqs given out, by client id and document. They outlive documents: one that is closed and opened again must not
 * name a second op like a first, which the server would take for a repetition.
 */
export class Seqs {
  readonly #next = new Map<string, number>();

  /** The seq that {@link take} will give. */
  next(src: string, doc: string): number {
    return this.#next.get(`${src} ${doc}`) ?? 1;
  }

  take(src: string, doc: string): number {
    const seq = this.next(src, doc);
    this.#next.set(`${src} ${doc}`, seq + 1);
    return seq;
  }

  /** Seqs below `seq` were given out in another life of this client id. */
  atLeast(src: string, doc: string, seq: number): void {
    this.#next.set(`${src} ${doc}`, Math.max(seq, this.next(src, doc)));
  }
}

/** A live connection as a document sees it. Dies with its channel; asks on a dead line are never answered. */
export class Line {
  /** Asks not answered yet. */
  readonly #open = new Set<Ask>();
  #dead = false;

  constructor(
    readonly welcome: Welcome,
    private readonly channel: Channel,
    private readonly clock: Clock,
    private readonly random: Random,
    /** Called when the channel no longer answers, or when a fault concerns the whole connection. */
    readonly fail: (reason: string, fault?: Fault) => void,
  ) {}

  /** Our client id on this line: whose ops the server takes ours to be. */
  get src(): string {
    return this.welcome.client.id;
  }

  ask<K extends RequestName>(name: K, body: Requests[K]["body"], handlers: AskHandlers<K>): Ask {
    let done = this.#dead;
    let silences = 0;
    let refusals = 0;
    let stopTimer = () => {};
    const finish = () => {
      done = true;
      stopTimer();
      this.#open.delete(ask);
    };
    const send = () => {
      stopTimer = this.clock.after(ANSWER_TIMEOUT_MS, () => {
        if (++silences >= SILENCES_UNTIL_DEAD) this.fail(`no answer to ${name}`);
        else send();
      });
      this.channel.request(name, body, (answer) => {
        if (done) return;
        if ("ok" in answer) {
          finish();
          handlers.ok(answer.ok);
          return;
        }
        const fault = Fault.from(answer.fault);
        if (fault.action === "retry") {
          stopTimer();
          // It is not the channel that is dead.
          silences = 0;
          const pause = fault.extra.retryAfterMs ?? backoffMs(refusals++, this.random);
          stopTimer = this.clock.after(pause, send);
          return;
        }
        finish();
        handlers.fault(fault);
      });
    };
    const ask: Ask = {
      get done() {
        return done;
      },
      start: () => {
        if (!done) {
          this.#open.add(ask);
          send();
        }
        return ask;
      },
      cancel: finish,
    };
    return ask;
  }

  notify<K extends NoticeName>(name: K, body: Notices[K]): void {
    if (!this.#dead) this.channel.notify(name, body);
  }

  /** Leaves a document's room. Said once: said again, it would end a document that has been opened anew meanwhile. */
  leave(doc: string): void {
    if (!this.#dead) this.channel.request("leave", { doc }, () => {});
  }

  /** The channel is gone. */
  die(): void {
    this.#dead = true;
    for (const ask of [...this.#open]) ask.cancel();
  }
}
