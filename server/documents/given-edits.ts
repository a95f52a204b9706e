// Of which form the edits are that a program gives, which no compiler may have seen: of each its names and kinds, as the schema of
// the HTTP API has them (`server/api/schemas/changing.ts`; `test/api/same-verdict.test.ts` holds both together). What is left
// undefined is not given. Whether the place is there is for whoever edits.

import type { Edit } from "../../protocol/index.js";
import { flag, type Kind, misfitIn, number, oneOf, strangerIn, text, thing } from "../../protocol/kinds.js";

type Names = Readonly<Record<string, Kind>>;

const within = (least: number, most: number): Kind => ({
  fits: (value) => Number.isSafeInteger(value) && least <= (value as number) && (value as number) <= most,
  words: `a whole number from ${least} to ${most}`,
});
const index = within(-1e9, 1e9);
const count = within(1, 1_000_000);
const something: Kind = {
  fits: (value) => text.fits(value) && value !== "",
  words: "a string that is not empty",
};
/** What an attribute may be made. */
const value: Kind = {
  fits: (value) => value === null || text.fits(value) || flag.fits(value) || number.fits(value),
  words: "a string, a number, true, false or null",
};

/** What may stand beside the name by which a place is known. */
const ofPlaces: Readonly<Record<string, Names>> = {
  quote: { quote: something, before: text, after: text, nth: count },
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

/** An edit that nothing is wrong with, without what is left undefined in it. */
export const asMeant = (edit: Edit): Edit =>
  ({ ...given(edit), place: given(edit.place) }) as unknown as Edit;

function wrongWithOne(edit: unknown, name: string): string | undefined {
  if (!thing.fits(edit)) return `${name} must be ${thing.words}`;
  const { do: what, place, ...rest } = given(edit);
  if (!does.fits(what)) return `${name}.do must be ${does.words}`;
  const kinds = ofEdits[what as Edit["do"]];
  return (
    wrongWithPlace(place, `${name}.place`) ??
    wrongIn(rest, kinds, name) ??
    ("text" in kinds && "text" in rest === "markdown" in rest
      ? `${name} must have a text or Markdown, and not both`
      : undefined) ??
    ("set" in kinds ? wrongWithSet(rest.set, `${name}.set`) : undefined)
  );
}

function wrongWithPlace(place: unknown, name: string): string | undefined {
  const there = given(place);
  const [by, ...more] = Object.keys(ofPlaces).filter((by) => Object.hasOwn(there, by));
  if (by === undefined || more.length > 0)
    return `${name} must have one of ${Object.keys(ofPlaces).join(", ")}`;
  return wrongIn(there, ofPlaces[by]!, name);
}

function wrongWithSet(set: unknown, name: string): string | undefined {
  if (!thing.fits(set)) return `${name} must be ${thing.words}`;
  const wrong = Object.entries(set as object).find(([, to]) => !value.fits(to));
  return wrong && `${name}.${wrong[0]} must be ${value.words}`;
}

function wrongIn(given: object, kinds: Names, name: string): string | undefined {
  const stranger = strangerIn(given, kinds);
  if (stranger !== undefined) return `there is no use for ${stranger} in ${name}`;
  const misfit = misfitIn(given as Record<string, unknown>, kinds);
  return misfit && `${name}.${misfit.name} must be ${misfit.words}`;
}

/** What is given by name, if it is an object. */
function given(value: unknown): { readonly [name: string]: unknown } {
  if (!thing.fits(value)) return {};
  return Object.fromEntries(Object.entries(value as object).filter(([, given]) => given !== undefined));
}
