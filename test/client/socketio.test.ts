// Channels over real sockets, to a real server in this process.

import { expect } from "chai";
import { type Channel, connect, socketTransport } from "../../client/index.js";
import { type EventName, type FaultMessage, type Hello, PROTOCOL_VERSION } from "../../protocol/index.js";
import { cleanUp, freePort, onCleanUp, startServer, until } from "../server/harness.js";

interface Heard {
  readonly channel: Channel;
  readonly events: { readonly name: EventName; readonly body: unknown }[];
  readonly ends: { readonly reason: string; readonly fault: FaultMessage | undefined }[];
}

function open(url: string, hello: Hello = { protocol: PROTOCOL_VERSION }): Heard {
  const events: Heard["events"] = [];
  const ends: Heard["ends"] = [];
  const channel = socketTransport(url).open(hello, {
    event: (name, body) => events.push({ name, body }),
    closed: (reason, fault) => ends.push({ reason, fault }),
  });
  onCleanUp(() => channel.close());
  return { channel, events, ends };
}

describe("a channel over Socket.IO", () => {
  afterEach(cleanUp);

  it("is welcomed, carries requests and their answers, and ends once", async () => {
    const { url } = await startServer();
    const { channel, events, ends } = open(url);
    await until("the welcome", () => events[0]?.name === "welcome");
    const answers: unknown[] = [];
    channel.request("open", { doc: "notes", type: "plain", create: true }, (answer) => answers.push(answer));
    channel.request("open", { doc: "__proto__", type: "plain", create: true }, (answer) =>
      answers.push(answer),
    );
    await until("both answers", () => answers.length === 2);
    expect(answers.map((answer) => Object.keys(answer as object))).to.have.deep.members([["ok"], ["fault"]]);
    channel.close();
    await until("the end", () => ends.length === 1);
    channel.close();
    expect(ends.length).to.equal(1);
  });

  it("tells the fault that the server ends it with", async () => {
    const { url } = await startServer();
    const { events, ends } = open(url, { protocol: 99 });
    await until("the end", () => ends.length === 1);
    expect(
      events.map(({ name, body }) => [name, (body as { fault?: FaultMessage }).fault?.code]),
    ).to.deep.equal([["fault", "protocol_unsupported"]]);
  });

  it("ends when there is no server, and a client waits for one", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { ends } = open(url);
    const client = connect(url);
    onCleanUp(() => client.close());
    await until("the end", () => ends.length === 1);
    await until("the wait", () => client.status === "waiting");
  });

  it("brings two clients of a document together", async () => {
    const { url } = await startServer();
    const docs = ["ann", "bo"].map((name) => {
      const client = connect(url, { name });
      onCleanUp(() => client.close());
      return client.open("notes", { type: "plain" });
    });
    const [ann, bo] = docs as [(typeof docs)[0], (typeof docs)[0]];
    await Promise.all(docs.map(({ ready }) => ready));
    ann!.submit(["Hello"]);
    bo!.submit(["World"]);
    await Promise.all(docs.map((doc) => doc.settled()));
    await until("one text", () => ann!.version === 3 && bo!.version === 3);
    expect(ann!.text).to.equal(bo!.text);
    expect(["HelloWorld", "WorldHello"]).to.include(ann!.text);
    await until("each other", () => ann!.presence.people[0]?.user.name === "bo");
  });
});
