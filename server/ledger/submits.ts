// ShareDB's Backend with submits that go on while others of the same document are on their way to the database.
//
//   submit ──▶ its turn (`lanes.ts`) ──▶ read the tip, transform, apply ──▶ commit on top of it ──▶ answered
//     ▲                                       │ refused                        │ what was below it fell
//     │                                       ▼                                │
//     └── it will never have been so ──── was the tip true? ── yes: refused    │
//     └────────────────────────────────────────────────────────────────────────┘
//
// What always holds: nobody is answered by what may still turn out not to have been. A refusal is told when what it was
// judged by is in the log, and, where others write to the log, is still its head; else the op is tried again, as it was
// sent, moved past what is in the log. Who has to begin again for no fault of its own comes first, and loses none of its retries.

import ShareDB from "sharedb";
import type { Clock } from "../../protocol/index.js";
import { Journey } from "../journey.js";
import {
  documentName,
  Fell,
  GENESIS,
  SeqReused,
  type StorageAdapter,
  StorageError,
} from "../storage/index.js";
import { Lanes } from "./lanes.js";

/** How often an op may find that it was judged by something that is not so; each time, somebody else has got on. */
const BEGINNINGS = 1_000;

export interface SubmitsOptions {
  readonly clock: Clock;
  /** Is told of every commit that has to be made again: somebody else's came first, or what was below it fell. */
  readonly retried: () => void;
}

type Submitted = (
  error: Error | null | undefined,
  ops: ShareDB.RawOp[],
  request: ShareDB.SubmitRequest,
) => void;

export class PipelinedBackend extends ShareDB.Backend {
  private readonly lanes: Lanes;
  /** The number with which each op came. */
  private readonly tickets = new WeakMap<ShareDB.RawOp, number>();

  constructor(
    private readonly storage: StorageAdapter,
    private readonly submits: SubmitsOptions,
    options: Omit<ConstructorParameters<typeof ShareDB.Backend>[0], "db">,
  ) {
    super({ ...options, db: storage });
    this.lanes = new Lanes({
      clock: submits.clock,
      shared: storage.shared,
      falling: (name) => storage.falling(name),
    });
    this.use("submit", (request, next) => {
      this.takeTurns(request);
      next();
    });
    this.on("submitRequestEnd", (_error, request) => {
      this.lanes.left(documentName(request.collection, request.id), this.tickets.get(request.op)!);
    });
  }

  override submit(
    agent: ShareDB.Agent,
    collection: string,
    id: string,
    op: ShareDB.RawOp,
    options: ShareDB.Options,
    callback: Submitted,
  ): void {
    const sent = { ...op };
    this.tickets.set(op, this.lanes.ticket());
    let left = BEGINNINGS;
    /** Whether it has been judged by what was in the log after it came. */
    let current = false;

    const wasWrong = async (error: Error, { snapshot }: ShareDB.SubmitRequest): Promise<boolean> => {
      if (error instanceof Fell) return true;
      if (snapshot === null || error instanceof StorageError || error instanceof SeqReused) return false;
      const stood = await this.storage.stood(snapshot);
      if (stood === undefined) return true;
      if (current || isKnown(error) || !(this.storage.shared || isAhead(error))) return false;
      current = true;
      const now = await this.storage.current(collection, id);
      return (now?.chain ?? GENESIS) !== stood;
    };
    const begin = () => {
      super.submit(agent, collection, id, op, options, (error, ops, request) => {
        if (!error || left-- === 0) return callback(error, ops, request);
        wasWrong(error, request).then(
          (wrong) => {
            if (!wrong) return process.nextTick(callback, error, ops, request);
            this.submits.retried();
            return this.forward(collection, id, sent).then(() => {
              restore(op, sent);
              begin();
            });
          },
          (trouble: Error) => process.nextTick(callback, trouble, ops, request),
        );
      });
    };
    begin();
  }

  /**
   * Moves an op that has to begin again past what is in the log by now, once and for all: where others are faster, it would
   * have more to move past each time, and be slower each time.
   */
  private async forward(collection: string, id: string, sent: ShareDB.RawOp): Promise<void> {
    if (sent.op === undefined || sent.v == null) return;
    const seen = await this.storage.seenAfter(collection, id, sent.v).catch(() => undefined);
    for (const past of seen?.ops ?? []) {
      const isItself = past.src !== undefined && past.src === sent.src && past.seq === sent.seq;
      const moved = { ...sent };
      // What does not go on here is for the next try to say.
      if (isItself || past.op === undefined || ShareDB.ot.transform(seen!.type, moved, past)) return;
      Object.assign(sent, moved);
    }
  }

  /** Each time it reads, to try or to try again, a request waits for its turn. */
  private takeTurns(request: ShareDB.SubmitRequest): void {
    const { op } = request;
    const ticket = this.tickets.get(op)!;
    const doc = documentName(request.collection, request.id);
    let tries = 0;
    const submit = request.submit.bind(request);
    request.submit = (callback) => {
      if (tries++ > 0) {
        this.submits.retried();
        this.lanes.left(doc, ticket, true);
      }
      this.lanes.enter(doc, ticket, () => {
        if (request.options?.journey instanceof Journey) request.options.journey.reached("queue");
        submit(callback);
      });
    };
    request.options = {
      ...request.options,
      round: () => this.lanes.round(doc),
      asked: () => this.lanes.asked(doc, ticket),
    };
  }
}

/** `op` again as it was sent: ShareDB has written its way through the document into it. */
function restore(op: ShareDB.RawOp, sent: ShareDB.RawOp): void {
  for (const key of Object.keys(op)) if (!(key in sent)) delete op[key as keyof ShareDB.RawOp];
  Object.assign(op, sent);
}

const hasCode = (error: Error, code: string) => "code" in error && error.code === code;
/** The op is there already. */
const isKnown = (error: Error) => hasCode(error, "ERR_OP_ALREADY_SUBMITTED");
/** It was made at a version that has not been seen here. */
const isAhead = (error: Error) => hasCode(error, "ERR_OP_VERSION_NEWER_THAN_CURRENT_SNAPSHOT");
