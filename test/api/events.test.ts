// The ops of a document as a stream of events: every one once, from where one was, and only while one may read it.

import { expect } from "chai";
import type { Committed } from "../../protocol/index.js";
import type { ServerLimits } from "../../server/index.js";
import { cleanUp, onCleanUp, type RunningServer, startServer, until } from "../server/harness.js";
import { call, expectProblem, post } from "../server/http-calls.js";

interface Stream {
  readonly status: number;
  readonly headers: Headers;
  text: string;
  ended: boolean;
  close(): void;
  /** The versions of all ops so far. */
  versions(): number[];
}

async function listen(
  server: { readonly url: string },
  path: string,
  headers: Record<string, string> = {},
): Promise<Stream> {
  const control = new AbortController();
  onCleanUp(() => control.abort());
  const response = await fetch(server.url + path, { headers, signal: control.signal });
  const stream: Stream = {
    status: response.status,
    headers: response.headers,
    text: "",
    ended: false,
    close: () => control.abort(),
    versions: () =>
      [...stream.text.matchAll(/event: ops\ndata: (.*)\n\n/g)].flatMap(([, data]) =>
        (JSON.parse(data!) as { ops: Committed[] }).ops.map(({ version }) => version),
      ),
  };
  void (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body!) stream.text += decoder.decode(chunk, { stream: true });
  })()
    .catch(() => {})
    .finally(() => {
      stream.ended = true;
    });
  return stream;
}

const PATH = "/v1/documents/note/events";
const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at);

describe("a stream of events", () => {
  let server: RunningServer;
  let readable: boolean;
  const start = async (limits: Partial<ServerLimits> = {}) => {
    readable = true;
    server = await startServer({ limits, authorize: (_user, action) => action !== "read" || readable });
    await server.documents.create({ id: "note", type: "plain" }, "ann");
  };
  afterEach(cleanUp);
  const write = async (count: number) => {
    for (let op = 0; op < count; op++)
      await server.documents.submit("note", { op: ["x"] }, { author: "ann" });
  };

  it("begins at the head, and tells of each op with its version, its author and the author's name", async () => {
    await start();
    await write(2);
    const stream = await listen(server, PATH);
    expect(stream.headers.get("content-type")).to.match(/^text\/event-stream/);
    await until("it says where it begins", () => /^id: 3\.[\w-]+$/m.test(stream.text));
    await write(3);
    await until("all has come", () => stream.versions().at(-1) === 6);
    expect(stream.versions()).to.deep.equal([4, 5, 6]);
    expect(stream.text)
      .to.match(/\nid: 6\.[\w-]+\nevent: ops\n/)
      .and.to.include('"authors":{"ann":{"name":"ann"');
  });

  it("goes on from the last event that somebody has, or from a version", async () => {
    await start();
    await write(5);
    const streams = [
      await listen(server, `${PATH}?since=4`),
      await listen(server, PATH, { "last-event-id": "4" }),
      await listen(server, `${PATH}?since=1`, { "last-event-id": "4" }),
    ];
    await write(2);
    await until("all has come", () => streams.every((stream) => stream.versions().at(-1) === 8));
    for (const stream of streams) expect(stream.versions()).to.deep.equal(upTo(5, 8));
  });

  it("says that the document was deleted, and ends", async () => {
    await start();
    const stream = await listen(server, PATH);
    await write(1);
    await server.documents.delete("note", "ann");
    await until("it ends", () => stream.ended);
    expect(stream.versions()).to.deep.equal([2]);
    expect(stream.text).to.match(/id: 3\.[\w-]+\nevent: deleted\ndata: {"version":3}\n\n$/);
  });

  it("ends when it is not theirs to read any more", async () => {
    await start({ reviewIntervalMs: 50 });
    const stream = await listen(server, PATH);
    await write(1);
    await until("an op has come", () => stream.versions().length === 1);
    readable = false;
    await until("it ends", () => stream.ended);
    expectProblem(await call(server, PATH), 404, "forbidden");
  });

  it("ends at once when its user is revoked, and not by the next look at rights", async () => {
    await start({ reviewIntervalMs: 3_600_000 });
    const { body } = await post(server, "/token", { name: "Ann" });
    const headers = { authorization: `Bearer ${body.token}` };
    const [theirs, other] = [await listen(server, PATH, headers), await listen(server, PATH)];
    await until("it began", () => theirs.text !== "");
    await server.revoke({ user: (body.user as { id: string }).id });
    await until("it ends", () => theirs.ended);
    expect(other.ended).to.equal(false);
  });

  it("has no head", async () => {
    await start();
    expect((await fetch(server.url + PATH, { method: "HEAD" })).status).to.equal(405);
  });

  it("ends when the server stops, and says when to come back", async () => {
    await start();
    const stream = await listen(server, PATH);
    await until("it began", () => stream.text !== "");
    await server.close();
    await until("it ends", () => stream.ended);
    expect(stream.text).to.match(/^retry: 2000$/m);
  });

  it("is kept alive by comments", async () => {
    await start({ streamBeatMs: 20 });
    const stream = await listen(server, PATH);
    await until("it beats", () => stream.text.split(":\n\n").length > 3);
  });

  it("ends where nobody takes what it tells", async () => {
    await start({ streamStalledMs: 100, userOpsPerSecond: 1e6, connectionsPerUser: 1 });
    const { body } = await post(server, "/token", { name: "Ann" });
    const headers = { authorization: `Bearer ${body.token}` };
    const response = await fetch(server.url + PATH, { headers });
    for (let op = 0; op < 40; op++)
      await server.documents.submit("note", { op: ["y".repeat(400_000)] }, { author: "ann" });
    let failed = false;
    await until("the server has let go of it", async () => {
      const next = await listen(server, PATH, headers);
      next.close();
      return next.status === 200;
    });
    let bytes = 0;
    try {
      for await (const chunk of response.body!) bytes += (chunk as Uint8Array).length;
    } catch {
      failed = true;
    }
    expect(failed, `${bytes} bytes came`).to.equal(true);
  });

  it("is refused with a problem, and counts as a connection", async () => {
    await start({ connectionsPerUser: 1 });
    expectProblem(await call(server, `${PATH}?since=9`), 409, "version_ahead");
    expectProblem(await call(server, `${PATH}?since=x`), 400, "message_malformed");
    expectProblem(await call(server, "/v1/documents/none/events"), 404, "forbidden");
    expectProblem(await call(server, "/v1/documents/no%20name/events"), 400, "bad_name");
    const { token } = (await (
      await fetch(`${server.url}/token`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name: "Ann" }),
      })
    ).json()) as { token: string };
    const headers = { authorization: `Bearer ${token}` };
    const stream = await listen(server, PATH, headers);
    expect(stream.status).to.equal(200);
    expectProblem(await call(server, PATH, { headers }), 429, "too_many_connections");
    stream.close();
    await until("there is room again", async () => {
      const next = await listen(server, PATH, headers);
      next.close();
      return next.status === 200;
    });
  });
});
