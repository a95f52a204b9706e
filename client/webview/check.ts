// The validator of the bridge: a schema is a function that takes a stranger's value and gives back a clean copy,
// or throws the fault `invalid` with the path to what is wrong. Schemas are put together from the few below.
//
// What always holds: the copy has the declared fields and no others (fields of later versions are ignored, not
// refused), every string is well-formed Unicode, every number finite. Both ends run it, on what they send as well.

import { BridgeFault } from "./faults.js";

export type Check<T> = (value: unknown, path: string) => T;
export type Out<C> = C extends Check<infer T> ? T : never;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** JSON may not nest deeper than this: native parsers recurse. */
const MAX_DEPTH = 32;

function refuse(path: string, wanted: string): never {
  throw new BridgeFault("invalid", `${path} must be ${wanted}`);
}

// Half of a surrogate pair. (`isWellFormed` is younger than some webviews we run in.)
const halfPair = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?:^|[^\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** A string of at most `max` UTF-16 units, without half surrogate pairs, that matches `pattern`. */
export function text(max: number, pattern?: RegExp): Check<string> {
  return (value, path) => {
    if (typeof value !== "string" || value.length > max) return refuse(path, `a string of at most ${max}`);
    if (halfPair.test(value)) return refuse(path, "well-formed Unicode");
    if (pattern !== undefined && !pattern.test(value)) return refuse(path, `like ${pattern.source}`);
    return value;
  };
}

export function numeric(min = -Number.MAX_VALUE, max = Number.MAX_VALUE): Check<number> {
  return (value, path) =>
    typeof value === "number" && value >= min && value <= max
      ? value
      : refuse(path, `a number in ${min}..${max}`);
}

export function integer(min = 0, max = Number.MAX_SAFE_INTEGER): Check<number> {
  return (value, path) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? (value as number)
      : refuse(path, `an integer in ${min}..${max}`);
}

export const flag: Check<boolean> = (value, path) =>
  typeof value === "boolean" ? value : refuse(path, "true or false");

export function oneOf<const T extends string>(...words: readonly T[]): Check<T> {
  return (value, path) => words.find((word) => word === value) ?? refuse(path, `one of ${words.join(", ")}`);
}

export function orNull<T>(of: Check<T>): Check<T | null> {
  return (value, path) => (value === null ? null : of(value, path));
}

export function list<T>(of: Check<T>, max: number): Check<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value) || value.length > max) return refuse(path, `a list of at most ${max}`);
    return Array.from(value, (item, index) => of(item, `${path}[${index}]`));
  };
}

type Checks = Readonly<Record<string, Check<unknown>>>;
type Shape<R extends Checks, O extends Checks> = { readonly [K in keyof R]: Out<R[K]> } & {
  readonly [K in keyof O]?: Out<O[K]>;
};

/** An object with all of `required` and some of `optional`; other fields are left behind. */
export function shape<R extends Checks, O extends Checks = Record<never, never>>(
  required: R,
  optional?: O,
): Check<Shape<R, O>> {
  const fields = [
    ...Object.entries(required).map(([name, check]) => ({ name, check, needed: true })),
    ...Object.entries(optional ?? {}).map(([name, check]) => ({ name, check, needed: false })),
  ];
  return (value, path) => {
    if (!isObject(value)) return refuse(path, "an object");
    const copy: Record<string, unknown> = {};
    for (const { name, check, needed } of fields) {
      const present = Object.hasOwn(value, name) && value[name] !== undefined;
      if (present) copy[name] = check(value[name], `${path}.${name}`);
      else if (needed) refuse(`${path}.${name}`, "there");
    }
    return copy as Shape<R, O>;
  };
}

/** An object used as a map, of at most `max` entries whose keys match `key`. */
export function dictionary<T>(key: RegExp, of: Check<T>, max: number): Check<Readonly<Record<string, T>>> {
  return (value, path) => {
    if (!isObject(value)) return refuse(path, "an object");
    const entries = Object.entries(value);
    if (entries.length > max) return refuse(path, `at most ${max} entries`);
    return Object.fromEntries(
      entries.map(([name, entry]) => {
        if (name === "__proto__" || !key.test(name)) return refuse(`${path} key`, `like ${key.source}`);
        return [name, of(entry, `${path}.${name}`)];
      }),
    );
  };
}

/** Any JSON value, for what the bridge only carries. Fields that are `undefined` are left behind, as JSON does. */
export const json: Check<Json> = (value, path) => copyJson(value, path, 0);

function copyJson(value: unknown, path: string, depth: number): Json {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : refuse(path, "a finite number");
  if (typeof value === "string") return halfPair.test(value) ? refuse(path, "well-formed Unicode") : value;
  if (depth >= MAX_DEPTH) return refuse(path, `nested at most ${MAX_DEPTH} deep`);
  if (Array.isArray(value)) return Array.from(value, (item) => copyJson(item, path, depth + 1));
  if (!isObject(value)) return refuse(path, "JSON");
  // Snapshots and their like know their own wire form. (What came over the bridge has no functions.)
  if (typeof value.toJSON === "function") return copyJson(value.toJSON(), path, depth + 1);
  const copy: Record<string, Json> = {};
  for (const [name, entry] of Object.entries(value)) {
    if (name === "__proto__" || halfPair.test(name)) refuse(path, "free of such keys");
    if (entry !== undefined) copy[name] = copyJson(entry, path, depth + 1);
  }
  return copy;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
