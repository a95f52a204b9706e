// ShareDB's Backend made ours: our two types, our storage, our relay, and on every commit the server's time, the author,
// and what must hold of a document after it. Presence and queries of ShareDB's are off.
//
// Middleware runs for whoever submits, which is the ledger. ShareDB's own clients come by the gateway (`server/stock/`).

import ShareDB from "sharedb";
import { type Clock, type Committed, type Epoch, Fault, type Op } from "../../protocol/index.js";
import { Journey } from "../journey.js";
import type { Log } from "../log.js";
import type { Meter } from "../meter.js";
import type { Judge, Relay } from "../ports.js";
import type { Checkpoint, StorageAdapter } from "../storage/index.js";
import { committedFrom } from "./committed.js";
import { type AnySnapshot, demandFit, demandMarker, keptType, keptTypes, madeOf } from "./documents.js";
import { epochChanged, missing, stale } from "./refusals.js";
import { RelayPubSub } from "./relay-pubsub.js";
import { PipelinedBackend } from "./submits.js";

/** The collection that all documents are in. */
export const COLLECTION = "documents";

/** One document has one writer at a time here; so many races are lost only to other servers, who let each other pass. */
const SUBMIT_RETRIES = 200;

/** From so many atoms of a new document, or components of an op, on others go first between two of its steps. */
const LONG_DOCUMENT = 50_000;
const LONG_OP = 1_000;

export interface BackendOptions {
  readonly relay: Relay;
  readonly clock: Clock;
  /** The longest document, in atoms. */
  readonly documentAtoms: number;
  readonly log: Log;
  /** Has the last word on every op. */
  readonly judge?: Judge;
  /** Called at the points of an op's way, for tests. */
  readonly checkpoint?: Checkpoint;
  /** Is told of every commit that has to be made again, and of every op at the end of its way. */
  readonly meter?: Pick<Meter, "now" | "retried" | "travelled">;
}

export function createBackend(storage: StorageAdapter, options: BackendOptions): ShareDB.Backend {
  const { clock, documentAtoms, log } = options;
  /** What ShareDB takes off an op before it tells of it. */
  const made = new WeakMap<
    ShareDB.RawOp,
    Pick<Committed, "author" | "time"> & { readonly journey?: Journey }
  >();

  for (const { algebra } of Object.values(keptTypes)) ShareDB.types.register(algebra);
  ShareDB.logger.setMethods({
    info: () => {},
    warn: (...details) => log.warn({ details }, "ShareDB warns"),
    error: (...details) => log.error({ details }, "ShareDB reports an error"),
  });

  const pubsub = new RelayPubSub((op) => {
    options.checkpoint?.("after-commit-before-relay");
    const { author, time, journey } = made.get(op) ?? { author: "", time: clock.now(), journey: undefined };
    journey?.reached("commit");
    const committed = op.c === COLLECTION ? committedFrom(op, author, time) : undefined;
    if (committed !== undefined) tellRelay(options, op.d!, committed, storage.lifeOf(op)!);
    journey?.reached("publish");
  });
  const backend = new PipelinedBackend(
    storage,
    { clock, retried: () => options.meter?.retried() },
    {
      pubsub,
      presence: false,
      maxSubmitRetries: SUBMIT_RETRIES,
      errorHandler: (error) => log.error({ err: error }, "ShareDB reports an error"),
    },
  );

  backend.use("apply", (request, next) => {
    // ShareDB would delete a second time what somebody else has just deleted.
    if (request.op.del && request.snapshot?.type === null) return next(missing());
    const journey = journeyOf(request);
    if (journey !== undefined) {
      journey.reached("transform");
      journey.distance = Math.max(0, (request.op.v ?? 0) - Number(request.options?.madeAt ?? 0));
    }
    // By now the op has been moved past everything below it, and nobody else can come between.
    const { ifVersion, ifEpoch } = request.options ?? {};
    const life = storage.lifeBelow(request.snapshot!);
    if (typeof ifEpoch === "string" && life !== undefined && life !== ifEpoch)
      return next(epochChanged({ epoch: life, version: request.op.v! }));
    if (typeof ifVersion === "number" && request.op.v !== ifVersion) return next(stale(request.op.v!));
    request.custom.before = isOurs(request) ? snapshotOf(request) : undefined;
    next();
  });

  backend.use("commit", (request, next) => {
    const { op, snapshot } = request;
    options.checkpoint?.("transformed");
    try {
      const type = keptType(snapshot!.type);
      if (type !== undefined) {
        const [before, after] = [beforeOf(request), snapshotOf(request)!];
        const { made } = request.options ?? {};
        if (typeof made === "function") made(madeOf(before, after));
        demandMarker(type, after);
        demandFit(before, after, documentAtoms);
      }
    } catch (error) {
      return next(error as Error);
    }
    const journey = journeyOf(request);
    journey?.reached("apply");
    const author = typeof request.options?.author === "string" ? request.options.author : "";
    const stamp = () => {
      // Versions are looked up by time, so no op is older than the one below it, whatever became of the clock meanwhile.
      const time = Math.max(clock.now(), storage.timeBelow(snapshot!));
      op.m = { ts: time, author };
      made.set(op, { author, time, ...(journey === undefined ? {} : { journey }) });
      snapshot!.m = { ...snapshot!.m, mtime: time, ...(op.create ? { ctime: time } : {}) };
      next();
    };
    const judged = judge(request, author);
    // To apply what is long took a while, and to commit it takes as long again.
    if (judged === undefined && isLong(request)) setImmediate(stamp);
    else if (judged === undefined) stamp();
    else judged.then(() => process.nextTick(stamp), next);
  });

  function judge(request: ShareDB.SubmitRequest, author: string): Promise<void> | undefined {
    const { id, op, snapshot } = request;
    const type = keptType(snapshot!.type);
    const before = beforeOf(request);
    if (options.judge === undefined || op.op === undefined || type === undefined || before === undefined)
      return undefined;
    const context = { doc: id, type: type.name, version: op.v!, src: op.src!, user: author, before };
    return options.judge(op.op as Op, context);
  }

  // ShareDB takes them for what the submitter is to be told, and looks at each in a turn of its own. Rooms are told by the relay.
  backend.use("afterWrite", (request, next) => {
    request.ops = [];
    next();
  });

  backend.use("query", (_request, next) => next(new Fault("forbidden", "Queries are not served.")));
  return backend;
}

/** Tells the relay; what goes wrong there must not undo, nor seem to undo, what is committed. */
export function tellRelay(
  { relay, log }: Pick<BackendOptions, "relay" | "log">,
  doc: string,
  op: Committed,
  epoch: Epoch,
): void {
  try {
    relay(doc, op, epoch);
  } catch (error) {
    log.error({ err: error, doc, version: op.version }, "The relay failed on a committed op");
  }
}

const isLong = ({ op, snapshot }: ShareDB.SubmitRequest): boolean =>
  op.create === undefined
    ? Array.isArray(op.op) && op.op.length > LONG_OP
    : ((snapshot?.data as AnySnapshot | undefined)?.length ?? 0) > LONG_DOCUMENT;

/** The way of the op that is submitted, if somebody follows it. */
export const journeyOf = ({ options }: Pick<ShareDB.SubmitRequest, "options">): Journey | undefined =>
  options?.journey instanceof Journey ? options.journey : undefined;

const isOurs = ({ snapshot }: ShareDB.SubmitRequest) => keptType(snapshot?.type ?? null) !== undefined;

/** The document that the op is applied to. */
const beforeOf = ({ custom }: ShareDB.SubmitRequest) => custom.before as AnySnapshot | undefined;

function snapshotOf({ snapshot }: ShareDB.SubmitRequest): AnySnapshot | undefined {
  return snapshot?.data as AnySnapshot | undefined;
}
