// What a server logs of people: that they come, go and are refused, under a name that nobody can go back from; and never so
// much that it fills a disk.

import { expect } from "chai";
import { SignJWT } from "jose";
import { Fault } from "../../protocol/index.js";
import { faultOf } from "../../server/ledger/refusals.js";
import { bounded, type Log } from "../../server/log.js";
import { StorageError, StoreFault } from "../../server/storage/errors.js";
import { VirtualClock } from "../world/clock.js";
import { codeOf, scene, writer } from "./fakes.js";
import { cleanUp, connectRaw, startServer, until } from "./harness.js";
import { call } from "./http-calls.js";
import { StockPerson } from "./stock-client.js";

interface Line {
  readonly code?: string;
  readonly conn?: string;
  readonly user?: string;
  readonly doc?: string;
  readonly node?: string;
  readonly leftOut?: number;
  readonly way?: string;
  readonly reason?: string;
}

function remembering(): { readonly log: Log; readonly lines: Line[] } {
  const lines: Line[] = [];
  const keep = (details: object) => void lines.push(details as Line);
  return { lines, log: { info: keep, warn: keep, error: keep } };
}

describe("the log", () => {
  afterEach(cleanUp);

  it("has a line when somebody comes, is refused and goes, all of one connection and one hidden person", async () => {
    const { log, lines } = remembering();
    const server = await startServer({ database: "memory:", log, node: "n1" });
    const ann = await connectRaw(server.url, { name: "Ann" });
    await ann.request("open", { doc: "note", type: "plain", create: true });
    await ann.ask("submit", { doc: "note", version: 1, seq: 1, op: [99, "secret words"] });
    ann.close();
    await until("she is gone", () => lines.some(({ code }) => code === "disconnected"));
    const told = lines.filter(({ conn }) => conn !== undefined);
    expect(told.map(({ code }) => code)).to.deep.equal(["connected", "op_out_of_bounds", "disconnected"]);
    expect(new Set(told.map(({ conn, user, node }) => `${conn} ${user} ${node}`)).size).to.equal(1);
    expect(told[0]).to.include({ node: "n1" });
    expect(told[1]).to.include({ doc: "note" });
    expect(told[0]?.user).to.equal(server.pseudonym(ann.welcome.user.id));
    expect(JSON.stringify(lines)).to.not.match(new RegExp(`Ann|secret|${ann.welcome.user.id}`));
  });

  it("and the count have who was not let in, at whichever door, with why and from where, and nothing of the token", async () => {
    const { log, lines } = remembering();
    const secret = "a secret of at least thirty-two bytes";
    const server = await startServer({
      database: "memory:",
      log,
      auth: "jwt",
      jwtSecret: secret,
      sharedb: true,
    });
    const other = Buffer.from("another secret, of thirty-two bytes as well");
    const token = await new SignJWT({ sub: "ann" }).setProtectedHeader({ alg: "HS256" }).sign(other);
    const headers = { authorization: `Bearer ${token}` };
    expect((await call(server, "/v1/documents", { headers })).status).to.equal(401);
    expect((await call(server, "/v1/documents/note/events", { headers })).status).to.equal(401);
    expect(await codeOf(connectRaw(server.url, { token }))).to.equal("unauthenticated");
    await new StockPerson(server.url, { token }).ended();
    const refused = lines.filter(({ code }) => code === "unauthenticated");
    expect(refused.map(({ way }) => way)).to.deep.equal(["http", "http", "websocket", "sharedb"]);
    for (const line of refused)
      expect(line).to.include({ address: "127.0.0.1", reason: "signature verification failed" });
    expect(JSON.stringify(lines)).to.not.include(token.split(".")[2]);
    const { text } = await call(server, "/metrics");
    expect(text).to.match(/^ot_auth_failures_total\{reason="unauthenticated"\} 4$/m);
  });

  it("says of a token that an open server refuses that such a server takes its own only", async () => {
    const { log, lines } = remembering();
    const server = await startServer({ database: "memory:", log });
    const headers = { authorization: "Bearer a.b.c" };
    expect((await call(server, "/v1/documents", { headers })).status).to.equal(401);
    expect(lines.at(-1)?.reason).to.match(/--auth open takes tokens of this server's own only/);
  });

  it("has no line of what failed because the store did, and of other known errors their code, without a stack", () => {
    const { log, lines } = remembering();
    const saying = bounded(log, new VirtualClock(0), "n1");
    saying.error({ err: new StoreFault("unavailable", "Not just now.") }, "The heads could not be read.");
    saying.warn({ err: new StorageError("unreachable", "It is away.") }, "A snapshot could not be saved");
    expect(lines).to.deep.equal([]);
    saying.warn({ err: new StorageError("corrupt", "It is damaged."), doc: "note" }, "Not saved");
    const reason = "fetch failed: ENOTFOUND";
    saying.warn({ err: new Fault("unavailable", "The keys are away.", { reason }) }, "Not looked at");
    const unexpected = new TypeError("of undefined");
    saying.error({ err: unexpected, code: "internal" }, "No");
    expect(lines).to.deep.equal([
      { node: "n1", code: "corrupt", doc: "note", reason: "It is damaged." },
      { node: "n1", code: "unavailable", reason },
      { node: "n1", err: unexpected, code: "internal" },
    ]);
  });

  it("has no line of each request that is refused because the store is in trouble, which has its own", async () => {
    const { log, lines } = remembering();
    const world = scene({ log });
    const ann = await writer(world);
    lines.length = 0;
    world.ledger.before.submit = () => {
      throw new StoreFault("unavailable", "The store does not answer.");
    };
    const submit = { doc: "note", version: 1, seq: 1, op: ["x"] };
    expect(await codeOf(ann.request("submit", submit))).to.equal("unavailable");
    expect(lines).to.deep.equal([]);
    world.ledger.before.submit = () => {
      throw new Fault("unavailable", "Not just now.");
    };
    expect(await codeOf(ann.request("submit", submit))).to.equal("unavailable");
    expect(lines.map(({ code }) => code)).to.deep.equal(["unavailable"]);
  });

  it("has one line of a document's damage, however often it is met, and lines of what that hinders", () => {
    const { log, lines } = remembering();
    const clock = new VirtualClock(0);
    const saying = bounded(log, clock, "n1");
    const read = (doc: string) => {
      const err = faultOf(new StorageError("corrupt", "Op 3 is damaged."), { log: saying, doc });
      saying.warn({ code: err.code, err, doc }, "Webhooks are not told of it.");
    };
    read("note");
    const both = lines.splice(0).map(({ code, doc }) => [code, doc]);
    expect(both).to.deep.equal([
      ["corrupt", "note"],
      ["unavailable", "note"],
    ]);
    for (let hour = 0; hour < 5; hour++) {
      read("note");
      clock.advance(3_600_000);
    }
    expect(lines.splice(0).filter(({ code }) => code === "corrupt")).to.deep.equal([]);
    clock.advance(3_600_000);
    read("note");
    expect(lines.filter(({ code }) => code === "corrupt")).to.deep.equal([]);
    read("list");
    expect(lines.filter(({ code }) => code === "corrupt").map(({ doc }) => doc)).to.deep.equal(["list"]);
    clock.advance(10_000_000);
    read("note");
    expect(lines.filter(({ code }) => code === "corrupt").map(({ doc }) => doc)).to.deep.equal([
      "list",
      "note",
    ]);
  });

  it("says when the server is told to stop, when it takes nothing any more, and when it has stopped", async () => {
    const { log, lines } = remembering();
    const server = await startServer({ database: "memory:", log, node: "n1" });
    const ann = await connectRaw(server.url);
    await server.close();
    await ann.ended;
    const told = lines
      .map(({ code }) => code)
      .filter((code) => code !== "connected" && code !== "disconnected");
    expect(told).to.deep.equal(["leaving", "draining", "stopped"]);
    expect(lines.find(({ code }) => code === "leaving")).to.include({ people: 1, node: "n1" });
  });

  it("has a hundred lines a second of one code, then how many there were more, and all of any other", () => {
    const { log, lines } = remembering();
    const clock = new VirtualClock(0);
    const flooded = bounded(log, clock, "n1");
    for (let at = 0; at < 250; at++) flooded.info({ code: "rate_limited" }, "no");
    flooded.info({ code: "connected" }, "yes");
    expect(lines).to.have.length(101);
    clock.advance(1000);
    flooded.info({ code: "rate_limited" }, "no");
    expect(lines.at(-1)).to.deep.equal({ node: "n1", code: "rate_limited", leftOut: 150 });
  });
});
