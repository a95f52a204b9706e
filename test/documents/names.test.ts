// Names of versions and of people, on a real server over SQLite.

import { expect } from "chai";
import { Fault } from "../../protocol/index.js";
import { colorOfUser } from "../../server/cluster/palette.js";
import { createPeople } from "../../server/documents/people.js";
import type { Kept } from "../../server/ports.js";
import { manualClock } from "../server/clock.js";
import { cleanUp, connectRaw, type RunningServer, startServer } from "../server/harness.js";

async function fault(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  return error instanceof Fault ? error.code : String(error);
}

describe("names of documents", () => {
  afterEach(cleanUp);

  it("are those that a client can say, also where the program makes them that runs the server", async () => {
    const { documents } = await startServer();
    for (const id of ["a b", "a/b", "", "-a", "é", "__proto__", "constructor", "a".repeat(129)])
      expect(await fault(documents.create({ id, type: "plain" })), id).to.equal("bad_name");
    expect((await documents.list()).documents).to.deep.equal([]);
    expect(await documents.create({ id: "a".repeat(128), type: "plain" })).to.include({ version: 1 });
  });
});

describe("names of versions", () => {
  let server: RunningServer;
  const ann = { author: "ann" };
  beforeEach(async () => {
    server = await startServer();
    await server.documents.create({ id: "note", type: "plain", text: "one" }, "ann");
    await server.documents.submit("note", { op: [3, " two"] }, ann);
  });
  afterEach(cleanUp);
  const names = async () =>
    (await server.documents.versions("note")).versions.map(({ version, name }) => [version, name]);

  it("are given to the head or any version before, the newest first, with who gave them", async () => {
    const { documents } = server;
    const first = await documents.name("note", { name: "Start", version: 1 }, ann);
    const second = await documents.name("note", { name: "  The\nend 👻 " }, { author: "bo" });
    expect(second).to.include({ version: 2, name: "The end 👻", author: "bo" });
    const { versions, authors } = await documents.versions("note");
    expect(versions).to.deep.equal([second, first]);
    expect(Object.keys(authors)).to.have.members(["ann", "bo"]);
    await documents.name("note", { name: "Begin", version: 1 }, ann);
    expect(await names()).to.deep.equal([
      [2, "The end 👻"],
      [1, "Begin"],
    ]);
    await documents.unname("note", 1);
    await documents.unname("note", 1);
    expect(await names()).to.deep.equal([[2, "The end 👻"]]);
  });

  it("are refused for versions that are not there, and if they are empty or endless", async () => {
    const { documents } = server;
    const name = (name: string, version?: number, ifVersion?: number) =>
      fault(
        documents.name(
          "note",
          { name, ...(version && { version }) },
          { ...ann, ...(ifVersion && { ifVersion }) },
        ),
      );
    expect(await name("x", 3)).to.equal("version_ahead");
    expect(await name("x", -1)).to.equal("version_unknown");
    expect(await name("x", 1.5)).to.equal("version_unknown");
    expect(await name(" \n\u200b")).to.equal("op_malformed");
    expect(await name("👻".repeat(201))).to.equal("op_malformed");
    expect(await name("x", 1, 1)).to.equal("stale");
    expect(await fault(documents.name("none", { name: "x" }, ann))).to.equal("forbidden");
    expect(await fault(documents.versions("none"))).to.equal("forbidden");
    await documents.name("note", { name: "👻".repeat(200) }, ann);
    expect(await names()).to.have.length(1);
  });

  it("are of one life: a new one has none of them, nor can its versions be named", async () => {
    const { documents } = server;
    await documents.name("note", { name: "Start", version: 1 }, ann);
    await documents.delete("note", ann);
    await documents.create({ id: "note", type: "plain" }, "bo");
    expect(await names()).to.deep.equal([]);
    expect(await fault(documents.name("note", { name: "x", version: 2 }, ann))).to.equal("version_unknown");
    expect(await documents.name("note", { name: "x", version: 4 }, ann)).to.include({ version: 4 });
  });

  it("are there when the server comes back, as are owners", async () => {
    await server.documents.name("note", { name: "Start", version: 1 }, ann);
    await server.close();
    server = await startServer({ folder: server.folder });
    expect(await names()).to.deep.equal([[1, "Start"]]);
    expect((await server.documents.list({ owner: "ann" })).documents.map(({ id }) => id)).to.deep.equal([
      "note",
    ]);
    expect((await server.documents.list({ owner: "bo" })).documents).to.deep.equal([]);
  });
});

describe("names of people", () => {
  afterEach(cleanUp);

  it("are those under which they wrote, also after the server has come back", async () => {
    const server = await startServer();
    const response = await fetch(`${server.url}/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "Ann Lee" }),
    });
    const { token, user } = (await response.json()) as { token: string; user: { id: string } };
    const client = await connectRaw(server.url, { token });
    await client.request("open", { doc: "note", type: "plain", create: true });
    await client.request("submit", { doc: "note", version: 1, seq: 1, op: ["hello"] });
    const asked = async (documents: RunningServer["documents"]) =>
      (await documents.people.authors([user.id, "nobody"]))[user.id]?.name;
    expect(await asked(server.documents)).to.equal("Ann Lee");
    await server.close();
    const again = await startServer({ folder: server.folder });
    expect(await asked(again.documents)).to.equal("Ann Lee");
  });

  it("are all there when the server has ended, also those that were being written", async () => {
    const clock = manualClock();
    const rows = new Map<string, Kept>();
    const gates: (() => void)[] = [];
    const people = createPeople({
      clock,
      log: { warn() {} },
      beside: {
        record: async ({ key }) => {
          await new Promise<void>((open) => gates.push(open));
          return rows.get(key);
        },
        put: async (row) => {
          rows.set(row.key, row);
          return true;
        },
      },
    });
    people.remember({ id: "ann", name: "Ann" });
    await clock.advance(1_000);
    people.remember({ id: "bo", name: "Bo" });
    let ended = false;
    const written = people.written().then(() => {
      ended = true;
    });
    await clock.advance(0);
    expect([gates.length, ended]).to.deep.equal([1, false]);
    people.remember({ id: "cy", name: "Cy" });
    for (let opened = 0; !ended; await clock.advance(0)) while (opened < gates.length) gates[opened++]!();
    await written;
    expect([...rows.keys()]).to.deep.equal(["ann", "bo", "cy"]);
  });

  it("are written when they change, some at a time, and cost nothing else", async () => {
    const clock = manualClock();
    const rows = new Map<string, Kept>();
    let writes = 0;
    const people = createPeople({
      clock,
      log: { warn() {} },
      beside: {
        record: async ({ key }) => rows.get(key),
        put: async (row) => {
          writes++;
          rows.set(row.key, row);
          return true;
        },
      },
    });
    const settle = () => clock.advance(5000);
    for (let time = 0; time < 100; time++) people.remember({ id: "ann", name: "Ann" });
    for (let user = 0; user < 120; user++) people.remember({ id: `u${user}`, name: `U ${user}` });
    expect(writes).to.equal(0);
    await settle();
    expect(writes).to.equal(121);
    people.remember({ id: "ann", name: "Ann" });
    await settle();
    expect(writes).to.equal(121);
    people.remember({ id: "ann", name: "Ann Lee" });
    await settle();
    expect(writes).to.equal(122);
    expect(await people.authors(["ann", "u7", "ghost"])).to.deep.equal({
      ann: { name: "Ann Lee", color: colorOfUser("ann") },
      u7: { name: "U 7", color: colorOfUser("u7") },
      ghost: { name: "ghost", color: colorOfUser("ghost") },
    });
  });

  it("are known on every node under which they wrote on another one, and as they are called now", async () => {
    const clock = manualClock();
    const rows = new Map<string, Kept>();
    const beside = {
      record: async ({ key }: Pick<Kept, "key">) => rows.get(key),
      put: async (row: Kept) => {
        rows.set(row.key, row);
        return true;
      },
    };
    const [here, there] = ["here", "there"].map(() => createPeople({ clock, log: { warn() {} }, beside }));
    const shown = async () =>
      (await Promise.all([here!, there!].map((node) => node.authors(["ann"])))).map(({ ann }) => ann!.name);
    here!.remember({ id: "ann", name: "Ann" });
    // Asked before the name is written.
    expect(await shown()).to.deep.equal(["Ann", "ann"]);
    await clock.advance(2_000);
    expect(await shown()).to.deep.equal(["Ann", "Ann"]);
    here!.remember({ id: "ann", name: "Ann Lee" });
    await clock.advance(60_000);
    expect(await shown()).to.deep.equal(["Ann Lee", "Ann Lee"]);
    there!.remember({ id: "ann", name: "Ann B. Lee" });
    await clock.advance(60_000);
    expect(await shown()).to.deep.equal(["Ann B. Lee", "Ann B. Lee"]);
    here!.remember({ id: "ann", name: "Ann Lee" });
    await clock.advance(60_000);
    expect(await shown()).to.deep.equal(["Ann Lee", "Ann Lee"]);
  });
});
