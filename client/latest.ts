// Where we are, as the line takes it: of each document the latest and no more. What is overtaken while the line is busy is never
// sent; what is not overtaken always is, as long as there is a line.

import type { NoticeName, Notices } from "../protocol/index.js";

export interface LatestOptions {
  /** Whether the line takes something now. */
  readonly ready: () => boolean;
  readonly send: <K extends NoticeName>(name: K, body: Notices[K]) => void;
}

export class Latest {
  readonly #held = new Map<string, () => void>();

  constructor(private readonly options: LatestOptions) {}

  tell<K extends NoticeName>(name: K, body: Notices[K]): void {
    this.#held.set(JSON.stringify([name, body.doc]), () => this.options.send(name, body));
    this.ready();
  }

  /** The line takes something again. */
  ready(): void {
    for (const [what, send] of this.#held) {
      if (!this.options.ready()) return;
      this.#held.delete(what);
      send();
    }
  }
}
