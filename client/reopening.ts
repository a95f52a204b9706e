// Fetches a document anew whose history is gone, and finds out what became of the op that was on its way.
//
//   start ──open──▶ fetched ──nothing in flight, or known to be committed or not──▶ done
//     ▲                └───── in flight ──its fate is asked for──▶ known ───────────▶ done
//     └─────────────────────────────── committed after what was fetched ──┘
//
// An op in flight is sent as a new one only where it is certain that the server has not committed it. The first time in a
// row is at once; each after that waits longer, until the document has been live again.
// Not here: when that is needed, and what goes on from what was fetched (`sync.ts`); carrying over what is unsent (`session.ts`).

import type { Snapshot } from "../ot/index.js";
import type { Clock, DocumentType, Fault, OpenReply, Random } from "../protocol/index.js";
import { backoffMs } from "./backoff.js";
import type { Ask, Line } from "./line.js";
import type { Names } from "./names.js";
import type { Replica } from "./replica.js";
import type { Op } from "./types.js";

export interface ReopeningOptions<S extends Snapshot, O extends Op> {
  readonly id: string;
  readonly kind: DocumentType;
  readonly replica: Replica<S, O>;
  readonly names: Names;
  readonly clock: Clock;
  readonly random: Random;
  readonly host: ReopeningHost;
}

export interface ReopeningHost {
  /** Who is in the document, where that is told before the rest. */
  people(people: OpenReply["people"]): void;
  /**
   * The document is here.
   *
   * @param contained  the inflight op is in it
   * @param met        the people in the reply are known already
   */
  fetched(reply: OpenReply, contained: boolean, why: Fault, met: boolean): void;
  /** What was fetched is too old: it is to be begun once more. */
  again(why: Fault): void;
  refused(fault: Fault): void;
}

export class Reopening<S extends Snapshot, O extends Op> {
  /** The question on its way. */
  #asking: Ask | undefined;
  #stopPause = () => {};
  /** How often since the document was last live. */
  #tries = 0;

  constructor(private readonly options: ReopeningOptions<S, O>) {}

  /** @param unsent  the fault answered our submission: the inflight op is not in the history */
  start(line: Line, why: Fault, unsent: boolean): void {
    const { clock, random } = this.options;
    const open = () => this.#open(line, why, unsent);
    if (this.#tries++ === 0) open();
    else this.#stopPause = clock.after(backoffMs(this.#tries, random), open);
  }

  stop(): void {
    this.#asking?.cancel();
    this.#stopPause();
  }

  /** The document is live: the next time is a first one. */
  live(): void {
    this.#tries = 0;
  }

  #open(line: Line, why: Fault, unsent: boolean): void {
    const { id: doc, kind: type, replica, host } = this.options;
    this.#asking = line.ask(
      "open",
      { doc, type, create: false },
      {
        ok: (reply) => {
          const { inflight } = replica;
          if (inflight === undefined || unsent) host.fetched(reply, false, why, false);
          else if (inflight.committedAt !== undefined) host.fetched(reply, true, why, false);
          else this.#askFate(line, reply, why);
        },
        fault: (fault) => host.refused(fault),
      },
    );
    this.#asking.start();
  }

  /**
   * The inflight op may be in what was fetched or not. Submitted against a version that no document will ever have, it is
   * not committed: the answer is the version it made, if it was, after all that waited in the server before it.
   */
  #askFate(line: Line, reply: OpenReply, why: Fault): void {
    const { id: doc, replica, names, host } = this.options;
    const { src, seq, sent: op } = replica.inflight!;
    const version = Number.MAX_SAFE_INTEGER;
    this.#asking = line.ask(
      "submit",
      { doc, version, seq, op, ...names.proof(src) },
      {
        ok: (answer) => {
          if (answer.version <= reply.head) host.fetched(reply, true, why, true);
          else {
            // Committed just now: what was fetched is too old to have it.
            replica.replied(answer.version);
            host.again(why);
          }
        },
        fault: (refusal) => {
          // Nobody answers for that name, or another op has it. Our text is given to its author rather than maybe sent twice.
          const lost = refusal.action === "drop" || refusal.action === "rename";
          if (lost) replica.takeBack(0, refusal);
          if (lost || refusal.action === "reopen") host.fetched(reply, false, why, true);
          else host.refused(refusal);
        },
      },
    );
    // Who comes and goes from here on is told from here on, however long the answer takes.
    host.people(reply.people);
    // Unless whoever heard of them has closed the document.
    this.#asking.start();
  }
}
