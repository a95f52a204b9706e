// ShareDB's own client at `/sharedb`: it reads and writes the plain documents that ours do, and comes back to them.

import { expect } from "chai";
import { connect } from "../../client/index.js";
import { cleanUp, connectRaw, onCleanUp, startServer, until } from "./harness.js";
import { bareStock, called, PLAIN, type StockDoc, type StockError, StockPerson } from "./stock-client.js";

const codeOf = (call: (done: (error?: StockError) => void) => void) =>
  called(call).then(
    () => "",
    ({ code }: StockError) => code,
  );

describe("a stock ShareDB client", () => {
  afterEach(cleanUp);

  function ours(url: string, id: string) {
    const client = connect(url, { name: "Ada" });
    onCleanUp(() => client.close());
    return client.open(id, { type: "plain" });
  }

  const reads = (doc: StockDoc, text: string) => until(`it reads ${text}`, () => doc.data === text);

  it("writes the same document as our client", async () => {
    const { url } = await startServer({ database: "memory:" });
    const ada = ours(url, "note");
    await ada.ready;
    ada.submit(["Hello"]);
    await ada.settled();
    const bo = new StockPerson(url);
    const doc = await bo.subscribed("note");
    expect([doc.type?.uri, doc.data]).to.deep.equal([PLAIN, "Hello"]);
    doc.submitOp([5, " 👻 world"]);
    await until("ours has it", () => ada.text === "Hello 👻 world");
    ada.submit([7, { d: 6 }, "!"]);
    await reads(doc, "Hello 👻!");
    await ada.settled();
    expect(doc.version).to.equal(ada.version);
    expect(bo.errors).to.deep.equal([]);
  });

  it("is a person in the room, and its ops have its client id, without the ticket", async () => {
    const { url, documents } = await startServer({ database: "memory:" });
    await documents.create({ id: "note", type: "plain", text: "" });
    const raw = await connectRaw(url);
    await raw.request("open", { doc: "note", type: "plain", create: false });
    const bo = new StockPerson(url);
    const doc = await bo.subscribed("note");
    const { person } = await raw.next("joined");
    await called((done) => doc.submitOp(["x"], done));
    const { ops } = await raw.next("ops");
    expect(ops[0]!.src).to.equal(person.src).and.to.have.length(12);
    expect(bo.connection.id)
      .to.match(/^[\w-]{12}\.[\w-]{43}$/)
      .and.to.satisfy((id: string) => id.startsWith(ops[0]!.src));
  });

  it("edits what it has only fetched", async () => {
    const { url, documents } = await startServer({ database: "memory:" });
    await documents.create({ id: "note", type: "plain", text: "a" });
    const bo = new StockPerson(url);
    const doc = bo.doc("note");
    await called((done) => doc.fetch(done));
    await documents.submit("note", { op: ["b"] });
    await documents.submit("note", { op: ["c"] });
    await called((done) => doc.submitOp([1, "!"], done));
    expect([doc.data, doc.version]).to.deep.equal(["cba!", 4]);
    await documents.submit("note", { op: ["d"] });
    await called((done) => doc.fetch(done));
    expect(doc.data).to.equal("dcba!");
  });

  it("makes documents, with a text and without", async () => {
    const { url, documents } = await startServer({ database: "memory:" });
    const bo = new StockPerson(url);
    const doc = await bo.subscribed("new");
    expect([doc.type, doc.version]).to.deep.equal([null, 0]);
    await called((done) => doc.create("first", PLAIN, done));
    await called((done) => doc.submitOp([5, "!"], done));
    const empty = bo.doc("empty");
    await called((done) => empty.create("", PLAIN, done));
    expect((await documents.read("new"))?.text).to.equal("first!");
    expect((await documents.read("empty"))?.version).to.equal(1);
    await documents.submit("new", { op: [6, "?"] });
    await reads(doc, "first!?");
    const cy = new StockPerson(url);
    expect(await codeOf((done) => cy.doc("new").create("other", PLAIN, done))).to.equal("document_exists");
  });

  it("hears that a document it waits for has been made, deleted, and made anew", async () => {
    const { url, documents } = await startServer({ database: "memory:" });
    const bo = new StockPerson(url);
    const doc = await bo.subscribed("later");
    await documents.create({ id: "later", type: "plain", text: "now" });
    await reads(doc, "now");
    await documents.submit("later", { op: [3, "!"] });
    await reads(doc, "now!");
    await documents.delete("later");
    await until("it is gone", () => doc.type === null);
    await documents.create({ id: "later", type: "plain", text: "again" });
    await reads(doc, "again");
    await called((done) => doc.submitOp([5, "!"], done));
    expect((await documents.read("later"))?.text).to.equal("again!");
    expect(bo.errors).to.deep.equal([]);
  });

  it("subscribes to many documents at once, and leaves them", async () => {
    const { url, documents } = await startServer({ database: "memory:" });
    const bo = new StockPerson(url);
    const ids = Array.from({ length: 20 }, (_, at) => `note-${at}`);
    for (const id of ids) await documents.create({ id, type: "plain", text: id });
    await until("connected", () => bo.connection.state === "connected");
    bo.connection.startBulk();
    const all = ids.map((id) => bo.subscribed(id));
    bo.connection.endBulk();
    const docs = await Promise.all(all);
    expect(docs.map(({ data }) => data)).to.deep.equal(ids);
    bo.cut();
    for (const id of ids) await documents.submit(id, { op: ["+"] });
    await bo.back();
    for (const doc of docs) await reads(doc, `+${ids[docs.indexOf(doc)]}`);
    await called((done) => docs[0]!.unsubscribe(done));
    await documents.submit(ids[0]!, { op: ["+"] });
    await documents.submit(ids[1]!, { op: ["+"] });
    await reads(docs[1]!, "++note-1");
    expect(docs[0]!.data).to.equal("+note-0");
  });

  it("has more documents in hand than one connection may have open, one after another", async () => {
    const { url, documents } = await startServer({
      database: "memory:",
      limits: { documentsPerConnection: 3 },
    });
    const bo = new StockPerson(url);
    for (let at = 0; at < 8; at++) {
      await documents.create({ id: `note-${at}`, type: "plain", text: "a" });
      const doc = bo.doc(`note-${at}`);
      await called((done) => doc.fetch(done));
      await called((done) => doc.submitOp(["b"], done));
    }
    for (let at = 0; at < 3; at++) await bo.subscribed(`note-${at}`);
    expect(await codeOf((done) => bo.doc("note-3").subscribe(done))).to.equal("too_many_documents");
  });

  it("hears of a document that was about to make room when it was asked for again", async () => {
    const { url, documents } = await startServer({
      database: "memory:",
      limits: { documentsPerConnection: 3 },
    });
    const bare = await bareStock(url);
    for (let at = 0; at < 4; at++) await documents.create({ id: `note-${at}`, type: "plain", text: "a" });
    for (let at = 0; at < 3; at++) await bare.ask({ a: "f", c: "documents", d: `note-${at}` });
    bare.say({ a: "bs", c: "documents", b: ["note-3", "note-0"] });
    for (let answers = 0; answers < 2; answers++)
      await bare.next(({ a, data }) => a === "s" && data !== undefined);
    for (const d of ["note-3", "note-0"]) {
      await documents.submit(d, { op: ["b"] });
      await bare.next((told) => told.a === "op" && told.d === d);
    }
  });

  it("sends an op again whose acknowledgement was lost, and it is there once", async () => {
    const { url, documents } = await startServer({ database: "memory:" });
    await documents.create({ id: "note", type: "plain", text: "" });
    const bo = new StockPerson(url);
    const doc = await bo.subscribed("note");
    for (let round = 0; round < 20; round++) {
      const { version } = (await documents.read("note"))!;
      const acknowledged = called((done) => doc.submitOp([`${round}.`], done));
      await until("it is committed", async () => (await documents.read("note"))!.version > version);
      bo.cut();
      await documents.submit("note", { op: ["x"] });
      await bo.back();
      await acknowledged;
      await until("it is current", async () => doc.version === (await documents.read("note"))!.version);
    }
    const expected = Array.from({ length: 20 }, (_, at) => `x${19 - at}.`).join("");
    expect(doc.data).to.equal(expected);
    expect((await documents.read("note"))!.text).to.equal(expected);
  });

  it("sends an op again that it has moved past others' meanwhile, and it is there once", async () => {
    const { url, documents } = await startServer({ database: "memory:" });
    await documents.create({ id: "note", type: "plain", text: "ab" });
    const bo = new StockPerson(url);
    const doc = await bo.subscribed("note");
    // It hears of the other's op only when its own is on its way, and of its own not at all.
    const { socket } = bo;
    const hear = socket.onmessage!;
    const held: { readonly data: unknown }[] = [];
    socket.onmessage = (event) => void held.push(event);
    await documents.submit("note", { op: ["1"] });
    const acknowledged = called((done) => doc.submitOp([2, "!"], done));
    await until("its op is committed", async () => (await documents.read("note"))!.version === 3);
    await until("both ops are told", () => held.length === 2);
    hear.call(socket, held[0] as never);
    expect([doc.version, doc.hasWritePending(), doc.data]).to.deep.equal([2, true, "1ab!"]);
    bo.cut();
    await bo.back();
    await acknowledged;
    expect(doc.data).to.equal((await documents.read("note"))!.text);
    expect((await documents.read("note"))!.text).to.equal("1ab!");
  });

  it("that saw its own op as somebody else's has it once in the end", async () => {
    const { url, documents } = await startServer({ database: "memory:" });
    await documents.create({ id: "note", type: "plain", text: "ab" });
    const bo = new StockPerson(url);
    const doc = await bo.subscribed("note");
    const { version } = (await documents.read("note"))!;
    // The acknowledgement is lost with the connection.
    bo.socket.onmessage = () => {};
    const acknowledged = called((done) => doc.submitOp([2, "!"], done));
    await until("it is committed", async () => (await documents.read("note"))!.version > version);
    bo.cut();
    await until("it knows", () => bo.connection.state === "disconnected");
    doc.pause();
    await bo.back();
    await until("it has taken its own op for another's", () => doc.version === version + 1);
    doc.resume();
    let told = false;
    void acknowledged.then(() => {
      told = true;
    });
    await until("it is told that its op is there", () => told);
    await reads(doc, "ab!");
    expect((await documents.read("note"))!.text).to.equal("ab!");
    expect(bo.errors).to.deep.equal([]);
  });

  it("is told what it may not have, and goes on", async () => {
    const { url, documents } = await startServer({ database: "memory:" });
    await documents.create({ id: "rich", type: "rich", text: "a" });
    await documents.create({ id: "note", type: "plain", text: "a" });
    const bo = new StockPerson(url);
    const doc = await bo.subscribed("note");
    expect(await codeOf((done) => bo.doc("rich").subscribe(done))).to.equal("type_mismatch");
    expect(await codeOf((done) => doc.del(done))).to.equal("forbidden");
    expect(await codeOf((done) => bo.connection.createFetchQuery("documents", {}, {}, done))).to.equal(
      "forbidden",
    );
    expect(await codeOf((done) => bo.connection.fetchSnapshot("documents", "note", 1, done))).to.equal(
      "forbidden",
    );
    await until("it has the document back", () => doc.data === "a");
    await called((done) => doc.submitOp([1, "b"], done));
    expect((await documents.read("note"))?.text).to.equal("ab");
  });

  it("keeps what it could not send while the server stops, and sends it to the next", async () => {
    const first = await startServer();
    const { folder } = first;
    await first.documents.create({ id: "note", type: "plain", text: "" });
    const bo = new StockPerson(first.url);
    const doc = await bo.subscribed("note");
    const { id } = bo.connection;
    const ended = bo.ended();
    await first.close();
    expect(await ended).to.deep.equal({ code: 1012, reason: "" });
    doc.submitOp(["kept"]);
    const second = await startServer({ folder });
    await bo.back(second.url);
    await until("it is saved", () => !doc.hasWritePending());
    expect(bo.connection.id).to.equal(id);
    expect((await second.documents.read("note"))?.text).to.equal("kept");
  });
});
