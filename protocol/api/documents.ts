// Documents made, read and listed, and what is said with any of their versions.

import type { DocumentType, Epoch, Version } from "../messages.js";
import type { Role } from "../roles.js";

/** A form that a document is read and written in. `json` is the wire form of its snapshot. */
export type Format = "json" | "text" | "markdown" | "html";

/** A document's contents, in one form. A new document may be given none, and is empty. */
export interface Contents {
  readonly text?: string;
  readonly markdown?: string;
  readonly html?: string;
  readonly snapshot?: unknown;
}

export interface CreateRequest extends Contents {
  /** Made up if it is not given. */
  readonly id?: string;
  readonly type: DocumentType;
}

export interface DocumentHeadReply {
  readonly id: string;
  readonly type: DocumentType;
  readonly version: Version;
  readonly epoch: Epoch;
}

/** The answer of a read in the form `json`. */
export interface DocumentReply extends DocumentHeadReply {
  readonly snapshot: unknown;
}

/** What the one who asks is to a document. */
export interface RoleReply {
  readonly role: Role;
}

export interface ListedDocumentReply {
  readonly id: string;
  readonly type: DocumentType;
  readonly version: Version;
  readonly title: string;
  /** The user who made it; absent if that is not known any more. */
  readonly owner?: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface ListReply {
  /** Of a search there may be few or none, and more behind the cursor all the same. */
  readonly documents: readonly ListedDocumentReply[];
  /** Continues the list; absent at its end. */
  readonly cursor?: string;
}

/** User id → who that is, for all users that an answer names. A colour is an index into the palette. */
export type Authors = { readonly [user: string]: { readonly name: string; readonly color: number } };
