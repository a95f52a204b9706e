// `interline migrate`, between real SQLite files and a real PostgreSQL: there and back, killed on the way, and
// from under a node that serves.

import { createHash } from "node:crypto";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { exitCodes } from "../../server/index.js";
import { COLLECTION } from "../../server/ledger/backend.js";
import { exportHistory } from "../../server/storage/export.js";
import { createEncoder } from "../../server/storage/history-file.js";
import { owning, storeAt } from "../../server/storage/offline.js";
import { SqliteLog } from "../../server/storage/sqlite/log.js";
import { figure } from "../figures.js";
import { seed } from "../seed.js";
import { connectRaw, runCli, sleep, startChild, tempFolder, until } from "../server/harness.js";
import { random } from "../stack/draws.js";
import { failure } from "../storage/documents.js";
import { postgresForAll } from "../storage/postgres.js";
import { databaseStore } from "./databases.js";
import { interline, newStore, refused, type Store, succeeds, type } from "./support.js";

const DOCUMENTS = 210;
const KILLS = 10;
const ASTRAL = "👨‍👩‍👧 é — ‏שלום 👻";

/** Documents of every kind that there is. */
async function filled(): Promise<Store> {
  const store = await newStore();
  await store.use(async (ledger) => {
    const make = async (at: number) => {
      const doc = `note-${at}`;
      const kind = at % 7;
      const rich = kind < 3;
      await ledger.create(doc, rich ? "rich" : "plain", rich ? ["\nTitle"] : kind === 3 ? "" : ASTRAL, "ann");
      if (kind === 3) return;
      const ops = Array.from({ length: at % 5 }, (_, n) => (rich ? [1, `${n}${ASTRAL}`] : [`${n}👻`]));
      await type(ledger, doc, ops);
      if (kind === 4 || kind === 5) await ledger.delete(doc, "bo");
      if (kind === 5) await ledger.create(doc, "rich", ["\nanother life"], "bo");
    };
    for (let from = 0; from < DOCUMENTS; from += 30)
      await Promise.all(Array.from({ length: 30 }, (_, at) => make(from + at)));
    await ledger.create("large", "plain", "", "ann");
    await type(ledger, "large", [["x👻".repeat(100_000)]]);
    await ledger.create("long", "rich", ["\nlong"], "ann");
    await type(
      ledger,
      "long",
      Array.from({ length: 220 }, (_, at) => [1, `${at} `]),
    );
  });
  const log = await SqliteLog.open(store.path);
  expect(await log.prune(COLLECTION, "long", 120)).to.equal(120);
  await log.close();
  await succeeds("redact", "note-9", "--reason", "law", "--data", store.data);
  await succeeds("redact", "note-8", "--reason", "law", "--erase", "--data", store.data);
  return store;
}

/** Document → a hash of what it exports, or of its row if it is deleted; with the life that it is in. */
async function contents(address: string): Promise<ReadonlyMap<string, string>> {
  return storeAt(address).read(async (reader) => {
    const found = new Map<string, string>();
    const documents = await reader.documents(0, 1000);
    for (const { collection, id } of documents) {
      const { epoch, digest } = (await reader.stored(collection, id))!;
      const hash = createHash("sha256").update(epoch).update(digest);
      const encode = createEncoder();
      for await (const record of (await exportHistory(reader, collection, id)) ?? [])
        hash.update(encode(record));
      for (const receipt of await reader.receipts(collection, id, undefined, 1000)) hash.update(receipt.src);
      found.set(id, hash.digest("hex"));
    }
    return found;
  });
}

const differing = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>) =>
  [...a].filter(([id, hash]) => b.get(id) !== hash).length + Math.abs(a.size - b.size);

describe("interline migrate", () => {
  const postgres = postgresForAll();
  let whole: Store;
  let originally: ReadonlyMap<string, string>;
  before(async () => {
    whole = await filled();
    originally = await contents(`sqlite:${whole.path}`);
  });

  /** The same store once more, as a file of its own. */
  async function again(): Promise<string> {
    const path = join(await tempFolder(), "copy.sqlite");
    copyFileSync(whole.path, path);
    return `sqlite:${path}`;
  }

  async function migrates(from: string, to: string) {
    const { code, stdout, stderr } = await interline("migrate", "--from", from, "--to", to, "--json");
    expect(code, stderr).to.equal(0);
    return JSON.parse(stdout);
  }

  it("carries a store to PostgreSQL and back, every document the same to the byte and in the same life", async () => {
    const [first, back] = [await again(), `sqlite:${join(await tempFolder(), "back.sqlite")}`];
    const address = await postgres().newDatabase();
    const said = await migrates(first, address);
    expect(said).to.include({ documents: DOCUMENTS + 2, copied: DOCUMENTS + 2, already: false });
    expect(differing(originally, await contents(address))).to.equal(0);
    expect(await succeeds("verify", "--deep", "--database", address)).to.match(/no damage/);
    expect(await migrates(first, address)).to.include({ already: true, copied: 0 });

    // Nobody writes to what was left, and others are not written over.
    expect(await refused(exitCodes.database_in_use, "serve", "--database", first)).to.match(/has been moved/);
    const other = await again();
    const taken = await interline("migrate", "--from", address, "--to", other);
    expect({ code: taken.code, out: taken.stdout }).to.deep.equal({ code: exitCodes.already_there, out: "" });

    // A new document gets a number of its own.
    await databaseStore(address).use((ledger) => ledger.create("since", "plain", "x", "ann"));
    await migrates(address, back);
    const there = new Map(await contents(back));
    expect(there.delete("since")).to.equal(true);
    const bytes = differing(originally, there);
    expect(bytes).to.equal(0);
    expect(await succeeds("verify", "--deep", "--database", back)).to.match(/no damage/);
    figure("migrate", "documents moved from SQLite to PostgreSQL and back", said.documents);
    figure("migrate", "ops in them", said.ops);
    figure("migrate", "documents whose export differs by a byte", bytes);

    // It is used again after all: as another life.
    await succeeds("renew", "--database", first);
    expect(differing(originally, await contents(first))).to.equal(originally.size);
    expect(await succeeds("verify", "--deep", "--database", first)).to.match(/no damage/);
  });

  it(`goes on after SIGKILL at any moment (SEED=${seed})`, async () => {
    const draw = random(seed);
    const draws = Array.from({ length: 200 }, () => 0.15 + 0.85 * draw());
    const since = performance.now();
    await migrates(await again(), await postgres().newDatabase());
    const took = performance.now() - since;
    let [kills, ends] = [0, 0];
    while (kills < KILLS) {
      const from = await again();
      const to = await postgres().newDatabase();
      for (;;) {
        const child = runCli(["migrate", "--from", from, "--to", to]);
        await Promise.race([child.exited, sleep(draws[kills + ends]! * took)]);
        const how = await child.kill();
        if (how !== "SIGKILL") {
          expect(how, child.output.stderr).to.equal(0);
          break;
        }
        kills++;
        if (kills >= KILLS) break;
      }
      ends++;
      await migrates(from, to);
      expect(differing(originally, await contents(to))).to.equal(0);
    }
    figure("migrate", "times that it was killed with SIGKILL and run again", kills);
  });

  it("lets no server take a part for the whole, nor another store be moved into it", async () => {
    const file = `sqlite:${join(await tempFolder(), "part.sqlite")}`;
    for (const address of [await postgres().newDatabase(), file]) {
      await owning(storeAt(address), (own) =>
        own.takeIn((intake) => intake.setMeta("moving", Buffer.from("another store"))),
      );
      const serving = await refused(exitCodes.database_in_use, "serve", "--database", address);
      expect(serving).to.match(/run interline migrate again/);
      await refused(exitCodes.database_in_use, "renew", "--database", address);
      await refused(exitCodes.already_there, "migrate", "--from", await again(), "--to", address);
    }
    const nowhere = `sqlite:${join(await tempFolder(), "none.sqlite")}`;
    await refused(exitCodes.not_found, "migrate", "--from", nowhere, "--to", file);
    await refused(exitCodes.bad_option, "migrate", "--from", "memory:", "--to", file);
    await refused(exitCodes.bad_option, "migrate", "--from", file, "--to", file);
    await refused(exitCodes.bad_option, "migrate", "--from", file);
  });

  it("takes a store from under a node that serves, with every op that was acknowledged", async () => {
    const store = databaseStore(await postgres().newDatabase());
    const server = await startChild(store.args);
    const ann = await connectRaw(server.url);
    await ann.request("open", { doc: "note", type: "plain", create: true });
    let acknowledged = 1;
    const ended = failure(
      (async () => {
        for (let seq = 1; ; seq++) {
          const asked = { doc: "note", version: acknowledged, seq, op: ["x"] };
          acknowledged = (await ann.request("submit", asked)).version;
          // Slower than what one person may send.
          await sleep(30);
        }
      })(),
    );
    await sleep(300);
    const target = `sqlite:${join(await tempFolder(), "target.sqlite")}`;
    await migrates(store.address, target);
    let refusal: unknown;
    void ended.then((error) => {
      refusal = error;
    });
    await until("the server takes nothing any more", () => refusal);
    expect(refusal).to.include({ code: "unavailable" });
    const head = await storeAt(target).read((reader) => reader.stored(COLLECTION, "note"));
    // What was on its way when the store was left was not acknowledged, and is in neither.
    expect(head!.version).to.equal(acknowledged);
    expect(acknowledged).to.be.greaterThan(2);
    await server.kill();
    await refused(exitCodes.database_in_use, "serve", ...store.args);
  });
});
