// Names of versions, kept as records of the document: they belong to its present life and go with it.

import { type Clock, Fault, type NamedVersion } from "../../protocol/index.js";
import type { Beside, Kept, Ledger } from "../ports.js";
import { NAMED_VERSION, versionKey } from "../storage/records.js";
import { oneLine } from "../words.js";
import { demandHead, demandLife } from "./lives.js";
import type { By, Names, People } from "./types.js";

/** The longest name, in code points, and how many versions of a document may have one. */
const NAME_LENGTH = 200;
const NAMES = 1000;
const PAGE = 200;

export interface NamesOptions {
  readonly ledger: Ledger & { readonly beside: Beside };
  readonly people: People;
  readonly clock: Clock;
  /** Is told before a version gets a name, and waited for. */
  readonly naming?: (doc: string, named: NamedVersion) => Promise<void>;
}

export function createNames({ ledger, people, clock, naming = async () => {} }: NamesOptions): Names {
  const { beside } = ledger;

  async function headFor(id: string, by: By | undefined) {
    const head = await ledger.head(id);
    if (head === undefined) throw missing();
    demandHead(head, by);
    return head;
  }

  async function all(document: string): Promise<readonly Kept[]> {
    const found: Kept[] = [];
    for (let after = ""; ; ) {
      const page = await beside.records({ kind: NAMED_VERSION, document, after, limit: PAGE });
      found.push(...page);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return found;
      after = last.key;
    }
  }

  return {
    async versions(id) {
      const [head, found] = await Promise.all([ledger.head(id), all(id)]);
      if (head === undefined) throw missing();
      const versions = found.map(namedFrom).reverse();
      return { versions, authors: await people.authors(versions.map(({ author }) => author)) };
    },

    async name(id, { name: given, version: wanted, epoch }, by) {
      const head = await headFor(id, by);
      demandLife(head, epoch);
      const name = oneLine(given, NAME_LENGTH + 1) ?? "";
      const length = Array.from(name).length;
      if (length === 0 || length > NAME_LENGTH)
        throw new Fault("op_malformed", `A version's name has 1 to ${NAME_LENGTH} characters.`, {
          details: { length, nameLength: NAME_LENGTH },
        });
      const version = wanted ?? head.version;
      if (version > head.version) throw new Fault("version_ahead", "The document has no such version yet.");
      const began = await beside.began(id);
      if (began === undefined || version < began.version || !Number.isSafeInteger(version))
        throw new Fault("version_unknown", "The document, as it is now, never had that version.");
      const kept = await all(id);
      const key = versionKey(version);
      if (kept.length >= NAMES && !kept.some((row) => row.key === key))
        throw new Fault("op_too_complex", "Too many versions of this document have names.", {
          details: { names: NAMES },
        });
      const named = { version, name, author: by?.author ?? "program", time: clock.now() };
      await naming(id, named);
      const value = JSON.stringify({ name, author: named.author });
      const row = { kind: NAMED_VERSION, document: id, key, value, time: named.time };
      // The life that it was in may have ended.
      if (!(await beside.put(row, { epoch: head.epoch }))) throw missing();
      return named;
    },

    async unname(id, version, by) {
      const { epoch } = await headFor(id, by);
      const key = versionKey(version);
      await beside.delete({ kind: NAMED_VERSION, document: id, key }, { epoch });
    },
  };
}

function namedFrom({ key, value, time }: Kept): NamedVersion {
  const { name, author } = JSON.parse(value) as Pick<NamedVersion, "name" | "author">;
  return { version: Number(key), name, author, time };
}

const missing = () => new Fault("forbidden", "There is no such document.");
