// Documents made, read, changed by ops, listed and deleted.

import { OtError } from "../../ot/index.js";
import { Fault, type Random } from "../../protocol/index.js";
import { readContents, writeSnapshot } from "../formats/index.js";
import { allowOp, allowSnapshot } from "../policy.js";
import type { Ledger } from "../ports.js";
import { mintDocumentId, mintId } from "../tickets.js";
import { types } from "../types.js";
import { asOne, PAGE, preview } from "./submitting.js";
import { documentText } from "./text.js";
import type { By, Documents } from "./types.js";

export { documentText } from "./text.js";
export type * from "./types.js";

const LISTED = 50;
const PROGRAM = "program";
const authorOf = (by: By | undefined) => by?.author ?? PROGRAM;

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

    async create({ id = mintDocumentId(random), type, ...contents }, by) {
      const given = readContents(type, contents);
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
        as: (format) => writeSnapshot(type, snapshot, format),
      };
    },

    async submit(id, { version, op, ops, dryRun }, by) {
      const head = await ledger.head(id);
      if (head === undefined) throw new Fault("forbidden", "There is no such document.");
      const one = spoken(() => asOne(head.type, op, ops));
      allowOp(head.type, one);
      const base = version ?? head.version;
      if (dryRun === true) return await preview(ledger, id, base, one).catch(asFault);
      if (one.length === 0) return { version: head.version, op: [] };
      const made = await ledger.submit(id, { version: base, src, seq: ++seq, op: one, author: authorOf(by) });
      const [committed] = await ledger.ops(id, made - 1, 1);
      if (committed === undefined) throw new Fault("forbidden", "The document was deleted meanwhile.");
      return { version: made, op: committed.op };
    },

    async ops(id, { from = 0, to } = {}) {
      const head = await ledger.head(id);
      if (head === undefined) throw new Fault("forbidden", "There is no such document.");
      const last = Math.min(to ?? head.version, head.version);
      if (to !== undefined && to < from) throw new Fault("message_malformed", "to must not be before from.");
      const ops =
        last <= from && from <= head.version
          ? []
          : await ledger.ops(id, from, Math.min(PAGE, Math.max(1, last - from)));
      return { ops, head: head.version };
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
    return asFault(error);
  }
}

function asFault(error: unknown): never {
  if (error instanceof OtError) throw new Fault(error.code, error.message);
  throw error;
}
