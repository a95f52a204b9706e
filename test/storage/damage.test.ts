// Files that are not what they should be: refused with a sentence, never served as if nothing had happened.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import Sqlite from "better-sqlite3";
import { expect } from "chai";
import fc from "fast-check";
import { StorageError } from "../../server/storage/index.js";
import { openFile } from "../../server/storage/sqlite/file.js";
import { SqliteRows } from "../../server/storage/sqlite/rows.js";
import { troubleWith } from "../../server/storage/sqlite/trouble.js";
import { create, Documents, edit, failure, PLAIN, RICH } from "./documents.js";
import { temporaryFolder } from "./support.js";
import { openUnthreaded } from "./unthreaded.js";

const opening = (path: string) => failure(openUnthreaded(path));

describe("a database", () => {
  const file = temporaryFolder();

  it("that is some other file is refused", async () => {
    writeFileSync(file("letter.txt"), "Dear database, ".repeat(500));
    const error = await opening(file("letter.txt"));
    expect(error).to.include({ name: "StorageError", code: "not_a_database" });
    expect(error.message).to.equal(`${file("letter.txt")} is not a database.`);
    expect(readFileSync(file("letter.txt"), "utf8")).to.match(/^Dear database, /);
  });

  it("that is a folder is refused", async () => {
    mkdirSync(file("folder.db"));
    expect(await opening(file("folder.db"))).to.include({
      code: "not_a_database",
      message: `${file("folder.db")} is not a file.`,
    });
  });

  it("in a folder that cannot be is refused", async () => {
    writeFileSync(file("plain"), "");
    const error = await opening(file("plain/interline.db"));
    expect(error).to.include({ name: "StorageError", code: "folder_unwritable" });
    expect(error.message).to.match(/cannot be opened for writing/);
  });

  it("of another program is refused and left as it was", async () => {
    const other = new Sqlite(file("other.db"));
    other.exec("CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES ('Apfelstrudel')");
    other.close();
    expect(await opening(file("other.db"))).to.include({ code: "not_a_database" });
    const again = new Sqlite(file("other.db"));
    expect(again.pragma("journal_mode", { simple: true })).to.equal("delete");
    expect(again.prepare("SELECT name FROM sqlite_schema").pluck().all()).to.deep.equal(["recipes"]);
    again.close();
  });

  it("of a newer version is refused", async () => {
    await (await openUnthreaded(file("newer.db"))).close();
    const newer = new Sqlite(file("newer.db"));
    newer.pragma("user_version = 99");
    newer.close();
    expect(await opening(file("newer.db"))).to.include({
      code: "schema_newer",
      message: `${file("newer.db")} was written by a newer version of this program.`,
    });
  });

  describe("with history in it", () => {
    let intact: Buffer;
    let reference: ReturnType<typeof readAll>;

    before(async () => {
      const documents = new Documents(await openUnthreaded(file("intact.db")), {
        snapshots: { ops: 20, characters: 2_000 },
      });
      await documents.commit("plain", create(PLAIN, "The first line\nand more"));
      await documents.commit("rich", create(RICH, ["\nTitle", { i: "\n", a: { li: "b" } }, "item"]));
      for (let seq = 1; seq <= 50; seq++) {
        await documents.commit("plain", edit(1 + (seq % 10), `word ${seq} `), { src: "ann", seq });
        await documents.commit("rich", edit(1, { i: "x", a: { b: 1 } }), { src: "bo", seq });
      }
      await documents.adapter.idle();
      await documents.close();
      intact = readFileSync(file("intact.db"));
      reference = readAll(file("intact.db"));
    });

    /** Everything that is ever served, read in this thread. @throws StorageError */
    function readAll(path: string) {
      const opened = openFile(path);
      try {
        const rows = new SqliteRows(opened.database);
        const query = { collection: "documents", search: "", after: undefined, limit: 10 };
        return ["plain", "rich"].map((id) => [
          rows.load("documents", id),
          rows.history("documents", id, 0, 1_000, 1_000_000),
          rows.heads("documents", ["plain", "rich"]),
          rows.list(query),
          rows.receipt("documents", id, "ann", 7)?.version,
        ]);
      } catch (error) {
        throw troubleWith(path, error);
      } finally {
        opened.close();
      }
    }

    /** Whether a file is read as the intact one; false if it is refused. */
    function isServed(contents: Buffer): boolean {
      writeFileSync(file("damaged.db"), contents);
      try {
        expect(readAll(file("damaged.db"))).to.deep.equal(reference);
        return true;
      } catch (error) {
        if (error instanceof StorageError) return false;
        throw error;
      }
    }

    it("and one byte changed is refused, or was not changed where it matters", () => {
      let refused = 0;
      fc.assert(
        fc.property(fc.nat(intact.length - 1), fc.nat(7), (offset, bit) => {
          const damaged = Buffer.from(intact);
          damaged[offset]! ^= 1 << bit;
          if (!isServed(damaged)) refused++;
        }),
        { numRuns: 100 },
      );
      expect(refused).to.be.greaterThan(20);
    });

    it("and a name changed, in a table or an index, is refused: the document would seem never to have been", () => {
      const name = Buffer.from("documentsplain");
      let refused = 0;
      for (let at = intact.indexOf(name); at !== -1; at = intact.indexOf(name, at + 1)) {
        const damaged = Buffer.from(intact);
        damaged.write("documentsplaiN", at);
        if (isServed(damaged)) continue; // What a row left behind when it moved.
        refused++;
      }
      expect(refused).to.equal(2);
    });

    it("and its end cut off is refused", async () => {
      for (const share of [0.9, 0.5, 0.1]) {
        const length = Math.floor((intact.length * share) / 4096) * 4096;
        for (const cut of [intact.subarray(0, length), intact.subarray(0, length + 100)]) {
          writeFileSync(file("cut.db"), cut);
          expect(() => readAll(file("cut.db"))).to.throw(StorageError);
        }
      }
    });

    /** Opens a copy after `spoil` has worked on it. */
    async function spoilt(name: string, spoil: (database: Sqlite.Database) => void): Promise<Documents> {
      writeFileSync(file(name), intact);
      const database = new Sqlite(file(name));
      spoil(database);
      database.close();
      return new Documents(await openUnthreaded(file(name)));
    }

    it("and a letter of an op changed serves neither that op nor what comes of it", async () => {
      const documents = await spoilt("op.db", (database) => {
        database.exec("UPDATE ops SET body = replace(body, 'word 48', 'word 84')");
      });
      const error = await failure(documents.ops("plain"));
      expect(error).to.include({ name: "StorageError", code: "corrupt" });
      expect(await failure(documents.text("plain"))).to.include({ code: "corrupt" });
      expect(String((await documents.snapshot("rich")).data)).to.match(/Title/);
      await documents.close();
    });

    it("and a snapshot that is not one serves none", async () => {
      const documents = await spoilt("snapshot.db", (database) => {
        database.exec("UPDATE snapshots SET data = '\"}'");
      });
      expect(await failure(documents.text("plain"))).to.include({ code: "corrupt" });
      await documents.close();
    });

    for (const [what, spoil] of [
      ["that changed", "UPDATE snapshots SET data = '\"other\"'"],
      ["of another history", "UPDATE ops SET chain = 'another' WHERE version = 40"],
    ] as const) {
      it(`and a snapshot ${what} is nothing for which history is forgotten`, async () => {
        const documents = await spoilt("pruned.db", (database) => database.exec(spoil));
        expect(await failure(documents.adapter.prune("documents", "plain", 30))).to.include({
          code: "corrupt",
        });
        expect(await documents.ops("plain", 0, 20)).to.have.length(20);
        await documents.close();
      });
    }

    it("and a row of history taken away serves neither side of the hole as one", async () => {
      const documents = await spoilt("hole.db", (database) =>
        database.exec("DELETE FROM ops WHERE version = 30"),
      );
      expect(await failure(documents.ops("plain", 20))).to.include({ code: "corrupt" });
      expect(await documents.ops("plain", 0, 29)).to.have.length(29);
      await documents.close();
    });

    it("and a wrong fingerprint of a name does not answer for the op", async () => {
      const documents = await spoilt("name.db", (database) => {
        database.exec("UPDATE submissions SET version = 3 WHERE seq = 7");
      });
      expect(await failure(documents.adapter.receipt("documents", "plain", "ann", 7))).to.include({
        code: "corrupt",
      });
      await documents.close();
    });
  });
});
