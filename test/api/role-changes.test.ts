// Roles that change while people are connected: what they may do is what they may do now, and they are told within five
// seconds, whichever way they came.

import { expect } from "chai";
import type { Op, Role } from "../../protocol/index.js";
import { cleanUp, connectRaw, type RunningServer, startServer, until } from "../server/harness.js";
import { called, StockPerson } from "../server/stock-client.js";
import { COMMENT, EDIT, jwt, outcomeOf, signed, stageFor } from "./stage.js";

const UNCOMMENT: Op = [{ r: 2, a: { "c:1": null } }];

describe("a role that changes", () => {
  afterEach(cleanUp);

  /** Ann, connected and in the document, and her role. */
  async function annAs(first: Role) {
    let role: Role | false = first;
    const stage = await stageFor(
      { ...jwt, authorize: ({ id }) => (id === "ann" ? role : "owner") },
      { access: "own" },
    );
    const { socket } = stage;
    await socket.request("open", { doc: "note", type: "rich", create: false });
    return {
      ...{ stage, socket },
      become(next: Role | false) {
        role = next;
      },
    };
  }

  it("holds from the next op on, and is told, on the way down", async () => {
    const { stage, socket, become } = await annAs("owner");
    expect(await stage.submit(EDIT)).to.equal("ok");
    become("commenter");
    expect(await stage.submit([1, "red "])).to.equal("comment_only");
    expect(await stage.submit(COMMENT)).to.equal("ok");
    expect(await socket.next("access")).to.deep.equal({ doc: "note", writable: false, role: "commenter" });
    become("viewer");
    expect(await stage.submit(UNCOMMENT)).to.equal("readonly");
    await socket.next("access", ({ role }) => role === "viewer");
    become(false);
    expect((await socket.next("fault")).fault.code).to.equal("forbidden");
    expect(await stage.submit(EDIT)).to.equal("forbidden");
    expect((await stage.server.documents.read("note"))!.text).to.equal("hot tea please");
  });

  it("holds from the next op on, and is told once, on the way up", async () => {
    const { stage, socket, become } = await annAs("viewer");
    expect(await stage.submit(COMMENT)).to.equal("readonly");
    become("commenter");
    expect(await stage.submit(COMMENT)).to.equal("ok");
    await socket.next("access", ({ role, writable }) => role === "commenter" && !writable);
    become("editor");
    expect(await stage.submit(EDIT)).to.equal("ok");
    await socket.next("access", ({ role, writable }) => role === "editor" && writable);
    become("owner");
    await socket.next("access", ({ role, writable }) => role === "owner" && writable);
    expect(socket.told("access").map(({ role }) => role)).to.deep.equal(["commenter", "editor", "owner"]);
  });

  it("comes with a fresher token: told before that is answered, and true from then on", async () => {
    const server: RunningServer = await startServer({ database: "memory:", ...jwt });
    await server.documents.create({ id: "note", type: "rich", text: "tea" });
    const token = (role: Role) => signed("ann", { roles: { note: role } });
    const ann = await connectRaw(server.url, { token: await token("viewer") });
    await ann.request("open", { doc: "note", type: "rich", create: false });
    let seq = 0;
    const submit = (op: Op) => outcomeOf(ann.request("submit", { doc: "note", version: 1, seq: ++seq, op }));
    const outcomes: string[][] = [[await submit(COMMENT), await submit(EDIT)]];
    for (const role of ["commenter", "editor", "viewer"] as const) {
      await ann.request("refresh", { token: await token(role) });
      expect(ann.told("access").at(-1)).to.deep.equal({ doc: "note", writable: role === "editor", role });
      outcomes.push([await submit(COMMENT), await submit(EDIT)]);
    }
    expect(outcomes).to.deep.equal([
      ["readonly", "readonly"],
      ["ok", "comment_only"],
      ["ok", "ok"],
      ["readonly", "readonly"],
    ]);
  });

  it("holds for the next request over HTTP", async () => {
    const { stage, become } = await annAs("viewer");
    const write = () => stage.over("POST", "/documents/note/ops", { op: EDIT });
    expect(await write()).to.equal("readonly");
    become("editor");
    expect(await write()).to.equal("ok");
    become("commenter");
    expect(await write()).to.equal("comment_only");
    become(false);
    expect(await write()).to.equal("forbidden");
  });

  it("holds for the next op of ShareDB's client, which takes back what is refused and goes on", async () => {
    const { stage, become } = await annAs("editor");
    const person = new StockPerson(stage.server.url, { token: stage.token });
    const doc = await person.subscribed("plain");
    const submit = (op: readonly unknown[]) =>
      called((done) => doc.submitOp(op, done)).then(
        () => "ok",
        ({ code }) => code,
      );
    expect(await submit(["hot "])).to.equal("ok");
    become("viewer");
    expect(await submit(["red "])).to.equal("readonly");
    become("commenter");
    expect(await submit(["red "])).to.equal("comment_only");
    await until("it has what the server has", () => doc.data === "hot tea");
    become("owner");
    expect(await submit([7, "!"])).to.equal("ok");
    become(false);
    await until("it is told", () => person.errors.some(({ code }) => code === "forbidden"));
    const { version } = doc;
    await stage.server.documents.submit("plain", { op: ["more "] });
    expect(await submit(["x"])).to.equal("forbidden");
    expect((await stage.server.documents.read("plain"))!.text).to.equal("more hot tea!");
    expect(doc.version).to.equal(version);
  });

  it("ends a stream of events when it is none any more", async () => {
    const { stage, become } = await annAs("viewer");
    const headers = { authorization: `Bearer ${stage.token}` };
    const answer = await fetch(`${stage.server.url}/v1/documents/note/events`, { headers });
    const reader = answer.body!.getReader();
    become(false);
    let done = false;
    while (!done) ({ done } = await reader.read());
    expect(await stage.over("GET", "/documents/note/events")).to.equal("forbidden");
  });
});
