// How the decoders are written: a shape is a table of fields, and a field takes a value from a stranger and returns
// what it is, or throws the fault, saying by path where it stood. The compiler reads a message's type off its shape.
//
// Nothing here recurses on what a stranger nested: shapes are fixed, unknown keys are refused without being looked
// into, and the opaque parts (ops, snapshots) are walked with a stack of their own.

import { Fault, type FaultCode } from "./faults.js";

/** How deep arrays and objects may nest in an op or a snapshot. Real ones need five levels. */
export const MAX_DEPTH = 16;
/** How many keys one object in an op or a snapshot may have, and how long they may be. What they mean bounds them closer. */
export const MAX_KEYS = 1000;
export const MAX_KEY_LENGTH = 256;

export type Field<T> = (value: unknown, path: string) => T;
export interface Optional<T> {
  readonly optional: Field<T>;
}
export type Shape = { readonly [key: string]: Field<unknown> | Optional<unknown> };
export type Decoded<S extends Shape> = {
  readonly [K in keyof S as S[K] extends Optional<unknown> ? never : K]: S[K] extends Field<infer T>
    ? T
    : never;
} & {
  readonly [K in keyof S as S[K] extends Optional<unknown> ? K : never]?: S[K] extends Optional<infer T>
    ? T
    : never;
};

/** An object with exactly these keys. */
export function object<S extends Shape>(shape: S): Field<Decoded<S>> {
  const keys = Object.keys(shape);
  return (value, path) => {
    if (!isRecord(value)) malformed(path, "an object");
    if (Object.keys(value).some((key) => !Object.hasOwn(shape, key))) {
      malformed(path, `an object with no other keys than ${keys.join(", ")}`);
    }
    const decoded: Record<string, unknown> = {};
    for (const key of keys) {
      const field = shape[key]!;
      if (typeof field === "function") decoded[key] = field(value[key], `${path}.${key}`);
      else if (value[key] !== undefined) decoded[key] = field.optional(value[key], `${path}.${key}`);
    }
    return decoded as Decoded<S>;
  };
}

export const optional = <T>(field: Field<T>): Optional<T> => ({ optional: field });

export function nullable<T>(field: Field<T>): Field<T | null> {
  return (value, path) => (value === null ? null : field(value, path));
}

/** A whole number that a JavaScript number holds exactly; with `most`, none beyond it. */
export function integer(least: number, most = Number.MAX_SAFE_INTEGER): Field<number> {
  return (value, path) => {
    const fits = typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most;
    const bound = most === Number.MAX_SAFE_INTEGER ? "" : ` to ${most}`;
    return fits ? value : malformed(path, `a whole number from ${least}${bound}`);
  };
}

export function oneOf<T extends string>(...names: readonly T[]): Field<T> {
  return (value, path) =>
    names.find((name) => name === value) ?? malformed(path, `one of ${names.join(", ")}`);
}

/** A string of at most `most` UTF-16 units. */
export function text(most: number): Field<string> {
  return (value, path) => {
    if (typeof value !== "string" || value.length > most)
      malformed(path, `a string of at most ${most} characters`);
    if (!isStorable(value)) throw new Fault("bad_unicode", `${path} holds half a character or U+0000.`);
    return value;
  };
}

export const boolean: Field<boolean> = (value, path) =>
  typeof value === "boolean" ? value : malformed(path, "true or false");

export const documentId: Field<string> = (value, path) => {
  if (typeof value !== "string") malformed(path, "a string");
  if (!isDocumentId(value)) throw badName(value);
  return value;
};

export const badName = (name?: unknown) =>
  new Fault(
    "bad_name",
    typeof name === "string" && name in Object.prototype
      ? `The name ${name} is reserved: no document can have it.`
      : "A document's name is 1 to 128 letters, digits, _ and -, and begins with a letter or digit.",
  );

/** 1 to 128 letters, digits, `_` and `-`, beginning with a letter or digit, and no name that every object has. */
export function isDocumentId(value: unknown): value is string {
  return (
    typeof value === "string" &&
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(value) &&
    !(value in Object.prototype)
  );
}

/** Whether every storage and wire gives the string back as it was: no half surrogate pair, no U+0000. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/**
 * Demands plain JSON, at most {@link MAX_DEPTH} deep, with finite numbers, storable strings, objects of at most
 * {@link MAX_KEYS} short keys and no key that every object has. Walks with its own stack, so that no nesting can exhaust
 * the machine's.
 *
 * @throws Fault `malformed` for a value JSON has not, `op_too_complex` for depth and keys, `bad_unicode` for text
 */
export function checkJson(json: unknown, malformed: FaultCode): void {
  const rest: { readonly value: unknown; readonly depth: number }[] = [{ value: json, depth: 1 }];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { value, depth } = next;
    if (typeof value !== "object" || value === null) {
      checkScalar(value, malformed);
      continue;
    }
    if (depth > MAX_DEPTH) {
      throw tooComplex("Nested too deeply.", { maxDepth: MAX_DEPTH });
    }
    if (Array.isArray(value)) {
      for (const item of value) rest.push({ value: item, depth: depth + 1 });
    } else if (isRecord(value)) {
      const keys = Object.keys(value);
      if (keys.length > MAX_KEYS) throw tooComplex("An object has too many keys.", { maxKeys: MAX_KEYS });
      for (const key of keys) {
        if (key.length > MAX_KEY_LENGTH)
          throw tooComplex("A key is too long.", { maxKeyLength: MAX_KEY_LENGTH });
        if (key in Object.prototype) throw new Fault(malformed, "A key has a name that is not allowed.");
        checkScalar(key, malformed);
        rest.push({ value: value[key], depth: depth + 1 });
      }
    } else {
      throw new Fault(malformed, "Something is not plain JSON.");
    }
  }
}

const tooComplex = (message: string, details: { readonly [name: string]: number }) =>
  new Fault("op_too_complex", message, { details });

function checkScalar(value: unknown, malformed: FaultCode): void {
  if (typeof value === "string") {
    if (!isStorable(value)) throw new Fault("bad_unicode", "Text holds half a character or U+0000.");
  } else if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Fault(malformed, "A number is too large.");
  } else if (typeof value !== "boolean" && value !== null) {
    throw new Fault(malformed, "Something is not plain JSON.");
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function malformed(path: string, expected: string): never {
  throw new Fault("message_malformed", `${path} must be ${expected}.`);
}
