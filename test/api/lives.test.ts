// A document that came back from a backup: versions count on from there, and mean other texts than those that programs have
// read. Nobody who gives back what they were given is taken for one who has read the present life.

import { cp } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type ApiFault, api } from "../../client/api/index.js";
import { renewFile } from "../../server/storage/offline.js";
import { codeOf } from "../server/fakes.js";
import { cleanUp, freePort, type RunningServer, startServer, tempFolder } from "../server/harness.js";
import { type Answered, call, expectProblem } from "../server/http-calls.js";

const PATH = "/v1/documents/note";

/**
 * Writes what a backup does not have, goes back to that, and writes something else.
 *
 * @param meanwhile  what is done in the life that is lost; version 2 is the head then, and another text later
 */
async function restored<Read>(meanwhile: (server: RunningServer) => Promise<Read>) {
  const [folder, backup, port] = [await tempFolder(), await tempFolder(), await freePort()];
  const start = (from: string) => startServer({ folder: from, port });
  let server = await start(folder);
  await server.documents.create({ id: "note", type: "plain", text: "base" });
  await server.close();
  await cp(folder, backup, { recursive: true });
  server = await start(folder);
  await server.documents.submit("note", { op: ["lost "] });
  const read = await meanwhile(server);
  await server.close();
  await renewFile(join(backup, "interline.sqlite"), []);
  server = await start(backup);
  await server.documents.submit("note", { op: ["new "] });
  const { epoch } = (await server.documents.head("note"))!;
  const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
    call(server, PATH + path, {
      method,
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const text = async () => (await server.documents.read("note"))!.text;
  return { server, read, epoch, send, text };
}

const etagOf = async (server: RunningServer) => (await call(server, PATH)).headers.get("etag")!;

describe("versions of a life that was lost", () => {
  afterEach(cleanUp);

  it("are nothing that a program could have read of the present one", async () => {
    const { server, read } = await restored(etagOf);
    const get = (tag: string) => call(server, PATH, { headers: { "if-none-match": tag } });
    expect((await get(read)).body.snapshot).to.equal("new base");
    // Nobody knows which life that was.
    expect((await get('"2"')).status).to.equal(200);
    expect((await get(await etagOf(server))).status).to.equal(304);
  });

  it("are written over nothing, and whoever tries is told which life there is", async () => {
    const { read, send, text, epoch } = await restored(etagOf);
    const lost = read.slice(3, -1);
    const match = { "if-match": read };
    const refusals: readonly Promise<Answered>[] = [
      send("PUT", "/content", { version: 2, text: "lost base!" }, match),
      send("POST", "/ops", { op: ["x"] }, match),
      send("POST", "/ops", { op: [] }, match),
      send("POST", "/ops", { op: ["x"], dryRun: true }, match),
      send("POST", "/ops", { version: 2, epoch: lost, op: ["x"] }),
      send("PUT", "/content", { version: 2, epoch: lost, text: "lost base!" }),
      // The present life has not come so far, which is not what is wrong.
      send("PUT", "/content", { version: 9, epoch: lost, text: "lost base!" }),
      send("POST", "/edits", { version: 2, epoch: lost, edits: [{ do: "delete", place: { block: 0 } }] }),
      send("POST", "/restore", { version: 2, epoch: lost }),
      send("POST", "/revert", { from: 1, to: 2, epoch: lost }),
      send("POST", "/versions", { name: "Lost", version: 2, epoch: lost }),
      send("DELETE", `/versions/2?epoch=${lost}`, {}),
    ];
    for (const refusal of await Promise.all(refusals)) {
      expectProblem(refusal, 409, "epoch_changed");
      expect(refusal.body.details).to.deep.equal({ epoch, head: 2 });
    }
    expect(await text()).to.equal("new base");
  });

  it("are versions of the present life where they come without it", async () => {
    const { send, text } = await restored(etagOf);
    expect((await send("POST", "/ops", { version: 2, op: ["x "] }, { "if-match": '"2"' })).status).to.equal(
      200,
    );
    expect(await text()).to.equal("x new base");
  });

  it("are not read, nor gone on from", async () => {
    const { server, read, epoch } = await restored(etagOf);
    const lost = read.slice(3, -1);
    const paths = ["?version=2&", "/ops?from=1&", "/events?since=2&"];
    for (const path of [...paths, "/history?from=1&", "/diff?from=1&", "/blame?version=2&"])
      expectProblem(await call(server, `${PATH}${path}epoch=${lost}`), 409, "epoch_changed");
    const told = await call(server, `${PATH}/ops?from=1&epoch=${epoch}`);
    expect([told.status, told.body.epoch]).to.deep.equal([200, epoch]);
  });

  it("begin no stream: whoever comes back with one would miss what lies between", async () => {
    const { server, read } = await restored(etagOf);
    const resume = (id: string) => call(server, `${PATH}/events`, { headers: { "last-event-id": id } });
    expectProblem(await resume(read.slice(1, -1)), 409, "epoch_changed");
    for (const id of ["2.", "2.!", "x", "9".repeat(16)])
      expectProblem(await resume(id), 400, "message_malformed");
  });

  it("are sent back with their life by the client, which reads anew and goes on", async () => {
    const { server, read: own } = await restored(async ({ url }) => {
      const client = api(url);
      await client.documents.read("note");
      return client;
    });
    const refused = (call: Promise<unknown>) => call.then(String, (fault: ApiFault) => fault.code);
    const text = async () => (await server.documents.read("note"))!.text;
    for (const attempt of [
      () => own.submit("note", { op: ["x"] }, { ifVersion: 2 }),
      () => own.replace("note", { version: 2, text: "lost base!" }),
      () => own.restore("note", { version: 2 }),
      () => own.ops("note", { from: 2 }),
      () => own.documents.read("note", { version: 2 }),
      () => own.events("note", { since: 2 }).next(),
      () => own.history("note", { from: 1 }),
      () => own.diff("note", { from: 1, to: 2 }),
      () => own.blame("note", { version: 2 }),
      () => own.name("note", { name: "Lost", version: 2 }),
      () => own.unname("note", 2),
    ])
      expect(await refused(attempt())).to.equal("epoch_changed");
    expect(await text()).to.equal("new base");
    const read = await own.documents.read("note", {}, { unless: 2 });
    expect(read?.snapshot).to.equal("new base");
    await own.replace("note", { version: 2, text: "new base!" }, { ifVersion: 2 });
    expect(await text()).to.equal("new base!");
  });
});

describe("what was asked for under a key, of a document that was made anew since", () => {
  afterEach(cleanUp);

  async function twice() {
    const { documents } = await startServer({ database: "memory:" });
    const by = { author: "ann", key: "mine" };
    const make = () => documents.create({ id: "note", type: "plain", text: "Ann's" }, by);
    const write = () => documents.submit("note", { op: ["x"] }, { author: "ann", key: "write" });
    await make();
    const written = await write();
    await documents.delete("note");
    await documents.create({ id: "note", type: "plain", text: "Bo's" }, "bo");
    return { make, write, written };
  }

  it("is not answered with somebody else's document", async () => {
    const { make } = await twice();
    expect(await codeOf(make())).to.equal("document_deleted");
  });

  it("was done once, in a life that is not the present one", async () => {
    const { write, written } = await twice();
    const { version, op } = written;
    expect(await write()).to.deep.equal({ version, op });
  });
});
