// What is said of people in a document. In English; whoever translates replaces any of it.

import type { Activity } from "../../../protocol/index.js";
import type { Place } from "./places.js";

export interface PresenceWords {
  readonly joined: (names: readonly string[]) => string;
  readonly left: (names: readonly string[]) => string;
  /** Somebody who is here has another name. */
  readonly renamed: (before: string, now: string) => string;
  /** Somebody edits the block that one's own caret is in. */
  readonly editingHere: (name: string) => string;
  readonly at: (name: string, activity: Activity, place: Place) => string;
  readonly nowhere: (name: string, activity: Activity) => string;
  readonly nobody: string;
  readonly following: (name: string) => string;
  readonly notFollowing: (name: string) => string;
}

/** So many names are said; of more people, how many they are. */
const NAMED = 3;

function named(names: readonly string[], what: string): string {
  if (names.length > NAMED) return `${names.length} people ${what}.`;
  const last = names.at(-1)!;
  return `${names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${last}` : last} ${what}.`;
}

const doing: Record<Activity, string> = { active: "", typing: ", writing", idle: ", idle", away: ", away" };

function placeInWords({ heading, inHeading, block }: Place): string {
  if (inHeading) return `in the heading “${heading}”`;
  return heading === undefined ? `in paragraph ${block}` : `in paragraph ${block} under “${heading}”`;
}

export const englishPresence: PresenceWords = {
  joined: (names) => named(names, "joined"),
  left: (names) => named(names, "left"),
  renamed: (before, now) => `${before} is now ${now}.`,
  editingHere: (name) => `${name} is editing this paragraph.`,
  at: (name, activity, place) => `${name}${doing[activity]}: ${placeInWords(place)}.`,
  nowhere: (name, activity) => `${name}${doing[activity]}: no caret here.`,
  nobody: "Nobody else is here.",
  following: (name) => `Following ${name}. Escape stops.`,
  notFollowing: (name) => `No longer following ${name}.`,
};
