// Following a document: every op once and in order, from the log and then as they come, here and from another node.

import { expect } from "chai";
import { systemClock } from "../../protocol/index.js";
import { createFollowing, type FollowingOptions } from "../../server/documents/following.js";
import { createServer } from "../../server/index.js";
import { codeOf } from "../server/fakes.js";
import { cleanUp, onCleanUp, type RunningServer, startServer, until } from "../server/harness.js";
import { startPostgres } from "../services/postgres.js";

/** The versions that somebody who follows has been told, and how that ended. */
function follow(documents: RunningServer["documents"], id: string, since: number, pauseMs = 0) {
  const control = new AbortController();
  const heard = { versions: [] as number[], ended: "" };
  const done = (async () => {
    try {
      for await (const event of documents.follow(id, since, control.signal)) {
        if ("deleted" in event) heard.ended = `deleted ${event.deleted.version}`;
        else heard.versions.push(...event.ops.map(({ version }) => version));
        if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
      heard.ended ||= "over";
    } catch (error) {
      heard.ended = String((error as { code?: string }).code ?? error);
    }
  })();
  return { heard, done, stop: () => control.abort() };
}
const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at);

it("who follows a document is told nothing of a life that began while its ops were read", async () => {
  const lives = ["one", "two"];
  const { follow } = createFollowing({
    ledger: {
      head: async () => ({ type: "plain", epoch: lives.shift()!, version: 8 }),
      ops: async () => [{ version: 8, src: "s", seq: 1, op: ["x"], author: "ann", time: 0 }],
      beside: { turns: async () => [] },
    } as unknown as FollowingOptions["ledger"],
    rooms: () => ({ join() {}, leave() {} }),
    clock: systemClock,
    headsIntervalMs: 1000,
    log: { warn() {} },
    stopping: new AbortController().signal,
  });
  const next = follow("note", 7, new AbortController().signal)[Symbol.asyncIterator]().next();
  expect(await codeOf(next)).to.equal("epoch_changed");
});

describe("who follows a document", () => {
  let server: RunningServer;
  beforeEach(async () => {
    server = await startServer({ database: "memory:" });
    await server.documents.create({ id: "note", type: "plain", text: "" }, "ann");
  });
  afterEach(cleanUp);
  const write = async (count: number, at = server.documents) => {
    for (let op = 0; op < count; op++) await at.submit("note", { op: ["x"] }, { author: "ann" });
  };

  it("is given the very same list as others who are as far, which was read once for all", async () => {
    await write(3);
    const control = new AbortController();
    const followers = [1, 2, 3].map(() =>
      server.documents.follow("note", 1, control.signal)[Symbol.asyncIterator](),
    );
    const next = async () =>
      (await Promise.all(followers.map((each) => each.next()))).map(
        ({ value }) => (value as { ops: unknown }).ops,
      );
    const [first, ...others] = await next();
    expect(others.every((ops) => ops === first)).to.equal(true);
    const coming = next();
    await write(1);
    expect(new Set((await coming).map((ops) => JSON.stringify(ops))).size).to.equal(1);
    control.abort();
  });

  it("hears what is left of a deleted document in pages, and then of its end", async () => {
    await write(700);
    const reading = server.documents.follow("note", 1, new AbortController().signal)[Symbol.asyncIterator]();
    const pages: number[] = [];
    let end: unknown;
    for (let next = await reading.next(); !next.done; next = await reading.next()) {
      if (pages.length === 0) await server.documents.delete("note", "ann");
      if ("ops" in next.value) pages.push(next.value.ops.length);
      else end = next.value.deleted;
    }
    expect(pages).to.deep.equal([500, 200]);
    expect(end).to.deep.equal({ version: 702 });
  });

  it("hears what was there and then what comes, each op once, however slow they read", async () => {
    await write(520);
    const [all, late, slow] = [
      follow(server.documents, "note", 0),
      follow(server.documents, "note", 500),
      follow(server.documents, "note", 510, 30),
    ];
    await Promise.all(upTo(1, 5).map(() => write(20)));
    await until("all have heard", () =>
      [all, late, slow].every(({ heard }) => heard.versions.at(-1) === 621),
    );
    expect(all.heard.versions).to.deep.equal(upTo(1, 621));
    expect(late.heard.versions).to.deep.equal(upTo(501, 621));
    expect(slow.heard.versions).to.deep.equal(upTo(511, 621));
    for (const one of [all, late, slow]) one.stop();
    await Promise.all([all.done, late.done, slow.done]);
    expect(all.heard.ended).to.equal("over");
  });

  it("hears the last ops before it is deleted, and of that, and nothing of the next life", async () => {
    const follower = follow(server.documents, "note", 1, 500);
    await write(5);
    await server.documents.delete("note", "ann");
    await server.documents.create({ id: "note", type: "plain", text: "again" }, "bo");
    await write(3);
    await follower.done;
    expect(follower.heard).to.deep.equal({ versions: upTo(2, 6), ended: "deleted 7" });
  });

  it("is refused where there is nothing, or not yet, and ends with the server", async () => {
    const none = follow(server.documents, "none", 0);
    const ahead = follow(server.documents, "note", 2);
    const here = follow(server.documents, "note", 1);
    await Promise.all([none.done, ahead.done]);
    expect([none.heard.ended, ahead.heard.ended]).to.deep.equal(["forbidden", "version_ahead"]);
    await write(1);
    await until("it is heard", () => here.heard.versions.length === 1);
    await server.close();
    await here.done;
    expect(here.heard.ended).to.equal("over");
  });

  it("hears of another node's ops from the heads alone", async () => {
    const postgres = await startPostgres();
    const database = await postgres.newDatabase();
    const nodes = await Promise.all([1, 2].map(() => createServer({ port: 0, database })));
    for (const node of nodes) onCleanUp(() => node.close());
    await nodes[0]!.documents.create({ id: "note", type: "plain", text: "" }, "ann");
    const follower = follow(nodes[1]!.documents, "note", 0);
    await until("it follows", () => follower.heard.versions.length === 1);
    await write(10, nodes[0]!.documents);
    await until("it has heard", () => follower.heard.versions.length === 11);
    expect(follower.heard.versions).to.deep.equal(upTo(1, 11));
    await nodes[0]!.documents.delete("note", "ann");
    await follower.done;
    expect(follower.heard.ended).to.equal("deleted 12");
  });
});
