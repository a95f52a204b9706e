// The one decoder for everything a stranger sends: the hello, the requests, the notices.
//
// A table of shapes, one per message, written so that the compiler compares each with the message's type. What comes
// out has exactly the known keys, whole numbers, ids that are ids, and strings that survive every storage and wire.
// Ops stay opaque, but are bounded in depth and cleared of what no JSON writer sends; their grammar is the document
// type's to check. Nothing here recurses on what a stranger nested: shapes are fixed, and the opaque part is walked
// with a stack of its own.
//
// Not here: sizes, rates and rights, which are the server's (`server/gateway.ts`).

import { Fault, type FaultCode } from "./faults.js";
import type {
  Activity,
  DocumentType,
  Hello,
  NoticeName,
  Notices,
  Op,
  RequestName,
  Requests,
} from "./messages.js";

/** How deep arrays and objects may nest in an op or a snapshot. Real ones need five levels. */
export const MAX_DEPTH = 16;

/** @throws Fault `message_malformed` | `protocol_unsupported` | `bad_unicode` */
export function decodeHello(raw: unknown, supported: number): Hello {
  // The version comes first: another version's hello may have other keys, and must learn that it is another version.
  const protocol = isRecord(raw) ? raw.protocol : undefined;
  if (typeof protocol === "number" && Number.isSafeInteger(protocol) && protocol !== supported) {
    throw new Fault("protocol_unsupported", `This server speaks protocol ${supported}.`, {
      details: { supported },
    });
  }
  return hello(raw, "hello");
}

export function isRequestName(name: unknown): name is RequestName {
  return typeof name === "string" && Object.hasOwn(requests, name);
}

export function isNoticeName(name: unknown): name is NoticeName {
  return typeof name === "string" && Object.hasOwn(notices, name);
}

/** @throws Fault `message_malformed` | `bad_name` | `bad_unicode` | `op_malformed` | `op_too_complex` */
export function decodeRequest<K extends RequestName>(name: K, raw: unknown): Requests[K]["body"] {
  return requests[name](raw, name);
}

/** @throws Fault `message_malformed` | `bad_name` */
export function decodeNotice<K extends NoticeName>(name: K, raw: unknown): Notices[K] {
  return notices[name](raw, name);
}

/** 1 to 128 letters, digits, `_` and `-`, beginning with a letter or digit, and no name that every object has. */
export function isDocumentId(value: unknown): value is string {
  return (
    typeof value === "string" &&
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(value) &&
    !(value in Object.prototype)
  );
}

/** A string that every storage and wire gives back as it was: no half surrogate pair, no U+0000. */
export function isCleanText(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/**
 * Demands plain JSON, at most {@link MAX_DEPTH} deep, with finite numbers, clean strings and no key that every object
 * has. Walks with its own stack, so that no nesting can exhaust the machine's.
 *
 * @throws Fault `malformed` for a value JSON has not, `op_too_complex` for depth, `bad_unicode` for text
 */
export function checkJson(value: unknown, malformed: FaultCode): void {
  const rest: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 1 }];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { value, depth } = next;
    if (typeof value !== "object" || value === null) {
      checkScalar(value, malformed);
      continue;
    }
    if (depth > MAX_DEPTH) {
      throw new Fault("op_too_complex", "Nested too deeply.", { details: { maxDepth: MAX_DEPTH } });
    }
    if (Array.isArray(value)) {
      for (const item of value) rest.push({ value: item, depth: depth + 1 });
    } else if (isRecord(value)) {
      for (const key of Object.keys(value)) {
        if (key in Object.prototype) throw new Fault(malformed, "A key has a name that is not allowed.");
        checkScalar(key, malformed);
        rest.push({ value: value[key], depth: depth + 1 });
      }
    } else {
      throw new Fault(malformed, "Something is not plain JSON.");
    }
  }
}

function checkScalar(value: unknown, malformed: FaultCode): void {
  if (typeof value === "string") {
    if (!isCleanText(value)) throw new Fault("bad_unicode", "Text holds half a character or U+0000.");
  } else if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Fault(malformed, "A number is too large.");
  } else if (typeof value !== "boolean" && value !== null) {
    throw new Fault(malformed, "Something is not plain JSON.");
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

// ---- fields: each takes a value and says, by `path`, where it stood if it is wrong -------------------------------

type Field<T> = (value: unknown, path: string) => T;
interface Optional<T> {
  readonly optional: Field<T>;
}
type Shape = { readonly [key: string]: Field<unknown> | Optional<unknown> };
type Decoded<S extends Shape> = {
  readonly [K in keyof S as S[K] extends Optional<unknown> ? never : K]: S[K] extends Field<infer T>
    ? T
    : never;
} & {
  readonly [K in keyof S as S[K] extends Optional<unknown> ? K : never]?: S[K] extends Optional<infer T>
    ? T
    : never;
};

function malformed(path: string, expected: string): never {
  throw new Fault("message_malformed", `${path} must be ${expected}.`);
}

function object<S extends Shape>(shape: S): Field<Decoded<S>> {
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

const optional = <T>(field: Field<T>): Optional<T> => ({ optional: field });

const nullable =
  <T>(field: Field<T>): Field<T | null> =>
  (value, path) =>
    value === null ? null : field(value, path);

const integer =
  (least: number): Field<number> =>
  (value, path) =>
    Number.isSafeInteger(value) && (value as number) >= least
      ? (value as number)
      : malformed(path, `a whole number from ${least}`);

const oneOf =
  <T extends string>(...names: readonly T[]): Field<T> =>
  (value, path) =>
    names.find((name) => name === value) ?? malformed(path, `one of ${names.join(", ")}`);

/** A string of at most `most` UTF-16 units. */
const text =
  (most: number): Field<string> =>
  (value, path) => {
    if (typeof value !== "string" || value.length > most)
      malformed(path, `a string of at most ${most} characters`);
    if (!isCleanText(value)) throw new Fault("bad_unicode", `${path} holds half a character or U+0000.`);
    return value;
  };

const boolean: Field<boolean> = (value, path) =>
  typeof value === "boolean" ? value : malformed(path, "true or false");

const documentId: Field<string> = (value, path) => {
  if (typeof value !== "string") malformed(path, "a string");
  if (!isDocumentId(value)) {
    throw new Fault(
      "bad_name",
      "A document's name is 1 to 128 letters, digits, _ and -, and begins with a letter or digit.",
    );
  }
  return value;
};

const op: Field<Op> = (value) => {
  if (!Array.isArray(value)) throw new Fault("op_malformed", "An op is a list of components.");
  checkJson(value, "op_malformed");
  return value;
};

const version = integer(0);
const position = integer(0);

// ---- the messages ------------------------------------------------------------------------------------------------

const hello: Field<Hello> = object({
  protocol: integer(0),
  // A token with a few dozen claims under a 4096-bit key is 2 KiB.
  token: optional(text(8192)),
  name: optional(text(200)),
  client: optional(object({ id: text(64), ticket: text(128) })),
});

const requests: { readonly [K in RequestName]: Field<Requests[K]["body"]> } = {
  open: object({
    doc: documentId,
    type: oneOf<DocumentType>("rich", "plain"),
    create: boolean,
    since: optional(version),
  }),
  submit: object({ doc: documentId, version, seq: integer(1), op }),
  ops: object({ doc: documentId, since: version }),
  leave: object({ doc: documentId }),
};

const notices: { readonly [K in NoticeName]: Field<Notices[K]> } = {
  presence: object({
    doc: documentId,
    n: integer(0),
    version,
    seq: integer(0),
    selection: nullable(object({ anchor: position, head: position })),
    activity: oneOf<Activity>("active", "typing", "idle", "away"),
  }),
};
