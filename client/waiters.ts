// Those who wait until what was changed so far is durable. Changes are numbered as they are made, and confirmed in that
// order.

interface Waiter {
  readonly change: number;
  resolve(): void;
  reject(error: unknown): void;
}

export class Waiters {
  #waiting: Waiter[] = [];

  /** Resolves when every change up to this one is confirmed. */
  until(change: number): Promise<void> {
    return new Promise((resolve, reject) => this.#waiting.push({ change, resolve, reject }));
  }

  /** `oldest` is the first change not confirmed; undefined: all are. */
  confirmed(oldest: number | undefined): void {
    for (const waiter of this.#take(({ change }) => oldest === undefined || change < oldest))
      waiter.resolve();
  }

  /** A change from `first` on never will be. */
  failed(first: number, error: unknown): void {
    for (const waiter of this.#take(({ change }) => change >= first)) waiter.reject(error);
  }

  #take(which: (waiter: Waiter) => boolean): Waiter[] {
    if (this.#waiting.length === 0) return [];
    const taken = this.#waiting.filter(which);
    this.#waiting = this.#waiting.filter((waiter) => !taken.includes(waiter));
    return taken;
  }
}
