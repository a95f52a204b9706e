// What is to be said of comings and goings, gathered so that it does not chatter: one sentence for those who came, one for
// those who went, one for each who has another name or edits beside us. Who came and went in between is not mentioned, nor
// is a name that somebody had in between. A value machine.

import type { PresenceWords } from "./words.js";

export class Gathering {
  readonly #joined = new Map<string, string>();
  readonly #left = new Map<string, string>();
  /** By user: the name they had, and the one they have. */
  readonly #renamed = new Map<string, readonly [before: string, now: string]>();
  readonly #others: string[] = [];

  get isEmpty(): boolean {
    return (
      [this.#joined, this.#left, this.#renamed].every(({ size }) => size === 0) && this.#others.length === 0
    );
  }

  /** Somebody came; `user` is who they are, however many tabs they have. */
  joined(user: string, name: string): void {
    if (!this.#left.delete(user)) this.#joined.set(user, name);
  }

  left(user: string, name: string): void {
    this.#renamed.delete(user);
    if (!this.#joined.delete(user)) this.#left.set(user, name);
  }

  renamed(user: string, before: string, now: string): void {
    if (this.#joined.has(user)) {
      this.#joined.set(user, now);
      return;
    }
    const first = this.#renamed.get(user)?.[0] ?? before;
    if (first === now) this.#renamed.delete(user);
    else this.#renamed.set(user, [first, now]);
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
      ...[...this.#renamed.values()].map(([before, now]) => words.renamed(before, now)),
      ...this.#others,
    ];
    this.#joined.clear();
    this.#left.clear();
    this.#renamed.clear();
    this.#others.length = 0;
    return parts.join(" ");
  }
}
