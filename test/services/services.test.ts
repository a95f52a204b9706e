// The services that tests start must be what tests take them for: empty, apart, and there again after they were killed.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "chai";
import pg from "pg";
import { createClient } from "redis";
import { cleanUp } from "../server/harness.js";
import { startPostgres } from "./postgres.js";
import { builtCli, program } from "./program.js";
import { startRedis } from "./redis.js";

describe("a program that tests start", () => {
  it("is the one that was built, wherever it is loaded from", async () => {
    for (const args of [["--version"], ["--help"], ["serve", "--help"], ["ls", "--help"], ["nothing"]]) {
      const run = (file: string) =>
        promisify(execFile)(process.execPath, [file, ...args]).catch(({ code, stdout, stderr }) => ({
          code,
          stdout,
          stderr,
        }));
      expect(await run(program("server/cli")), args.join(" ")).to.deep.equal(await run(builtCli));
    }
  });
});

describe("a service of the tests' own", () => {
  afterEach(cleanUp);

  it("PostgreSQL syncs what it commits and has it after a crash", async () => {
    const postgres = await startPostgres();
    const address = await postgres.newDatabase();
    const query = async (text: string) => {
      const client = new pg.Client({ connectionString: address });
      await client.connect();
      return client.query(text).finally(() => client.end());
    };
    const { rows } = await query(
      "SELECT current_setting('fsync') f, current_setting('synchronous_commit') s",
    );
    expect(rows).to.deep.equal([{ f: "on", s: "on" }]);
    await query("CREATE TABLE kept AS SELECT 1 AS one");
    await postgres.restart();
    expect((await query("SELECT one FROM kept")).rows).to.deep.equal([{ one: 1 }]);
    expect(await postgres.newDatabase()).to.not.equal(address);
  });

  it("Redis asks for its password and forgets everything when it dies", async () => {
    const redis = await startRedis({ password: "a secret: @/" });
    const read = async () => {
      const client = createClient({ url: redis.url });
      client.on("error", () => {});
      await client.connect();
      const before = await client.get("a");
      await client.set("a", "1");
      client.destroy();
      return before;
    };
    expect(await read()).to.equal(null);
    expect(await read()).to.equal("1");
    await redis.restart();
    expect(await read()).to.equal(null);
  });
});
