// A schema of an integrator's own, for `interline fuzz --schema FILE`. FILE is a module whose default export is what
// `extendSchema` takes or what it gives; or JSON that it takes.
//
// Of each mark, embed and attribute some values are made that the schema says it knows: by trying, because `read` and
// `allows` are functions. A schema of which nothing can be tried is refused in a sentence.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Schema } from "prosemirror-model";
import { type Extension, extendSchema, linearise, project } from "../../client/prosemirror/index.js";
import { type Vocabulary, vocabularyOf } from "../../client/prosemirror/vocabulary.js";
import { builtInEmbeds, builtInMarks } from "../../client/prosemirror/vocabulary-built-in.js";
import { type Embed, type Json, type RichSnapshot, richText, type Value } from "../../ot/index.js";
import { StartupError } from "../../server/startup.js";
import type { Deed } from "./steps.js";

/** One thing that the schema adds, and how it can be put into a document. */
export interface Thing {
  readonly name: string;
  readonly steps: readonly Extract<Deed, { do: "embed" | "dress" | "label" }>[];
}

export interface OwnSchema {
  readonly schema: Schema;
  readonly things: readonly Thing[];
}

/** @throws StartupError `not_found` | `file_refused` */
export async function schemaIn(file: string): Promise<OwnSchema> {
  const refuse = (why: string, cause?: unknown) =>
    new StartupError("file_refused", `${file} is no schema: ${why}`, { cause });
  let given: unknown;
  try {
    given = /\.json$/i.test(file)
      ? JSON.parse(readFileSync(file, "utf8"))
      : ((await import(pathToFileURL(resolve(file)).href)) as { readonly default?: unknown }).default;
  } catch (cause) {
    if (!isThere(file)) throw new StartupError("not_found", `There is no file ${file}.`, { cause });
    throw refuse(oneLine(cause), cause);
  }
  if (typeof given !== "object" || given === null)
    throw refuse("its default export is not what extendSchema takes.");
  let schema: Schema;
  let vocabulary: Vocabulary;
  try {
    schema = given instanceof Schema ? given : extendSchema(given as Extension);
    vocabulary = vocabularyOf(schema);
  } catch (cause) {
    throw refuse(oneLine(cause), cause);
  }
  const things = thingsOf(schema, vocabulary);
  const unknown = things.find(({ steps }) => steps.length === 0);
  if (unknown !== undefined)
    throw refuse(
      `"${unknown.name}" knows none of the values that were tried, or does not write what it reads.`,
    );
  if (things.length === 0) throw refuse("it adds nothing.");
  return { schema, things };
}

function isThere(file: string): boolean {
  try {
    return readFileSync(file).length >= 0;
  } catch {
    return false;
  }
}

const oneLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0]!.replace(/\.?$/, ".");

const texts = [
  "a",
  "x²",
  "naïve 👍",
  "#336699",
  "https://write.example/a.png",
  "2026-11-26",
  "fuzz@write.example",
];
const plain: readonly Value[] = [...texts, 1, 0, 42, true, false];
const ids = ["one", "two", "three"];

function thingsOf(schema: Schema, vocabulary: Vocabulary): Thing[] {
  const marks = [...vocabulary.markOfName.values()].filter(({ name }) =>
    builtInMarks.every((one) => one.name !== name),
  );
  const embeds = vocabulary.embeds.filter(({ name }) => builtInEmbeds.every((one) => one.name !== name));
  return [
    ...marks.map(({ name, key, kind, allows }): Thing => {
      const pairs =
        kind === "flag"
          ? [[key, 1] as const]
          : kind === "value"
            ? texts.filter(allows).map((text) => [key, text] as const)
            : ids.filter(allows).map((id) => [`${key}${id}`, 1] as const);
      return { name, steps: pairs.map((pair) => ({ do: "dress", attributes: Object.fromEntries([pair]) })) };
    }),
    ...embeds.map(({ name, key, block }): Thing => {
      const tried = candidates(schema, vocabulary, name).map(
        (value): Embed => (block ? { [key]: value, blk: true } : { [key]: value }),
      );
      const known = tried.filter((embed) => isShown(schema, name, embed));
      return { name, steps: known.map((embed) => ({ do: "embed", embed })) };
    }),
    ...vocabulary.attributes.map(
      ({ name, key, allows }): Thing => ({
        name,
        steps: plain.filter(allows).map((value) => ({ do: "label", attributes: { [key]: value } })),
      }),
    ),
  ];
}

/** Whether an embed is shown as this node; where `read` and `write` do not fit together, it is shown as a placeholder. */
function isShown(schema: Schema, name: string, embed: Embed): boolean {
  let shown = false;
  project(richText.create(["\n", { i: embed }]), schema).descendants((node) => {
    shown ||= node.type.name === name;
  });
  return shown;
}

/** Values that an embed may have: an object of its node's attributes, a bare text or number, or just that it is there. */
function candidates(schema: Schema, { attributes }: Vocabulary, node: string): Json[] {
  const others = new Set(["rest", "unknown", ...attributes.map(({ name }) => name)]);
  const own = Object.keys(schema.nodes[node]?.spec.attrs ?? {}).filter((name) => !others.has(name));
  const objects =
    own.length === 0 ? [] : plain.map((value) => Object.fromEntries(own.map((name) => [name, value])));
  return [...objects, ...plain, {}];
}

/** Why a document of type rich does not fit the schema, if it does not. */
export function misfit(snapshot: RichSnapshot, schema: Schema): string | undefined {
  try {
    const doc = project(snapshot, schema);
    doc.check();
    const again = project(richText.create(linearise(doc)), schema);
    return again.eq(doc) ? undefined : "what is read off the document shows another one";
  } catch (error) {
    return oneLine(error);
  }
}
