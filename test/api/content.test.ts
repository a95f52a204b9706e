// Contents given back in the form they were read in: the edit is made, and what the form cannot say stays.

import { expect } from "chai";
import fc from "fast-check";
import { api } from "../../client/api/index.js";
import { plainText, RichSnapshot, type RichWire, richText } from "../../ot/index.js";
import { type ContentRequest, type DocumentType, systemClock } from "../../protocol/index.js";
import { createContents } from "../../server/documents/contents.js";
import type { HoldingCore } from "../../server/documents/core.js";
import { createForming } from "../../server/documents/forming/index.js";
import { atOnce } from "../../server/documents/steps.js";
import { leastOp } from "../../server/formats/difference.js";
import { keepFirstMarker } from "../../server/formats/first-marker.js";
import { readContents, writeSnapshot } from "../../server/formats/index.js";
import { replacing } from "../../server/formats/replacement.js";
import { defaultLimits } from "../../server/limits.js";
import { allowOp } from "../../server/policy.js";
import { plainDocument, richDocument, richOpFrom, richSteps } from "../arbitraries/index.js";
import { codeOf } from "../server/fakes.js";
import { cleanUp, startServer } from "../server/harness.js";
import { startApi } from "./kit.js";

const rich = (wire: unknown) => RichSnapshot.from(RichSnapshot.from(wire).toJSON());
/** A document as the server has it: the first atom is a marker. */
const documents = richDocument(6).map((wire) => rich(["\n", ...wire].filter((part) => part !== "")));
const markdownOf = (snapshot: RichSnapshot) => writeSnapshot("rich", snapshot, "markdown");

const replacement = (...given: Parameters<typeof replacing>) => atOnce(replacing(...given));

describe("the least op between two documents", () => {
  it("makes the one out of the other, in both types", () => {
    fc.assert(
      fc.property(documents, documents, plainDocument(20), plainDocument(20), (from, to, old, now) => {
        const op = leastOp("rich", from, to);
        richText.checkOp(op);
        expect(richText.apply(from, op).toJSON()).to.deep.equal(to.toJSON());
        const plain = leastOp("plain", old, now);
        plainText.checkOp(plain);
        expect(plainText.apply(plainText.create(old), plain as never).toString()).to.equal(now);
      }),
      { numRuns: 1_000 },
    );
  });

  it("is small in a large document that was changed at both ends", () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, nth) => `line ${nth} says what it says, and no more than that`,
    );
    const changed = [...lines];
    changed[1] = "line 1 says something new, and no more than that";
    changed.splice(10_000, 1);
    changed[19_990] = "an end";
    const [from, to] = [lines, changed].map((each) => `${each.join("\n")}\n`) as [string, string];
    for (const type of ["plain", "rich"] as const) {
      const wire = (text: string) => (type === "rich" ? [`\n${text}`] : text);
      expect(JSON.stringify(leastOp(type, wire(from), wire(to))).length, type).to.be.below(400);
    }
  });
});

describe("the first marker", () => {
  it("stays where an op would put something before it or delete it, with the same effect", () => {
    fc.assert(
      fc.property(documents, richSteps(4), (base, steps) => {
        const op = richOpFrom(steps, base.length);
        const kept = keepFirstMarker(base, op);
        richText.checkOp(kept);
        expect(kept.length === 0 || typeof kept[0] === "number" || "r" in (kept[0] as object)).to.equal(true);
        const [wanted, made] = [op, kept].map((each) => richText.apply(base, each));
        const whole = wanted!.atomAt(0) === "\n" ? wanted! : rich(["\n", ...(wanted!.toJSON() as RichWire)]);
        expect(rich(made).toJSON()).to.deep.equal(rich(whole).toJSON());
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("contents given back", () => {
  afterEach(cleanUp);

  for (const form of ["text", "markdown"] as const) {
    it(`change nothing when they are what was read, as ${form}`, () => {
      fc.assert(
        fc.property(documents, (base) => {
          expect(replacement("rich", base, { [form]: writeSnapshot("rich", base, form) })).to.deep.equal([]);
        }),
      );
    });

    it(`read as what was given, whatever else the document holds, as ${form}`, () => {
      fc.assert(
        fc.property(documents, documents, (base, other) => {
          const given = writeSnapshot("rich", other, form);
          const op = replacement("rich", base, { [form]: given });
          allowOp("rich", op);
          richText.checkOp(op);
          const now = rich(readContents("rich", { [form]: given }));
          const made = richText.apply(base, op as never);
          expect(writeSnapshot("rich", made, form)).to.equal(writeSnapshot("rich", now, form));
        }),
        { numRuns: 500 },
      );
    });
  }

  it("leave comments, alignment, empty paragraphs and unknown embeds where they are", () => {
    const base = rich([
      { i: "\n", a: { al: "center" } },
      "One ",
      { i: "word", a: { "c:7": 1 } },
      " here.\n\n",
      { i: "\n", a: { t: "h2", dir: "rtl" } },
      "Two",
      { i: { chart: { of: "sales" } } },
      " and ",
      { i: "bold", a: { b: 1, zz: 4 } },
    ]);
    const given = markdownOf(base).replace("here", "there").replace("Two", "Number two");
    const made = richText.apply(base, replacement("rich", base, { markdown: given }) as never);
    expect(made.toJSON()).to.deep.equal([
      { i: "\n", a: { al: "center" } },
      "One ",
      { i: "word", a: { "c:7": 1 } },
      " there.\n\n",
      { i: "\n", a: { dir: "rtl", t: "h2" } },
      "Number two",
      { i: { chart: { of: "sales" } } },
      " and ",
      { i: "bold", a: { b: 1, zz: 4 } },
    ]);
  });

  it("keep all of the document when somebody adds to a paragraph beside an empty one", () => {
    const base = rich(["\na\n\nb"]);
    const give = (markdown: string) =>
      richText.apply(base, replacement("rich", base, { markdown }) as never).toJSON();
    expect(give("ax\n\nb")).to.deep.equal(["\nax\n\nb"]);
    expect(give("a\n\nxb")).to.deep.equal(["\na\n\nxb"]);
  });

  it("as JSON are the document itself", () => {
    fc.assert(
      fc.property(documents, documents, (base, other) => {
        const op = replacement("rich", base, { snapshot: other.toJSON() });
        allowOp("rich", op);
        expect(rich(richText.apply(base, op as never)).toJSON()).to.deep.equal(other.toJSON());
      }),
    );
  });

  it("merge with what others did since they were read", async () => {
    const merged = await replaced("rich", ["\none two"], [[8, " three"]], { markdown: "**one** 2\n" });
    expect(merged).to.deep.equal(
      [{ i: "\n" }, { i: "one", a: { b: 1 } }, " 2 three"].map((each, at) => (at === 0 ? "\n" : each)),
    );
  });

  it("are committed by the server, or shown in a dry run, and refused when they may not stand there", async () => {
    const { documents: api } = await startServer({ database: "memory:" });
    await api.create({ id: "a", type: "rich", markdown: "# Tea\n\nhot\n" });
    const dry = await api.replace("a", { markdown: "# Tea\n\ncold\n", dryRun: true });
    expect(dry.preview!.text).to.equal("Tea\ncold");
    expect((await api.read("a"))!.version).to.equal(1);
    const { version } = await api.replace(
      "a",
      { markdown: "# Tea\n\ncold\n", version: 1 },
      { author: "ann" },
    );
    expect([version, await (await api.read("a"))!.as("markdown")]).to.deep.equal([2, "# Tea\n\ncold\n"]);
    expect((await api.replace("a", { markdown: "# Tea\n\ncold\n" })).op).to.deep.equal([]);
    expect(await codeOf(api.replace("a", { snapshot: ["x"] }))).to.equal("op_malformed");
    expect(await codeOf(api.replace("a", { text: "\u0000" }))).to.equal("bad_unicode");
    expect(await codeOf(api.replace("a", { text: "x", version: 9 }))).to.equal("version_ahead");
    expect(await codeOf(api.replace("b", { text: "x" }))).to.equal("forbidden");
  });

  it("are demanded in one form: what holds none empties no document, whoever asks, and makes an empty new one", async () => {
    const { server, refused, call } = await startApi();
    const { documents } = server;
    await documents.create({ id: "a", type: "rich", markdown: "# Tea\n" });
    const client = api(server.url);
    for (const none of [{}, { version: 1 }, { dryRun: true }]) {
      const { body } = await refused("PUT", "/v1/documents/a/content", "message_malformed", { body: none });
      expect(body.status).to.equal(400);
      expect(body.title).to.equal("Give the contents in one form: text, markdown, html or snapshot.");
      expect(await codeOf(documents.replace("a", none))).to.equal("message_malformed");
      const unset = { ...none, text: undefined } as unknown as ContentRequest;
      expect(await codeOf(client.replace("a", unset))).to.equal("message_malformed");
    }
    const two = { text: "x", markdown: "x" };
    await refused("PUT", "/v1/documents/a/content", "message_malformed", { body: two });
    expect(await codeOf(documents.replace("a", two))).to.equal("message_malformed");
    expect((await documents.read("a"))!.text).to.equal("Tea");
    const made = await call("POST", "/v1/documents", { body: { id: "b", type: "plain" } });
    expect([made.status, (await documents.read("b"))!.text]).to.deep.equal([201, ""]);
    await call("PUT", "/v1/documents/a/content", { body: { text: "" } });
    expect((await documents.read("a"))!.text).to.equal("");
  });
});

/** What the document is after `since` were committed, and then contents made at version 1. */
async function replaced(
  type: DocumentType,
  wire: unknown,
  since: readonly (readonly unknown[])[],
  contents: object,
) {
  let snapshot = rich(wire);
  const first = snapshot;
  for (const op of since) snapshot = richText.apply(snapshot, op as never);
  const core: Pick<HoldingCore, "held" | "submit"> = {
    held: async () => ({ type, epoch: "1", version: 1, snapshot: first }),
    async submit(_id, { version, op }) {
      expect(version).to.equal(1);
      let moved = op as never;
      for (const over of since) moved = richText.transform(moved, over as never, "left") as never;
      snapshot = richText.apply(snapshot, moved);
      return { version: 3, op: moved };
    },
  };
  await createContents(core, createForming({ clock: systemClock, limits: defaultLimits })).replace("a", {
    version: 1,
    ...contents,
  });
  return snapshot.toJSON();
}
