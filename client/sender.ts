// Sends a document's unsent ops, one at a time, while it is live.
//
// An op is measured before it gets its name: one that the server would not take for its size is sent in pieces, and where
// it has something in it that is too large and cannot be cut, it is taken back with its text ("parked") instead of being
// sent, refused and sent again. Its name is stored before it goes out: who adopts the
// record must not send the same op under another name. A refused op is taken back alone, and the next is sent.
// Acknowledgements may come from the room first; then the answer to the submission says nothing new.

import type { Snapshot } from "../ot/index.js";
import { type Clock, Fault, type Limits, type Role, roleAfter, type Version } from "../protocol/index.js";
import type { Ask, Line } from "./line.js";
import type { Names } from "./names.js";
import { opBytes } from "./op.js";
import { pieces } from "./pieces.js";
import type { Replica } from "./replica.js";
import type { ComposeLimit } from "./session.js";
import { inflightOf, pendingOf, unsentOf } from "./session-state.js";
import type { Op } from "./types.js";
import { Waited } from "./waited.js";

type OpLimits = Pick<Limits, "opBytes" | "opComponents">;

/** Until a server has told its own. */
const ASSUMED: OpLimits = { opBytes: 64 * 1024, opComponents: 2_000 };

/** For ops that have become empty: they are let go, and need no name. */
const nobody = { src: "", seq: 0 };

/** What the sender tells, and asks for. */
export interface SenderHost {
  /** A submission was answered with a fault that is about more than this op, which is not in the history. */
  refused(fault: Fault): void;
  /** The server has made this version of our op. */
  noticed(version: Version): void;
  /** We may not write, and are no more than this. */
  demoted(role: Role): void;
  /** An op has gone out. */
  sent(): void;
  /** Stores what is unsent; absent if that is done already. */
  store(): Promise<void> | undefined;
}

export class Sender<S extends Snapshot, O extends Op> {
  /** The line to send on; absent while the document is not live. */
  #line: Line | undefined;
  /** The server's limits, once a server has told them. */
  #limits: OpLimits | undefined;
  #submitting: Ask | undefined;
  /** The inflight op's name is being stored. */
  #storing = false;
  readonly #waited = new Waited();

  constructor(
    private readonly doc: string,
    private readonly replica: Replica<S, O>,
    private readonly names: Names,
    private readonly host: SenderHost,
    private readonly clock: Pick<Clock, "now">,
  ) {}

  get limits(): ComposeLimit {
    const { opBytes, opComponents } = this.#limits ?? ASSUMED;
    // Half of what the server takes leaves room for what others' ops make of it.
    return { bytes: opBytes / 2, components: opComponents / 2 };
  }

  /** Whether the inflight op is on its way to the server. */
  get sending(): boolean {
    return this.#submitting?.done === false;
  }

  learn(limits: OpLimits): void {
    this.#limits = limits;
  }

  start(line: Line): void {
    this.#line = line;
    this.#submitting = undefined;
    this.pump();
  }

  stop(): void {
    this.#line = undefined;
    this.#waited.forget();
    this.#submitting?.cancel();
  }

  /** Something was written, and waits to be saved. */
  edited(): void {
    if (this.#line !== undefined) this.#waited.edited(this.clock.now());
  }

  /** Sends the inflight op, or the next one, if nothing is on its way. */
  pump(): void {
    if (this.#line === undefined || this.#storing) return;
    const { inflight } = this.replica;
    const isOnItsWay = this.#submitting?.done === false;
    if (isOnItsWay && inflight !== undefined) return;
    // Answered on this line: what came before it is on its way, and brings its acknowledgement.
    if (this.#submitting !== undefined && inflight?.committedAt !== undefined) return;
    // Acknowledged by the room; the answer will say nothing new.
    if (isOnItsWay) {
      this.#submitting?.cancel();
      this.#waited.acknowledged(this.clock.now());
    }
    if (inflight === undefined) this.#next();
    else this.#submit(this.#line);
  }

  #next(): void {
    if (this.replica.session.kind !== "synced") this.park();
    const line = this.#line;
    const { session } = this.replica;
    if (session.kind === "synced") this.names.release();
    // Whoever was told of a parked op may have submitted another, and that has gone out.
    if (line === undefined || session.kind !== "waiting") return;
    const next = pendingOf(session).find(({ op }) => op.length > 0);
    const { src, seq } = next === undefined ? nobody : (next.reserved ?? this.names.take());
    this.replica.send(src, seq);
    this.#waited.sent();
    if (next !== undefined) this.#stored();
  }

  #stored(): void {
    const stored = this.host.store();
    if (stored === undefined) {
      this.pump();
      return;
    }
    this.#storing = true;
    const done = () => {
      this.#storing = false;
      this.pump();
    };
    // A store that failed must not keep the op from the server, where it is safer.
    stored.then(done, done);
  }

  #submit(line: Line): void {
    const { src, seq, base: version, sent: op } = this.replica.inflight!;
    const waitedMs = line.welcome.measures === true ? this.#waited.take() : undefined;
    const stillInflight = () => {
      const { inflight } = this.replica;
      return inflight?.src === src && inflight.seq === seq;
    };
    this.#submitting = line.ask(
      "submit",
      {
        ...{ doc: this.doc, version, seq, op, ...this.names.proof(src) },
        ...(waitedMs === undefined ? {} : { waitedMs }),
      },
      {
        ok: (reply) => {
          if (!stillInflight()) return;
          this.#waited.acknowledged(this.clock.now());
          this.replica.replied(reply.version);
          this.host.noticed(reply.version);
          this.pump();
        },
        fault: (fault) => {
          if (stillInflight()) this.#faulted(fault);
        },
      },
    );
    this.#submitting.start();
    if (this.sending) this.host.sent();
  }

  #faulted(fault: Fault): void {
    this.#waited.forget();
    if (fault.action === "rename") {
      const { src, seq } = this.names.takeOwn();
      this.replica.rename(src, seq);
      this.#stored();
      return;
    }
    if (fault.action !== "drop") {
      this.host.refused(fault);
      return;
    }
    const role = roleAfter(fault.code);
    if (role !== undefined) this.host.demoted(role);
    this.replica.takeBack(0, fault);
    this.pump();
  }

  /** Whether an op that has just been submitted will have to be parked. */
  get mustPark(): boolean {
    const last = pendingOf(this.replica.session).at(-1);
    return last !== undefined && this.#tooLarge(last.op, last.bytes) !== undefined;
  }

  /** Cuts every pending op that the server would not take for its size, or takes it back. */
  park(): void {
    for (let which = 0; which < unsentOf(this.replica.session).length; ) {
      const isInflight = which === 0 && inflightOf(this.replica.session) !== undefined;
      const fault = isInflight ? undefined : this.#tooLarge(unsentOf(this.replica.session)[which]!.op);
      const cut = fault && this.#pieces(unsentOf(this.replica.session)[which]!.op);
      if (fault === undefined) which++;
      else if (cut === undefined) this.replica.takeBack(which, fault);
      else {
        this.replica.split(which, cut);
        which += cut.length;
      }
    }
  }

  #pieces(op: O): readonly O[] | undefined {
    return pieces(op, this.limits, (piece) => this.replica.type.normalize(piece));
  }

  #tooLarge(op: O, atMost = Number.POSITIVE_INFINITY): Fault | undefined {
    if (this.#limits === undefined) return undefined;
    const { opBytes: most, opComponents } = this.#limits;
    if (op.length > opComponents) {
      const details = { components: op.length, opComponents };
      return new Fault("op_too_complex", "This change has too many parts to be sent.", { details });
    }
    const bytes = atMost <= most ? atMost : opBytes(op);
    if (bytes <= most) return undefined;
    const details = { bytes, opBytes: most };
    return new Fault("op_too_large", "This change is too large to be sent.", { details });
  }
}
