// Playing versions one after the other: which one is on show, whether it goes on by itself, and how fast. No DOM in here.
//
// The next version comes only when the one before is on show, however long that took. It stops at the last one, and when
// somebody steps or seeks.

import type { Clock, Version } from "../../protocol/index.js";

/** Versions a second. */
export const SPEEDS = { slow: 2, normal: 6, fast: 24 } as const;
export type Speed = keyof typeof SPEEDS;

export interface PlayerOptions {
  readonly clock: Clock;
  readonly head: () => Version;
  /** The first version that can be shown. */
  readonly first: () => Version;
  /** Shows a version; resolves when it is on show. */
  readonly show: (version: Version) => Promise<void>;
  /** What is said of it has changed. */
  readonly changed: () => void;
  /** It does not go on by itself any more. */
  readonly paused: () => void;
}

export class Player {
  readonly #options: PlayerOptions;
  #version: Version;
  #playing = false;
  #speed: Speed = "normal";
  #cancel = () => {};

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#version = options.head();
  }

  get version(): Version {
    return this.#version;
  }
  get playing(): boolean {
    return this.#playing;
  }
  get speed(): Speed {
    return this.#speed;
  }

  set speed(speed: Speed) {
    this.#speed = speed;
  }

  /** Something else has shown this version. */
  moved(version: Version): void {
    this.pause();
    this.#version = version;
    this.#options.changed();
  }

  /** From here; from the beginning, if this is the end. */
  play(): void {
    if (this.#playing) return;
    this.#playing = true;
    const { head, first } = this.#options;
    if (this.#version >= head()) this.#version = first() - 1;
    void this.#next();
  }

  pause(): void {
    if (!this.#playing) return;
    this.#playing = false;
    this.#cancel();
    this.#options.changed();
    this.#options.paused();
  }

  /** So many versions on, or back. */
  step(by: number): void {
    this.seek(this.#version + by);
  }

  /** To a version, or the nearest one that there is. */
  seek(version: Version): void {
    this.pause();
    const { head, first, changed, show } = this.#options;
    this.#version = Math.max(first(), Math.min(version, head()));
    changed();
    void show(this.#version);
  }

  async #next(): Promise<void> {
    const { clock, head, show, changed } = this.#options;
    this.#version++;
    changed();
    await show(this.#version);
    if (!this.#playing) return;
    if (this.#version >= head()) this.pause();
    else this.#cancel = clock.after(1000 / SPEEDS[this.#speed], () => void this.#next());
  }
}
