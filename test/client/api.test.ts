// The client of the HTTP API, against answers that are made up: what it sends, when it sends again, what it throws.

import { expect } from "chai";
import { ApiFault, api } from "../../client/api/index.js";

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly key: string | null;
  readonly known: string | null;
}

/** A client whose calls get these answers in turn, and waits for nothing. */
function facing(...answers: readonly (() => Response)[]) {
  const sent: Sent[] = [];
  const client = api("http://server.test", {
    random: () => 0,
    clock: {
      now: () => 0,
      after: (_, run) => {
        queueMicrotask(run);
        return () => {};
      },
    },
    fetch: async (input, init) => {
      const { pathname, search } = new URL(String(input));
      const headers = new Headers(init?.headers);
      const [key, known] = [headers.get("Idempotency-Key"), headers.get("If-None-Match")];
      sent.push({ method: init?.method ?? "GET", path: pathname + search, key, known });
      return answers[sent.length - 1]!();
    },
  });
  return { client, sent };
}

const json =
  (body: unknown, status = 200) =>
  () =>
    Response.json(body, { status });
const busy = json({ code: "busy", title: "Later." }, 503);

describe("the client of the HTTP API", () => {
  it("sends a write again under the same key when the server is busy", async () => {
    const { client, sent } = facing(busy, json({ version: 2, op: [] }));
    expect(await client.submit("a b", { op: ["x"] })).to.deep.equal({ version: 2, op: [] });
    expect(sent.map(({ path }) => path)).to.deep.equal(Array(2).fill("/v1/documents/a%20b/ops"));
    expect(sent[0]!.key).to.be.a("string").and.equal(sent[1]!.key);
  });

  it("throws what was missed with a stale write, and does not send it again", async () => {
    const { client, sent } = facing(json({ code: "stale", title: "Stale.", head: 9, ops: [] }, 409));
    const fault = await client.submit("a", { op: ["x"] }, { ifVersion: 7 }).catch((error: unknown) => error);
    expect(fault).to.be.instanceOf(ApiFault);
    expect((fault as ApiFault).code).to.equal("stale");
    expect((fault as ApiFault).problem).to.include({ head: 9 });
    expect(sent).to.have.length(1);
  });

  const caught = (call: Promise<unknown>) => call.then(String, (error: ApiFault) => error);

  it("asks again for what no answer came to, unless doing it twice would be twice", async () => {
    const lost = () => {
      throw new TypeError("fetch failed");
    };
    const unnaming = facing(lost, lost, () => new Response(null, { status: 204 }));
    await unnaming.client.unname("a", 3);
    expect(unnaming.sent).to.have.length(3);
    const hooking = facing(json({ code: "busy", title: "Later." }, 429), lost);
    const fault = await caught(hooking.client.webhooks.create({ url: "https://a.test", documents: ["*"] }));
    expect(fault).to.include({ code: "unavailable", status: 0 });
    expect(hooking.sent.map(({ key }) => key)).to.deep.equal([null, null]);
  });

  it("takes a deletion for done if it is not there when it is sent again, and only then", async () => {
    const gone = json({ code: "forbidden", title: "Nothing." }, 404);
    const { client, sent } = facing(() => new Response("", { status: 502 }), gone);
    await client.documents.delete("a");
    expect(sent).to.have.length(2);
    expect(await caught(facing(gone).client.documents.delete("a"))).to.include({ code: "forbidden" });
    const counted = facing(json({ code: "rate_limited", title: "Later." }, 429), gone);
    expect(await caught(counted.client.documents.delete("a"))).to.include({ code: "forbidden" });
  });

  it("gives up after five times, and at once if it is to come back in an hour", async () => {
    const often = facing(busy, busy, busy, busy, busy);
    expect(await caught(often.client.documents.read("a"))).to.include({ code: "busy" });
    const late = facing(json({ code: "busy", title: "Later.", retryAfterMs: 3_600_000 }, 503));
    expect(await caught(late.client.documents.read("a"))).to.include({ code: "busy" });
  });

  it("says in a fault that what answers is no Interline", async () => {
    for (const answer of [
      () => new Response("<p>Welcome", { status: 200 }),
      () => new Response("Not here", { status: 404 }),
      json([], 400),
    ])
      expect(await caught(facing(answer).client.documents.read("a"))).to.include({
        code: "protocol_unsupported",
      });
  });

  it("says nothing of what is still the version that one has", async () => {
    const { client, sent } = facing(
      () => new Response(null, { status: 304, headers: { ETag: '"7"' } }),
      () => new Response("Tea", { headers: { ETag: 'W/"8"' } }),
    );
    expect(await client.documents.readAs("a", "text", {}, { unless: 7 })).to.equal(undefined);
    expect(await client.documents.readAs("a", "text", {}, { unless: 7 })).to.deep.equal({
      version: 8,
      content: "Tea",
    });
    expect(sent.map(({ known }) => known)).to.deep.equal(['"7"', '"7"']);
  });

  it("ends where it is told to, also while it waits to ask again", async () => {
    const stop = new AbortController();
    const { client } = facing(() => {
      stop.abort(new Error("enough"));
      return busy();
    });
    const call = client.submit("a", { op: ["x"] }, { signal: stop.signal });
    expect(await caught(call)).to.have.property("message", "enough");
  });

  it("lists page after page", async () => {
    const { client, sent } = facing(
      json({ documents: [{ id: "a" }], cursor: "c" }),
      json({ documents: [{ id: "b" }] }),
    );
    const ids: string[] = [];
    for await (const { id } of client.documents.list()) ids.push(id);
    expect(ids).to.deep.equal(["a", "b"]);
    expect(sent[1]!.path).to.equal("/v1/documents?cursor=c");
  });
});
