// A document that cannot be read, among others that can, in real stores: the others are told of meanwhile, and it is when it
// can be read again, whichever server delivers then and however long ago it changed.

import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect } from "chai";
import { systemClock } from "../../protocol/index.js";
import { cleanUp, type RunningServer, startServer, tempFolder, until } from "../server/harness.js";
import { ask, emptyDatabasesForAll } from "../storage/postgres.js";
import { covers, type Receiver, ranges, startReceiver } from "./receiver.js";

const limits = {
  ...{ webhookWindowMs: 50, webhookFirstPauseMs: 50, webhookLongestPauseMs: 200, webhookLeaseMs: 300 },
};
/** So much later nobody looks for what changed before. */
const HOUR_MS = 3_600_000;

const later = (ms: number) => ({ ...systemClock, now: () => Date.now() + ms });
const told = ({ received }: Receiver, document: string) =>
  received.filter(({ delivery }) => delivery.document === document);
const make = (server: RunningServer, id: string) =>
  server.documents.create({ id, type: "plain", text: "" }, "ann");
const write = async (server: RunningServer, id: string, count: number) => {
  for (let op = 0; op < count; op++) await server.documents.submit(id, { op: ["x"] }, { author: "ann" });
};
/** The lines about webhooks that speak of a document. */
function remembering() {
  const lines: { readonly doc?: string; readonly code?: string }[] = [];
  const keep = (details: object, message: string) => {
    if (message.startsWith("Webhooks")) lines.push(details);
  };
  const of = (document: string) => lines.filter(({ doc }) => doc === document);
  return { of, log: { info: keep, warn: keep, error: keep } };
}

describe("webhooks of a store in which a document is damaged", () => {
  afterEach(cleanUp);

  const kinds = [
    [
      "in its history",
      "UPDATE ops SET meta = meta || ' '",
      "UPDATE ops SET meta = rtrim(meta)",
      "document =",
      "unavailable",
    ],
    [
      "in its row",
      "UPDATE documents SET title = title || '!'",
      "UPDATE documents SET title = rtrim(title, '!')",
      "key =",
      "corrupt",
    ],
  ] as const;
  for (const [where, damage, mend, whose, code] of kinds)
    it(`${where} tell of all others, and of it when it is mended, long after and by another server`, async () => {
      const folder = await tempFolder();
      const database = `sqlite:${join(folder, "interline.sqlite")}`;
      const change = (statement: string) => {
        const file = new Sqlite(join(folder, "interline.sqlite"));
        file.exec(`${statement} WHERE ${whose} (SELECT key FROM documents WHERE id = 'rotten')`);
        file.close();
      };
      const receiver = await startReceiver();
      const { log, of } = remembering();
      const start = (ms: number) => startServer({ database, log, clock: later(ms), limits });
      let server = await start(0);
      for (const id of ["rotten", "good"]) {
        await make(server, id);
        await write(server, id, 3);
      }
      await server.close();
      change(damage);

      // So the webhook is older than all that was written.
      server = await start(-HOUR_MS);
      await server.webhooks.create({ url: receiver.url, documents: ["*"] }, "ann");
      await until("the other is told of", () => covers(told(receiver, "good"), 1, 4));
      await server.close();
      server = await start(HOUR_MS);
      await make(server, "late");
      await until("what comes later is told of", () => told(receiver, "late").length > 0);
      expect(told(receiver, "rotten")).to.deep.equal([]);
      expect(of("rotten").map(({ code }) => code)).to.deep.equal([code]);

      await server.close();
      change(mend);
      await start(2 * HOUR_MS);
      await until("it is told of", () => covers(told(receiver, "rotten"), 1, 4));
      expect(ranges(told(receiver, "rotten"), "created")).to.deep.equal(["0-1"]);
    });

  describe("that two servers share", () => {
    const newDatabase = emptyDatabasesForAll();

    it("go on telling of all others when one of them ends, and tell of it when it is mended", async () => {
      const database = await newDatabase();
      const change = (statement: string) =>
        ask(
          database,
          `${statement} WHERE document = (SELECT key FROM interline.documents WHERE id = 'rotten')`,
        );
      const receiver = await startReceiver();
      const { log, of } = remembering();
      const one = await startServer({ database, log, limits });
      await make(one, "rotten");
      await write(one, "rotten", 3);
      await change("UPDATE interline.ops SET meta = meta || ' '");
      await one.webhooks.create({ url: receiver.url, documents: ["*"] }, "ann");
      const two = await startServer({ database, log, limits });
      await write(one, "rotten", 2);
      await make(two, "good");
      await until("the other is told of", () => told(receiver, "good").length > 0);
      const kept = () => ask(database, "SELECT key FROM interline.records WHERE kind = 'webhook-unread'");
      await until("it is kept", async () => (await kept()).length === 1);

      await one.close();
      await make(two, "late");
      await until("what comes later is told of by whoever is left", () => told(receiver, "late").length > 0);
      expect(told(receiver, "rotten")).to.deep.equal([]);
      expect(of("rotten")).to.have.length(1);

      await change("UPDATE interline.ops SET meta = rtrim(meta)");
      await until("it is told of", () => covers(told(receiver, "rotten"), 4, 6));
      await until("it is not kept any more", async () => (await kept()).length === 0);
    });
  });
});
