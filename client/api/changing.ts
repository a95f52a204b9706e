// Documents changed: by ops, by contents, by edits at quotes, and back to what they were. Each answers the op as it was
// committed and the version it made, or throws and has changed nothing.
//
// Faults of all of them: `forbidden` | `readonly` | `comment_only` | `policy_refused` | `stale` if `ifVersion` is not the
// head | `epoch_changed` if a version was told of a life of the document that has ended (read it anew) | `version_ahead` |
// `version_unknown` if what the change was made at is not kept any more | `op_malformed` |
// `op_out_of_bounds` | `op_too_large` | `op_too_complex` | `document_too_large` | `bad_url` | `bad_unicode` |
// `seq_reused` if the key was used for another change | `storage_full`; and those of any call (`documents.ts`).

import type {
  ContentRequest,
  EditsRequest,
  RestoreReply,
  RestoreRequest,
  RevertRequest,
  SubmitReply,
  SubmitRequest,
} from "../../protocol/index.js";
import type { Calls, Writing } from "./requests.js";

export interface ChangingCalls {
  /**
   * Commits an op, or several as one, moved past what came after `version`.
   *
   * @throws ApiFault also `message_malformed` if neither is given, or both; an op that does nothing is `[]`
   */
  submit(id: string, request: SubmitRequest, writing?: Writing): Promise<SubmitReply>;
  /**
   * Makes the document what is given in exactly one form, by the least op against `version`; what others did since then stays.
   *
   * @throws ApiFault also `message_malformed` if nothing is given, or `undefined`; an empty document is `text: ""`
   */
  replace(id: string, request: ContentRequest, writing?: Writing): Promise<SubmitReply>;
  /** Edits at places, all or none. @throws ApiFault also `place_missing` | `place_ambiguous`, with where to look in `extra.details` */
  edit(id: string, request: EditsRequest, writing?: Writing): Promise<SubmitReply>;
  /**
   * Makes it what it was, by one more op; `from` is the version that this was.
   *
   * @throws ApiFault also `document_deleted`: there was none then | `type_mismatch`
   */
  restore(id: string, request: RestoreRequest, writing?: Writing): Promise<RestoreReply>;
  /** Takes back what was done between two versions, or what one author did there, by one more op. */
  revert(id: string, request: RevertRequest, writing?: Writing): Promise<SubmitReply>;
}

export function changingCalls({ write }: Calls): ChangingCalls {
  return {
    submit: (id, request, writing = {}) => write("POST", "ops", id, request, request.version, writing),
    replace: (id, request, writing = {}) => write("PUT", "content", id, request, request.version, writing),
    edit: (id, request, writing = {}) => write("POST", "edits", id, request, request.version, writing),
    restore: (id, request, writing = {}) => write("POST", "restore", id, request, request.version, writing),
    revert: (id, request, writing = {}) => write("POST", "revert", id, request, request.to, writing),
  };
}
