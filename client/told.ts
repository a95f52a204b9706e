// What the listeners of a document have last been told of its state, so that they hear of it when it changes and only
// then.

import type { Emitter } from "./emitter.js";
import type { DocumentEvents } from "./types.js";

/** The events that tell a state. */
type States = Pick<DocumentEvents, "status" | "save" | "history">;

export class Told {
  readonly #told = new Map<keyof States, string>();

  constructor(private readonly events: Emitter<DocumentEvents>) {}

  /** What they may take for granted before they are told anything. */
  expect<K extends keyof States>(name: K, state: States[K]): void {
    this.#told.set(name, JSON.stringify(state));
  }

  /** Emits `state`, unless it is what was told last. */
  tell<K extends keyof States>(name: K, state: States[K]): void {
    const words = JSON.stringify(state);
    if (this.#told.get(name) === words) return;
    this.#told.set(name, words);
    this.events.emit(name, state as DocumentEvents[K]);
  }
}
