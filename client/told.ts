// What the listeners of a document have last been told of its state, so that they hear of it when it changes and only
// then. A state that nobody listens to is not worked out; whoever begins to listen takes for granted what is so then.

import type { Emitter } from "./emitter.js";
import type { DocumentEvents } from "./types.js";

/** The events that tell a state: flat objects. */
type States = Pick<DocumentEvents, "status" | "save" | "history">;
const names = ["status", "save", "history"] as const;

export class Told {
  readonly #told: { -readonly [K in keyof States]?: States[K] } = {};

  /** @param now  the states as they are */
  constructor(
    private readonly events: Emitter<DocumentEvents>,
    private readonly now: { readonly [K in keyof States]: () => States[K] },
  ) {}

  /** Somebody is about to listen to events of this name. */
  expect(name: keyof DocumentEvents): void {
    const state = names.find((one) => one === name);
    if (state !== undefined && !this.events.isHeard(state)) this.#keep(state);
  }

  /** Emits the states that are not as they were told last. */
  tell(): void {
    for (const name of names) {
      if (!this.events.isHeard(name)) continue;
      const before = this.#told[name];
      const state = this.#keep(name);
      if (!same(state, before)) this.events.emit(name, state);
    }
  }

  #keep<K extends keyof States>(name: K): States[K] {
    const state = this.now[name]();
    this.#told[name] = state;
    return state;
  }
}

function same<T extends object>(state: T, before: T | undefined): boolean {
  if (before === undefined) return false;
  for (const name in state) if (state[name] !== before[name]) return false;
  return true;
}
