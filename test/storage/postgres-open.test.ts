// What a PostgreSQL server and a database in it must be before documents are trusted to them; each refusal is one sentence
// with a code, and never shows the password.

import { expect } from "chai";
import pg from "pg";
import { ofStorage } from "../../server/startup.js";
import { StorageError } from "../../server/storage/index.js";
import { readAddress } from "../../server/storage/postgres/address.js";
import { demandTrustworthy, type Settings } from "../../server/storage/postgres/durability.js";
import { PostgresLog } from "../../server/storage/postgres/log.js";
import { troubleWith } from "../../server/storage/postgres/trouble.js";
import { create, Documents, edit, failure, PLAIN } from "./documents.js";
import { ask, postgresForAll } from "./postgres.js";
import { quietLog } from "./support.js";

describe("a PostgreSQL database", () => {
  const postgres = postgresForAll();
  const open = (address: string) => PostgresLog.open(address, quietLog);
  const refusal = async (address: string) => {
    const log = open(address);
    log.then((opened) => opened.close()).catch(() => {});
    return failure(log);
  };

  describe("that is opened again", () => {
    it("has what was committed, the names and the secret", async () => {
      const address = await postgres().newDatabase();
      const log = await open(address);
      const before = new Documents(log);
      await before.commit("a", create(PLAIN, "text"));
      await before.commit("a", edit("more "), { src: "ann", seq: 1 });
      await before.close();
      const again = await open(address);
      expect(await new Documents(again).text("a")).to.equal("more text");
      expect(await again.receipt("documents", "a", "ann", 1)).to.include({ version: 2 });
      expect(again.secret).to.deep.equal(log.secret);
      await again.close();
    });

    it("without its secret, or with another, is refused", async () => {
      const address = await postgres().newDatabase();
      const log = await open(address);
      await new Documents(log).commit("a", create(PLAIN, ""));
      await log.close();
      await ask(address, "UPDATE interline.meta SET value = sha256(value) WHERE name = 'secret'");
      expect(await refusal(address)).to.include({ code: "corrupt" });
      await ask(address, "DELETE FROM interline.meta");
      expect(await refusal(address)).to.include({ code: "corrupt" });
    });
  });

  describe("durability", () => {
    it("is asked for and read back, also where the server would be content with less", async () => {
      const address = await postgres().newDatabase();
      await ask(address, `ALTER DATABASE ${new URL(address).pathname.slice(1)} SET synchronous_commit = off`);
      const log = await open(address);
      expect(log.connections.settings).to.include({
        ...{ fsync: "on", full_page_writes: "on", synchronous_commit: "on" },
        ...{ server_encoding: "UTF8", standby: false },
      });
      const [found] = await log.connections.query<{ synchronous_commit: string }>("SHOW synchronous_commit");
      expect(found).to.deep.equal({ synchronous_commit: "on" });
      // A row without an index seems so dear to the planner that it would compile the statement, each time.
      const planned = await log.connections.query<{ "QUERY PLAN": string }>(
        "EXPLAIN ANALYZE UPDATE interline.news SET last = last + 1",
      );
      expect(planned.map((line) => line["QUERY PLAN"]).join("\n")).to.not.contain("JIT");
      await log.close();
    });

    for (const setting of ["fsync", "full_page_writes"]) {
      it(`that was switched off is refused, on every new connection: ${setting}`, async () => {
        const address = await postgres().newDatabase();
        const log = await open(address);
        const set = async (value: string) => {
          await ask(address, `ALTER SYSTEM SET ${setting} = ${value}`);
          await ask(address, "SELECT pg_reload_conf()");
          for (let found = ""; found !== value; )
            found = (
              await ask<{ found: string }>(address, `SELECT current_setting('${setting}') AS found`)
            )[0]!.found;
        };
        await set("off");
        try {
          const error = await refusal(address);
          expect(error).to.include({ name: "StorageError", code: "not_durable" });
          expect(error.message).to.match(
            new RegExp(
              `^Documents cannot be kept durably in the database .*'s ${setting} is off, and must be on\\.$`,
            ),
          );
          await ask(
            address,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'interline'",
          );
          expect(await failure(new Documents(log).commit("a", create(PLAIN, "")))).to.include({
            code: "not_durable",
          });
        } finally {
          await set("on");
        }
        expect(await new Documents(log).commit("a", create(PLAIN, ""))).to.equal(true);
        await log.close();
      });
    }

    it("of servers that are too old, in another encoding or standbys is not believed", () => {
      const good: Settings = {
        ...{ fsync: "on", full_page_writes: "on", synchronous_commit: "remote_apply" },
        ...{ server_encoding: "UTF8", version: 13, standby: false },
      };
      demandTrustworthy(good, "it");
      for (const [bad, code] of [
        [{ version: 12 }, "unsupported"],
        [{ server_encoding: "LATIN1" }, "unsupported"],
        [{ standby: true }, "unreachable"],
        [{ synchronous_commit: "local" }, "not_durable"],
        [{ synchronous_commit: "remote_write" }, "not_durable"],
      ] as const)
        expect(() => demandTrustworthy({ ...good, ...bad }, "it"))
          .to.throw(StorageError)
          .with.property("code", code);
    });

    it("is not needed of what is not in UTF-8: that is refused", async () => {
      const address = await postgres().newDatabase();
      const name = `${new URL(address).pathname.slice(1)}_latin`;
      await ask(address, `CREATE DATABASE ${name} ENCODING 'LATIN1' TEMPLATE template0`);
      const error = await refusal(address.replace(/[^/]*$/, name));
      expect(error).to.include({ code: "unsupported" });
      expect(error.message).to.match(/is in LATIN1, and must be in UTF8\.$/);
    });
  });

  describe("its tables", () => {
    it("are made once, by whoever of several comes first", async () => {
      const address = await postgres().newDatabase();
      const logs = await Promise.all(Array.from({ length: 5 }, () => open(address)));
      for (const { secret } of logs) expect(secret).to.deep.equal(logs[0]!.secret);
      const steps = await ask<{ interline_step: number }>(
        address,
        "SELECT * FROM interline.migrations ORDER BY 1",
      );
      expect(steps.map(({ interline_step }) => interline_step)).to.deep.equal(steps.map((_, at) => at + 1));
      await Promise.all(logs.map((log) => log.close()));
    });

    it("are made in a schema that is there and empty, and leave others alone", async () => {
      const address = await postgres().newDatabase();
      await ask(address, "CREATE SCHEMA interline; CREATE TABLE public.documents (mine text)");
      const log = await open(address);
      expect(await new Documents(log).commit("a", create(PLAIN, ""))).to.equal(true);
      expect(await log.structure()).to.deep.equal([]);
      await log.close();
      expect(await ask(address, "SELECT * FROM public.documents")).to.deep.equal([]);
    });

    it("of another program are left alone", async () => {
      const address = await postgres().newDatabase();
      await ask(address, "CREATE SCHEMA interline; CREATE TABLE interline.migrations (number integer)");
      expect(await refusal(address)).to.include({ code: "not_a_database" });
      expect(await ask(address, "SELECT FROM pg_tables WHERE schemaname = 'interline'")).to.have.length(1);
    });

    it("of a newer version are left alone", async () => {
      const address = await postgres().newDatabase();
      await (await open(address)).close();
      await ask(address, "INSERT INTO interline.migrations VALUES (1000)");
      expect(await refusal(address)).to.include({ code: "schema_newer" });
    });
  });

  describe("that cannot be had", () => {
    it("is refused in one sentence that says why, with an exit code, and without the password", async () => {
      const address = await postgres().newDatabase();
      const secret = "s3cr3t!";
      const with_ = (change: (url: URL) => void) => {
        const url = new URL(address);
        url.password = secret;
        change(url);
        return url.href;
      };
      for (const [bad, code, sentence, reason] of [
        [
          (url) => (url.port = "1"),
          "unreachable",
          /cannot be reached: connect ECONNREFUSED/,
          "database_unreachable",
        ],
        [
          (url) => (url.hostname = "nowhere.invalid"),
          "unreachable",
          /cannot be reached: /,
          "database_unreachable",
        ],
        [(url) => (url.pathname = "/none"), "unreachable", /does not let us in: /, "database_unreachable"],
        [
          (url) => (url.username = "nobody-here"),
          "unreachable",
          /does not let us in: /,
          "database_unreachable",
        ],
        [(url) => (url.search = "?sslmode=verify-full"), "unreachable", /SSL/, "database_unreachable"],
        [(url) => (url.search = "?sslrootcert=/none.pem"), "unsupported", /\/none\.pem, which/, "bad_option"],
        [(url) => (url.search = "?pool=0"), "unsupported", /from 1 to/, "bad_option"],
      ] as const satisfies readonly (readonly [(url: URL) => unknown, string, RegExp, string])[]) {
        const error = await refusal(with_(bad));
        expect(error).to.include({ name: "StorageError", code });
        expect(error.message).to.match(sentence);
        expect(ofStorage(error as StorageError).reason).to.equal(reason);
        expect(inspectAll(error)).to.not.include(secret);
      }
      expect(readAddress(with_(() => {})).where).to.not.include(secret);
    });

    it("because this user may write nothing is refused", async () => {
      const address = await postgres().newDatabase();
      await ask(address, "CREATE ROLE reader LOGIN").catch(() => {});
      const error = await refusal(address.replace("interline@", "reader@"));
      expect(error).to.include({ code: "folder_unwritable" });
    });

    it("is told apart by what the server says", () => {
      const said = (code: string) => Object.assign(new Error("x"), { code, severity: "ERROR" });
      for (const [code, expected] of [
        ["53100", "disk_full"],
        ["53300", "unreachable"],
        ["57P03", "unreachable"],
        ["25006", "unreachable"],
        ["40P01", "busy"],
        ["57014", "busy"],
        ["58030", "io_failed"],
        ["XX001", "corrupt"],
        ["23505", "corrupt"],
        ["22021", "bad_name"],
      ] as const)
        expect(troubleWith("it", said(code), true)).to.include({ name: "StorageError", code: expected });
    });
  });

  it("that its server closes in the middle of a transaction is left as it was", async () => {
    const address = await postgres().newDatabase();
    const log = await open(address);
    await new Documents(log).commit("a", create(PLAIN, "text"));
    const error = await failure(
      log.connections.transaction(async (session) => {
        await session.query("UPDATE interline.documents SET title = 'half'");
        const [own] = await session.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
        const other = new pg.Client({ connectionString: address });
        await other.connect();
        await other.query("SELECT pg_terminate_backend($1)", [own!.pid]);
        await other.end();
        await session.query("UPDATE interline.documents SET title = 'more'");
      }),
    );
    expect(error).to.include({ code: "unreachable" });
    expect(await new Documents(log).text("a")).to.equal("text");
    await log.close();
  });
});

/** Everything that a log could show of an error. */
function inspectAll(error: unknown): string {
  const seen: unknown[] = [];
  for (let each = error; each instanceof Error; each = each.cause)
    seen.push(each.message, each.stack, { ...each });
  return JSON.stringify(seen);
}
