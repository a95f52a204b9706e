// Applying ops to ropes, for both document types: one op to a rope that stays as it is, or many to one in an owner's hands.
//
// An op that does one thing at one place, as nearly all do, goes straight to that place; any other is one walk. The ops of
// both types are read alike: what only the one has, the other does not contain.

import { attributesOf, contentOf, type InsertComponent, isInsert } from "./op.js";
import { checkReach, ownAttributes, Rope, runOf, TransientRope } from "./rope.js";
import {
  OtError,
  type PlainOp,
  type RichComponent,
  type RichOp,
  type Snapshot,
  type Transient,
} from "./types.js";
import { codePointLength } from "./unicode.js";

/**
 * The rope after an op.
 *
 * @throws OtError `op_out_of_bounds` when the op reaches past the end, `op_malformed` when a delete quotes another text
 *   than the one that stands there
 */
export function applied(rope: Rope, op: PlainOp | RichOp): Rope {
  const splice = soleSplice(op, rope.atoms);
  if (splice === undefined) return walked(rope, op);
  const { from, to, inserted } = splice;
  const run = inserted === undefined ? undefined : runOf(contentOf(inserted), attributesOf(inserted));
  return rope.spliced(from, to, run);
}

/** Many ops by one owner; `seal` makes a snapshot of a rope. */
export class RopeTransient<S extends Snapshot, Op extends PlainOp | RichOp> implements Transient<S, Op> {
  readonly #rope: TransientRope;
  readonly #seal: (rope: Rope) => S;

  constructor(rope: Rope, seal: (rope: Rope) => S) {
    this.#rope = new TransientRope(rope.root);
    this.#seal = seal;
  }

  get length(): number {
    return this.#rope.atoms;
  }

  apply(op: Op): this {
    const rope = this.#rope;
    const splice = soleSplice(op, rope.atoms);
    const content = splice?.inserted === undefined ? "" : contentOf(splice.inserted);
    if (splice === undefined || typeof content !== "string") {
      rope.root = walked(new Rope(rope.root), op).root;
    } else {
      const attributes = splice.inserted === undefined ? undefined : attributesOf(splice.inserted);
      rope.splice(splice.from, splice.to - splice.from, content, ownAttributes(attributes));
    }
    return this;
  }

  freeze(): S {
    return this.#seal(new Rope(this.#rope.root));
  }
}

/** What is in an owner's hands, after these ops in turn. */
export function inTurn<S extends Snapshot, Op>(owned: Transient<S, Op>, ops: readonly Op[]): S {
  for (const op of ops) owned.apply(op);
  return owned.freeze();
}

interface Splice {
  readonly from: number;
  readonly to: number;
  readonly inserted: InsertComponent | undefined;
}

/** What an op does, if that is to put one text or embed, or nothing, in place of the atoms `from` to `to`. */
function soleSplice(op: PlainOp | RichOp, length: number): Splice | undefined {
  const first = op[0];
  const from = typeof first === "number" ? first : 0;
  let to = from;
  let inserted: InsertComponent | undefined;
  for (let nth = typeof first === "number" ? 1 : 0; nth < op.length; nth++) {
    const component = op[nth] as RichComponent;
    if (typeof component === "number") return undefined;
    if (isInsert(component)) {
      if (inserted !== undefined) return undefined;
      inserted = component;
    } else if ("d" in component && typeof component.d === "number") to += component.d;
    else return undefined;
  }
  checkReach(to, length);
  return { from, to, inserted };
}

function walked(rope: Rope, op: PlainOp | RichOp): Rope {
  const editor = rope.editor();
  for (const component of op) {
    if (typeof component === "number") editor.skip(component);
    else if (typeof component === "object" && "d" in component) {
      const { d } = component;
      editor.delete(typeof d === "number" ? d : quotedAtoms(rope, editor.position, d));
    } else if (isInsert(component)) editor.insert(runOf(contentOf(component), attributesOf(component)));
    else editor.change(component.r, component);
  }
  return new Rope(editor.build());
}

/** How many atoms a quoting delete takes. */
function quotedAtoms(rope: Rope, position: number, quote: string): number {
  const atoms = codePointLength(quote);
  if (rope.text(position, position + atoms) === quote) return atoms;
  throw new OtError("op_malformed", `The text at ${position} is not the one that the op deletes`);
}
