// Documents made, read, changed by ops, listed and deleted.

import { OtError } from "../../ot/index.js";
import { type DocumentType, Fault, type Random } from "../../protocol/index.js";
import { allowOp, allowSnapshot } from "../policy.js";
import type { Ledger } from "../ports.js";
import { mintDocumentId, mintId } from "../tickets.js";
import { types } from "../types.js";
import type { By, Core } from "./types.js";

const LISTED = 50;
const PROGRAM = "program";
const authorOf = (by: By | string | undefined) => (typeof by === "string" ? by : by?.author) ?? PROGRAM;

/** @param deleted  is told of every document that is deleted here */
export function createCore(ledger: Ledger, random: Random, deleted: (doc: string) => void = () => {}): Core {
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

    async create({ id = mintDocumentId(random), type, text, snapshot }, by) {
      const given = snapshot ?? (text === undefined ? types[type].empty : types[type].fromText(text));
      const wire = spoken(() => types[type].create(given).toJSON());
      spoken(() => types[type].checkWire(wire));
      allowSnapshot(type, wire);
      try {
        return { id, ...(await ledger.create(id, type, wire, authorOf(by))) };
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
        as() {
          throw new Fault("unavailable", "Not built yet.");
        },
      };
    },

    async submit(id, { version, op = [] }, by) {
      const head = await ledger.head(id);
      if (head === undefined) throw new Fault("forbidden", "There is no such document.");
      spoken(() => types[head.type].checkOp(op));
      allowOp(head.type, op);
      const made = await ledger.submit(id, {
        version: version ?? head.version,
        src,
        seq: ++seq,
        op,
        author: authorOf(by),
      });
      return { version: made, op };
    },

    async ops() {
      throw new Fault("unavailable", "Not built yet.");
    },

    async delete(id, by) {
      await ledger.delete(id, authorOf(by));
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
