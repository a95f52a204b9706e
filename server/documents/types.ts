// Documents for programs: what the HTTP API and an integrator's own server code do with them. Here everything is
// allowed; who may do what is decided by whoever calls. Faults are those of the wire.

import type {
  Contents,
  DocumentType,
  Format,
  OpsReply,
  SubmitReply,
  SubmitRequest,
  Version,
} from "../../protocol/index.js";
import type { DocumentHead, DocumentSummary } from "../ports.js";

/** Who does something. */
export interface By {
  /** Default: `program`. */
  readonly author?: string;
}

export interface ReadDocument extends DocumentHead {
  /** In wire form. */
  readonly snapshot: unknown;
  /** Embeds left out, a line for each block. */
  readonly text: string;
  /** In another form; {@link Format} `json` is the snapshot as JSON. */
  as(format: Format): string;
}

export interface Documents {
  /** The documents by last change, newest first, at most `limit`; `cursor` continues a list. */
  list(query?: { readonly search?: string; readonly cursor?: string; readonly limit?: number }): Promise<{
    readonly documents: readonly DocumentSummary[];
    readonly cursor?: string;
  }>;
  /** Makes a document at version 1. @throws Fault `document_exists` | `op_malformed` | `bad_url` | … */
  create(
    document: Contents & { readonly id?: string; readonly type: DocumentType },
    by?: By,
  ): Promise<DocumentHead & { readonly id: string }>;
  /** The document at its head, or undefined if there is none. */
  read(id: string): Promise<ReadDocument | undefined>;
  /**
   * Commits ops made at a version past what came after it.
   *
   * @throws Fault `forbidden` if there is no such document, or why the op is refused
   */
  submit(id: string, request: SubmitRequest, by?: By): Promise<SubmitReply>;
  /** The ops that made the versions `from` + 1 … `to`, at most a page of them. @throws Fault `version_unknown` | `version_ahead` */
  ops(id: string, range?: { readonly from?: Version; readonly to?: Version }): Promise<OpsReply>;
  /** Deletes the document; whoever has it open is told. @throws Fault `forbidden` if there is no such document */
  delete(id: string, by?: By): Promise<void>;
}
