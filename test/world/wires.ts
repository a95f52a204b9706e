// What hangs on one server node: its channels and its rooms. They end with the node, and wait while it is paused.

import type { Link } from "./link.js";
import type { Server } from "./standin.js";

export class Wires {
  /** The node, while it is up. */
  server: Server | undefined;
  readonly links = new Set<Link>();
  readonly #rooms = new Map<string, Set<Link>>();
  #paused = false;
  /** What reached the node while it was paused. */
  #late: (() => void)[] = [];

  constructor(readonly node: number) {}

  /** Everything in it hears nothing more. */
  down(): void {
    this.server = undefined;
    this.#paused = false;
    this.#late = [];
    for (const link of [...this.links]) link.die();
    this.#rooms.clear();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    while (!this.#paused && this.#late.length > 0) this.#late.shift()!();
  }

  /** Runs it when the node hears. */
  heard(run: () => void): void {
    if (this.#paused) this.#late.push(run);
    else run();
  }

  went(link: Link): void {
    this.links.delete(link);
    for (const room of this.#rooms.values()) room.delete(link);
  }

  join(link: Link, room: string): void {
    // A dead node's late work must not put anybody into the rooms of the next one.
    if (this.links.has(link)) this.#rooms.set(room, (this.#rooms.get(room) ?? new Set()).add(link));
  }

  leave(link: Link, room: string): void {
    this.#rooms.get(room)?.delete(link);
  }

  inRoom(room: string): Link[] {
    return [...(this.#rooms.get(room) ?? [])];
  }
}
