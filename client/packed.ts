// What comes packed: JSON, gzipped. Unpacking takes a moment in which other things come, and whoever is told them is told
// in the order in which they came.

/** Whether this place can unpack; some browsers of 2022 cannot. */
export const canUnpack = typeof DecompressionStream !== "undefined";

/** @throws if it is not gzipped JSON */
export async function unpack(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): Promise<unknown> {
  const json = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(json).json();
}

interface Turn {
  readonly run: () => void;
  /** Never rejects. */
  readonly ready: Promise<void> | undefined;
}

/** Does one thing after the other: at once, unless it or one before it is not ready. */
export class InOrder {
  readonly #waiting: Turn[] = [];
  #busy = false;

  next(run: () => void, ready?: Promise<void>): void {
    this.#waiting.push({ run, ready });
    if (!this.#busy) this.#go();
  }

  /** Forgets what waits. */
  stop(): void {
    this.#waiting.length = 0;
  }

  #go(): void {
    for (let turn = this.#waiting[0]; turn !== undefined; turn = this.#waiting[0]) {
      if (turn.ready !== undefined) {
        this.#wait(turn.ready);
        return;
      }
      this.#waiting.shift();
      turn.run();
    }
  }

  #wait(ready: Promise<void>): void {
    this.#busy = true;
    void ready.then(() => {
      this.#busy = false;
      const turn = this.#waiting.shift();
      turn?.run();
      if (!this.#busy) this.#go();
    });
  }
}
