// What an editor and its document have not told each other yet, for either type of document. Nearly always that is nothing.
//
//                   base                     the document both last agreed on
//            local ╱    ╲ remote             local: typed in the editor, not submitted yet
//               view    document             remote: changed in the document, not shown yet
//
// The editor is one more replica: ops of both sides are carried past each other by the type's own transform, and the
// typed one is the left one, since nobody has committed it. Everything here is a value.

import type { Snapshot, TextType } from "../ot/index.js";
import type { Op } from "./types.js";

export interface Apart<O extends Op> {
  /** Both against the base. */
  readonly local: O;
  readonly remote: O;
}

/** An op to send or to show, and what they have not told each other after that. */
export interface Told<O extends Op> {
  readonly op: O;
  readonly apart: Apart<O>;
}

/** The steps by which they part and meet. */
export interface Parting<O extends Op> {
  readonly together: Apart<O>;
  /** The editor has made `op`, against what it shows. */
  edited(apart: Apart<O>, op: O): Apart<O>;
  /** The document has taken `op`, against what it is. */
  received(apart: Apart<O>, op: O): Apart<O>;
  /** What is to be submitted; the base is then what the view shows now. */
  sent(apart: Apart<O>): Told<O>;
  /** What the view is to show, against what it shows now; the base is then what the document is now. */
  shown(apart: Apart<O>): Told<O>;
  /** Each past the other; `local` is the left one. */
  cross(local: O, remote: O): readonly [local: O, remote: O];
}

export function partingOf<S extends Snapshot, O extends Op>(type: TextType<S, O>): Parting<O> {
  // No op is the same for both types: no components.
  const none = [] as unknown as O;
  const joined = (before: O, op: O): O => (before.length === 0 ? op : type.compose(before, op));
  const cross = (local: O, remote: O): readonly [O, O] =>
    local.length === 0 || remote.length === 0
      ? [local, remote]
      : [type.transform(local, remote, "left"), type.transform(remote, local, "right")];
  return {
    together: { local: none, remote: none },
    edited: ({ local, remote }, op) => ({ local: joined(local, op), remote }),
    received: ({ local, remote }, op) => ({ local, remote: joined(remote, op) }),
    sent({ local, remote }) {
      const [op, rest] = cross(local, remote);
      return { op, apart: { local: none, remote: rest } };
    },
    shown({ local, remote }) {
      const [rest, op] = cross(local, remote);
      return { op, apart: { local: rest, remote: none } };
    },
    cross,
  };
}
