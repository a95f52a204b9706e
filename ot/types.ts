// The words both document types share: what an operation, a snapshot and a type are.
//
// Positions and lengths count atoms. In a plain document an atom is a code point; in a rich one it is a code
// point, an embed or a block marker. A position p is the gap before atom p; a document of n atoms has n + 1.
//
// An operation is one walk over the document from its start. It never changes once made, and neither does a
// snapshot: `apply` returns a new one and the old one stays valid.

/** Who goes first when two inserts tie. The operation that is not committed yet is the left one. */
export type Side = "left" | "right";

/** Where a position goes when text is inserted exactly there. */
export type Bias = "before" | "after";

/** The value of one attribute. Flat, so that two people setting two keys never lose one. */
export type Value = string | number | boolean;
export type Attributes = { readonly [key: string]: Value };
/** What a retain does to attributes: a value sets the key, null removes it. */
export type AttributeChange = { readonly [key: string]: Value | null };

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
/** An object that stands in the text as one atom. With `blk: true` it is a block of its own. */
export type Embed = { readonly [key: string]: Json };

export type PlainComponent = number | string | { readonly d: number | string };
export type PlainOp = readonly PlainComponent[];

export type Insert = { readonly i: string | Embed; readonly a?: Attributes };
export type Delete = { readonly d: number };
/** `a` applies to text and inline embeds of the next `r` atoms only, `b` to block markers and block embeds only. */
export type Retain = { readonly r: number; readonly a?: AttributeChange; readonly b?: AttributeChange };
export type RichComponent = number | string | Insert | Delete | Retain;
export type RichOp = readonly RichComponent[];
/** A rich snapshot as it travels: the inserts that build it. */
export type RichWire = readonly (string | Insert)[];

/** A selection in atoms; `anchor` stays where it began, `head` is the end that moves. */
export type Selection = { readonly anchor: number; readonly head: number };

/** An immutable document. `JSON.stringify` gives the wire form, from which `create` builds it again. */
export interface Snapshot {
  /** Number of atoms. */
  readonly length: number;
  toJSON(): unknown;
  /** The text: embeds left out, a line feed for each block marker. */
  toString(): string;
  /** The atoms `from` to `to`, as they are inserted. */
  slice(from: number, to: number): string | RichWire;
}

/**
 * A document in the hands of one owner, who applies many ops to it before anybody looks.
 *
 *     snapshot.transient().apply(one).apply(other).freeze()   equals   apply(apply(snapshot, one), other)
 *
 * The snapshot that it came from and all that it has frozen stay as they are, whatever is applied to it afterwards.
 */
export interface Transient<S extends Snapshot, Op> {
  /** Number of atoms. */
  readonly length: number;
  /** @throws OtError as the type's `apply` does; it is then as it was before that op */
  apply(op: Op): this;
  /** The document as it is now. It may go on from there. */
  freeze(): S;
}

/** A document type: the algebra, in the shape ShareDB registers (ottypes). */
export interface TextType<S extends Snapshot, Op> {
  readonly name: string;
  readonly uri: string;
  /** Builds a snapshot from its wire form (or returns it, if it is one). @throws OtError */
  create(wire?: unknown): S;
  /**
   * The document after `op`; `snapshot` stays as it was.
   *
   * @throws OtError `op_out_of_bounds` when the op reaches past the end, `op_malformed` when it quotes what does not stand there
   */
  apply(snapshot: S, op: Op): S;
  /** The document after these ops in turn, as {@link apply} gives it for each, at a third of the price. @throws OtError as it does */
  applyAll(snapshot: S, ops: readonly Op[]): S;
  /**
   * Moves `op` past `over`, when both were made against the same document `d`:
   *
   *     apply(apply(d, over), transform(op, over, "left"))
   *   = apply(apply(d, op), transform(over, op, "right"))        (TP1)
   *
   * Past a composition is not past each of its parts in turn. Never fails for two ops that fit `d`.
   *
   * @param side which of the two `op` is; the one that is not committed yet is the left one
   * @see Ellis, Gibbs: Concurrency control in groupware systems, SIGMOD 1989 (the law)
   * @see Nichols, Curtis, Dixon, Lamping: the Jupiter paper, UIST 1995 (one server's order, so that no other law is needed)
   */
  transform(op: Op, over: Op, side: Side): Op;
  /**
   * One op that does what `first` and then `second` do, which was made against what `first` leaves:
   *
   *     apply(d, compose(first, second)) = apply(apply(d, first), second)
   *
   * Associative, with the empty op as its neutral element.
   */
  compose(first: Op, second: Op): Op;
  /** `op` in a form that many small ops are moved past, one after the other, or composed into. Linear in the op. */
  index(op: Op): IndexedOp<Op>;
  /**
   * The op that undoes `op`, which was made against `snapshot`:
   *
   *     apply(apply(snapshot, op), invertWithDoc(op, snapshot)) = snapshot
   *
   * To undo it later, move the inverse past all that came since.
   */
  invertWithDoc(op: Op, snapshot: S): Op;
  /** Canonical form: no empty or trailing skips, neighbours merged. */
  normalize(op: Op): Op;
  /** Demands a canonical op of a stranger; whether it fits a document is for `apply` to say. @throws OtError */
  checkOp(op: unknown): asserts op is Op;
  /** Moves a position, in atoms of the document before `op`, to the document after it. Positions keep their order. */
  transformPosition(position: number, op: Op, bias: Bias): number;
  /** Moves both ends of a selection; `own`: the op is of the one whose selection it is, and takes the caret along. */
  transformSelection(selection: Selection, op: Op, own: boolean): Selection;
}

/**
 * A large op that small ones meet, at the price of the small ones. Changes with each of them, and is never shared.
 *
 * What comes out is what `transform` and `compose` give, component by component.
 */
export interface IndexedOp<Op> {
  /** The op as it is now. Linear in its components. */
  readonly op: Op;
  /**
   * Moves both past each other, made against the same document: closes their diamond.
   *
   * @param side which of the two the indexed op is
   * @returns `small` past the indexed op, which is past `small` from then on
   */
  pass(small: Op, side: Side): Op;
  /** Becomes one op that does what it did and then `small`, which was made against the document that it leaves. */
  compose(small: Op): void;
}

/** Why an op or a snapshot is not one. The codes are also faults of the wire. */
export type OtErrorCode = "op_malformed" | "op_out_of_bounds" | "op_too_complex" | "bad_unicode";

export class OtError extends Error {
  override readonly name = "OtError";
  constructor(
    readonly code: OtErrorCode,
    message: string,
  ) {
    super(message);
  }
}
