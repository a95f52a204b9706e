// Equality of JSON values, the order of keys left aside. Embeds are compared with it; `check.ts` bounds their depth.

import type { Json } from "./types.js";

export function sameJson(x: Json, y: Json): boolean {
  if (x === y) return true;
  if (typeof x !== "object" || typeof y !== "object" || x === null || y === null) return false;
  if (Array.isArray(x) !== Array.isArray(y)) return false;
  const keys = Object.keys(x);
  if (keys.length !== Object.keys(y).length) return false;
  const at = (value: object, key: string) => (value as { readonly [key: string]: Json })[key]!;
  return keys.every((key) => Object.hasOwn(y, key) && sameJson(at(x, key), at(y, key)));
}
