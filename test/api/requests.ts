// Random requests, made from an OpenAPI document: as it says, nearly as it says, and hostile.

import fc, { type Arbitrary } from "fast-check";
import type { OpenApi, Operation, Schema } from "./kit.js";

export interface RandomRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body?: string;
}

const strange = fc.constantFrom(
  ...["", " ", "\0", "\ud800", "👻", "é\n", "__proto__", "constructor", "../etc", "%00", "1e3", "-1", "NaN"],
  ...["9007199254740993", "null", "[]", "true", "a".repeat(600), "'; --", "<script>", "\u2028", "\uffff"],
);
const texts = fc.oneof(
  fc.constantFrom("Tea", "hot", "a", "\n", "- item", "é👻"),
  strange,
  fc.string({ maxLength: 30 }),
);
const deep = fc.integer({ min: 1, max: 3000 }).map((depth) => `${"[".repeat(depth)}${"]".repeat(depth)}`);
const ops = fc.oneof(
  fc.constantFrom([], ["a"], [1, "a"], [{ d: 1 }], [1, { d: 1 }], [1, { r: 1, a: { b: 1 } }]),
  fc.array(fc.oneof(fc.integer({ min: -1, max: 5 }), texts, fc.record({ d: fc.nat(5) }), fc.jsonValue()), {
    maxLength: 6,
  }),
);
const anything = fc.oneof(fc.jsonValue({ maxDepth: 4 }), strange, ops);

/** Texts that mean something. Webhooks lead to a port on which nobody listens. */
const known: { readonly [name: string]: Arbitrary<string> } = {
  id: fc.constantFrom("made", "a", "b", "c1", "c2"),
  url: fc.oneof(
    { arbitrary: fc.constant("http://127.0.0.1:9/"), weight: 3 },
    { arbitrary: texts, weight: 1 },
  ),
  pattern: fc.oneof(
    { arbitrary: fc.constantFrom("a", "made*", "c*"), weight: 3 },
    { arbitrary: texts, weight: 1 },
  ),
};
const itemOf: { readonly [name: string]: string } = { ops: "op", documents: "pattern" };

/** What the schema allows, mostly. */
function fitting(schema: Schema, name = ""): Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((each) => fitting(each)));
  switch (schema.type) {
    case "integer":
    case "number":
      return fc.oneof({ arbitrary: fc.nat(6), weight: 9 }, { arbitrary: fc.maxSafeNat(), weight: 1 });
    case "boolean":
      return fc.boolean();
    case "string":
      return known[name] ?? texts;
    case "array":
      return name === "op" ? ops : fc.array(fitting(schema.items ?? {}, itemOf[name]), { maxLength: 3 });
    case "object": {
      const { properties = {}, required = [] } = schema;
      const fields = Object.entries(properties).map(([key, each]) => [key, fitting(each, key)] as const);
      const chosen = (optional: boolean) => fields.filter(([key]) => required.includes(key) !== optional);
      const record = (of: typeof fields) => fc.record(Object.fromEntries(of));
      // Few of what may be left out: most of it excludes something else.
      return fc
        .subarray(chosen(true), { maxLength: Math.min(2, chosen(true).length) })
        .chain((some) => record([...chosen(false), ...some]));
    }
    default:
      return anything;
  }
}

/** The same with something of it wrong. */
const nearly = (schema: Schema): Arbitrary<unknown> =>
  fc
    .tuple(fitting(schema), fc.string({ maxLength: 8 }), anything)
    .chain(([value, extra, wrong]): Arbitrary<unknown> => {
      if (typeof value !== "object" || value === null) return fc.constant(wrong);
      const keys = [...Object.keys(value), extra];
      return fc.constantFrom(...keys).map((key) => ({ ...value, [key]: wrong }));
    });

const bodyOf = (schema: Schema): Arbitrary<string> =>
  fc.oneof(
    { arbitrary: fitting(schema).map((value) => JSON.stringify(value)), weight: 100 },
    { arbitrary: nearly(schema).map((value) => JSON.stringify(value) ?? ""), weight: 60 },
    { arbitrary: anything.map((value) => JSON.stringify(value)), weight: 20 },
    { arbitrary: fc.oneof(deep, fc.string({ maxLength: 60 }), strange), weight: 20 },
    { arbitrary: fc.constant(JSON.stringify({ type: "plain", text: "x".repeat(300_000) })), weight: 1 },
  );

const documents = fc.oneof(
  { arbitrary: fc.constantFrom("a", "b", "missing"), weight: 8 },
  { arbitrary: strange.map((name) => encodeURIComponent(name.toWellFormed())), weight: 1 },
);
const tags = fc.constantFrom('"1"', '"2"', '"99"', "*", 'W/"1"', "x", '"1", "2"', "");
const header = fc.oneof(tags, fc.constantFrom("one", "two", "x".repeat(300), "a b", "text/html, */*;q=0.1"));
const odd = fc.record(
  {
    "if-match": tags,
    "if-none-match": tags,
    "last-event-id": fc.oneof(header, fc.constantFrom("1", "2", "99")),
    "idempotency-key": header,
    accept: header,
    "content-type": fc.constantFrom(
      "application/json",
      "text/plain",
      "application/json; charset=latin1",
      "x",
    ),
    authorization: fc.constantFrom("Bearer x", "Basic a", "Bearer "),
  },
  { requiredKeys: [] },
);

const queryOf = ({ parameters = [] }: Operation): Arbitrary<string> => {
  const fields = parameters.filter((each) => each.in === "query");
  const wellFormed = fields.map(
    ({ name, schema }) =>
      [name, fc.oneof({ arbitrary: fitting(schema), weight: 6 }, { arbitrary: strange, weight: 1 })] as const,
  );
  return fc
    .subarray(wellFormed, { maxLength: Math.min(2, wellFormed.length) })
    .chain((some) => fc.record(Object.fromEntries(some)))
    .map((values) => {
      const pairs = Object.entries(values).map(
        ([name, value]) => `${name}=${encodeURIComponent(String(value).toWellFormed())}`,
      );
      return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
    });
};

/**
 * Requests of all operations, and of some that are none.
 *
 * @param webhook  one that there is, and is not taken away
 */
export function randomRequests({ paths }: OpenApi, webhook: string): Arbitrary<RandomRequest> {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const schema = operation.requestBody?.content["application/json"]?.schema;
      return fc
        .tuple(
          ...([documents, fc.nat(4), queryOf(operation)] as const),
          ...([
            schema === undefined ? fc.constant(undefined) : bodyOf(schema),
            odd,
            fc.nat(3),
            fc.nat(40),
          ] as const),
        )
        .map(
          ([id, version, query, body, headers, plain, other]): RandomRequest => ({
            // Now and then another method, on the same path.
            method: other === 0 ? "PATCH" : other === 1 && method === "get" ? "HEAD" : method.toUpperCase(),
            path: `${path
              .replace("{id}", idIn(path, method, id, webhook))
              .replace("{version}", String(version))
              .replace("{delivery}", id)}${query}`,
            headers: {
              ...(body === undefined ? {} : { "content-type": "application/json" }),
              ...(plain === 0 ? headers : {}),
            },
            ...(body === undefined ? {} : { body }),
          }),
        );
    }),
  );
  return fc.oneof(...operations);
}

/** The documents and the webhook that others read and write are never deleted. */
function idIn(path: string, method: string, id: string, webhook: string): string {
  if (path.endsWith("{id}") && method === "delete" && id.length === 1) return "made";
  return path.startsWith("/v1/webhooks") && id === "a" ? webhook : id;
}
