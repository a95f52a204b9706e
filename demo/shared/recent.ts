// The documents that were opened on this device, newest first: where to go when the list cannot be fetched.

import type { DocumentType } from "../../protocol/index.js";
import { keptAs } from "./base.js";

export interface RecentDocument {
  readonly id: string;
  readonly type: DocumentType;
  readonly title: string;
  /** When it was last open here. Milliseconds since the Unix epoch. */
  readonly time: number;
}

const KEY = keptAs("interline:recent");
const KEPT = 30;

const isRecent = (value: unknown): value is RecentDocument => {
  const { id, type, title, time } = (value ?? {}) as Partial<Record<keyof RecentDocument, unknown>>;
  return (
    typeof id === "string" &&
    (type === "rich" || type === "plain") &&
    typeof title === "string" &&
    typeof time === "number"
  );
};

export function recentDocuments(): readonly RecentDocument[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isRecent) : [];
  } catch {
    return [];
  }
}

export function noteRecent(document: RecentDocument): void {
  const others = recentDocuments().filter(({ id, type }) => id !== document.id || type !== document.type);
  try {
    localStorage.setItem(KEY, JSON.stringify([document, ...others].slice(0, KEPT)));
  } catch {
    // It is only a convenience.
  }
}
