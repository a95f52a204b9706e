// A place in a list, as a word that a reader hands back to get the next page. What it says is nobody's business, and
// anything else than such a word is refused.

import { Fault } from "../../protocol/index.js";
import type { Place } from "../storage/index.js";

export function cursorOf({ time, key }: Place): string {
  return Buffer.from(JSON.stringify([time, key])).toString("base64url");
}

/** @throws Fault `message_malformed` */
export function placeOf(cursor: string): Place {
  const [time, key] = parse(Buffer.from(cursor, "base64url").toString());
  if (Number.isSafeInteger(time) && Number.isSafeInteger(key))
    return { time: Number(time), key: Number(key) };
  throw new Fault("message_malformed", "This cursor is not one that was given out.");
}

function parse(json: string): unknown[] {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
