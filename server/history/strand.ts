// A document with its past: all atoms there were since a version, in order, the deleted ones as graves where they stood.
// Ops are folded into it one by one; who wrote what, what became different and what can be taken back are read off.
//
// Always holds: the live runs, in order, are the document; each piece of text stands in the strand once, however often it was
// deleted and brought back. Within one gap an op deletes first; what it inserts either brings graves of that gap back
// (`graves.ts` has the rule) or goes behind all of them.
//
// Runs lie in chunks that know how many live atoms they hold. Walking to a place looks at each chunk before it, and at the
// runs of one. Memory grows with all that was ever written, not with the document.

import {
  type Attributes,
  type Content,
  codePointLength,
  isBlockEmbed,
  PlainSnapshot,
  RichSnapshot,
  startOfPair,
  textScopes,
} from "../../ot/index.js";
import type { Committed } from "../../protocol/index.js";
import { componentsOf, countsOf, deletedAtoms } from "./components.js";
import { exhume, reach, Spelling } from "./graves.js";
import { changeBetween, cut, flipped, isAlive, type Run, type Stamp, withKeys } from "./runs.js";

const none: Attributes = Object.freeze({});
/** A chunk with more runs than this is cut in two or more. */
const CHUNK = 256;
/** Text is kept in pieces of so many UTF-16 units, so that cutting one is cheap. */
const PIECE = 4_096;

interface Chunk {
  runs: Run[];
  live: number;
}

/** Between two runs: before the run `run` of the chunk `chunk`. */
interface Gap {
  chunk: number;
  run: number;
}

export class Strand {
  readonly #chunks: Chunk[] = [{ runs: [], live: 0 }];
  readonly #spelling = new Spelling();
  readonly #crowded = new Set<Chunk>();
  #runs = 0;

  /** @param base  the document before the first op to come; nothing: it began empty */
  constructor(base?: PlainSnapshot | RichSnapshot) {
    if (base instanceof RichSnapshot) {
      const gap = { chunk: 0, run: 0 };
      for (const { content, attributes } of base.pieces())
        for (const run of runsOf(content, attributes, undefined)) this.#put(gap, run);
    } else if (base instanceof PlainSnapshot) {
      const gap = { chunk: 0, run: 0 };
      for (const run of runsOf(base.toString(), none, undefined)) this.#put(gap, run);
    }
    this.#divide();
  }

  /** How many runs it holds, graves included. */
  get size(): number {
    return this.#runs;
  }

  *runs(): Generator<Run> {
    for (const { runs } of this.#chunks) yield* runs;
  }

  /** Folds the next op in. It must fit the document that the live runs are. */
  fold({ op, author, time, version }: Pick<Committed, "op" | "author" | "time" | "version">): void {
    const stamp: Stamp = { author, time, version };
    const gap: Gap = { chunk: 0, run: 0 };
    const atoms = countsOf(op).inserted;
    let inserts: Run[] = [];
    const flush = () => {
      if (inserts.length > 0) this.#insert(gap, inserts, atoms, stamp);
      inserts = [];
    };
    for (const component of componentsOf(op)) {
      if (typeof component === "string") inserts.push(...runsOf(component, none, stamp));
      else if (typeof component === "number") {
        flush();
        this.#walk(gap, component);
      } else if ("i" in component) inserts.push(...runsOf(component.i, component.a ?? none, stamp));
      else if ("d" in component)
        this.#walk(gap, deletedAtoms(component), (run) => flipped(run, false, stamp));
      else {
        flush();
        const { r, a, b } = component;
        this.#walk(gap, r, (run) => withKeys(run, run.block ? b : a, stamp));
      }
    }
    flush();
    this.#divide();
  }

  /** Goes past the next live atoms, and puts others in place of their runs. */
  #walk(gap: Gap, atoms: number, become?: (run: Run) => Run): void {
    for (let left = atoms; left > 0; ) {
      const chunk = this.#chunks[gap.chunk];
      if (chunk === undefined) throw new Error(`An op goes ${left} atoms past the end of a strand`);
      if (gap.run === chunk.runs.length || (become === undefined && gap.run === 0 && chunk.live <= left)) {
        if (gap.run === 0) left -= chunk.live;
        gap.chunk++;
        gap.run = 0;
        continue;
      }
      const run = chunk.runs[gap.run]!;
      if (isAlive(run)) {
        if (run.atoms > left) this.#cut(chunk, gap.run, left);
        const whole = chunk.runs[gap.run]!;
        if (become !== undefined) this.#become(chunk, gap.run, become(whole));
        left -= whole.atoms;
      }
      gap.run++;
    }
  }

  #cut(chunk: Chunk, at: number, atoms: number): void {
    chunk.runs.splice(at, 1, ...cut(chunk.runs[at]!, atoms));
    this.#runs++;
    this.#crowded.add(chunk);
  }

  #become(chunk: Chunk, at: number, run: Run): void {
    const before = chunk.runs[at]!;
    chunk.live += (isAlive(run) ? run.atoms : 0) - (isAlive(before) ? before.atoms : 0);
    chunk.runs[at] = run;
  }

  #put(gap: Gap, run: Run): void {
    const chunk = this.#chunks[gap.chunk]!;
    chunk.runs.splice(gap.run++, 0, run);
    chunk.live += run.atoms;
    this.#runs++;
    this.#crowded.add(chunk);
  }

  /** Inserts at the end of a gap, or brings back what lies in it; `gap` is behind it afterwards. */
  #insert(gap: Gap, inserts: readonly Run[], atoms: number, stamp: Stamp): void {
    this.#toEnd(gap);
    const near = this.#graves(gap, reach(atoms));
    const spelled = inserts.map((run) => this.#spelling.of(run)).join("");
    const found = exhume(
      near.map(({ run }) => run),
      spelled,
      atoms,
      this.#spelling,
    );
    if (found === undefined) {
      for (const run of inserts) this.#put(gap, run);
      return;
    }
    const chunkOf = new Map(near.map(({ run, chunk }) => [run, chunk]));
    const rest = [...inserts].reverse();
    for (const { grave, from, to } of found) {
      const chunk = chunkOf.get(grave)!;
      let at = chunk.runs.indexOf(grave);
      if (to < grave.atoms) this.#cut(chunk, at, to);
      if (from > 0) this.#cut(chunk, at++, from);
      // Formatting may change along the text that comes back, so it comes back piece by piece.
      for (let left = to - from; left > 0; ) {
        const next = rest.pop()!;
        if (next.atoms > left) {
          const [head, tail] = cut(next, left);
          rest.push(tail, head);
          continue;
        }
        if (next.atoms < left) this.#cut(chunk, at, next.atoms);
        const back = flipped(chunk.runs[at]!, true, stamp);
        this.#become(chunk, at, withKeys(back, changeBetween(back.attributes, next.attributes), stamp));
        left -= next.atoms;
        at++;
      }
      gap.chunk = this.#chunks.indexOf(chunk);
      gap.run = at;
    }
  }

  /** The last graves before a place, back to the next live run, in order and with their chunks. */
  #graves({ chunk: c, run: r }: Gap, most: number): { readonly run: Run; readonly chunk: Chunk }[] {
    const found: { run: Run; chunk: Chunk }[] = [];
    while (found.length < most) {
      if (r === 0) {
        if (c === 0) break;
        r = this.#chunks[--c]!.runs.length;
        continue;
      }
      const chunk = this.#chunks[c]!;
      const run = chunk.runs[--r]!;
      if (isAlive(run)) break;
      found.push({ run, chunk });
    }
    return found.reverse();
  }

  /** Goes past all graves, to the next live run or the end. */
  #toEnd(gap: Gap): void {
    for (let chunk = this.#chunks[gap.chunk]; chunk !== undefined; chunk = this.#chunks[gap.chunk]) {
      const dead = chunk.live === 0;
      while (!dead && gap.run < chunk.runs.length && !isAlive(chunk.runs[gap.run]!)) gap.run++;
      if (!dead && gap.run < chunk.runs.length) return;
      gap.chunk++;
      gap.run = 0;
    }
    gap.chunk = this.#chunks.length - 1;
    gap.run = this.#chunks[gap.chunk]!.runs.length;
  }

  /** Cuts the chunks that have become too large. */
  #divide(): void {
    for (const chunk of this.#crowded) {
      if (chunk.runs.length <= CHUNK) continue;
      const parts: Chunk[] = [];
      for (let at = 0; at < chunk.runs.length; at += CHUNK / 2) {
        const runs = chunk.runs.slice(at, at + CHUNK / 2);
        parts.push({ runs, live: runs.reduce((sum, run) => sum + (isAlive(run) ? run.atoms : 0), 0) });
      }
      this.#chunks.splice(this.#chunks.indexOf(chunk), 1, ...parts);
    }
    this.#crowded.clear();
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
