// What a single attribute value may be, for marks and nodes alike.

import { opBounds } from "../../ot/check.js";
import { isCleanText, type Json, type Value } from "../../ot/index.js";

/** How many attributes an inserted atom may have. */
export const { maxAttributes } = opBounds;

/** Whether the value of a flag (a mark, `ck`, `new`, `iq`) sets it. */
export const isSet = (value: unknown): boolean => value === 1 || value === true;

const isText = (value: unknown): value is string =>
  typeof value === "string" && value.length <= opBounds.maxValueLength && isCleanText(value);

/** Whether a value is text that the document type accepts as one. */
export const isShort = (value: unknown): value is string => value !== "" && isText(value);

/** Whether a value is one that an attribute of the document type may have. */
export const isValue = (value: unknown): value is Value =>
  typeof value === "boolean" || (typeof value === "number" ? Number.isFinite(value) : isText(value));

const forbiddenKeys: ReadonlySet<unknown> = new Set(["__proto__", "constructor", "prototype"]);

/** Whether the document type accepts a key. */
export const isKey = (key: unknown): key is string =>
  isShort(key) && key.length <= opBounds.maxKeyLength && !forbiddenKeys.has(key);

export type JsonRecord = { readonly [key: string]: Json };

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** JSON with the keys of every object in order, so that equal values are equal strings. */
export function canonicalJson(value: Json): string {
  if (isInOrder(value)) return JSON.stringify(value);
  const sorted = (_key: string, part: unknown): unknown =>
    isRecord(part)
      ? Object.fromEntries(
          Object.keys(part)
            .sort()
            .map((key) => [key, part[key]]),
        )
      : part;
  return JSON.stringify(value, sorted);
}

/** Whether the keys of every object in a value are in order, as most of them are. */
function isInOrder(value: Json): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  const record = value as JsonRecord;
  const keys = Object.keys(record);
  return keys.every((key, at) => (at === 0 || keys[at - 1]! < key) && isInOrder(record[key]!));
}

/** What a JSON text of an object holds; undefined if it is anything else, as when a page that was pasted made it up. */
export function recordIn(json: unknown): JsonRecord | undefined {
  if (typeof json !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
