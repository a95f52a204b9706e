// Of which form the edits are that a program gives, which no compiler may have seen: of each its names and kinds, as the schema of
// the HTTP API has them (`server/api/schemas/changing.ts`). Whether the place is there is for whoever edits.

import type { Edit } from "../../protocol/index.js";
import { flag, type Kind, misfitIn, oneOf, strangerIn, text, thing } from "../../protocol/kinds.js";

type Names = Readonly<Record<string, Kind>>;

const index: Kind = { fits: Number.isSafeInteger, words: "a whole number" };
const count: Kind = {
  fits: (value) => index.fits(value) && (value as number) > 0,
  words: "a whole number from 1",
};

/** What may stand beside the name by which a place is known. */
const ofPlaces: Readonly<Record<string, Names>> = {
  quote: { quote: text, before: text, after: text, nth: count },
  block: { block: index },
  heading: { heading: text, nth: count },
  at: { at: oneOf("start", "end") },
};

const written = { text, markdown: text };
/** Of each edit what it takes besides a place, and whether it needs a text or Markdown. */
const ofEdits: Readonly<Record<Edit["do"], Names>> = {
  replace: written,
  insert: { where: oneOf("before", "after"), ...written },
  delete: {},
  format: { set: thing },
  appendItem: { checked: flag, ...written },
};
const does = oneOf(...Object.keys(ofEdits));

/** What is wrong with the first that is not as it should be, in a sentence. */
export function wrongWith(edits: readonly unknown[]): string | undefined {
  for (const [nth, edit] of edits.entries()) {
    const wrong = wrongWithOne(edit, `edits[${nth}]`);
    if (wrong !== undefined) return `In edit, ${wrong}.`;
  }
  return undefined;
}

function wrongWithOne(edit: unknown, name: string): string | undefined {
  if (!thing.fits(edit)) return `${name} must be ${thing.words}`;
  const { do: what, place, ...rest } = edit as { readonly [name: string]: unknown };
  if (!does.fits(what)) return `${name}.do must be ${does.words}`;
  const kinds = ofEdits[what as Edit["do"]];
  return (
    wrongWithPlace(place, `${name}.place`) ??
    wrongIn(rest, kinds, name) ??
    ("text" in kinds && "text" in rest === "markdown" in rest
      ? `${name} must have a text or Markdown, and not both`
      : undefined) ??
    ("set" in kinds && !("set" in rest) ? `${name}.set must be ${thing.words}` : undefined)
  );
}

function wrongWithPlace(place: unknown, name: string): string | undefined {
  const given = (thing.fits(place) ? place : {}) as { readonly [name: string]: unknown };
  const [by, ...more] = Object.keys(ofPlaces).filter((by) => given[by] !== undefined);
  if (by === undefined || more.length > 0)
    return `${name} must have one of ${Object.keys(ofPlaces).join(", ")}`;
  return wrongIn(given, ofPlaces[by]!, name);
}

function wrongIn(given: object, kinds: Names, name: string): string | undefined {
  const stranger = strangerIn(given, kinds);
  if (stranger !== undefined) return `there is no use for ${stranger} in ${name}`;
  const misfit = misfitIn(given as Record<string, unknown>, kinds);
  return misfit && `${name}.${misfit.name} must be ${misfit.words}`;
}
