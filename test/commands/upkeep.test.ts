// What `interline backup` and `interline verify` did is told by the server whose store it was.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { OpenLedger } from "../../server/ledger/index.js";
import { cleanUp, startServer } from "../server/harness.js";
import { interline, newStore, succeeds, type } from "./support.js";

const HOUR_S = 3600;

async function made(ledger: OpenLedger, ...ops: readonly (readonly unknown[])[]): Promise<void> {
  await ledger.create("a", "plain", "", "ann");
  await type(ledger, "a", ops);
}

describe("the metrics of a store's upkeep", () => {
  afterEach(cleanUp);

  async function read(
    data: string,
  ): Promise<Readonly<Record<"backup" | "verified" | "failures", number | undefined>>> {
    const server = await startServer({ database: `sqlite:${join(data, "interline.sqlite")}` });
    const text = await (await fetch(`${server.url}/metrics`)).text();
    await server.close();
    const sample = (name: string) => {
      const found = new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1];
      return found === undefined ? undefined : Number(found.replace("+Inf", "Infinity"));
    };
    return {
      backup: sample("ot_backup_age_seconds"),
      verified: sample("ot_verify_age_seconds"),
      failures: sample("ot_verify_failures_total"),
    };
  }

  it("say how old the newest backup is, and that there is none", async () => {
    const store = await newStore();
    await store.use((ledger) => made(ledger, ["x"]));
    expect(await read(store.data)).to.deep.equal({
      backup: Number.POSITIVE_INFINITY,
      verified: undefined,
      failures: 0,
    });
    await succeeds("backup", "--to", join(store.data, "copy"), "--data", store.data);
    const { backup, verified } = await read(store.data);
    expect([backup! < HOUR_S, verified! < HOUR_S]).to.deep.equal([true, true]);
    const kept = join(store.data, "interline.sqlite-upkeep");
    const noted = JSON.parse(readFileSync(kept, "utf8"));
    writeFileSync(kept, JSON.stringify({ ...noted, backedUp: noted.backedUp - 2 * HOUR_S * 1000 }));
    expect((await read(store.data)).backup).to.be.within(2 * HOUR_S, 3 * HOUR_S);
  });

  it("count what was found, over all runs, and say when all was last gone through", async () => {
    const store = await newStore();
    await store.use((ledger) => made(ledger, ["x"], ["y"]));
    store.spoil((database) => database.exec("UPDATE ops SET body = '{}' WHERE version = 2"));
    expect((await interline("verify", "--doc", "a", "--data", store.data)).code).to.not.equal(0);
    const first = await read(store.data);
    expect(first.verified).to.equal(undefined);
    expect(first.failures).to.be.greaterThan(0);
    expect((await interline("verify", "--data", store.data)).code).to.not.equal(0);
    const { verified, failures } = await read(store.data);
    expect(failures).to.equal(2 * first.failures!);
    expect(verified).to.be.lessThan(HOUR_S);
  });

  it("go on where the note cannot be read", async () => {
    const store = await newStore();
    await store.use((ledger) => made(ledger, ["x"]));
    writeFileSync(join(store.data, "interline.sqlite-upkeep"), "{");
    expect(await read(store.data)).to.include({ backup: Number.POSITIVE_INFINITY, failures: 0 });
  });
});
