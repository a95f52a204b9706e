// The stream of events as a program hears it: each op once and in order, whatever becomes of the connections; over
// connections that are made up, and over a real server that is killed.

import { expect } from "chai";
import { type ApiFault, api, type DocumentEvent } from "../../client/api/index.js";
import { cleanUp, freePort, onCleanUp, startChild, tempFolder, until } from "../server/harness.js";

const event = (...versions: number[]) => {
  const ops = versions.map((version) => ({
    version,
    src: "s",
    seq: version,
    op: ["x"],
    author: "ann",
    time: 0,
  }));
  return `id: ${versions.at(-1)}.life\nevent: ops\ndata: ${JSON.stringify({ ops, authors: {} })}\n\n`;
};
const DELETED = 'id: 9.life\nevent: deleted\ndata: {"version":9}\n\n';

const forbidden = () => Response.json({ code: "forbidden", title: "No." }, { status: 404 });

type Connection = readonly string[] | Response | "silent";

/** A client whose streams are these, in turn, each byte a packet of its own; its time passes a thousand times as fast. */
function facing(...connections: readonly Connection[]) {
  const asked: (string | null)[] = [];
  const pausesMs: number[] = [];
  const client = api("http://server.test", {
    random: () => 0.5,
    clock: {
      now: () => 0,
      after(ms, run) {
        const timer = setTimeout(() => {
          pausesMs.push(ms);
          run();
        }, ms / 1000);
        return () => clearTimeout(timer);
      },
    },
    fetch: async (_input, init) => {
      asked.push(new Headers(init!.headers).get("Last-Event-ID"));
      const next = connections[asked.length - 1] ?? forbidden();
      if (next instanceof Response) return next;
      const parts = typeof next === "string" ? [] : next;
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const byte of new TextEncoder().encode(parts.join("")))
            controller.enqueue(Uint8Array.of(byte));
          if (next !== "silent") return controller.close();
          init!.signal!.addEventListener("abort", () => controller.error(init!.signal!.reason));
        },
      });
      return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
    },
  });
  return { client, asked, pausesMs };
}

async function all(events: AsyncIterable<DocumentEvent>): Promise<string[]> {
  const heard: string[] = [];
  for await (const each of events)
    heard.push(each.kind === "ops" ? each.ops.map(({ version }) => version).join(" ") : each.kind);
  return heard;
}

describe("the events of a document", () => {
  it("ends with a clear fault at an event that no server sends, and gives nothing of it", async () => {
    for (const wrong of [
      'id: 3\nevent: ops\ndata: {"ops":[{\n\n',
      "id: 3\nevent: ops\ndata: null\n\n",
      'id: 3\nevent: ops\ndata: {"ops":[],"authors":{}}\n\n',
      'id: 4\nevent: ops\ndata: {"ops":[{"version":3}],"authors":{}}\n\n',
      'event: deleted\ndata: {"version":3}\n\n',
    ]) {
      const { client } = facing([event(2), wrong]);
      const heard: number[] = [];
      let fault: unknown;
      try {
        for await (const { version } of client.events("note", { since: 1, epoch: "life" }))
          heard.push(version);
      } catch (error) {
        fault = error;
      }
      expect(heard, wrong).to.deep.equal([2]);
      expect((fault as ApiFault).code, wrong).to.equal("message_malformed");
      expect((fault as ApiFault).message).to.match(/^An event of the stream /);
    }
  });

  it("go on after what was heard when a connection ends, with nothing twice and nothing left out", async () => {
    const cut = event(6).slice(0, -9);
    const { client, asked } = facing(
      ["retry: 700\nid: 4\n\n", event(5), cut],
      [event(5, 6, 7), "event: new kind\ndata: {}\n\n"],
      [event(9)],
      [event(8), DELETED],
    );
    expect(await all(client.events("note", { since: 4, epoch: "life" }))).to.deep.equal([
      "5",
      "6 7",
      "8",
      "deleted",
    ]);
    expect(asked).to.deep.equal(["4.life", "5.life", "7.life", "7.life"]);
  });

  it("come in characters that were cut between two packets", async () => {
    const name = "é👻";
    const { client } = facing([event(5).replace('"s"', `"${name}"`), DELETED]);
    for await (const each of client.events("note", { since: 4, epoch: "life" }))
      if (each.kind === "ops") expect(each.ops[0]!.src).to.equal(name);
  });

  it("are asked for again after what the server says, and ever later while there are none", async () => {
    const { client, pausesMs } = facing(
      ["retry: 700\n\n"],
      Response.json({ code: "unavailable", title: "Stopping.", retryAfterMs: 2000 }, { status: 503 }),
      new Response("", { status: 502 }),
      [DELETED],
    );
    await all(client.events("note", { since: 4, epoch: "life" }));
    expect(pausesMs).to.deep.equal([700 + 250, 2000 + 500, 2000 + 1000]);
  });

  it("are asked for again of a server that has gone silent", async () => {
    const { client, asked, pausesMs } = facing("silent", [DELETED]);
    await all(client.events("note", { since: 4, epoch: "life" }));
    expect(asked).to.deep.equal(["4.life", "4.life"]);
    expect(pausesMs[0]).to.equal(45_000);
  });

  it("end by a fault that no waiting mends", async () => {
    const { client } = facing([event(5)]);
    const heard: DocumentEvent[] = [];
    const fault = await (async () => {
      for await (const each of client.events("note", { since: 4, epoch: "life" })) heard.push(each);
    })().catch((error: ApiFault) => error.code);
    expect([heard.length, fault]).to.deep.equal([1, "forbidden"]);
  });

  it("end by a fault where the document has begun another life, and tell nothing of that", async () => {
    const refusal = Response.json({ code: "epoch_changed", title: "Another." }, { status: 409 });
    for (const next of [refusal, [event(6).replace("life", "another")]] as const) {
      const { client, asked } = facing([event(5)], next);
      const heard: number[] = [];
      const fault = await (async () => {
        for await (const { version } of client.events("note", { since: 4, epoch: "life" }))
          heard.push(version);
      })().catch((error: ApiFault) => error.code);
      expect([heard, fault, asked]).to.deep.equal([[5], "epoch_changed", ["4.life", "5.life"]]);
    }
  });

  it("end where whoever listens says so, while nothing comes and between two connections", async () => {
    for (const connection of ["silent", []] as const) {
      const { client } = facing(...Array<Connection>(1000).fill(connection));
      const stop = new AbortController();
      const ended = all(client.events("note", { since: 4, epoch: "life", signal: stop.signal })).catch(
        String,
      );
      setTimeout(() => stop.abort("enough"), 2);
      expect(await ended).to.equal("enough");
    }
  });

  describe("of a real server", () => {
    afterEach(cleanUp);

    it("begin at the head, and go on when the server was killed", async () => {
      const [port, folder] = [await freePort(), await tempFolder()];
      let server = await startChild(["--port", String(port)], folder);
      const client = api(server.url);
      await client.documents.create({ id: "note", type: "plain" });
      const stop = new AbortController();
      onCleanUp(() => stop.abort());
      const heard: number[] = [];
      const listening = (async () => {
        for await (const each of client.events("note", { signal: stop.signal }))
          if (each.kind === "ops") heard.push(...each.ops.map(({ version }) => version));
      })().catch(() => {});
      await until("it listens", async () => {
        await client.submit("note", { op: ["x"] });
        return heard.length > 0;
      });
      await server.kill();
      server = await startChild(["--port", String(port)], folder);
      for (let op = 0; op < 5; op++) await client.submit("note", { op: ["y"] });
      const head = await client.documents.version("note");
      await until("all was heard", () => heard.at(-1) === head, 20_000);
      expect(heard).to.deep.equal(Array.from({ length: head - heard[0]! + 1 }, (_, at) => heard[0]! + at));
      stop.abort();
      await listening;
    });
  });
});
