// What is to be said of comings and goings, gathered so that it does not chatter: one sentence for those who came, one for
// those who went, one for each who edits beside us. Who came and went in between is not mentioned. A value machine.

import type { PresenceWords } from "./words.js";

export class Gathering {
  readonly #joined = new Map<string, string>();
  readonly #left = new Map<string, string>();
  readonly #others: string[] = [];

  get isEmpty(): boolean {
    return this.#joined.size === 0 && this.#left.size === 0 && this.#others.length === 0;
  }

  /** Somebody came; `user` is who they are, however many tabs they have. */
  joined(user: string, name: string): void {
    if (!this.#left.delete(user)) this.#joined.set(user, name);
  }

  left(user: string, name: string): void {
    if (!this.#joined.delete(user)) this.#left.set(user, name);
  }

  /** Something else, in whole sentences; said once, however often it is given. */
  say(text: string): void {
    if (!this.#others.includes(text)) this.#others.push(text);
  }

  /** All of it in one go; nothing is left. */
  take(words: PresenceWords): string {
    const parts = [
      ...(this.#joined.size > 0 ? [words.joined([...this.#joined.values()])] : []),
      ...(this.#left.size > 0 ? [words.left([...this.#left.values()])] : []),
      ...this.#others,
    ];
    this.#joined.clear();
    this.#left.clear();
    this.#others.length = 0;
    return parts.join(" ");
  }
}
