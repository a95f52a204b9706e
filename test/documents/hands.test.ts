// What the program that runs the server does with the objects that it gives and is given is its own business: the document that
// everybody reads is what was committed.

import { expect } from "chai";
import { connect } from "../../client/index.js";
import type { RichWire } from "../../ot/index.js";
import { cleanUp, onCleanUp, startServer } from "../server/harness.js";

/** Changes whatever can be changed in a JSON value. */
function spoil(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    const inside = value as Record<string, unknown>;
    if (typeof inside[key] === "object") spoil(inside[key]);
    else inside[key] = "spoiled";
  }
  if (Array.isArray(value)) value.length = 0;
}

describe("what a program has in its hands", () => {
  afterEach(cleanUp);
  const wire = (): RichWire => ["\n", { i: "bold", a: { b: 1 } }, { i: { math: { tex: "x" } } }];
  const op = () => [1, { i: "old", a: { u: 1 } }, { i: { math: { tex: "y" } } }];
  const made = ["\n", ...op().slice(1), ...wire().slice(1)];

  it("is not the document: neither what it gave, nor what it was given", async () => {
    const seen: unknown[] = [];
    const { url, documents } = await startServer({
      database: "memory:",
      beforeCommit(op, { snapshot }) {
        spoil(op);
        spoil(snapshot.toJSON());
        return true;
      },
    });
    const [begun, given] = [wire(), op()];
    await documents.create({ id: "note", type: "rich", snapshot: begun });
    spoil(begun);
    spoil(await documents.submit("note", { op: given }));
    spoil(given);
    spoil((await documents.read("note"))!.snapshot);
    spoil((await documents.ops("note")).ops);
    spoil((await documents.diff("note", { from: 1 })).parts);
    spoil((await documents.submit("note", { op: [1, "!"], dryRun: true })).preview);
    const client = connect(url);
    onCleanUp(() => client.close());
    const doc = client.open("note", { type: "rich" });
    await doc.ready;
    seen.push(doc.snapshot.toJSON(), (await documents.read("note"))!.snapshot);
    expect(seen).to.deep.equal([made, made]);
    expect((await documents.ops("note", { from: 1 })).ops.map(({ op }) => op)).to.deep.equal([op()]);
  });
});
