// What PROTOCOL.md says that whoever writes a client by hand has to rely on, asked of a real server message by message.

import { get } from "node:http";
import { expect } from "chai";
import type { Answer } from "../../protocol/index.js";
import { cleanUp, connectRaw, type RawClient, type RunningServer, startServer } from "./harness.js";

/** No document comes to it. */
const NEVER = 9007199254740991;

const codeOf = (answer: Answer<"submit"> | Answer<"open">) => ("fault" in answer ? answer.fault.code : "ok");

describe("a client that is written by the page", () => {
  let server: RunningServer;
  let url: string;
  let client: RawClient;
  const submit = (doc: string, version: number, seq: number, op: unknown) =>
    client.ask("submit", { doc, version, seq, op }) as Promise<Answer<"submit">>;
  const open = (doc: string, type: "plain" | "rich", more: object = {}) =>
    client.ask("open", { doc, type, create: true, ...more }) as Promise<Answer<"open">>;

  before(async () => {
    server = await startServer({ database: "memory:" });
    url = server.url;
    client = await connectRaw(url);
  });
  after(cleanUp);

  it("learns from the server whether an op of which it has no answer is in the history", async () => {
    await open("fate", "plain");
    expect(await submit("fate", 1, 1, ["once"])).to.deep.equal({ ok: { version: 2 } });
    expect(await submit("fate", NEVER, 1, ["once"])).to.deep.equal({ ok: { version: 2 } });
    expect(codeOf(await submit("fate", NEVER, 2, ["never"]))).to.equal("version_ahead");
    expect(codeOf(await submit("fate", NEVER, 1, ["other"]))).to.equal("seq_reused");
    expect(await client.request("ops", { doc: "fate", since: 1 })).to.have.property("head", 2);
    // That it was asked about uses up no name.
    expect(await submit("fate", 2, 2, ["after all"])).to.deep.equal({ ok: { version: 3 } });
  });

  it("is answered so for what it wrote in the life before, too, from which versions count on", async () => {
    await open("again", "plain");
    await submit("again", 1, 1, ["once"]);
    await server.documents.delete("again");
    expect(await open("again", "plain")).to.have.nested.include({ "ok.head": 4, "ok.snapshot": "" });
    expect(await submit("again", NEVER, 1, ["once"])).to.deep.equal({ ok: { version: 2 } });
    expect(await open("again", "plain")).to.have.nested.include({ "ok.head": 4, "ok.snapshot": "" });
  });

  it("may put any text into a document but controls below U+0020 and halves of a pair", async () => {
    await open("text", "plain");
    expect(codeOf(await submit("text", 1, 1, ["\t\n\u007f\u0085\u202e\ufeff👻"]))).to.equal("ok");
    for (const refused of ["\0", "\u001f", "\r", "\ud83d"])
      expect(codeOf(await submit("text", 1, 2, [refused])), JSON.stringify(refused)).to.equal("bad_unicode");
  });

  it("meets deletes that quote, and is refused one that quotes what does not stand there", async () => {
    await open("quote", "plain");
    await submit("quote", 1, 1, ["a👻c"]);
    expect(codeOf(await submit("quote", 2, 2, [1, { d: "xc" }]))).to.equal("op_malformed");
    expect(codeOf(await submit("quote", 2, 2, [1, { d: "👻c" }]))).to.equal("ok");
    const { ops } = await client.request("ops", { doc: "quote", since: 2 });
    expect(ops.map(({ op }) => op)).to.deep.equal([[1, { d: "👻c" }]]);
  });

  it("leaves a rich document its first marker, and may retain it", async () => {
    await open("rich", "rich");
    for (const op of [[{ d: 1 }], ["\n"], ["x", { d: 1 }], [{ i: "x", a: { b: 1 } }]])
      expect(codeOf(await submit("rich", 1, 1, op)), JSON.stringify(op)).to.equal("op_malformed");
    expect(await submit("rich", 1, 1, [{ r: 1, b: { t: "h1" } }])).to.deep.equal({ ok: { version: 2 } });
    expect(await submit("rich", 2, 2, [])).to.deep.equal({ ok: { version: 3 } });
  });

  it("is refused colours that are none, and keys that every JavaScript object has", async () => {
    await open("colour", "rich");
    for (const a of [{ fg: "red" }, { bg: "#12345" }, { valueOf: 1 }, { constructor: 1 }])
      expect(codeOf(await submit("colour", 1, 1, [1, { i: "x", a }])), JSON.stringify(a)).to.equal(
        "op_malformed",
      );
    expect(codeOf(await submit("colour", 1, 1, [1, { i: "x", a: { fg: "#abc" } }]))).to.equal("ok");
  });

  it("reads the op that made a document as nobody's", async () => {
    await open("made", "rich");
    const { ops } = await client.request("ops", { doc: "made", since: 0 });
    expect(ops).to.have.length(1);
    expect(ops[0]).to.include({ version: 1, src: "", seq: 0 });
  });

  it("is told of another life where `since` is of one, and believed where it does not say of which", async () => {
    await open("life", "plain");
    expect(codeOf(await open("life", "plain", { since: 1, epoch: "another" }))).to.equal("epoch_changed");
    expect(await open("life", "plain", { since: 1 })).to.have.nested.property("ok.ops.length", 0);
  });

  it("is another client where its ticket is not believed", async () => {
    const { id, ticket } = client.welcome.client;
    const again = await connectRaw(url, { client: { id, ticket } });
    expect(again.welcome.client.id).to.equal(id);
    const stranger = await connectRaw(url, { client: { id, ticket: `${ticket.slice(1)}x` } });
    expect(stranger.welcome.client.id).not.to.equal(id);
  });

  it("hears in the answer to its handshake why it gets no further", async () => {
    expect(await refusal(url, "polling")).to.equal('403 {"code":4,"message":"origin_refused"}');
    const upgrade = {
      ...{ connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" },
      "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
    };
    expect(await refusal(url, "websocket", upgrade)).to.equal("400 origin_refused");
  });
});

/** The status and the body of what a page from elsewhere is answered. */
function refusal(url: string, transport: string, headers: { [name: string]: string } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { headers: { ...headers, origin: "http://elsewhere.example" } };
    get(`${url}/socket.io/?EIO=4&transport=${transport}`, options, (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => resolve(`${response.statusCode} ${body}`));
    }).on("error", reject);
  });
}
