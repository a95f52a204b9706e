// A document with its past: all atoms there were since a version, in order, the deleted ones as graves where they stood.
// Ops are folded into it one by one; who wrote what, what became different and what can be taken back are read off.
//
// Always holds: the live runs, in order, are the document; each piece of text stands in the strand once, however often it was
// deleted and brought back. Within one gap an op deletes first; what it inserts either brings graves of that gap back
// (`graves.ts` has the rule) or goes behind all of them.
//
// The runs lie in chunks (`chunks.ts`). Memory grows with all that was ever written, not with the document.

import {
  type Attributes,
  type Content,
  codePointLength,
  isBlockEmbed,
  type PlainSnapshot,
  RichSnapshot,
  startOfPair,
  textScopes,
} from "../../ot/index.js";
import type { Committed } from "../../protocol/index.js";
import type { Steps } from "../documents/steps.js";
import { Chunks, type Gap } from "./chunks.js";
import { componentsOf, countsOf, deletedAtoms } from "./components.js";
import { exhume, reach, Spelling } from "./graves.js";
import { changeBetween, cut, flipped, type Run, type Stamp, withKeys } from "./runs.js";

const none: Attributes = Object.freeze({});
/** Text is kept in pieces of so many UTF-16 units, so that cutting one is cheap. */
const PIECE = 4_096;

type Stamped = Pick<Committed, "op" | "author" | "time" | "version">;

export class Strand {
  readonly #chunks = new Chunks();
  readonly #spelling = new Spelling();

  /** One that begins with a document, as it was before the first op to come; a new one begins empty. */
  static *begun(base: PlainSnapshot | RichSnapshot): Steps<Strand> {
    const strand = new Strand();
    yield* strand.#begin(base);
    return strand;
  }

  /** How many runs it holds, graves included. */
  get size(): number {
    return this.#chunks.size;
  }

  /** About how many bytes it holds. */
  get weight(): number {
    return this.#chunks.weight;
  }

  /** How many runs were looked at, moved and made so far. */
  get work(): number {
    return this.#chunks.work;
  }

  runs(): Generator<Run> {
    return this.#chunks.runs();
  }

  /**
   * Folds the next op in, which must fit the document that the live runs are. Its steps are counted over all ops: many small
   * ones are no less work than a large one.
   */
  *folding({ op, author, time, version }: Stamped): Steps<void> {
    const stamp: Stamp = { author, time, version };
    const gap: Gap = { chunk: 0, run: 0 };
    const atoms = countsOf(op).inserted;
    let inserts: Run[] = [];
    for (const component of componentsOf(op)) {
      if (typeof component === "object" && "d" in component) {
        yield* this.#chunks.walk(gap, deletedAtoms(component), (run) => flipped(run, false, stamp));
      } else if (typeof component === "string" || (typeof component === "object" && "i" in component)) {
        const { i, a = none } = typeof component === "string" ? { i: component } : component;
        for (const run of runsOf(i, a, stamp)) {
          inserts.push(run);
          if (this.#chunks.isDue(1)) yield;
        }
      } else {
        yield* this.#insert(gap, inserts, atoms, stamp);
        inserts = [];
        if (typeof component === "number") yield* this.#chunks.walk(gap, component);
        else {
          const { r, a, b } = component;
          yield* this.#chunks.walk(gap, r, (run) => withKeys(run, run.block ? b : a, stamp));
        }
      }
    }
    yield* this.#insert(gap, inserts, atoms, stamp);
    this.#chunks.divide();
  }

  *#begin(base: PlainSnapshot | RichSnapshot): Steps<void> {
    const gap: Gap = { chunk: 0, run: 0 };
    const pieces =
      base instanceof RichSnapshot ? base.pieces() : [{ content: base.toString(), attributes: none }];
    for (const { content, attributes } of pieces)
      for (const run of runsOf(content, attributes, undefined)) {
        this.#chunks.put(gap, run);
        if (this.#chunks.isDue()) yield;
      }
    this.#chunks.divide();
  }

  /** Inserts at the end of a gap, or brings back what lies in it; `gap` is behind it afterwards. */
  *#insert(gap: Gap, inserts: readonly Run[], atoms: number, stamp: Stamp): Steps<void> {
    if (inserts.length === 0) return;
    const chunks = this.#chunks;
    chunks.toEnd(gap);
    const near = chunks.graves(gap, reach(atoms));
    const spelled = inserts.map((run) => this.#spelling.of(run)).join("");
    const found = exhume(
      near.map(({ run }) => run),
      spelled,
      atoms,
      this.#spelling,
    );
    if (found === undefined) {
      for (const run of inserts) {
        chunks.put(gap, run);
        if (chunks.isDue()) yield;
      }
      return;
    }
    const chunkOf = new Map(near.map(({ run, chunk }) => [run, chunk]));
    const rest = [...inserts].reverse();
    Object.assign(gap, { chunk: chunkOf.get(found[0]!.grave)!, run: 0 });
    for (const { grave, from, to } of found) {
      if (chunks.isDue(1)) yield;
      const chunk = chunkOf.get(grave)!;
      // They come in order: each is behind the one before.
      let at = chunks.runsOf(chunk).indexOf(grave, chunk === gap.chunk ? gap.run : 0);
      if (to < grave.atoms) chunks.cut(chunk, at, to);
      if (from > 0) chunks.cut(chunk, at++, from);
      // Formatting may change along the text that comes back, so it comes back piece by piece.
      for (let left = to - from; left > 0; ) {
        const next = rest.pop()!;
        if (next.atoms > left) {
          const [head, tail] = cut(next, left);
          rest.push(tail, head);
          continue;
        }
        if (next.atoms < left) chunks.cut(chunk, at, next.atoms);
        const back = flipped(chunks.runsOf(chunk)[at]!, true, stamp);
        chunks.become(chunk, at, withKeys(back, changeBetween(back.attributes, next.attributes), stamp));
        left -= next.atoms;
        at++;
      }
      Object.assign(gap, { chunk, run: at });
    }
  }
}

/** Runs that hold this, each of text or of block markers alone. */
function* runsOf(content: Content, attributes: Attributes, born: Stamp | undefined): Generator<Run> {
  const flips = born && { alive: true, stamp: born, before: undefined };
  const past = { born, first: attributes, attributes, flips, sets: undefined };
  if (typeof content !== "string") {
    yield { content, atoms: 1, block: isBlockEmbed(content), ...past };
    return;
  }
  for (const { text, block } of textScopes(content)) {
    for (let at = 0; at < text.length; ) {
      const end = startOfPair(text, Math.min(at + PIECE, text.length));
      const piece = text.slice(at, end);
      yield { content: piece, atoms: codePointLength(piece), block, ...past };
      at = end;
    }
  }
}
