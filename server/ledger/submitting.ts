// An op's way from its sender to its version: once under its name, whatever goes wrong on the way.
//
//   submit ──near the head──────────────────────────▶ the document's turn: commit ──▶ its version
//     └──────far behind──▶ walked close to the head ──▶┘                 └─ refused ──▶ was it committed all the same?
//
// What always holds: nobody is told that an op was refused before its name has been looked up; and an op that has a long
// way to go keeps nobody waiting. How it is transformed and applied is `backend.ts`.

import type ShareDB from "sharedb";
import { Fault, type Version } from "../../protocol/index.js";
import { type Arrival, Journey } from "../journey.js";
import type { DocumentHead, Submission } from "../ports.js";
import { fingerprint, isSameOp, type StorageAdapter, StorageError } from "../storage/index.js";
import { type BackendOptions, COLLECTION, tellRelay } from "./backend.js";
import { keptType } from "./documents.js";
import type { Reading } from "./reading.js";
import { faultOf, seqReused } from "./refusals.js";
import { isFarBehind, type Walked, walk } from "./walk.js";

export interface SubmittingOptions {
  readonly storage: StorageAdapter;
  readonly backend: BackendOptions;
  readonly reading: Reading;
  /** @returns the version that `op` made. @throws Refused */
  readonly commit: (doc: string, op: ShareDB.RawOp, options: ShareDB.Options) => Promise<Version>;
  /** Begins what concerns a document in the order in which it came, and ends when that ends. */
  readonly inOrder: <Result>(doc: string, begin: () => Promise<Begun<Result>>) => Promise<Result>;
}

/** What has taken its place among those of its document, and goes on by itself. */
export interface Begun<Result> {
  readonly end: Promise<Result>;
}

/** What ShareDB refused, with the request as far as it came. */
export class Refused extends Error {
  constructor(
    override readonly cause: Error,
    readonly request: ShareDB.SubmitRequest,
  ) {
    super(cause.message);
  }
}

/** What names the contents of a submission: the same again has the same. */
export const fingerprintOf = ({ op, asked }: Pick<Submission, "op" | "asked">) => fingerprint(asked ?? op);

export function createSubmitting({ storage, backend: options, reading, commit, inOrder }: SubmittingOptions) {
  const { log } = options;
  const { read, seenHead } = reading;

  /** Commits, and says at the end what its way was. */
  async function submit(doc: string, submission: Submission): Promise<Version> {
    const { meter } = options;
    if (meter === undefined) return submitted(doc, submission, undefined);
    const journey = new Journey(meter.now, submission.since);
    journey.reached("validate");
    const arrive = (how: Pick<Arrival, "version" | "fault">) => {
      const type = keptType(storage.cachedType(COLLECTION, doc))?.name ?? "unknown";
      const repeated = how.version !== undefined && !journey.passed.some(({ stage }) => stage === "publish");
      meter.travelled(journey, { doc, type, ...how, repeated });
    };
    try {
      const version = await submitted(doc, submission, journey);
      arrive({ version });
      return version;
    } catch (error) {
      arrive({ fault: error instanceof Fault ? error.code : "internal" });
      throw error;
    }
  }

  async function submitted(
    doc: string,
    submission: Submission,
    journey: Journey | undefined,
  ): Promise<Version> {
    const { src, seq, author } = submission;
    options.checkpoint?.("received");
    // ShareDB would take it for one made at the head.
    if (!Number.isSafeInteger(submission.version))
      throw new Fault("message_malformed", "An op is made at a version.");
    const { ifVersion, ifEpoch, made } = submission;
    const hash = fingerprintOf(submission);
    const following =
      journey === undefined ? {} : { journey, madeAt: submission.version, written: journey.weigh };
    const go = ({ version: v, op }: Walked) =>
      commit(doc, { v, src, seq, op }, { submitted: hash, author, ifVersion, ifEpoch, made, ...following });
    const begin = async (): Promise<Begun<Version>> => {
      const head = await seenHead(doc);
      journey?.reached("load");
      if (head === undefined || !isFarBehind(submission.version, head.version))
        return { end: go(submission) };
      // Nobody waits for what has a long way to go.
      return {
        end: nearHead(doc, submission, head).then((walked) =>
          inOrder(doc, async () => ({ end: go(walked) })),
        ),
      };
    };
    try {
      return await inOrder(doc, begin);
    } catch (error) {
      return await resolveRefusal(doc, submission, hash, error);
    }
  }

  /** An op that is far behind, brought close enough to the head for ShareDB to take it there. */
  async function nearHead(
    doc: string,
    { version, op, src, seq }: Submission,
    head: DocumentHead,
  ): Promise<Walked> {
    // What was committed long ago is not walked at all.
    if ((await storage.receipt(COLLECTION, doc, src, seq)) !== undefined)
      return { version: head.version, op };
    let walked: Walked = { version, op };
    // Others go on committing while it walks.
    for (
      let to: DocumentHead | undefined = head;
      to !== undefined && isFarBehind(walked.version, to.version);
    ) {
      walked = await walk(to.type, walked, to.version, (from, end) => read(doc, from, end));
      to = await seenHead(doc);
    }
    return walked;
  }

  /** An op that is refused may have been committed all the same: before, or just now without our hearing of it. */
  async function resolveRefusal(doc: string, submission: Submission, submitted: Uint8Array, error: unknown) {
    const { src, seq } = submission;
    const [cause, request] = error instanceof Refused ? [error.cause, error.request] : [error, undefined];
    const receipt = await storage.receipt(COLLECTION, doc, src, seq);
    if (receipt === undefined) throw faultOf(cause, { log, doc }, request);
    if (!isSameOp(receipt.hash, submitted)) throw seqReused(receipt.version, submission);
    if (cause instanceof StorageError) await tellAgain(doc, receipt.version);
    return receipt.version;
  }

  /** Nobody was told of a commit that seemed to fail. To be told twice does no harm; not to be told is found out later. */
  async function tellAgain(doc: string, version: Version): Promise<void> {
    const head = await seenHead(doc).catch(() => undefined);
    const [op] = await read(doc, version - 1, version).catch(() => []);
    if (head !== undefined && op !== undefined) tellRelay(options, doc, op, head.epoch);
  }

  return submit;
}
