// `interline backup`: as a program beside a server under load, and where it makes nothing.

import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect } from "chai";
import { exitCodes } from "../../server/index.js";
import { figure } from "../figures.js";
import { cleanUp, connectRaw, sleep, startChild, tempFolder } from "../server/harness.js";
import { interline, newStore, programs, refused, type } from "./support.js";

describe("interline backup", () => {
  afterEach(cleanUp);

  it("has everything that was acknowledged before it began, and no half of what came later, while people type", async () => {
    const folder = await tempFolder();
    const server = await startChild([], folder);
    let typing = true;
    /** By person: the version that was last acknowledged. */
    const acknowledged = new Map<string, number>();
    const people = await Promise.all(
      ["ann", "bo"].map(async (name) => {
        const client = await connectRaw(server.url);
        await client.request("open", { doc: name, type: "plain", create: true });
        acknowledged.set(name, 1);
        return { name, client };
      }),
    );
    const typed = people.map(async ({ name, client }) => {
      for (let seq = 1; typing; seq++) {
        const version = acknowledged.get(name)!;
        const answer = await client.request("submit", { doc: name, version, seq, op: [`${seq} `] });
        acknowledged.set(name, answer.version);
        await sleep(10);
      }
    });

    let backups = 0;
    let during = 0;
    let missing = 0;
    for (; backups < 3; backups++) {
      const before = new Map(acknowledged);
      const to = join(folder, `backup-${backups}`);
      const verdict = JSON.parse(
        await programs.succeeds("backup", "--deep", "--json", "--to", to, "--data", folder),
      );
      expect(verdict).to.include({ backup: to, documents: 2, findings: 0 });
      const copy = new Sqlite(to, { readonly: true });
      for (const [name, version] of before) {
        const found = copy
          .prepare<[string], number>("SELECT version FROM documents WHERE id = ?")
          .pluck()
          .get(name)!;
        missing += Math.max(0, version - found);
        const texts = copy
          .prepare<[string], string>(
            `SELECT body FROM ops JOIN documents ON key = document WHERE id = ? AND ops.version > 1 ORDER BY ops.version`,
          )
          .pluck()
          .all(name);
        expect(texts).to.deep.equal(Array.from({ length: found - 1 }, (_, at) => `{"op":["${at + 1} "]}`));
        during += acknowledged.get(name)! - version;
      }
      copy.close();
    }
    typing = false;
    await Promise.all(typed);
    await server.stop();
    expect(missing).to.equal(0);
    expect(during).to.be.greaterThan(0);
    // One file each, and nothing left over.
    expect(readdirSync(folder).filter((name) => /backup|part/.test(name))).to.have.length(backups);
    figure("backup", "backups taken while people typed, each verified deeply", backups);
    figure("backup", "ops acknowledged before one and missing in it", missing);
    figure("backup", "ops acknowledged while they were taken", during);
  });

  it("refuses to write over anything, and what is no store", async () => {
    const store = await newStore();
    await store.use((ledger) => ledger.create("note", "plain", "text", "ann"));
    const taken = join(store.data, "taken");
    writeFileSync(taken, "mine");
    await Promise.all([
      refused(exitCodes.already_there, "backup", "--to", taken, "--data", store.data),
      refused(exitCodes.already_there, "backup", "--to", store.path, "--data", store.data),
      refused(exitCodes.bad_option, "backup", "--data", store.data),
      refused(exitCodes.bad_option, "backup", "--to", join(store.data, "b"), "--database", "memory:"),
      refused(
        exitCodes.not_found,
        "backup",
        "--to",
        join(store.data, "b"),
        "--data",
        join(store.data, "nowhere"),
      ),
      refused(exitCodes.data_unwritable, "backup", "--to", "/nowhere/at/all", "--data", store.data),
    ]);
    expect(readdirSync(store.data).filter((name) => !name.startsWith("interline.sqlite"))).to.deep.equal([
      "taken",
    ]);
  });

  it("says of a store of another version that it is one", async () => {
    const store = await newStore();
    await store.use((ledger) => ledger.create("note", "plain", "text", "ann"));
    const to = join(store.data, "backup");
    for (const [version, sentence] of [
      [1, /interline\.sqlite was written by an older version/],
      [99, /interline\.sqlite was written by a newer version/],
    ] as const) {
      store.spoil((database) => database.pragma(`user_version = ${version}`));
      const said = await refused(exitCodes.database_damaged, "backup", "--to", to, "--data", store.data);
      expect(said).to.match(sentence);
    }
    expect(existsSync(to)).to.equal(false);
  });

  it("makes nothing of a damaged store, and says what is wrong with it", async () => {
    const store = await newStore();
    await store.use(async (ledger) => {
      await ledger.create("note", "plain", "", "ann");
      await type(ledger, "note", [["a"], ["b"], ["c"]]);
    });
    store.spoil((database) => database.exec("DELETE FROM ops WHERE version = 3"));
    const to = join(store.data, "backup");
    const { code, stderr, stdout } = await interline("backup", "--to", to, "--data", store.data);
    expect({ code, stdout }).to.deep.equal({ code: exitCodes.damage_found, stdout: "" });
    expect(stderr).to.match(
      /^note: .*version 3 is missing\.\n(note.*\n)*interline: .* is damaged, so nothing was made of it\.\n$/,
    );
    expect(existsSync(to)).to.equal(false);
    expect(readdirSync(store.data).filter((name) => name.includes("part"))).to.deep.equal([]);
  });
});
