// CodeMirror's changes and plain ops, both ways. CodeMirror counts UTF-16 units, an op counts code points; the snapshot that
// the editor shows converts in O(log n), so that nothing walks the document.

import { type ChangeSet, type ChangeSpec, Text } from "@codemirror/state";
import { cleanUnits, codePointLength, type PlainOp, type PlainSnapshot, plainOp } from "../../ot/index.js";

export interface Read {
  /** Against what the editor showed. */
  readonly op: PlainOp;
  /** The editor has text now that no document takes, and has to show what the op left in its place. */
  readonly damaged: boolean;
}

/**
 * What the user's changes do to the document.
 *
 * @param before  the editor's text that `shown` is
 * @param after  the editor's text after the changes
 */
export function opOf(changes: ChangeSet, shown: PlainSnapshot, before: Text, after: Text): Read {
  const op = plainOp();
  let damaged = false;
  let walked = 0;
  changes.iterChanges((fromA, toA, fromB, toB) => {
    // An edit that would halve a surrogate pair takes all of it, with what stands there now:
    // another pair, maybe, of which the editor has kept a half, or a half that is U+FFFD in the document.
    const [head, tail] = [halvesPair(before, fromA) ? 1 : 0, halvesPair(before, toA) ? 1 : 0];
    const [from, to] = [shown.positionOf(fromA - head), shown.positionOf(toA + tail)];
    const stands = after.sliceString(fromB - head, toB + tail);
    const text = cleanUnits(stands);
    if (text !== stands) damaged = true;
    op.skip(from - walked)
      .insert(text)
      .delete(to - from);
    walked = to;
  });
  return { op: op.done(), damaged };
}

/** Whether a UTF-16 offset is inside a surrogate pair. */
function halvesPair(text: Text, offset: number): boolean {
  if (offset === 0 || offset === text.length) return false;
  const around = text.sliceString(offset - 1, offset + 1);
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(around);
}

/** The changes that an op makes to an editor that shows `shown`. */
export function changesOf(op: PlainOp, shown: PlainSnapshot): ChangeSpec[] {
  const changes: { from: number; to: number; insert: Text }[] = [];
  let at = 0;
  for (const component of op) {
    if (typeof component === "number") at += component;
    else if (typeof component === "string") {
      const from = shown.utf16Of(at);
      changes.push({ from, to: from, insert: Text.of(component.split("\n")) });
    } else {
      const length = typeof component.d === "number" ? component.d : codePointLength(component.d);
      changes.push({ from: shown.utf16Of(at), to: shown.utf16Of(at + length), insert: Text.empty });
      at += length;
    }
  }
  return changes;
}

/**
 * What makes one text of another that has as many UTF-16 units, from the first that differs to the last; undefined: they are
 * the same.
 */
export function repairOf(
  is: string,
  should: string,
): { readonly from: number; readonly to: number; readonly insert: string } | undefined {
  let [from, to] = [0, should.length];
  while (from < to && is.charCodeAt(from) === should.charCodeAt(from)) from++;
  while (to > from && is.charCodeAt(to - 1) === should.charCodeAt(to - 1)) to--;
  return from < to ? { from, to, insert: should.slice(from, to) } : undefined;
}
