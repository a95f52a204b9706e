// What the two systems on Yjs share: a Y.Text as a replica, and the few messages of their protocol that a socket which only
// counts must say, as bytes.

import { peer } from "../../peers.js";
import type { Splice } from "../system.js";

export interface YText {
  insert(at: number, text: string): void;
  delete(at: number, length: number): void;
  toString(): string;
  observe(
    observer: (
      event: { readonly delta: readonly { retain?: number; insert?: string; delete?: number }[] },
      transaction: { readonly local: boolean },
    ) => void,
  ): void;
}
export interface YDoc {
  getText(name: string): YText;
  transact(work: () => void): void;
  destroy(): void;
}

const TEXT = "text";

export const textOf = (doc: YDoc) => doc.getText(TEXT);

export async function newDoc(): Promise<YDoc> {
  const { Doc } = await peer<{ readonly Doc: new () => YDoc }>("yjs");
  return new Doc();
}

export function put(doc: YDoc, { at, removed, inserted }: Splice): void {
  doc.transact(() => {
    if (removed > 0) textOf(doc).delete(at, removed);
    if (inserted !== "") textOf(doc).insert(at, inserted);
  });
}

export function seedDoc(doc: YDoc, text: string, edits: readonly Splice[]): void {
  if (text !== "") put(doc, { at: 0, removed: 0, inserted: text });
  for (const edit of edits) put(doc, edit);
}

export function observed(doc: YDoc, listener: (splices: readonly Splice[]) => void): void {
  textOf(doc).observe(({ delta }, { local }) => {
    if (local) return;
    const splices: Splice[] = [];
    let at = 0;
    for (const { retain, insert, delete: removed } of delta) {
      if (retain !== undefined) at += retain;
      else if (insert !== undefined) {
        splices.push({ at, removed: 0, inserted: insert });
        at += insert.length;
      } else splices.push({ at, removed: removed!, inserted: "" });
    }
    listener(splices);
  });
}

const SYNC = 0;
const STEP_ONE = 0;
/** Of a document that has nothing. */
const EMPTY_STATE = [1, 0];

/** "I have nothing": what comes back is the whole document. */
export const stepOne: readonly number[] = [SYNC, STEP_ONE, ...EMPTY_STATE];

/** A short text with its length before it. */
export const shortText = (text: string): readonly number[] => [text.length, ...Buffer.from(text)];
