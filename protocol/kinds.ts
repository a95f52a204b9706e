// Of which kind the things are that a program gives by name, for programs that no compiler has checked. A name that nobody reads
// is a wish that nobody fulfils, and what is neither of two words is taken for one of them.
//
// Pure: what is said of it is said by who asks. That no name is left out is held to the types by the compiler.

export interface Kind {
  readonly fits: (value: unknown) => boolean;
  /** What is said to be wanted. What was given is not said: it may be a secret. */
  readonly words: string;
}

/** A kind for each thing that may be given as a `T`. */
export type Kinds<T> = { readonly [Name in keyof T & string]-?: Kind };

const isText = (value: unknown) => typeof value === "string";
const isCall = (value: unknown) => typeof value === "function";
const isThing = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const text: Kind = { fits: isText, words: "a string" };
export const texts: Kind = {
  fits: (value) => Array.isArray(value) && value.every(isText),
  words: "an array of strings",
};
export const flag: Kind = { fits: (value) => typeof value === "boolean", words: "true or false" };
export const call: Kind = { fits: isCall, words: "a function" };
export const list: Kind = { fits: Array.isArray, words: "an array" };
export const whole: Kind = {
  fits: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  words: "a whole number from 0",
};
export const number: Kind = { fits: Number.isFinite, words: "a number" };
export const anything: Kind = { fits: () => true, words: "anything" };
export const thing: Kind = { fits: isThing, words: "an object" };

export const oneOf = (...words: readonly string[]): Kind => ({
  fits: (value) => words.includes(value as string),
  words: words.map((word) => `"${word}"`).join(" or "),
});

/** An object with these methods. */
export const having = (...methods: readonly string[]): Kind => ({
  fits: (value) => isThing(value) && methods.every((method) => isCall(value[method])),
  words: `an object with ${methods.map((method) => `${method}()`).join(", ")}`,
});

export const either = (one: Kind, other: Kind): Kind => ({
  fits: (value) => one.fits(value) || other.fits(value),
  words: `${one.words} or ${other.words}`,
});

/** A name among those given that there is not. */
export const strangerIn = (given: object, names: object): string | undefined =>
  Object.keys(given).find((name) => !Object.hasOwn(names, name));

/** The first of the kinds that what is given for it does not fit. What is left undefined is not given. @param needed  none may be */
export function misfitIn<T extends object>(
  given: T,
  kinds: Kinds<T>,
  needed = false,
): { readonly name: string; readonly words: string } | undefined {
  for (const [name, { fits, words }] of Object.entries<Kind>(kinds)) {
    const value = given[name as keyof T];
    if ((needed || value !== undefined) && !fits(value)) return { name, words };
  }
  return undefined;
}
