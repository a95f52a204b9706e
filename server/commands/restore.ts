// `interline restore`: the whole store as a backup has it, or one document as it was. One document comes back by one more op
// at the end of its history; the whole store by the backup taking the place of the file, which is kept.
//
// A backup is copied and verified before anything is replaced. Every document of it begins another life, so that whoever
// knows later versions than the backup has looks anew, and rescues what he has, instead of taking one version for another.

import { existsSync, realpathSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { Fault, systemClock } from "../../protocol/index.js";
import { openLedger } from "../ledger/index.js";
import { offlineTypes, verifyWhole } from "../ledger/offline.js";
import {
  type Moment,
  OtherType,
  type PastDocument,
  pastDocument,
  restoreDocument,
} from "../ledger/restore.js";
import { defaultLimits } from "../limits.js";
import { createLog } from "../log.js";
import { exitCodes, StartupError } from "../startup.js";
import { StorageError, type StorageErrorCode } from "../storage/errors.js";
import { type Lasting, lastingOf, pastReader, renewFile } from "../storage/offline.js";
import {
  copyDatabase,
  demandReadable,
  foldLog,
  removeDatabase,
  removeUnfinished,
  replaceDatabase,
  unfinishedOf,
} from "../storage/sqlite/copy.js";
import { lockFile } from "../storage/sqlite/file.js";
import { makeFolder, unmakeFolder } from "../storage/sqlite/folder.js";
import { sqliteStore } from "../storage/sqlite/store.js";
import type { Store } from "../storage/store.js";
import { mintId, systemRandom } from "../tickets.js";
import { parse } from "./arguments.js";
import { momentOf } from "./moment.js";
import { existingStore, fileOf, noWords, storeHelp, storeNamed, storeOf, storeOptions } from "./store.js";
import { sentenceOf, summaryOf } from "./verify.js";

const help = `interline restore: as it was

  --from BACKUP         the whole store as this backup has it; the file that was there is kept beside it
  --doc ID --to MOMENT  one document as it was, by one more op: a version, or a time as ISO 8601 or in milliseconds
  --doc ID --from BACKUP  the same from what a backup has of it, at --to or at its end
  ID VERSION --server URL  a document of a running server; see interline restore ID --help
${storeHelp}

  No server may have a SQLite file open; over PostgreSQL they may run, and a whole store is restored by pg_restore and
  interline renew. A backup that is not whole replaces nothing; it exits with ${exitCodes.file_refused} then.
`;

const options = {
  ...storeOptions,
  from: { type: "string" },
  to: { type: "string" },
  doc: { type: "string" },
} as const;

export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args, options);
  if (values.help) return console.log(help);
  noWords(positionals);
  const { from, to, doc, json = false } = values;
  if (from !== undefined && !isAddress(from) && !existsSync(from))
    throw new StartupError("not_found", `There is no file ${from}.`);
  const say = (sentence: string, facts: object) => console.log(json ? JSON.stringify(facts) : sentence);

  if (doc !== undefined) {
    if (from === undefined && to === undefined)
      throw new StartupError(
        "bad_option",
        "Say with --to at which version or time, or with --from where it is.",
      );
    const moment = to === undefined ? undefined : momentOf(to);
    const restored = await restoreOne(existingStore(values), doc, from, moment);
    const { from: was, version, changed } = restored;
    const sentence = changed
      ? `${doc} is at version ${version} what it was at version ${was}.`
      : `${doc} is what it was at version ${was}; nothing was written.`;
    return say(sentence, { document: doc, ...restored });
  }

  if (from === undefined)
    throw new StartupError("bad_option", "Say with --from which backup, or with --doc which document.");
  if (to !== undefined)
    throw new StartupError(
      "bad_option",
      "A backup is restored as it is; --to goes with --doc, for one document.",
    );
  const { kept, lost, redactAgain, ...verdict } = await restoreAll(
    fileOf(storeOf(values), dumpInstead),
    from,
  );
  const said = [
    `Restored ${from}. ${summaryOf(verdict)}`,
    ...(kept === undefined ? [] : [`What was there is in ${kept}.`]),
    ...(lost ? ["It could not be read: what was revoked since the backup must be revoked again."] : []),
    ...(redactAgain.length === 0
      ? []
      : [`Redacted since the backup, and to be redacted again: ${redactAgain}.`]),
  ];
  say(said.join("\n"), { restored: from, kept, lost, redactAgain, ...verdict });
}

async function restoreAll(given: string, from: string) {
  // What cannot be read as a store is refused before there is a folder, or a lock, of one.
  await ofBackup(from, from, () => demandReadable(from));
  const made = makeFolder(dirname(given));
  const lock = lockFile(given);
  const { path } = lock;
  const next = unfinishedOf(path);
  try {
    removeUnfinished(path, from);
    if (existsSync(path) && realpathSync(from) === path)
      throw new StartupError("bad_option", "That is the store itself.");
    await ofBackup(from, next, () => copyDatabase(from, next));
    foldLog(path);
    const present = existsSync(path);
    const before: Lasting | undefined = present
      ? await lastingOf(sqliteStore(path))
      : { revocations: [], redactions: [] };
    const verdict = await ofBackup(from, next, async () => {
      await renewFile(next, before?.revocations ?? []);
      return verifyWhole(sqliteStore(next), {
        deep: false,
        found: (finding) => console.error(sentenceOf(finding)),
      });
    });
    if (verdict.findings > 0)
      throw new StartupError("file_refused", `${from} is damaged; the store was left as it is.`);
    const known = new Set((await lastingOf(sqliteStore(next)))?.redactions.map(({ record }) => record));
    const undone = before?.redactions.filter(({ record }) => !known.has(record)).map(({ id }) => id) ?? [];
    const kept = present ? freeName(path) : undefined;
    replaceDatabase(path, next, kept);
    return { ...verdict, kept, lost: before === undefined, redactAgain: [...new Set(undone)] };
  } finally {
    removeDatabase(next);
    lock.close();
    if (made !== undefined && !existsSync(path)) {
      rmSync(`${path}-lock`, { force: true });
      unmakeFolder(dirname(given), made);
    }
  }
}

/** What is wrong with a file as a store; what may be wrong with the disk or the folder is not among it. */
const ofFile: ReadonlySet<StorageErrorCode> = new Set([
  ...(["not_a_database", "corrupt", "schema_newer", "schema_older"] as const),
]);

/**
 * Does something with a backup, or with `copy`, which is one of it.
 *
 * @throws StartupError `file_refused`, with a sentence that names the backup, if it is no whole one
 */
async function ofBackup<Result>(
  from: string,
  copy: string,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StorageError) || !ofFile.has(error.code)) throw error;
    const sentence = `${error.message.replace(copy, from).replace(/\.$/, "")}; the store was left as it is.`;
    throw new StartupError("file_refused", sentence, { cause: error });
  }
}

/** A name beside the store that says when, and is not taken. */
function freeName(path: string): string {
  const time = new Date(systemClock.now()).toISOString().replace(/[-:]|\.\d+/g, "");
  for (let number = 1; ; number++) {
    const name = `${path}.before-${time}${number === 1 ? "" : `-${number}`}`;
    if (!existsSync(name)) return name;
  }
}

async function restoreOne(store: Store, doc: string, from: string | undefined, moment: Moment | undefined) {
  const ledger = await openLedger({
    database: store.address,
    relay: () => {},
    clock: systemClock,
    documentAtoms: defaultLimits.documentAtoms,
    log: createLog("error"),
  });
  try {
    const past = from === undefined ? await ledger.past(doc, moment!) : await pastInBackup(from, doc, moment);
    return await restoreDocument(ledger, doc, past, {
      author: "operator",
      src: mintId(systemRandom),
      seq: 1,
    });
  } catch (error) {
    throw refusal(doc, error);
  } finally {
    await ledger.close();
  }
}

function pastInBackup(from: string, doc: string, moment: Moment | undefined): Promise<PastDocument> {
  const past = (backup: Store) =>
    backup.read((reader) => pastDocument(pastReader(reader, offlineTypes()), doc, moment));
  if (isAddress(from)) return past(storeNamed(from));
  return ofBackup(from, from, () => {
    demandReadable(from);
    return past(sqliteStore(from));
  });
}

/** A backup may be a database of PostgreSQL's, into which a dump was restored. */
const isAddress = (from: string) => /^postgres(ql)?:/.test(from);

const dumpInstead =
  "PostgreSQL restores what it keeps itself: pg_restore --clean --if-exists and the database's address, then interline renew; docs/operate.md says how.";

/** What the ledger says, to an operator. */
function refusal(doc: string, error: unknown): unknown {
  if (error instanceof OtherType) return new StartupError("file_refused", error.message);
  if (!(error instanceof Fault)) return error;
  const sentences: { readonly [code: string]: string | undefined } = {
    forbidden: `There is no document ${doc}.`,
    version_ahead: `${doc} has no such version yet.`,
    version_unknown: `The history of ${doc} from then is not kept any more.`,
    document_deleted: `${doc} did not exist then.`,
  };
  const sentence = sentences[error.code];
  return sentence === undefined
    ? new StartupError("unexpected", error.message, { cause: error })
    : new StartupError("not_found", sentence);
}
