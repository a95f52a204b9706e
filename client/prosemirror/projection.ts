// The projection: which ProseMirror document a row of atoms shows.
//
//     ¶{q:1} a b ¶{li:b} c ¶{li:c} d      →      doc( blockquote( p(ab) ) ul( li( p(c) p(d) ) ) )
//
// It is total: every snapshot, however its attributes came about, gives a document that the schema allows. It is
// idempotent: what `linearise` reads off that document projects to the same document. And it is incremental: after an
// op only lines that it touched are built anew, everything else is the old document's own nodes.

import type { Node, Schema } from "prosemirror-model";
import { type Attributes, lineAt, lines, type RichOp, type RichSnapshot } from "../../ot/index.js";
import { type SharedSchema, schemaOf } from "./kinds.js";
import { framesOf, type Leaf, lastLeaf, leafAt, nextLeaf, previousLeaf } from "./leaves.js";
import { countLike, hasHead, sameNode } from "./measure.js";
import { Builder } from "./projection-builder.js";
import { leafOf } from "./projection-leaf.js";
import { changedLines, type LineChange } from "./projection-lines.js";
import { schema as plainSchema } from "./schema.js";

/** A snapshot and the document that it shows. */
export interface View {
  readonly snapshot: RichSnapshot;
  readonly doc: Node;
}

/** The document of a schema of ours that a snapshot shows. Costs its length. */
export function project(snapshot: RichSnapshot, schema: Schema = plainSchema): Node {
  const shared = schema as SharedSchema;
  const builder = new Builder(shared);
  for (const line of lines(snapshot)) builder.add(line.attributes, leafOf(line, shared));
  return builder.done();
}

/**
 * The document that a view shows after `op`, which leads to the snapshot `after`. The same as `project(after)`, but what
 * the op does not touch is shared with the old document; if nothing looks different, it is the old document itself.
 */
export function reproject(view: View, op: RichOp, after: RichSnapshot): Node {
  const schema = schemaOf(view.doc);
  const builder = new Builder(schema);
  /** The last leaf of the old document that is dealt with, and how much further to the right atoms behind it are now. */
  let done: Leaf | undefined;
  let shift = 0;

  /** Brings over the old leaves up to `to`; those at which the containers have changed are placed anew. */
  const bring = (to: Leaf | undefined) => {
    if (to === undefined) return;
    for (;;) {
      if (done !== undefined && done.pos >= to.pos) return;
      if (standsBehind(builder, done)) break;
      const next: Leaf = done === undefined ? leafAt(view.doc, 0) : nextLeaf(done)!;
      builder.add(attributesAt(after, next, shift), next.node);
      done = next;
    }
    builder.copy(done, to);
    done = to;
  };

  for (const change of changedLines(view.doc, op)) {
    bring(previousLeaf(change.first));
    for (const { attributes, leaf } of rebuilt(change, after, schema)) builder.add(attributes, leaf);
    done = change.last;
    shift = change.newTo - change.oldTo;
  }
  bring(lastLeaf(view.doc));
  const doc = builder.done();
  if (sameNode(doc, view.doc)) return view.doc;
  countLike(doc, view.doc);
  return doc;
}

/** Whether the containers open in the builder are those around `leaf`, so that what follows it follows here as well. */
function standsBehind(builder: Builder, leaf: Leaf | undefined): boolean {
  const { types } = builder;
  if (leaf === undefined) return types.length === 1;
  const frames = framesOf(leaf);
  return frames.length === types.length && frames.every(({ node }, level) => node.type === types[level]);
}

/** The attributes, in the new snapshot, of the line that an old leaf shows. */
function attributesAt(after: RichSnapshot, leaf: Leaf, shift: number): Attributes {
  return hasHead(leaf.node) ? after.attributesAt(leaf.at + shift) : lineAt(after, leaf.at + shift).attributes;
}

/** The lines that a change made, as leaf blocks; a block that looks as before is the old one. */
function* rebuilt(
  { newFrom, newTo, oldLeaves }: LineChange,
  after: RichSnapshot,
  schema: SharedSchema,
): Generator<{ readonly attributes: Attributes; readonly leaf: Node }> {
  if (newFrom === newTo && after.length > 0) return;
  for (const line of lines(after, newFrom, newTo)) {
    const leaf = leafOf(line, schema);
    const old = oldLeaves.get(line.at);
    yield { attributes: line.attributes, leaf: old === undefined ? leaf : reuse(old, leaf) };
  }
}

/** The old block, if it equals the new one; else the new one around the old content, if that is still the same. */
function reuse(old: Node, leaf: Node): Node {
  if (!old.content.eq(leaf.content)) return leaf;
  return old.sameMarkup(leaf) ? old : leaf.copy(old.content);
}
