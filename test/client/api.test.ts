// The client of the HTTP API, against answers that are made up: what it sends, when it sends again, what it throws.

import { expect } from "chai";
import { ApiFault, api } from "../../client/api/index.js";

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly key: string | null;
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
      const key = new Headers(init?.headers).get("Idempotency-Key");
      sent.push({ method: init?.method ?? "GET", path: pathname + search, key });
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
