// Where we are, as the line takes it: of each document the latest and no more. What is overtaken while the line is busy is never
// sent, nor what is said of a document that is closed by then; all else always is, as long as there is a line.

import type { NoticeName, Notices } from "../protocol/index.js";

export interface LatestOptions {
  /** Whether the line takes something now. */
  readonly ready: () => boolean;
  readonly send: <K extends NoticeName>(name: K, body: Notices[K]) => void;
}

export class Latest {
  readonly #held = new Map<string, { readonly doc: string; readonly send: () => void }>();

  constructor(private readonly options: LatestOptions) {}

  tell<K extends NoticeName>(name: K, body: Notices[K]): void {
    const { doc } = body;
    this.#held.set(JSON.stringify([name, doc]), { doc, send: () => this.options.send(name, body) });
    this.ready();
  }

  /** The document is closed. Said of the next of its name, this would overtake what that says, which counts from one again. */
  forget(doc: string): void {
    for (const [what, held] of this.#held) if (held.doc === doc) this.#held.delete(what);
  }

  /** The line takes something again. */
  ready(): void {
    for (const [what, { send }] of this.#held) {
      if (!this.options.ready()) return;
      this.#held.delete(what);
      send();
    }
  }
}
