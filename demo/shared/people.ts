// Who is in the document, as a person would count: one entry for each person however many tabs they have open, ourselves
// first, the others in the order in which they came. Pure; the roster draws it.

import type { Participant } from "../../client/types.js";
import type { Activity, Person, User } from "../../protocol/index.js";

export interface Present {
  readonly user: User;
  readonly color: number;
  readonly activity: Activity;
  readonly self: boolean;
  /** The client id of the tab they are livelier in, of those that show a caret; undefined: there is nowhere to go to. */
  readonly src: string | undefined;
}

const liveliest: readonly Activity[] = ["typing", "active", "idle", "away"];

/** How an activity is told; being active needs no word. */
const words: Record<Activity, string> = { typing: "writing", active: "", idle: "idle", away: "away" };

/** Gathers tabs into people. @param self ourselves, once connected */
export function present(self: Person | undefined, people: readonly Participant[]): Present[] {
  const tabs = new Map<string, Participant[]>();
  for (const tab of people) tabs.set(tab.user.id, [...(tabs.get(tab.user.id) ?? []), tab]);
  const everybody: Present[] = [];
  if (self !== undefined) {
    const { user, color } = self;
    everybody.push({ user, color, activity: "active", self: true, src: undefined });
    tabs.delete(user.id);
  }
  for (const all of tabs.values()) {
    const livelyFirst = all.sort((a, b) => liveliest.indexOf(a.activity) - liveliest.indexOf(b.activity));
    const { user, color, activity } = livelyFirst[0]!;
    const src = livelyFirst.find(({ selection }) => selection !== null)?.src;
    everybody.push({ user, color, activity, self: false, src });
  }
  return everybody;
}

/** "Ada (you)", "Bo, writing", "Cy". */
export function personWords({ user, activity, self }: Present): string {
  if (self) return `${user.name} (you)`;
  return words[activity] === "" ? user.name : `${user.name}, ${words[activity]}`;
}

/** Who is writing, in one line; empty if nobody is. */
export function typingWords(names: readonly string[]): string {
  if (names.length === 0) return "";
  if (names.length === 1) return `${names[0]} is writing…`;
  if (names.length === 2) return `${names[0]} and ${names[1]} are writing…`;
  return `${names.length} people are writing…`;
}
