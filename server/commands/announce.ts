// `interline announce`: tells everybody who has a document open something, and those who come while it lasts. It writes to
// the database that the servers share, and they hear of it within two seconds.

import { Fault, systemClock } from "../../protocol/index.js";
import { soloBus } from "../cluster/bus.js";
import { offlineTypes } from "../ledger/offline.js";
import { createLog } from "../log.js";
import { type NewsDesk, openNews } from "../news.js";
import { exitCodes, ofStorage, StartupError } from "../startup.js";
import { openStorage, type StorageAdapter, StorageError } from "../storage/index.js";
import { lockFile } from "../storage/sqlite/file.js";
import { systemRandom } from "../tickets.js";
import { parse } from "./arguments.js";
import { durationMs } from "./moment.js";
import { secretOf } from "./secrets.js";
import { counted, existingStore, noWords, oneWord, storeOptions } from "./store.js";

const help = `interline announce TEXT: tells everybody who is connected, and who connects while it lasts

  --for TIME            how long it lasts, such as 90s, 10m, 2h or 1d   (until it is taken back)
  --take-back           takes back what was announced, instead of a TEXT
  --id ID               only this announcement
  --data FOLDER         where documents are kept                        (./data)
  --database ADDRESS    postgres://…, which running servers share; or sqlite:PATH
  --database-file FILE  the file where the ADDRESS stands, for no list of processes to show
  --json                say it for a program
  --help

  Prints the announcement's id. Exits with ${exitCodes.stopped} when it is written, with ${exitCodes.not_found} if there is nothing to take back. A SQLite
  database belongs to the server that has it open, which exits ${exitCodes.database_in_use} tells: there, the program that runs the server calls
  its announce().
`;

const options = {
  ...storeOptions,
  for: { type: "string" },
  "take-back": { type: "boolean" },
  id: { type: "string" },
} as const;

async function open(database: string): Promise<StorageAdapter> {
  try {
    return await openStorage(database, {
      types: offlineTypes(),
      clock: systemClock,
      log: createLog("error"),
    });
  } catch (error) {
    throw error instanceof StorageError ? ofStorage(error) : error;
  }
}

/** Demands a file that no server has open. @throws StartupError `database_in_use`, with the way that is left */
function demandFree(path: string): string {
  try {
    lockFile(path).close();
    return path;
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    if (error.code !== "locked") throw ofStorage(error);
    throw new StartupError(
      "database_in_use",
      `${path} is in use by a server. One over SQLite announces by itself: the program that runs it calls its announce(), as docs/operate.md explains.`,
      { cause: error },
    );
  }
}

/** The news of a database, for one call. */
async function withNews<Result>(
  database: string,
  work: (news: NewsDesk) => Promise<Result>,
): Promise<Result> {
  const storage = await open(database);
  try {
    const news = await openNews({
      store: storage.news,
      bus: soloBus("command"),
      clock: systemClock,
      random: systemRandom,
      intervalMs: 0,
      connected: () => false,
      revoked: async () => {},
      announced: () => {},
      failed: () => {},
    });
    return await work(news);
  } catch (error) {
    if (error instanceof StorageError) throw ofStorage(error);
    throw error instanceof Fault ? new StartupError("bad_option", error.message) : error;
  } finally {
    await storage.close();
  }
}

export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args, options);
  if (values.help) return console.log(help);
  const { id, json = false } = values;
  const address = secretOf("database", values.database, values["database-file"]) ?? "";
  const database = /^postgres(ql)?:/.test(address)
    ? address
    : `sqlite:${demandFree(existingStore(values).path!)}`;
  if (values["take-back"]) {
    noWords(positionals);
    const takenBack = await withNews(database, (news) => news.takeBack(id));
    if (takenBack === 0) throw new StartupError("not_found", "Nothing of the kind is announced.");
    return console.log(
      json ? JSON.stringify({ takenBack }) : `${counted(takenBack, "announcement")} taken back.`,
    );
  }
  const text = oneWord(positionals, "text, in quotes");
  const until = values.for === undefined ? undefined : systemClock.now() + durationMs("for", values.for);
  const made = await withNews(database, (news) =>
    news.announce({ text, ...(until === undefined ? {} : { until }) }),
  );
  console.log(json ? JSON.stringify({ id: made }) : made);
}
