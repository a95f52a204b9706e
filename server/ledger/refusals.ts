// What ShareDB and storage refuse, as faults from the table. What is not known here is a mistake of ours: it is logged
// and told as `internal`.

import type ShareDB from "sharedb";
import { Fault, type Version } from "../../protocol/index.js";
import type { Log } from "../log.js";
import type { DocumentHead, Submission } from "../ports.js";
import { refusalOf } from "../refusal.js";
import { StoreFault } from "../storage/errors.js";
import { Fell, SeqReused, StorageError } from "../storage/index.js";
import { keptType } from "./documents.js";

/** One fault for what does not exist, is deleted or is not ours. */
export const missing = () => new Fault("forbidden", "This document is not to be had here.");
export const unavailable = () =>
  new StoreFault("unavailable", "The documents cannot be read or written just now.", { retryAfterMs: 1000 });
export const storageFull = () =>
  new StoreFault("storage_full", "There is no room to keep this just now.", { retryAfterMs: 2000 });
/** Of one document; the others are well. */
export const damaged = () =>
  new Fault("unavailable", "This document cannot be read or written just now.", { retryAfterMs: 1000 });
/**
 * @param version  that the op of that name made, where it is known
 * @param submission  with what was `asked`, its name was made of an idempotency key
 */
export const seqReused = (version?: number, { asked }: Pick<Submission, "asked"> = {}) =>
  new Fault(
    "seq_reused",
    asked === undefined
      ? "This client id and seq already name another op."
      : "This idempotency key was used for another request. Give each its own.",
    { ...(version === undefined ? {} : { details: { version } }) },
  );
export const versionUnknown = () => new Fault("version_unknown", "History that old is not kept.");
export const versionAhead = () => new Fault("version_ahead", "The document has no such version yet.");

export const stale = (head: Version) =>
  new Fault("stale", `The document is at version ${head}.`, { details: { head } });

/** @param now  where the document is instead */
export const epochChanged = ({ epoch, version }: Pick<DocumentHead, "epoch" | "version">) =>
  new Fault("epoch_changed", "The document has begun another life.", { details: { epoch, head: version } });

export function crowded(): Fault {
  return new Fault("busy", "Too many are writing to this document.");
}

const faultsOfShareDB: { readonly [code: string]: (() => Fault) | undefined } = {
  ERR_OP_VERSION_NEWER_THAN_CURRENT_SNAPSHOT: versionAhead,
  ERR_SUBMIT_TRANSFORM_OPS_NOT_FOUND: versionUnknown,
  // History has a deletion between the op and the head.
  ERR_DOC_WAS_DELETED: versionUnknown,
  ERR_DOC_ALREADY_CREATED: () => new Fault("busy", "Somebody else just made this document."),
  ERR_MAX_SUBMIT_RETRIES_EXCEEDED: crowded,
};

/** @param request  ShareDB's, if the error is that of a submit: what is known of the document then */
export function faultOf(
  error: unknown,
  { log, ...context }: { readonly log: Log; readonly doc?: string },
  request?: ShareDB.SubmitRequest,
): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof StorageError) return faultOfStorage(error, log, context);
  if (error instanceof SeqReused) return seqReused();
  if (error instanceof Fell) return crowded();
  const code = codeOf(error);
  const isEdit = request !== undefined && request.op.create === undefined;
  if (isEdit && code !== undefined && request.snapshot?.type === null) return missing();
  // Between the op and the head, the document was made anew: it belongs to another life.
  if (isEdit && code === "ERR_DOC_ALREADY_CREATED") return versionUnknown();
  const known = code === undefined ? undefined : faultsOfShareDB[code]?.();
  if (known !== undefined) return known;
  return refusalOf(code === "ERR_OT_OP_NOT_APPLIED" ? (reasonOf(request) ?? error) : error, log, context);
}

function faultOfStorage(error: StorageError, log: Log, context: object): Fault {
  if (error.code === "history_pruned") return versionUnknown();
  if (error.code === "bad_name") return new Fault("bad_name", error.message);
  // How the store itself is doing is said once, by whoever watches it (`store-state.ts`).
  if (error.code === "corrupt") {
    log.error({ code: error.code, ...context }, error.message);
    return damaged();
  }
  return error.code === "disk_full" ? storageFull() : unavailable();
}

/** ShareDB keeps only the message of what a type's `apply` throws, so the type is asked again. */
function reasonOf(request: ShareDB.SubmitRequest | undefined): unknown {
  const algebra = keptType(request?.snapshot?.type ?? null)?.algebra;
  try {
    Reflect.apply(algebra!.apply, algebra, [request!.snapshot!.data, request!.op.op]);
    return undefined;
  } catch (reason) {
    return reason;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
