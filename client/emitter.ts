// Events to listeners, one at a time and in order, whatever the listeners do meanwhile.
//
// A listener may emit again (by submitting an op, say): the new event waits until everybody has had the current one,
// so nobody hears of the second before the first. A listener that throws does not keep the event from the others.

type Listener<E> = (event: E) => void;

export class Emitter<Events> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();
  /** Events not delivered yet, oldest first. */
  readonly #queue: { name: keyof Events; event: unknown }[] = [];
  #delivering = false;

  /** @throws TypeError for what cannot be told: said to whoever asks, and not at every event to come */
  on<K extends keyof Events>(name: K, listener: Listener<Events[K]>): () => void {
    if (typeof listener !== "function")
      throw new TypeError(`Who listens to "${String(name)}" must be a function.`);
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    // Wrapped, so that one function registered twice is heard twice and removed once.
    const own: Listener<Events[K]> = (event) => listener(event);
    listeners.add(own as Listener<never>);
    return () => void listeners.delete(own as Listener<never>);
  }

  /** Whether anybody listens, so that nothing is worked out for nobody. */
  isHeard(name: keyof Events): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0;
  }

  emit<K extends keyof Events>(name: K, event: Events[K]): void {
    this.#queue.push({ name, event });
    if (this.#delivering) return;
    this.#delivering = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      for (const listener of [...(this.#listeners.get(next.name) ?? [])]) {
        try {
          (listener as Listener<unknown>)(next.event);
        } catch (error) {
          // Not ours to handle, and not to be lost: it surfaces as an uncaught error of its own.
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    }
    this.#delivering = false;
  }
}
