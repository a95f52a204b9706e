// Documents made, listed, read in any form, and deleted.
//
// Any of these may throw an `ApiFault` of any call: `unauthenticated`, `token_expired`, `token_revoked`, `rate_limited`,
// `unavailable`, `internal`, `message_malformed`, `protocol_unsupported` if no Interline answers. What is named below comes on top.

import type {
  CreateRequest,
  DocumentHeadReply,
  DocumentReply,
  Epoch,
  Format,
  ListedDocumentReply,
  ListReply,
  Role,
  RoleReply,
  Version,
} from "../../protocol/index.js";
import {
  type Calls,
  pathOf,
  type Reading,
  type Refreshing,
  readTag,
  readTagged,
  type When,
  type Writing,
} from "./requests.js";

/** A document in another form than JSON. */
export interface Written {
  readonly version: Version;
  /** The life that it is of. */
  readonly epoch?: Epoch;
  readonly content: string;
}

export interface Listing {
  /** What the title must contain. */
  readonly search?: string;
  /** The user who made it. */
  readonly owner?: string;
  /** How many are fetched at once. */
  readonly limit?: number;
}

export interface DocumentCalls {
  /**
   * Makes a document, at version 1.
   *
   * @throws ApiFault `document_exists` | `document_deleted` under a key that made one which is gone | `forbidden` |
   *   `bad_name` | `op_malformed` | `bad_url` | `bad_unicode` | `document_too_large` | `storage_full`
   */
  create(document: CreateRequest, writing?: Omit<Writing, "ifVersion" | "epoch">): Promise<DocumentHeadReply>;
  /** All that may be read, by last change, the newest first; a page is fetched when it is needed. */
  list(listing?: Listing, reading?: Reading): AsyncGenerator<ListedDocumentReply, void>;
  /**
   * A document as it is, or as it was.
   *
   * @returns undefined if it is still at `unless`
   * @throws ApiFault `forbidden` (missing looks the same) | `bad_name` | `version_ahead` | `version_unknown`: that is
   *   not kept any more | `document_deleted`: there was none then | `epoch_changed`: it has begun another life
   */
  read(id: string, when: When | undefined, refreshing: Refreshing): Promise<DocumentReply | undefined>;
  read(id: string, when?: When, reading?: Reading): Promise<DocumentReply>;
  /** The same as a string in that form. @throws as `read`; `document_too_large` for the Markdown or HTML of a long one */
  readAs(
    id: string,
    format: Format,
    when: When | undefined,
    refreshing: Refreshing,
  ): Promise<Written | undefined>;
  readAs(id: string, format: Format, when?: When, reading?: Reading): Promise<Written>;
  /** Which version it is at, or was, without reading it. @throws as `read` */
  version(id: string, when?: When, reading?: Reading): Promise<Version>;
  /** What whoever asks may do with it. @throws ApiFault `forbidden` | `bad_name` */
  role(id: string, reading?: Reading): Promise<Role>;
  /** Deletes it; whoever has it open is told. @throws ApiFault `readonly` | `forbidden` | `bad_name` | `storage_full` */
  delete(id: string, reading?: Reading): Promise<void>;
}

export function documentCalls(calls: Calls): DocumentCalls {
  async function* list(
    listing: Listing = {},
    reading: Reading = {},
  ): AsyncGenerator<ListedDocumentReply, void> {
    let cursor: string | undefined;
    do {
      const page: ListReply = await calls.get(pathOf("documents"), { ...listing, cursor }, reading);
      yield* page.documents;
      cursor = page.cursor;
    } while (cursor !== undefined);
  }

  return {
    list,
    create: (request, writing = {}) => calls.create(request, writing),
    read: (id: string, when: When = {}, reading: Reading = {}) =>
      readTagged(calls, id, { ...when, format: "json" }, reading, async (response) => {
        return (await response.json()) as DocumentReply;
      }) as Promise<DocumentReply>,
    readAs: (id: string, format: Format, when: When = {}, reading: Reading = {}) =>
      readTagged(calls, id, { ...when, format }, reading, async (response, tag) => ({
        ...tag,
        content: await response.text(),
      })) as Promise<Written>,
    version: async (id, when = {}, reading = {}) => (await readTag(calls, id, when, reading)).version,
    role: async (id, reading = {}) => {
      const { role } = await calls.get<RoleReply>(pathOf("role", { id }), {}, reading);
      return role;
    },
    delete: (id, { signal } = {}) =>
      calls.send({ method: "DELETE", path: pathOf("document", { id }), repeatable: true, signal }),
  };
}
