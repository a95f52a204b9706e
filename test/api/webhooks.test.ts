// Webhooks against a real receiver that takes, fails, hangs and sends elsewhere; and a server that is killed in between.

import { createHmac } from "node:crypto";
import { expect } from "chai";
import { systemClock, type WebhookReply } from "../../protocol/index.js";
import { isPublic } from "../../server/webhooks/addresses.js";
import {
  cleanUp,
  type RunningServer,
  sleep,
  startChild,
  startServer,
  tempFolder,
  until,
} from "../server/harness.js";
import { call, post } from "../server/http-calls.js";
import { covers, failing, type Receiver, ranges, startReceiver, taken } from "./receiver.js";

const limits = { webhookWindowMs: 50, webhookFirstPauseMs: 50, webhookTimeoutMs: 300 };

async function token(server: { url: string }, name: string): Promise<Record<string, string>> {
  const { body } = await post(server, "/token", { name });
  return { authorization: `Bearer ${body.token}` };
}

describe("webhooks", () => {
  let server: RunningServer;
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver();
    server = await startServer({ limits });
  });
  afterEach(cleanUp);

  const hook = (url = receiver.url, documents = ["*"]) => server.webhooks.create({ url, documents }, "ann");
  const make = (id: string) => server.documents.create({ id, type: "plain", text: "" }, "ann");
  const write = async (id: string, count: number) => {
    for (let op = 0; op < count; op++) await server.documents.submit(id, { op: ["x"] }, { author: "ann" });
  };
  const events = () => receiver.received.map(({ delivery: { event, from, to } }) => `${event} ${from}-${to}`);

  it("tell of what is made, changed, named and deleted, in order, with ranges that follow on each other", async () => {
    await make("before");
    await write("before", 3);
    await hook();
    await make("note");
    await until("it was told of", () => events().includes("created 0-1"));
    await write("note", 5);
    await write("before", 2);
    await until("changes were told", () =>
      covers(
        receiver.received.filter(({ delivery }) => delivery.document === "note"),
        1,
        6,
      ),
    );
    await server.documents.name("note", { name: "Five 👻", version: 4 }, { author: "ann" });
    await until("the name was told", () => events().includes("named 4-4"));
    expect(receiver.received.find(({ delivery }) => delivery.event === "named")?.delivery.name).to.equal(
      "Five 👻",
    );
    await server.documents.delete("note", "ann");
    await make("note");
    await until("the next life was told", () => events().includes("created 7-8"));
    expect(events()).to.include("deleted 6-7");
    const old = receiver.received.filter(({ delivery }) => delivery.document === "before");
    expect(covers(old, 4, 6), String(ranges(old))).to.equal(true);
  });

  it("tell of what is made in the same millisecond as they are", async () => {
    const stands = Date.now();
    const clock = { ...systemClock, now: () => stands };
    server = await startServer({ database: "memory:", clock, limits });
    await hook();
    await make("note");
    await write("note", 2);
    await until("it was told of", () => covers(receiver.received, 1, 3));
    expect(events()[0]).to.equal("created 0-1");
  });

  it("are signed, so that a receiver knows who sent what and when", async () => {
    const { secret } = await hook();
    await make("note");
    await until("it came", () => receiver.received.length > 0);
    const { headers, body } = receiver.received[0]!;
    const [, seconds, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers["interline-signature"])) ?? [];
    expect(mac).to.equal(createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex"));
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).to.be.lessThan(60);
    expect(secret).to.match(/^whsec_[\w-]{43}$/);
  });

  it("try again what failed or hung, under the same id and unchanged, before what comes after it", async () => {
    await hook();
    await make("note");
    await until("it is told of", () => receiver.received.length === 1);
    let times = 0;
    receiver.answer = (response, received) => {
      times++;
      if (times === 1) failing(response, received);
      // The second one hangs.
      if (times > 2) taken(response, received);
    };
    await write("note", 2);
    await until("it was tried", () => times === 1);
    await write("note", 3);
    await until("all of it was taken", () => times > 2 && covers(receiver.received, 1, 6));
    const changes = receiver.received.filter(({ delivery }) => delivery.event === "changed");
    expect(new Set(changes.slice(0, 3).map(({ body }) => body)).size).to.equal(1);
  });

  it("follow nobody elsewhere, and go to no address that is not everybody's", async () => {
    const elsewhere = await startReceiver();
    receiver.answer = (response) => void response.writeHead(307, { location: elsewhere.url }).end();
    await hook();
    await make("note");
    await until("it was tried twice", () => receiver.received.length > 1);
    expect(elsewhere.received).to.deep.equal([]);

    const strict = await startServer({ limits, webhooks: { allow: [] } });
    const { hostname, port } = new URL(elsewhere.url);
    for (const host of [hostname, "localhost", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433"])
      await strict.webhooks.create({ url: `http://${host}:${port}/`, documents: ["*"] }, "ann");
    await strict.documents.create({ id: "note", type: "plain", text: "" }, "ann");
    await sleep(700);
    expect(elsewhere.received).to.deep.equal([]);
    const lenient = await startServer({ limits, webhooks: { allow: ["localhost"] } });
    await lenient.webhooks.create({ url: `http://localhost:${port}/`, documents: ["*"] }, "ann");
    await lenient.documents.create({ id: "note", type: "plain", text: "" }, "ann");
    await until("it came by its name", () => elsewhere.received.length === 1);
  });

  it("know which addresses are everybody's", () => {
    const ours = [
      "127.0.0.1",
      "10.1.2.3",
      "172.31.0.1",
      "192.168.1.1",
      "169.254.169.254",
      "100.64.0.1",
      "0.0.0.0",
    ];
    const six = [
      "::1",
      "::",
      "fe80::1",
      "fc00::1",
      "::ffff:10.0.0.1",
      "64:ff9b::a00:1",
      "2002:7f00:1::",
      "ff02::1",
    ];
    for (const address of [...ours, ...six, "nonsense"]) expect(isPublic(address), address).to.equal(false);
    for (const address of ["1.1.1.1", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"])
      expect(isPublic(address), address).to.equal(true);
  });

  it("leave dead letters behind, which are sent again or thrown away by hand", async () => {
    await server.close();
    server = await startServer({ limits: { ...limits, webhookGiveUpMs: 200, webhookLongestPauseMs: 60 } });
    receiver.answer = failing;
    const { id } = await hook();
    await make("note");
    const [letter] = await until("it was given up", async () => {
      const letters = await server.webhooks.deadLetters(id);
      return letters.length > 0 ? letters : undefined;
    });
    expect(letter).to.deep.include({ why: "It answered 500." });
    expect(letter!.delivery).to.include({ event: "created", document: "note" });
    receiver.answer = taken;
    expect(await server.webhooks.redeliver(id, letter!.delivery.id)).to.equal(true);
    const before = receiver.received.length;
    await until("it came again", () => receiver.received.length > before);
    expect(receiver.received.at(-1)!.delivery).to.deep.equal(letter!.delivery);
    expect(await server.webhooks.deadLetters(id)).to.deep.equal([]);
    expect(await server.webhooks.discard(id, letter!.delivery.id)).to.equal(false);
  });

  it("hold up nobody else's deliveries, and end when they are taken away", async () => {
    const slow = await startReceiver();
    slow.answer = () => {};
    const { id } = await hook(slow.url);
    await hook();
    for (let at = 0; at < 12; at++) await make(`note-${at}`);
    await until("the others have heard", () => ranges(receiver.received, "created").length === 12);
    await server.webhooks.remove(id);
    expect((await server.webhooks.list("ann")).map(({ url }) => url)).to.deep.equal([receiver.url]);
    await sleep(800);
    const count = slow.received.length;
    await sleep(800);
    expect(slow.received.length).to.equal(count);
  });

  it("over HTTP are one's own: told the secret once, and nobody else of them", async () => {
    const [ann, bo] = [await token(server, "Ann"), await token(server, "Bo")];
    const made = await post(server, "/v1/webhooks", { url: receiver.url, documents: ["note*"] }, ann);
    expect(made.status, made.text).to.equal(201);
    expect(made.body).to.have.property("secret");
    const { webhooks } = (await call(server, "/v1/webhooks", { headers: ann })).body as unknown as {
      webhooks: WebhookReply[];
    };
    expect(webhooks).to.have.length(1);
    expect(webhooks[0]).to.not.have.property("secret");
    expect((await call(server, "/v1/webhooks", { headers: bo })).body).to.deep.equal({ webhooks: [] });
    const path = `/v1/webhooks/${made.body.id}`;
    for (const [method, at] of [
      ["DELETE", path],
      ["GET", `${path}/dead-letters`],
      ["POST", `${path}/dead-letters/x`],
    ] as const)
      expect((await call(server, at, { method, headers: bo })).status).to.equal(404);
    expect((await call(server, path, { method: "DELETE", headers: ann })).status).to.equal(204);
    for (const body of [
      ...[{}, [], { url: 1, documents: ["*"] }, { url: receiver.url, documents: [] }],
      ...[
        { url: "ftp://x/", documents: ["*"] },
        { url: "http://a:b@x/", documents: ["*"] },
      ],
      ...[
        { url: receiver.url, documents: ["a b"] },
        { url: receiver.url, documents: ["*"], events: ["x"] },
      ],
      { url: receiver.url, documents: ["*"], more: 1 },
    ])
      expect((await post(server, "/v1/webhooks", body, ann)).status, JSON.stringify(body)).to.equal(400);
  });

  it("are no more than one may have, however many are made at once", async () => {
    await server.close();
    server = await startServer({ limits: { ...limits, webhooksPerUser: 3 } });
    const made = await Promise.allSettled(Array.from({ length: 8 }, () => hook()));
    expect(made.filter(({ status }) => status === "fulfilled")).to.have.length(3);
    expect(await server.webhooks.list("ann")).to.have.length(3);
    await server.webhooks.create({ url: receiver.url, documents: ["*"] }, "bo");
  });

  it("go on where a server that was killed left them: nothing is lost, and repeats have the same id", async () => {
    const folder = await tempFolder();
    const child = await startChild(["--data", folder]);
    const ann = await token(child, "Ann");
    await post(child, "/v1/webhooks", { url: receiver.url, documents: ["*"] }, ann);
    await post(child, "/v1/documents", { id: "note", type: "plain", text: "" }, ann);
    await until("it is told of", () => receiver.received.length > 0);
    receiver.answer = () => {};
    await post(child, "/v1/documents", { id: "other", type: "plain", text: "" }, ann);
    await until("one is on its way", () =>
      receiver.received.some(({ delivery }) => delivery.document === "other"),
    );
    await post(child, "/v1/documents", { id: "third", type: "plain", text: "" }, ann);
    await child.kill();
    receiver.answer = taken;
    const before = receiver.received.length;
    await startChild(["--data", folder]);
    await until("both were told", () => {
      const told = receiver.received.slice(before).map(({ delivery }) => delivery.document);
      return told.includes("other") && told.includes("third");
    });
    const ids = receiver.received
      .filter(({ delivery }) => delivery.document === "other")
      .map(({ delivery }) => delivery.id);
    expect(new Set(ids).size).to.equal(1);
    expect(ranges(receiver.received, "created")).to.have.length(3);
  });
});
