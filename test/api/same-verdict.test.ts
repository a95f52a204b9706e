// Edits that are asked for over HTTP are checked by a schema, those of a program in the server's process by hand
// (`server/documents/given-edits.ts`): of the same edit, good or spoilt anywhere, both say the same.

import { expect } from "chai";
import fc from "fast-check";
import { type Edit, Fault } from "../../protocol/index.js";
import type { Documents } from "../../server/documents/types.js";
import { cleanUp, startServer } from "../server/harness.js";
import { post } from "../server/http-calls.js";

const RUNS = 1_500;

/** Blocks, headings and quotes that are there once, more than once and not at all. */
const MARKDOWN = "# Tea\n\nhot tea, hot.\n\n1. one\n2. two\n\n## Rest\n\nThe end.\n";

const words = fc.constantFrom("Tea", "t", "hot", "two", "none", "", "**x**", "a\nb");
const nth = fc.constantFrom(1, 2, 1_000_000);
const place = fc.oneof(
  fc.record({ quote: words, before: words, after: words, nth }, { requiredKeys: ["quote"] }),
  fc.record({ block: fc.constantFrom(0, 1, -1, 99, 1e9, -1e9) }),
  fc.record({ heading: words, nth }, { requiredKeys: ["heading"] }),
  fc.record({ at: fc.constantFrom("start", "end") }),
);
const set = fc.dictionary(
  fc.constantFrom("b", "t", "al", "c:1", "no key"),
  fc.constantFrom(1, "h2", true, null),
);
const written = fc.oneof(fc.record({ text: words }), fc.record({ markdown: words }));
const besides = (...given: fc.Arbitrary<object>[]) =>
  fc.tuple(...given).map((all) => Object.assign({}, ...all));
const edit = fc.oneof(
  besides(fc.record({ do: fc.constant("replace"), place }), written),
  besides(
    fc.record(
      { do: fc.constant("insert"), place, where: fc.constantFrom("before", "after") },
      { requiredKeys: ["do", "place"] },
    ),
    written,
  ),
  fc.record({ do: fc.constant("delete"), place }),
  fc.record({ do: fc.constant("format"), place, set }),
  besides(
    fc.record(
      { do: fc.constant("appendItem"), place, checked: fc.boolean() },
      { requiredKeys: ["do", "place"] },
    ),
    written,
  ),
) as fc.Arbitrary<Record<string, unknown>>;

const junk = fc.constantFrom<unknown>(
  ...[
    null,
    true,
    "",
    "x",
    "start",
    "before",
    [],
    ["x"],
    {},
    { b: 1 },
    { b: [] },
    { b: {} },
    { quote: "two" },
  ],
  ...[0, -1, 1.5, 1_000_001, 1e9 + 1, -1e9 - 1, 2 ** 53, 1e300],
);
const names = fc.constantFrom(
  ...["do", "place", "text", "markdown", "where", "set", "checked", "quote", "before", "after"],
  ...["nth", "block", "heading", "at", "b", "find"],
);
/** Puts something else, or nothing, under a name of the edit, of its place or of what it sets. */
const spoiling = fc.record({
  in: fc.constantFrom("", "", "place", "set"),
  name: names,
  value: fc.option(junk, { nil: undefined, freq: 4 }),
});
const spoilt = fc.tuple(edit, fc.array(spoiling, { maxLength: 2 })).map(([good, all]) => {
  const bad = structuredClone(good);
  for (const { in: where, name, value } of all) {
    const part = where === "" ? bad : bad[where];
    if (typeof part !== "object" || part === null) continue;
    if (value === undefined) delete (part as Record<string, unknown>)[name];
    else (part as Record<string, unknown>)[name] = structuredClone(value);
  }
  return bad;
});
const edits = fc.array(fc.oneof({ weight: 9, arbitrary: spoilt }, { weight: 1, arbitrary: junk }), {
  minLength: 1,
  maxLength: 2,
});
/** Spoilt or not; many are good, for what is refused as of no form is looked at no further. */
const given = fc.oneof(edits, fc.array(edit, { minLength: 1, maxLength: 2 }));

describe("an edit by a program", () => {
  afterEach(cleanUp);

  it("is refused over HTTP exactly if it is in the server's own process, and for the same reason", async () => {
    const many = 1e9;
    const limits = {
      ...{ httpPerSecond: many, httpBurst: many, addressHttpPerSecond: many, addressHttpBurst: many },
      ...{ userOpsPerSecond: many, userOpsBurst: many, addressOpsPerSecond: many, addressOpsBurst: many },
      ...{ documentOpsPerSecond: many, documentOpsBurst: many },
    };
    const server = await startServer({ database: "memory:", limits });
    await server.documents.create({ id: "rich", type: "rich", markdown: MARKDOWN });
    await server.documents.create({ id: "plain", type: "plain", text: MARKDOWN });
    const inProcess = async (...[id, request]: Parameters<Documents["edit"]>) => {
      try {
        return { op: (await server.documents.edit(id, request)).op };
      } catch (error) {
        if (error instanceof Fault) return { code: error.code };
        throw error;
      }
    };
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("rich", "plain"), given, async (id, edits) => {
        const request = { edits: edits as readonly Edit[], dryRun: true };
        const { body } = await post(server, `/v1/documents/${id}/edits`, request);
        const here = await inProcess(id, request);
        expect("code" in body ? { code: body.code } : { op: body.op }).to.deep.equal(here);
        seen.add(here.code ?? "made");
      }),
      { numRuns: RUNS, examples: [["rich", [{ do: "delete", place: { quote: "t" } }]]] },
    );
    expect([...seen]).to.include.members(["made", "message_malformed", "place_missing", "place_ambiguous"]);
  });
});
