// In which colours people were seen in a document last, on this device: in those they are shown in its history as well.
//
// Everybody has a colour of their own; where two who are in a document at the same time have the same one, the server gives
// one of them another. Only whoever was there knows.

import { PALETTE_SIZE } from "../../client/prosemirror/palette.js";
import type { SharedDocument } from "../../client/types.js";
import type { Authors } from "../../protocol/index.js";
import { keptAs } from "./base.js";

const KEY = keptAs("interline:colors");
/** Documents that are remembered. */
const KEPT = 30;

const colors: ReadonlySet<unknown> = new Set(Array(PALETTE_SIZE).keys());

type Seen = readonly (readonly [document: string, authors: Authors])[];

/** Remembers from now on in which colours people are in the document. */
export function noteColors(doc: SharedDocument): void {
  let noted = "";
  const note = () => {
    const { self, people } = doc.presence;
    const all = [...(self === undefined ? [] : [self]), ...people];
    const now = Object.fromEntries(all.map(({ user, color }) => [user.id, { name: user.name, color }]));
    const text = JSON.stringify(now);
    if (text === noted) return;
    noted = text;
    keep(doc.id, lastSeen(colorsIn(doc.id), now));
  };
  doc.presence.on("change", note);
  doc.on("status", note);
  note();
}

/** In which colours people were seen in a document last; nobody's twice. */
export const colorsIn = (id: string): Authors => seen().find(([document]) => document === id)?.[1] ?? {};

/** Those of `now`, and of those before them whose colours nobody has now. Pure. */
export function lastSeen(before: Authors, now: Authors): Authors {
  const taken = new Set(Object.values(now).map(({ color }) => color));
  const others = Object.entries(before).filter(
    ([user, { color }]) => now[user] === undefined && !taken.has(color),
  );
  return { ...now, ...Object.fromEntries(others) };
}

function seen(): Seen {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isSeen) : [];
  } catch {
    return [];
  }
}

function keep(id: string, authors: Authors): void {
  if (Object.keys(authors).length === 0) return;
  const others = seen().filter(([document]) => document !== id);
  try {
    localStorage.setItem(KEY, JSON.stringify([[id, authors], ...others].slice(0, KEPT)));
  } catch {
    // It is only a convenience.
  }
}

function isSeen(value: unknown): value is Seen[number] {
  const [id, authors] = Array.isArray(value) ? (value as unknown[]) : [];
  if (typeof id !== "string" || typeof authors !== "object" || authors === null) return false;
  return Object.values(authors as Record<string, { name?: unknown; color?: unknown } | null>).every(
    (author) => typeof author?.name === "string" && colors.has(author.color),
  );
}
