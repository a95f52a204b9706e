// A queue of people with a line after the first so many: those before it are shown, the others wait. Whoever came first
// stands first; of two who came at one moment, the one whose client id comes first. So it is the same queue everywhere.

export interface Standing {
  readonly src: string;
  readonly since: number;
}

export class Queue<T extends Standing> {
  readonly #all: T[] = [];

  /** @param most  how many stand before the line */
  constructor(private readonly most: number) {}

  get size(): number {
    return this.#all.length;
  }

  /** Everybody, the first first. */
  get all(): readonly T[] {
    return this.#all;
  }

  /** Those before the line. */
  get front(): readonly T[] {
    return this.#all.length <= this.most ? this.#all : this.#all.slice(0, this.most);
  }

  /** Whether somebody in the queue stands before the line. */
  inFront(one: Standing): boolean {
    const last = this.#all[this.most - 1];
    return last === undefined || order(one, last) <= 0;
  }

  /** @returns who stood before the line and does not any more */
  add(one: T): T | undefined {
    const at = this.#place(one);
    this.#all.splice(at, 0, one);
    return at < this.most ? this.#all[this.most] : undefined;
  }

  /** @returns who stands before the line and did not */
  remove(one: T): T | undefined {
    const at = this.#place(one);
    if (this.#all[at] !== one) throw new Error(`${one.src} is not where it should be in the queue`);
    this.#all.splice(at, 1);
    return at < this.most ? this.#all[this.most - 1] : undefined;
  }

  /** Where it is, or belongs. Those who come stand at the end, nearly always. */
  #place(one: Standing): number {
    let [low, high] = [0, this.#all.length];
    if (high > 0 && order(this.#all[high - 1]!, one) < 0) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (order(this.#all[middle]!, one) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function order(a: Standing, b: Standing): number {
  if (a.since !== b.since) return a.since - b.since;
  return a.src < b.src ? -1 : a.src > b.src ? 1 : 0;
}
