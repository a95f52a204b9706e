// What people write, what they are called and the tokens they show stay out of the log, whatever goes well or wrong: a
// server as a program of its own at its most talkative, canaries in everything a client can say, and a look at its log.

import { expect } from "chai";
import { SignJWT } from "jose";
import { hostile, poison } from "../corpus/server/hostile.js";
import { figure } from "../figures.js";
import { cleanUp, connectRaw, openSocket, sleep, until } from "./harness.js";
import { rawGuest } from "./raw-socket.js";
import { startWatched } from "./watched.js";

const canary = (what: string) => `canary-${what}-5f3a`;

describe("the log", () => {
  afterEach(cleanUp);

  it("holds nothing that people wrote, nor their names, nor their tokens", async () => {
    const server = await startWatched({
      limits: { malformedPerMinute: 30, queuedBytes: 1_000_000, bytesPerSecond: 1e9, opRateBytes: 1e9 },
    });
    const ann = await connectRaw(server.url, { name: canary("name") });
    await ann.request("open", { doc: "note", type: "rich", create: true });
    await ann.request("submit", { doc: "note", version: 1, seq: 1, op: [1, canary("text")] });
    // Refused, in several ways.
    await ann.ask("submit", { doc: "note", version: 1, seq: 2, op: [1, `${canary("text")}\ud800`] });
    await ann.ask("submit", { doc: "note", version: 1, seq: 1, op: [1, canary("other")] });
    await ann.ask(canary("request"), { doc: canary("doc"), text: canary("text") });
    await ann.ask("refresh", { token: canary("token") });
    ann.notify("presence", { doc: "note", n: 1, version: 1, seq: 0, selection: null, activity: "typing" });
    const token = await new SignJWT({ sub: canary("sub"), name: canary("name") })
      .setProtectedHeader({ alg: "HS256" })
      .sign(Buffer.from(canary("secret").padEnd(32)));
    for (const hello of [
      { protocol: 3, token },
      { protocol: 3, client: { id: canary("id"), ticket: canary("ticket") } },
    ]) {
      openSocket(server.url, { hello });
    }
    const ask = (path: string, options: RequestInit = {}) =>
      fetch(server.url + path, options).then((answer) => answer.text());
    const json = { "content-type": "application/json" };
    await ask(`/v1/documents?search=${canary("search")}`);
    await ask(`/v1/documents?token=${token}`, { headers: { authorization: `Bearer ${token}` } });
    await ask("/token", { method: "POST", headers: json, body: JSON.stringify({ name: canary("name") }) });
    await ask("/v1/documents", {
      method: "POST",
      headers: json,
      body: `{"type":"plain","text":"${canary("text")}`,
    });
    await ask("/v1/documents", {
      method: "POST",
      headers: json,
      body: JSON.stringify({ type: "plain", text: canary("text") }),
    });
    // Strangers who are thrown out, with a canary in what they said.
    for (const frame of poison.slice(0, 30)) {
      const stranger = await rawGuest(server.port, canary("name"));
      stranger.send(`${frame}${canary("frame")}`);
      await stranger.until(() => false, 30);
      stranger.destroy();
    }
    const stranger = await rawGuest(server.port, canary("name"));
    for (const { message } of hostile.slice(0, 100))
      stranger.send(`421${message.replaceAll("a", canary("text"))}`);
    await stranger.until(() => false, 1000);
    // A reader that is cut off, which is logged.
    const reader = await rawGuest(server.port, canary("name"));
    reader.send('420["open",{"doc":"note","type":"rich","create":false}]');
    await reader.until((packet) => packet.startsWith("430"));
    reader.pause();
    let { version } = await ann.request("submit", {
      doc: "note",
      version: 2,
      seq: 3,
      op: [1, canary("text").repeat(10_000)],
    });
    await until("something is logged", async () => {
      const op = [1, canary("text").repeat(10_000), { d: canary("text").length * 10_000 }];
      ({ version } = await ann.request("submit", { doc: "note", version, seq: version + 10, op }));
      await sleep(20);
      return server.log.includes("fell too far behind");
    });
    expect(server.ended).to.equal(undefined);
    const lines = server.log.trim().split("\n");
    expect(lines.length).to.be.greaterThan(0);
    expect(server.log).to.not.include("canary");
    expect(server.log).to.not.include(token.slice(0, 20));
    figure(
      "quiet-log",
      "lines logged in a run with canaries in all that clients say, none of which they hold",
      lines.length,
    );
  });
});
