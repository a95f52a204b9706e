// What the schemas of all groups are made of. A schema is written once, in typebox: requests are checked against it, the
// OpenAPI document shows it, and the compiler holds it equal to the type in `protocol/api.ts` (`same`).

import Type, { type Static, type TObject, type TProperties, type TSchema } from "typebox";
import { EPOCH_PATTERN, type Op } from "../../../protocol/index.js";

/** True if each of two types can stand for the other; anything else does not compile where `true` is demanded. */
export type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;

/** An object with exactly these keys. */
export const exactly = <P extends TProperties>(properties: P, options: object = {}): TObject<P> =>
  Type.Object(properties, { additionalProperties: false, ...options });

export const list = <S extends TSchema>(items: S, options: { minItems?: number; maxItems?: number } = {}) =>
  Type.Unsafe<readonly Static<S>[]>(Type.Array(items, options));

/** One of these words. */
export const word = <const W extends string>(...words: readonly W[]) =>
  Type.Unsafe<W>({ type: "string", enum: words });

export const version = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: "How many ops the document has had committed.",
});
export const epoch = Type.Optional(
  Type.String({
    pattern: EPOCH_PATTERN,
    description: "The life that the versions are of; in another, it is refused. Default: the present one.",
  }),
);
export const time = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: "Milliseconds since the Unix epoch.",
});
export const count = Type.Integer({ minimum: 0 });
export const text = Type.String();
export const flag = Type.Boolean();
export const anything = Type.Unknown();
export const documentType = word("rich", "plain");
export const format = word("json", "text", "markdown", "html");
export const op = Type.Unsafe<Op>({
  type: "array",
  description: "Components in canonical form.",
  examples: [[4, "inserted"]],
});
/** What the wire form of a document is made of. */
export const content = Type.Unsafe<readonly unknown[]>({ type: "array" });

export const authors = Type.Unsafe<{
  readonly [user: string]: { readonly name: string; readonly color: number };
}>({
  type: "object",
  additionalProperties: {
    type: "object",
    properties: { name: { type: "string" }, color: { type: "integer" } },
    required: ["name", "color"],
    additionalProperties: false,
  },
});

export const committed = exactly({
  version,
  src: text,
  seq: count,
  op,
  author: text,
  time: Type.Number(),
});

/** Contents, in one form at most. */
export const contents = {
  text: Type.Optional(text),
  markdown: Type.Optional(text),
  html: Type.Optional(text),
  snapshot: Type.Optional(anything),
};

// Parameters and headers.

export const idParams = exactly({ id: Type.String({ description: "The document's name." }) });

const condition = {
  "if-match": Type.Optional(
    Type.String({
      maxLength: 100,
      description:
        'What the document must still be: its ETag. Only a version, as in "7", means that of the present life.',
    }),
  ),
};
export const conditionHeaders = Type.Object(condition);
export const headers = Type.Object({
  ...condition,
  "idempotency-key": Type.Optional(
    Type.String({
      pattern: "^[\\x21-\\x7e]{1,255}$",
      description: "Asked again under the same key, it is not done again but answered as the first time.",
    }),
  ),
});
