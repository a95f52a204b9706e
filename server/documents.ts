// Documents for programs: what the HTTP API and an integrator's own server code do with them. Here everything is
// allowed; who may do what is decided by whoever calls.

import { OtError } from "../ot/index.js";
import {
  type DocumentType,
  Fault,
  type NewDocument,
  type Op,
  type Random,
  type Version,
} from "../protocol/index.js";
import { allowOp, allowSnapshot } from "./policy.js";
import type { DocumentHead, DocumentSummary, Ledger } from "./ports.js";
import { mintDocumentId, mintId } from "./tickets.js";
import { types } from "./types.js";

export interface Documents {
  /** The documents by last change, newest first, at most `limit`; `cursor` continues a list. */
  list(query?: { readonly search?: string; readonly cursor?: string; readonly limit?: number }): Promise<{
    readonly documents: readonly DocumentSummary[];
    readonly cursor?: string;
  }>;
  /** Makes a document at version 1. @throws Fault `document_exists` | `op_malformed` | `bad_url` | … */
  create(document: NewDocument, author?: string): Promise<DocumentHead & { readonly id: string }>;
  /** The document at its head, or undefined if there is none. */
  read(id: string): Promise<ReadDocument | undefined>;
  /**
   * Commits an op made at `version`, or at the head if that is not given, past what came after it.
   *
   * @returns the version it made; it is durable
   * @throws Fault `forbidden` if there is no such document, or why the op is refused
   */
  submit(
    id: string,
    op: Op,
    options?: { readonly version?: Version; readonly author?: string },
  ): Promise<Version>;
  /** Deletes the document; whoever has it open is told. @throws Fault `forbidden` if there is no such document */
  delete(id: string, author?: string): Promise<void>;
}

export interface ReadDocument extends DocumentHead {
  /** In wire form. */
  readonly snapshot: unknown;
  /** Embeds left out, a line for each block. */
  readonly text: string;
}

const LISTED = 50;
const PROGRAM = "program";

/** @param deleted  is told of every document that is deleted here */
export function createDocuments(
  ledger: Ledger,
  random: Random,
  deleted: (doc: string) => void = () => {},
): Documents {
  // Ops of programs are named like any client's: an id of this run, and a count.
  const src = mintId(random);
  let seq = 0;

  return {
    async list({ search, cursor, limit = LISTED } = {}) {
      return ledger.list({
        limit,
        ...(search === undefined ? {} : { search }),
        ...(cursor === undefined ? {} : { cursor }),
      });
    },

    async create({ id = mintDocumentId(random), type, text, snapshot }, author = PROGRAM) {
      const given = snapshot ?? (text === undefined ? types[type].empty : types[type].fromText(text));
      const wire = spoken(() => types[type].create(given).toJSON());
      spoken(() => types[type].checkWire(wire));
      allowSnapshot(type, wire);
      try {
        return { id, ...(await ledger.create(id, type, wire, author)) };
      } catch (error) {
        if (!(error instanceof Fault && error.code === "busy" && (await ledger.head(id)) !== undefined))
          throw error;
        throw new Fault("document_exists", "There is a document of that name already.");
      }
    },

    async read(id) {
      const found = await ledger.read(id);
      if (found === undefined) return undefined;
      const { type, epoch, version, snapshot } = found;
      // A document may be large: each form is made when it is asked for.
      return {
        type,
        epoch,
        version,
        get snapshot() {
          return snapshot.toJSON();
        },
        get text() {
          return documentText(type, snapshot);
        },
      };
    },

    async submit(id, op, { version, author = PROGRAM } = {}) {
      const head = await ledger.head(id);
      if (head === undefined) throw new Fault("forbidden", "There is no such document.");
      spoken(() => types[head.type].checkOp(op));
      allowOp(head.type, op);
      return ledger.submit(id, { version: version ?? head.version, src, seq: ++seq, op, author });
    },

    async delete(id, author = PROGRAM) {
      await ledger.delete(id, author);
      deleted(id);
    },
  };
}

/** What the types throw, as a fault. */
function spoken<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof OtError) throw new Fault(error.code, error.message);
    throw error;
  }
}

/** A rich document's first marker begins its first line; it is no empty line before it. */
export function documentText(type: DocumentType, snapshot: { toString(): string }): string {
  const text = snapshot.toString();
  return type === "rich" && text.startsWith("\n") ? text.slice(1) : text;
}
