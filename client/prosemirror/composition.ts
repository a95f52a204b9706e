// While an input method composes a word: which block is left alone, and for how long.
//
// The browser owns the text node being composed. A change of other blocks does not disturb it; a change of this one, or
// of what stands around it, waits until the composition is over, until the caret leaves the block, or until nothing has
// been composed for `maxIdleMs`: a change in the middle of a word would leave the half-made word beside the whole one.
// What is typed meanwhile is held back, so that the others do not see half-made words, for `maxHoldMs`.

import type { Node } from "prosemirror-model";
import type { Selection } from "prosemirror-state";
import { type RichOp, transformPosition } from "../../ot/index.js";
import type { Clock } from "../../protocol/index.js";
import type { Extent } from "./deferral.js";
import { framesOf, type Leaf, leafAt, leafEnd } from "./leaves.js";
import { hasHead } from "./measure.js";
import { atomFromPM } from "./positions.js";

export const maxHoldMs = 2_000;
/** How long something waits before it is looked whether the composition is still there. */
export const lookMs = 5_000;
/** Who looks through a list of candidates for as long as this has gone away. */
export const maxIdleMs = 30_000;

/** show: only show · free: and send, but for compositions · send: those too · now: and show what would disturb one. */
export type Urgency = "show" | "free" | "send" | "now";

export class Composition {
  /** The block being composed, in atoms of the base; undefined if there is no composition. */
  #extent: Extent | undefined;
  #cancelHold: (() => void) | undefined;
  #cancelWait: (() => void) | undefined;
  /** How often it was looked since something was typed. */
  #looks = 0;
  #cancelEnd: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly due: (urgency: Urgency) => void,
  ) {}

  get extent(): Extent | undefined {
    return this.#extent;
  }

  /** A composition is under way at `selection`, in a document that shows the base. Does nothing if that is known. */
  begin(doc: Node, selection: Selection): void {
    if (this.#extent !== undefined) return;
    const first = leafOf(doc, selection.from);
    // The start of a stretch is outside of it; text without a marker begins where its stretch does.
    this.#extent = {
      from: hasHead(first.node) ? first.at : first.at - 1,
      to: leafEnd(leafOf(doc, selection.to)),
    };
  }

  /** Something was typed that is not sent yet. */
  hold(): void {
    this.#looks = 0;
    this.#cancelHold ??= this.clock.after(maxHoldMs, () => this.due("send"));
  }

  /**
   * Something is there that is not shown yet. On Android ProseMirror ends a composition that rests for five seconds, and
   * tells nobody.
   */
  wait(): void {
    this.#cancelWait ??= this.clock.after(lookMs, () => {
      this.#cancelWait = undefined;
      this.#looks++;
      this.due(this.#looks * lookMs < maxIdleMs ? "free" : "now");
    });
  }

  /** The browser says that it is over; ProseMirror will know when the event has been dealt with. */
  ended(): void {
    this.#cancelEnd?.();
    this.#cancelEnd = this.clock.after(0, () => this.due("free"));
  }

  /** What was typed has been sent: the base is now the document after `local`. */
  sent(local: RichOp): void {
    this.#cancelHold?.();
    this.#cancelHold = undefined;
    if (this.#extent !== undefined) this.#extent = this.#after(this.#extent, local);
  }

  /** The base has moved on by ops outside the block, which is here now. */
  moved(extent: Extent | undefined): void {
    this.#extent = extent;
  }

  /** Whether a caret, in atoms of what the view shows, is outside the block. `local`: from the base to the view. */
  isLeftBy(head: number, local: RichOp): boolean {
    if (this.#extent === undefined) return false;
    const { from, to } = this.#after(this.#extent, local);
    return head <= from || head > to;
  }

  /** It is over. */
  stop(): void {
    for (const cancel of [this.#cancelHold, this.#cancelWait, this.#cancelEnd]) cancel?.();
    this.#cancelHold = this.#cancelWait = this.#cancelEnd = undefined;
    this.#extent = undefined;
    this.#looks = 0;
  }

  #after({ from, to }: Extent, op: RichOp): Extent {
    return { from: transformPosition(from, op, "before"), to: transformPosition(to, op, "after") };
  }
}

/** The leaf that a ProseMirror position in text is in. */
function leafOf(doc: Node, pos: number): Leaf {
  const at = atomFromPM(doc, pos);
  const leaf = leafAt(doc, Math.max(0, at - 1));
  return leaf.node.isTextblock ? leaf : leafAt(doc, at);
}

/**
 * Whether the block at `position` stays the very same after an op, in containers of the same kind, so that the browser
 * can go on composing in it.
 */
export function keepsBlock(old: Node, now: Node, op: RichOp, position: number): boolean {
  const was = leafAt(old, Math.max(0, position));
  const is = leafAt(now, transformPosition(was.at, op, "after"));
  const [a, b] = [framesOf(was), framesOf(is)];
  const sameFrames = a.length === b.length && a.every(({ node }, level) => node.sameMarkup(b[level]!.node));
  return was.node === is.node && sameFrames;
}
