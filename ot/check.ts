// What a stranger's op or snapshot must be before anything else looks at it.
//
// A whitelist: every number is an integer from 1 to 2³¹ − 1, every object has known keys only, every string is well
// formed and free of control characters, and an op is in canonical form. No check loops over the atoms that a number
// stands for, and none recurses, so that `[{"d":1e999}]` and 30 KB of brackets are refused as quickly as anything else.
//
// Not here: whether an op fits a document (`apply` says), how large an op may be, and what its attributes mean.

import { areOne, type Component } from "./op.js";
import { OtError, type PlainOp, type RichOp, type RichWire } from "./types.js";
import { isCleanText } from "./unicode.js";

export const opBounds = {
  maxNumber: 2 ** 31 - 1,
  maxKeyLength: 64,
  /** Attributes that one retain may change. */
  maxChanges: 32,
  /** Attributes of inserted atoms. More, since atoms gather them over time, and undoing their deletion inserts them all. */
  maxAttributes: 256,
  maxValueLength: 4096,
  maxEmbedDepth: 16,
  maxEmbedKeys: 1000,
} as const;
const { maxNumber, maxKeyLength, maxChanges, maxAttributes, maxValueLength, maxEmbedDepth, maxEmbedKeys } =
  opBounds;

/** Names that reach an object's prototype where somebody assigns carelessly. */
const forbiddenKeys = new Set(["__proto__", "constructor", "prototype"]);

const malformed = (message: string) => new OtError("op_malformed", message);
const tooComplex = (message: string) => new OtError("op_too_complex", message);

function checkText(text: string): void {
  if (!isCleanText(text))
    throw new OtError("bad_unicode", "Text has a control character or half a surrogate pair");
}

function checkInserted(text: string): void {
  if (text === "") throw malformed("An insert is empty");
  checkText(text);
}

function checkCount(count: unknown): void {
  if (typeof count !== "number" || !Number.isInteger(count) || count < 1 || count > maxNumber) {
    throw malformed("A length is not an integer from 1 to 2147483647");
  }
}

function checkKey(key: string): void {
  if (forbiddenKeys.has(key)) throw malformed(`A key is called ${key}`);
  if (key === "" || key.length > maxKeyLength)
    throw malformed(`A key is not 1 to ${maxKeyLength} characters long`);
  checkText(key);
}

type Record = { readonly [key: string]: unknown };

function asRecord(value: unknown, what: string): Record {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw malformed(`${what} is not an object`);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw malformed(`${what} is not a plain object`);
  return value as Record;
}

function checkAttributes(value: unknown, mayRemove: boolean): void {
  const set = asRecord(value, "An attribute set");
  const keys = Object.keys(set);
  const most = mayRemove ? maxChanges : maxAttributes;
  if (keys.length === 0) throw malformed("An attribute set is empty");
  if (keys.length > most) throw tooComplex(`More than ${most} attributes`);
  for (const key of keys) {
    checkKey(key);
    const one = set[key];
    if (one === null && mayRemove) continue;
    checkScalar(one, "An attribute is not a string, a finite number or a boolean");
  }
}

function checkScalar(value: unknown, otherwise: string): void {
  if (typeof value === "string") {
    if (value.length > maxValueLength) throw tooComplex(`A value is longer than ${maxValueLength}`);
    checkText(value);
  } else if (typeof value === "number" ? !Number.isFinite(value) : typeof value !== "boolean") {
    throw malformed(otherwise);
  }
}

/** JSON of bounded depth and size, walked level by level. */
function checkEmbed(embed: unknown): void {
  const top = asRecord(embed, "An embed");
  if (Object.keys(top).length === 0) throw malformed("An embed is empty");
  if (Object.hasOwn(top, "blk") && top.blk !== true) throw malformed("`blk` is not true");
  let keys = 0;
  let level: unknown[] = [top];
  for (let depth = 1; level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== "object" || value === null) {
        if (value !== null) checkScalar(value, "An embed holds what JSON does not have");
        continue;
      }
      if (depth > maxEmbedDepth) throw tooComplex(`An embed is deeper than ${maxEmbedDepth}`);
      const isList = Array.isArray(value);
      const inside = isList ? value : Object.values(asRecord(value, "A part of an embed"));
      keys += inside.length;
      if (keys > maxEmbedKeys) throw tooComplex(`An embed has more than ${maxEmbedKeys} keys`);
      if (!isList) for (const key of Object.keys(value)) checkKey(key);
      for (const part of inside) next.push(part);
    }
    level = next;
  }
}

function checkKnownKeys(component: Record, known: readonly string[]): void {
  for (const key of Object.keys(component))
    if (!known.includes(key)) throw malformed("A component has an unknown key");
}

function checkInsert(component: Record): void {
  checkKnownKeys(component, ["i", "a"]);
  const { i, a } = component;
  if (a !== undefined || Object.hasOwn(component, "a")) checkAttributes(a, false);
  if (typeof i !== "string") {
    checkEmbed(i);
  } else {
    checkInserted(i);
    if (a === undefined) throw malformed("Text without attributes is not a bare string");
  }
}

function checkRetain(component: Record): void {
  checkKnownKeys(component, ["r", "a", "b"]);
  checkCount(component.r);
  const scopes = ["a", "b"].filter((scope) => Object.hasOwn(component, scope));
  if (scopes.length === 0) throw malformed("A retain changes nothing");
  for (const scope of scopes) checkAttributes(component[scope], true);
}

function checkDelete(component: Record, mayQuote: boolean): void {
  checkKnownKeys(component, ["d"]);
  if (mayQuote && typeof component.d === "string") checkInserted(component.d);
  else checkCount(component.d);
}

function asList(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(`${what} is not a list`);
  return value;
}

/** @throws OtError `op_malformed` or `bad_unicode`, unless `op` is a canonical plain op */
export function checkPlainOp(op: unknown): asserts op is PlainOp {
  checkComponents(op, (component) => checkDelete(component, true));
}

/** @throws OtError `op_malformed`, `op_too_complex` ({@link opBounds}) or `bad_unicode`, unless `op` is a canonical rich op */
export function checkRichOp(op: unknown): asserts op is RichOp {
  checkComponents(op, (component) => {
    if (Object.hasOwn(component, "i")) checkInsert(component);
    else if (Object.hasOwn(component, "r")) checkRetain(component);
    else checkDelete(component, false);
  });
}

function checkComponents(op: unknown, checkObject: (component: Record) => void): void {
  let last: Component | undefined;
  for (const component of asList(op, "An op")) {
    if (typeof component === "number") checkCount(component);
    else if (typeof component === "string") checkInserted(component);
    else checkObject(asRecord(component, "A component"));
    const checked = component as Component;
    if (last !== undefined && areOne(last, checked))
      throw malformed("Two components of one kind are neighbours");
    last = checked;
  }
  if (typeof last === "number") throw malformed("An op ends in a skip");
}

/** @throws OtError unless `wire` is a rich snapshot in canonical form: inserts only */
export function checkRichWire(wire: unknown): asserts wire is RichWire {
  for (const component of asList(wire, "A snapshot")) {
    const isInsert =
      typeof component === "string" ||
      (typeof component === "object" && component !== null && Object.hasOwn(component, "i"));
    if (!isInsert) throw malformed("A snapshot holds something that is not an insert");
  }
  checkRichOp(wire);
}

/** @throws OtError unless `wire` is text fit for a plain document */
export function checkPlainWire(wire: unknown): asserts wire is string {
  if (typeof wire !== "string") throw malformed("A plain snapshot is not a string");
  checkText(wire);
}

/**
 * What `create` demands of a snapshot, which may come from a store that an older version has written: inserts of
 * well-formed text or of embeds, with flat attributes. How many there are of each is not asked again, so that every document
 * that could grow can also be opened.
 *
 * @throws OtError
 */
export function checkStoredWire(wire: unknown): asserts wire is RichWire {
  for (const component of asList(wire, "A snapshot")) {
    if (typeof component === "string") checkWellFormed(component);
    else {
      const { i, a } = asRecord(component, "A component");
      if (typeof i === "string") checkWellFormed(i);
      else asRecord(i, "An embed");
      if (a === undefined) continue;
      for (const value of Object.values(asRecord(a, "An attribute set"))) {
        if (typeof value === "object") throw malformed("An attribute is not a string, a number or a boolean");
      }
    }
  }
}

/** @throws OtError `bad_unicode` where a surrogate stands alone */
export function checkWellFormed(text: string): void {
  if (!text.isWellFormed()) throw new OtError("bad_unicode", "Text has half a surrogate pair");
}
