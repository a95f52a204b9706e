// How long a document stays: when it is there, and when it has given its place in the outbox back. These are the promises
// that those outside wait for.
//
//   begun ──there──▶ ready ──ends──▶ leaving ──the store has it back──▶ left
//     └──failed: never ready──────────▲
//
// Whatever a store does at the last, what waits for the end goes on.

export class Stay {
  /** Resolves when there is something to show. */
  readonly ready: Promise<void>;
  /** Resolves when the document, closed, has given its place in the outbox back. */
  readonly left: Promise<void>;
  /** The same, unless it has: what the next document of this id waits for, so that it knows no less. */
  leaving: Promise<void> | undefined;
  #settleReady!: { resolve(): void; reject(error: unknown): void };
  #settleLeft!: () => void;

  constructor() {
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    this.leaving = this.left = new Promise((resolve) => {
      this.#settleLeft = resolve;
    });
    // Who does not wait for it hears of a fault by the status.
    this.ready.catch(() => {});
  }

  there(): void {
    this.#settleReady.resolve();
  }

  /** Whoever still waits for it to be there waits in vain. */
  failed(error: unknown): void {
    this.#settleReady.reject(error);
  }

  /** @param leave  gives the place back. It may fail: that keeps nobody from opening the document anew */
  ends(leave: () => Promise<void> | undefined): void {
    this.leaving = givenBack(leave);
    Promise.resolve(this.leaving).then(this.#settleLeft);
  }
}

/** @returns when that is over, if it is not at once */
function givenBack(leave: () => Promise<void> | undefined): Promise<void> | undefined {
  const failed = (error: unknown) => console.error("interline: a store could not close its document", error);
  try {
    return leave()?.catch(failed);
  } catch (error) {
    failed(error);
    return undefined;
  }
}
