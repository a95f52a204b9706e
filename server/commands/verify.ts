// `interline verify`: holds a store against itself and says what it finds, a line for each finding. It only reads, so a
// server may go on writing meanwhile.

import { COLLECTION } from "../ledger/backend.js";
import { type Verdict, verifyWhole } from "../ledger/offline.js";
import { exitCodes, StartupError } from "../startup.js";
import type { Finding } from "../storage/index.js";
import type { Store } from "../storage/store.js";
import type { NoteUpkeep } from "../storage/upkeep.js";
import { parse } from "./arguments.js";
import { counted, existingStore, noWords, storeHelp, storeOptions } from "./store.js";

const help = `interline verify: is every document what was written?

  --deep                also replay every history, and compare it with all that was made of it
  --doc ID              only this document
${storeHelp}

  A line for each finding; exits with ${exitCodes.stopped} if there is none, with ${exitCodes.damage_found} if there is one. A server may be running.
`;

const options = { ...storeOptions, deep: { type: "boolean" }, doc: { type: "string" } } as const;

export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args, options);
  if (values.help) return console.log(help);
  noWords(positionals);
  const { deep = false, doc, json = false } = values;
  const store = existingStore(values);
  if (doc !== undefined) await demandDocument(store, doc);

  const findings: Finding[] = [];
  const began = Date.now();
  const found = (finding: Finding) => void (json ? findings.push(finding) : console.log(sentenceOf(finding)));
  const verdict = await verifyWhole(store, { deep, doc, found });
  console.log(
    json ? JSON.stringify({ database: store.where, deep, ...verdict, findings }) : summaryOf(verdict),
  );
  await note(store, ({ findings, ...before }) => ({
    ...before,
    ...(doc === undefined ? { verified: began } : {}),
    findings: findings + verdict.findings,
  }));
  if (verdict.findings > 0) process.exitCode = exitCodes.damage_found;
}

/** Notes what was done, for the metrics of the server; what was done is done, whether that is possible or not. */
export async function note(store: Store, what: NoteUpkeep): Promise<void> {
  await store.note(what).catch((error: Error) => {
    console.error(`A server of ${store.where} will not know of it: ${error.message}`);
  });
}

async function demandDocument(store: Store, doc: string): Promise<void> {
  if ((await store.read((reader) => reader.stored(COLLECTION, doc))) === undefined)
    throw new StartupError("not_found", `There is no document ${doc}.`);
}

/** A finding as a line. */
export function sentenceOf({ id, version, message }: Finding): string {
  const where = [...(id === "" ? [] : [id]), ...(version === undefined ? [] : [`version ${version}`])];
  return where.length === 0 ? message : `${where.join(", ")}: ${message}`;
}

/** The last line: how much was looked at, and whether all is well. */
export function summaryOf({ documents, ops, snapshots, receipts, findings }: Verdict): string {
  const looked = [
    counted(documents, "document"),
    counted(ops, "op"),
    counted(snapshots, "snapshot"),
    counted(receipts, "receipt"),
  ];
  return `${looked.join(", ")}: ${findings === 0 ? "no damage" : counted(findings, "finding")}.`;
}
