// The runs of a strand in order, in chunks that know how many live atoms they hold. Walking to a place looks at each chunk
// before it, and at the runs of one.
//
// Between ops no chunk has more than `CHUNK` runs. Within one they grow, and behind a place there are never more runs of its
// chunk than there were: an op goes through them once. So it costs what it has and the chunks that it passes.
//
// What is done is counted (`work`), and long work has steps between which others may go first.

import type { Steps } from "../documents/steps.js";
import { cut, isAlive, type Run } from "./runs.js";
import { RUN, weightAdded, weightOf } from "./weight.js";

/** A chunk with more runs than this is cut in two or more. */
const CHUNK = 256;
/** Runs that are looked at, moved or made in one step: a few milliseconds. */
export const STEP = 10_000;
/** Runs that are read in one step, where something is made of each: a few milliseconds. */
export const READ = 1_000;

interface Chunk {
  readonly runs: Run[];
  live: number;
}

/** Between two runs: before the run `run` of the chunk `chunk`. */
export interface Gap {
  chunk: number;
  run: number;
}

export class Chunks {
  readonly #chunks: Chunk[] = [{ runs: [], live: 0 }];
  readonly #crowded = new Set<Chunk>();
  #size = 0;
  #work = 0;
  #weight = 0;
  /** The work after which others may go first. */
  #pause = STEP;

  /** How many runs there are. */
  get size(): number {
    return this.#size;
  }

  /** How many runs were looked at, moved and made so far. */
  get work(): number {
    return this.#work;
  }

  /** About how many bytes they hold. */
  get weight(): number {
    return this.#weight;
  }

  *runs(): Generator<Run> {
    for (const { runs } of this.#chunks) yield* runs;
  }

  runsOf(chunk: number): readonly Run[] {
    return this.#chunks[chunk]!.runs;
  }

  /** Counts what was done. @returns whether others may go first */
  isDue(work = 0): boolean {
    this.#work += work;
    if (this.#work < this.#pause) return false;
    this.#pause = this.#work + STEP;
    return true;
  }

  /** Goes past the next live atoms, and puts others in place of their runs. */
  *walk(gap: Gap, atoms: number, become?: (run: Run) => Run): Steps<void> {
    for (let left = atoms; left > 0; ) {
      if (this.isDue(1)) yield;
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
        if (run.atoms > left) this.cut(gap.chunk, gap.run, left);
        const whole = chunk.runs[gap.run]!;
        if (become !== undefined) this.become(gap.chunk, gap.run, become(whole));
        left -= whole.atoms;
      }
      gap.run++;
    }
  }

  /** Cuts the run `at` of a chunk before its atom `atoms`. */
  cut(chunk: number, at: number, atoms: number): void {
    const there = this.#chunks[chunk]!;
    there.runs.splice(at, 1, ...cut(there.runs[at]!, atoms));
    this.#weight += RUN;
    this.#grown(there, there.runs.length - at);
  }

  /** Puts a run in the place of the run `at` of a chunk. */
  become(chunk: number, at: number, run: Run): void {
    const there = this.#chunks[chunk]!;
    const before = there.runs[at]!;
    there.live += (isAlive(run) ? run.atoms : 0) - (isAlive(before) ? before.atoms : 0);
    this.#weight += weightAdded(before, run);
    there.runs[at] = run;
  }

  /** Puts a live run into a gap, which is behind it afterwards. */
  put(gap: Gap, run: Run): void {
    const chunk = this.#chunks[gap.chunk]!;
    chunk.runs.splice(gap.run++, 0, run);
    chunk.live += run.atoms;
    this.#weight += weightOf(run);
    this.#grown(chunk, 1 + chunk.runs.length - gap.run);
  }

  #grown(chunk: Chunk, moved: number): void {
    this.#size++;
    this.#work += moved;
    this.#crowded.add(chunk);
  }

  /** The last graves before a place, back to the next live run, in order and with the numbers of their chunks. */
  graves({ chunk, run: r }: Gap, most: number): { readonly run: Run; readonly chunk: number }[] {
    const found: { run: Run; chunk: number }[] = [];
    while (found.length < most) {
      if (r === 0) {
        if (chunk === 0) break;
        r = this.#chunks[--chunk]!.runs.length;
        continue;
      }
      const run = this.#chunks[chunk]!.runs[--r]!;
      if (isAlive(run)) break;
      found.push({ run, chunk });
    }
    this.#work += found.length;
    return found.reverse();
  }

  /** Goes past all graves, to the next live run or the end. */
  toEnd(gap: Gap): void {
    for (let chunk = this.#chunks[gap.chunk]; chunk !== undefined; chunk = this.#chunks[gap.chunk]) {
      const from = gap.run;
      const dead = chunk.live === 0;
      while (!dead && gap.run < chunk.runs.length && !isAlive(chunk.runs[gap.run]!)) gap.run++;
      this.#work += 1 + gap.run - from;
      if (!dead && gap.run < chunk.runs.length) return;
      gap.chunk++;
      gap.run = 0;
    }
    gap.chunk = this.#chunks.length - 1;
    gap.run = this.#chunks[gap.chunk]!.runs.length;
  }

  /** Cuts the chunks that have become too large. */
  divide(): void {
    for (const chunk of this.#crowded) {
      const { runs } = chunk;
      if (runs.length <= CHUNK) continue;
      const parts: Chunk[] = [];
      for (let at = 0; at < runs.length; at += CHUNK / 2) {
        const part = runs.slice(at, at + CHUNK / 2);
        parts.push({ runs: part, live: part.reduce((sum, run) => sum + (isAlive(run) ? run.atoms : 0), 0) });
      }
      this.#chunks.splice(this.#chunks.indexOf(chunk), 1, ...parts);
      this.#work += runs.length;
    }
    this.#crowded.clear();
  }
}
