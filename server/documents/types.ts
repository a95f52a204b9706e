// Documents for programs: what the HTTP API and an integrator's own server code do with them. Here everything is
// allowed; who may do what is decided by whoever calls. Faults are those of the wire; `message_malformed` is what is asked for in
// another form than here, by a program that no compiler has checked (`given.ts`).
//
// Each part is a file: `core.ts`, `contents.ts`, `history.ts`, `names.ts`, `following.ts`; `index.ts` puts them together.

import type {
  Authors,
  BlameReply,
  Committed,
  ContentRequest,
  Contents,
  DiffReply,
  DocumentType,
  EditsRequest,
  Epoch,
  Format,
  HistoryReply,
  ListReply,
  NamedVersion,
  NameRequest,
  NamesReply,
  Op,
  OpsReply,
  RestoreReply,
  RevertRequest,
  SubmitReply,
  SubmitRequest,
  User,
  Version,
} from "../../protocol/index.js";
import type { DocumentHead } from "../ports.js";

/** A version, or what was there at a time in milliseconds since the Unix epoch; in that life, where one is named. */
export type When = ({ readonly version: Version } | { readonly at: number }) & { readonly epoch?: Epoch };

/** Who does something, and how often it was asked for. */
export interface By {
  /** Default: `program`. */
  readonly author?: string;
  /**
   * Names what is asked for, among all that this author asks: asked again under the same key, it is not done again but
   * answered as the first time; anything else under that key is refused with `seq_reused`.
   */
  readonly key?: string;
  /** The head must still be this version, or it is refused with `stale`. */
  readonly ifVersion?: Version;
  /** The life that it must be in, or it is refused with `epoch_changed`. Without it, `ifVersion` is of the present one. */
  readonly ifEpoch?: Epoch;
  /** What is asked for under the key, where that is more than the op that is submitted, and may come as another op. */
  readonly asked?: object;
  /** Is asked about the op that comes of it, before anything is made of that. @throws Fault why they may not */
  readonly allow?: (op: Op) => Promise<void>;
  /** As `made` of a `Submission`. */
  readonly made?: (units: number) => void;
}

export interface ReadDocument extends DocumentHead {
  /** In wire form. */
  readonly snapshot: unknown;
  /** Embeds left out, a line for each block. */
  readonly text: string;
  /**
   * In another form; {@link Format} `json` is the snapshot as JSON. A long one is written on another thread.
   *
   * @throws Fault `document_too_large` | `op_too_complex` | `busy`
   */
  as(format: Format): Promise<string>;
}

export interface Core {
  /**
   * The documents by last change, newest first, at most `limit`; `cursor` continues a list. A search looks at so many of them
   * for one answer, which may have few or none and a cursor all the same. With `may`, only those of which it says yes; it is
   * asked of some hundreds for one answer, and where it says no, nothing in the answer tells of the document.
   */
  list(query?: {
    readonly search?: string;
    readonly owner?: string;
    readonly cursor?: string;
    readonly limit?: number;
    readonly may?: (id: string) => boolean | Promise<boolean>;
  }): Promise<ListReply>;
  /** Makes a document at version 1. @throws Fault `bad_name` | `document_exists` | `op_malformed` | `bad_url` | … */
  create(
    document: Contents & { readonly id?: string; readonly type: DocumentType },
    by?: By | string,
  ): Promise<DocumentHead & { readonly id: string }>;
  /** What {@link Core.read} would read, without reading it. Faults are the same. */
  head(id: string, when?: When): Promise<DocumentHead | undefined>;
  /**
   * The document at its head, or as it was; undefined if there is none.
   *
   * @throws Fault `version_ahead` | `version_unknown` | `document_deleted` | `epoch_changed`
   */
  read(id: string, when?: When): Promise<ReadDocument | undefined>;
  /**
   * Commits ops made at a version past what came after it. With `dryRun` nothing is committed, and all that would refuse
   * the op refuses it, `beforeCommit` too.
   *
   * @throws Fault `forbidden` if there is no such document, or why the op is refused
   */
  submit(id: string, request: SubmitRequest, by?: By): Promise<SubmitReply>;
  /**
   * What was answered the first time, if `by.key` is given and something was committed under it.
   *
   * @throws Fault `seq_reused` if that was something else than `by.asked`
   */
  answered(id: string, by?: By): Promise<SubmitReply | undefined>;
  /** The ops that made the versions `from` + 1 … `to`, at most a page of them. */
  ops(
    id: string,
    range?: { readonly from?: Version; readonly to?: Version; readonly epoch?: Epoch },
  ): Promise<OpsReply>;
  /**
   * Deletes the document; whoever has it open is told.
   *
   * @throws Fault `forbidden` if there is no such document; `stale` | `epoch_changed` if it is not what it must be
   */
  delete(id: string, by?: By | string): Promise<void>;
}

export interface WritesContents {
  /** Makes the document what is given, as the least op against what the caller has read. */
  replace(id: string, request: ContentRequest, by?: By): Promise<SubmitReply>;
  /** Edits at quoted text, blocks and headings. @throws Fault `place_missing` | `place_ambiguous` */
  edit(id: string, request: EditsRequest, by?: By): Promise<SubmitReply>;
}

export interface History {
  /** Who wrote when, in sessions, the newest first. */
  history(
    id: string,
    range?: {
      readonly from?: Version;
      readonly to?: Version;
      readonly epoch?: Epoch;
      readonly cursor?: string;
      readonly limit?: number;
    },
  ): Promise<HistoryReply>;
  /** What was inserted, deleted and reformatted between two versions, and by whom. */
  diff(
    id: string,
    range: { readonly from: Version; readonly to?: Version; readonly epoch?: Epoch },
  ): Promise<DiffReply>;
  /** Who wrote each run of the document. */
  blame(id: string, at?: { readonly version?: Version; readonly epoch?: Epoch }): Promise<BlameReply>;
  /** Makes the document what it was, by one more op. */
  restore(id: string, when: When, by?: By): Promise<RestoreReply>;
  /** Takes back what was done between two versions, or what one author did, by one more op. */
  revert(id: string, request: RevertRequest, by?: By): Promise<SubmitReply>;
}

export interface Names {
  versions(id: string): Promise<NamesReply>;
  /** Names a version, anew if it has a name. @throws Fault `version_ahead` | `version_unknown` | `op_malformed` | `epoch_changed` */
  name(id: string, named: NameRequest, by?: By): Promise<NamedVersion>;
  /** Takes the name of a version away. Without effect if it has none. */
  unname(id: string, version: Version, by?: By): Promise<void>;
}

/** What the users of a store are called. */
export interface People {
  /** Remembers a name to show for a user id; cheap if it is known. */
  remember(user: User): void;
  authors(ids: Iterable<string>): Promise<Authors>;
  /** Writes at once what waits to be written, and what is remembered meanwhile; resolves when nothing is left. */
  written(): Promise<void>;
}

/** What somebody who follows is told, and of which life. */
export type Followed = { readonly epoch: Epoch } & (
  | { readonly ops: readonly Committed[] }
  | { readonly deleted: { readonly version: Version } }
);

export interface Following {
  /**
   * Every op after `since`, in order, each once, from the log and then as they are committed, here or on any node. Ends with
   * `deleted`, or with the signal.
   *
   * @param epoch  the life that `since` is of. Default: the present one
   * @throws Fault `version_unknown` | `version_ahead` | `forbidden` | `epoch_changed` if the document is in another life,
   *   at once or later: what follows there goes on from nothing that was told here
   */
  follow(id: string, since: Version, signal: AbortSignal, epoch?: Epoch): AsyncIterable<Followed>;
}

export interface Documents extends Core, WritesContents, History, Names, Following {
  readonly people: People;
}
