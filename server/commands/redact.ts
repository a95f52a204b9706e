// `interline redact`: takes content out of a document's history. An op cannot go alone, since all later ones were made
// against it: the whole history up to now goes, and what the document shows now stands in for it. A signed record says that
// this was done, when and why.
//
// What the options mean by a range or an author is looked up and told, so that nobody redacts a document that never had it.

import { systemClock } from "../../protocol/index.js";
import { COLLECTION } from "../ledger/backend.js";
import { offlineTypes, verifyWhole } from "../ledger/offline.js";
import { exitCodes, StartupError } from "../startup.js";
import { mintEpoch } from "../storage/chain.js";
import { countOps, owning, textNow } from "../storage/offline.js";
import type { Store, StoreReader } from "../storage/store.js";
import { parse } from "./arguments.js";
import { existingStore, oneWord, storeHelp, storeOptions } from "./store.js";
import { sentenceOf } from "./verify.js";

const help = `interline redact ID: takes what was written out of a document's history

  --reason TEXT         why; kept in a signed record
  --from V --to V       what is meant: what these versions wrote
  --all-before V        or what all versions before that wrote
  --user AUTHOR         or what this author wrote
  --erase               delete the document as well; else what it shows now stays
${storeHelp}

  All of the history goes, whatever is meant; without any of these options all of it is meant. Take out of the text first
  what is to go from there. Backups are not touched, nor what clients have. No server may have a SQLite file open; over
  PostgreSQL they may run.
  It exits with ${exitCodes.not_found} if there is no such document, or nothing in its history that is meant.
`;

const options = {
  ...storeOptions,
  reason: { type: "string" },
  from: { type: "string" },
  to: { type: "string" },
  "all-before": { type: "string" },
  user: { type: "string" },
  erase: { type: "boolean" },
} as const;

export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args, options);
  if (values.help) return console.log(help);
  const id = oneWord(positionals, "document");
  const { reason, erase = false, json = false } = values;
  if (reason === undefined || reason.trim() === "")
    throw new StartupError("bad_option", "Say with --reason why; it is kept.");
  const meant = meantBy(values);
  const store = existingStore(values);

  const facts = await redact(store, id, meant, reason, erase);
  const findings: string[] = [];
  await verifyWhole(store, {
    deep: true,
    doc: id,
    found: (finding) => void findings.push(sentenceOf(finding)),
  });
  if (findings.length > 0) throw new StartupError("damage_found", findings.join(" "));
  const left = erase ? "the document is deleted" : "what it shows now has stayed";
  const said = `The history of ${id} up to version ${facts.version} is gone, ${facts.ops} of its ops being meant; ${left}.`;
  console.log(json ? JSON.stringify({ ...facts, erased: erase }) : said);
}

interface Facts {
  readonly document: string;
  readonly version: number;
  /** How many of the ops that went were meant. */
  readonly ops: number;
  readonly epoch: string;
}

/** @throws StartupError | StorageError */
function redact(store: Store, id: string, meant: Meant, reason: string, erase: boolean): Promise<Facts> {
  return owning(store, async (own) => {
    let facts: Facts | undefined;
    await own.redact(COLLECTION, id, async (reader) => {
      const { head, ops, now, redacted } = await look(reader, id, meant);
      const { version, chain } = head;
      // A redaction that was broken off after this much is finished now.
      const unfinished = redacted && head.pruned === version && !erase;
      // Without its history a document can still be erased.
      if (ops === 0 && !unfinished && !(erase && meant.text === everything)) {
        const sentence = `The history of ${id} has nothing that is meant by: ${meant.text}.`;
        throw new StartupError("not_found", sentence);
      }
      const epoch = unfinished ? head.epoch : mintEpoch();
      facts = { document: id, version, ops, epoch };
      if (unfinished) return undefined;
      const redaction = { version, chain, meant: meant.text, reason, time: systemClock.now() };
      return { redaction, now: erase ? { type: null, data: null } : now, epoch };
    });
    await own.forget();
    return facts!;
  });
}

const everything = "all of it";

interface Meant {
  readonly text: string;
  readonly fits: (version: number, author: string) => boolean;
}

type Values = ReturnType<typeof parse<typeof options>>["values"];

/** @throws StartupError `bad_option` */
function meantBy({ from, to, "all-before": before, user }: Values): Meant {
  const given = [from ?? to, before, user].filter((option) => option !== undefined);
  if (given.length > 1 || (from === undefined) !== (to === undefined))
    throw new StartupError(
      "bad_option",
      "Give --from with --to, or --all-before, or --user, or none of them.",
    );
  if (from !== undefined && to !== undefined) {
    const first = versionOf("from", from);
    const last = versionOf("to", to);
    if (first > last) throw new StartupError("bad_option", "--from must not be beyond --to.");
    return { text: `versions ${first} to ${last}`, fits: (version) => version >= first && version <= last };
  }
  if (before !== undefined) {
    const end = versionOf("all-before", before);
    return { text: `versions before ${end}`, fits: (version) => version < end };
  }
  if (user !== undefined) return { text: `what ${user} wrote`, fits: (_, author) => author === user };
  return { text: everything, fits: () => true };
}

function versionOf(option: string, text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new StartupError("bad_option", `--${option} must be a version, not ${text}.`);
}

/** What is there to go, and what stays. @throws StartupError `not_found` */
async function look(store: StoreReader, id: string, { fits }: Meant) {
  const head = await store.stored(COLLECTION, id);
  if (head === undefined) throw new StartupError("not_found", `There is no document ${id}.`);
  const ops = await countOps(store, COLLECTION, id, fits);
  const now = await textNow(store, offlineTypes(), COLLECTION, id);
  const redacted = (await store.redactions()).some((redaction) => redaction.id === id);
  return { head, ops, now, redacted };
}
