// About how many bytes the runs of a strand hold: as measured, rounded up. A piece of text is counted when it comes, since those
// that it is cut into share it; what befalls a run is counted for good, since no run forgets.

import type { Attributes, Content, Value } from "../../ot/index.js";
import type { Run } from "./runs.js";

/** A run, apart from what it holds. */
export const RUN = 320;
/** A flip, or a key that was set. */
const CHANGE = 64;
const KEY = 48;

/** Of a run that comes. */
export const weightOf = ({ content, first }: Run): number => RUN + ofContent(content) + ofAttributes(first);

/** What is held more when a run has become another one. */
export function weightAdded(before: Run, after: Run): number {
  let weight = 0;
  for (let flip = after.flips; flip !== before.flips; flip = flip!.before) weight += CHANGE;
  for (let set = after.sets; set !== before.sets; set = set!.before) weight += CHANGE + ofValue(set!.value);
  // From the first change on, its attributes are its own.
  if (before.sets === undefined && after.sets !== undefined) weight += ofAttributes(after.attributes);
  return weight;
}

/** Two bytes for a UTF-16 unit. What an embed is spelled like is kept once more. */
const ofContent = (content: Content): number =>
  typeof content === "string" ? 2 * content.length : 4 * JSON.stringify(content).length;

function ofAttributes(attributes: Attributes): number {
  let weight = 0;
  for (const key of Object.keys(attributes)) weight += ofAttribute(key, attributes[key]!);
  return weight;
}

const ofAttribute = (key: string, value: Value): number => KEY + 2 * key.length + ofValue(value);

const ofValue = (value: Value | null): number => (typeof value === "string" ? 2 * value.length : 0);
