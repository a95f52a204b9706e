// Who is in the document: one avatar for each person, however many tabs they have open, ourselves first.

import { personClass } from "../../client/prosemirror/palette.js";
import type { SharedDocument } from "../../client/types.js";
import type { Activity, User } from "../../protocol/index.js";
import { h } from "./dom.js";

/** More people than these are counted, not drawn. */
const DRAWN = 6;

interface Present {
  readonly user: User;
  readonly color: number;
  readonly activity: Activity;
  readonly self: boolean;
}

/** The first letters of the first and last word of a name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return letters
    .map((word) => [...word][0] ?? "")
    .join("")
    .toUpperCase();
}

const liveliest: readonly Activity[] = ["typing", "active", "idle", "away"];

function present(doc: SharedDocument): Present[] {
  const { self, people } = doc.presence;
  const byUser = new Map<string, Present>();
  if (self !== undefined) byUser.set(self.user.id, { ...self, activity: "active", self: true });
  for (const { user, color, activity } of people) {
    const known = byUser.get(user.id);
    if (known === undefined) byUser.set(user.id, { user, color, activity, self: false });
    else if (!known.self && liveliest.indexOf(activity) < liveliest.indexOf(known.activity)) {
      byUser.set(user.id, { ...known, activity });
    }
  }
  return [...byUser.values()];
}

function avatar({ user, color, activity, self }: Present): HTMLElement {
  const label = self ? `${user.name} (you)` : activity === "active" ? user.name : `${user.name}, ${activity}`;
  return h(
    "li",
    {
      class: `avatar ${personClass(color)}`,
      title: label,
      "data-activity": activity,
      "data-user": user.id,
    },
    h("span", { "aria-hidden": "true" }, initials(user.name)),
    h("span", { class: "visually-hidden" }, label),
  );
}

/** A list that follows the document's presence, and a line that says who is typing. */
export function roster(doc: SharedDocument): { readonly list: HTMLElement; readonly typing: HTMLElement } {
  const list = h("ul", { class: "roster", "aria-label": "People in this document" });
  const typing = h("span", { class: "typing" });
  const show = () => {
    const everybody = present(doc);
    list.replaceChildren(...everybody.slice(0, DRAWN).map(avatar));
    if (everybody.length > DRAWN) {
      const names = everybody.slice(DRAWN).map(({ user }) => user.name);
      list.append(h("li", { class: "avatar more", title: names.join(", ") }, `+${names.length}`));
    }
    const writing = everybody.filter(({ self, activity }) => !self && activity === "typing");
    typing.textContent = typingWords(writing.map(({ user }) => user.name));
  };
  doc.presence.on("change", show);
  doc.on("status", show);
  show();
  return { list, typing };
}

export function typingWords(names: readonly string[]): string {
  if (names.length === 0) return "";
  if (names.length === 1) return `${names[0]} is writing…`;
  if (names.length === 2) return `${names[0]} and ${names[1]} are writing…`;
  return `${names.length} people are writing…`;
}
