// What somebody is doing at their page: active, idle after half a minute without input, away when they have had the page out of
// sight for two minutes. While nothing changes no timer runs but the one until the next change.

import { type Activity, type Clock, leftMs } from "../../../protocol/index.js";

export const IDLE_MS = 30_000;
export const AWAY_MS = 120_000;

type Doing = Exclude<Activity, "typing">;

/** As much of a page as is watched; a document is one. */
export interface WatchedPage {
  readonly visibilityState: string;
  addEventListener(name: string, run: () => void, options?: AddEventListenerOptions): void;
  removeEventListener(name: string, run: () => void, options?: EventListenerOptions): void;
}

const inputs = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];

export class ActivityWatch {
  #doing: Doing = "active";
  #inputAt: number;
  #stopIdle: (() => void) | undefined;
  #stopAway: (() => void) | undefined;

  constructor(
    private readonly page: WatchedPage,
    private readonly clock: Clock,
    private readonly changed: (doing: Doing) => void,
  ) {
    this.#inputAt = clock.now();
    for (const name of inputs) page.addEventListener(name, this.#input, { capture: true, passive: true });
    page.addEventListener("visibilitychange", this.#seen);
    this.#untilIdle(IDLE_MS);
    this.#seen();
  }

  get doing(): Doing {
    return this.#doing;
  }

  stop(): void {
    for (const name of inputs) this.page.removeEventListener(name, this.#input, { capture: true });
    this.page.removeEventListener("visibilitychange", this.#seen);
    this.#stopIdle?.();
    this.#stopAway?.();
  }

  readonly #input = (): void => {
    this.#inputAt = this.clock.now();
    if (this.#doing === "active") return;
    this.#become("active");
    this.#untilIdle(IDLE_MS);
  };

  readonly #seen = (): void => {
    this.#stopAway?.();
    this.#stopAway = undefined;
    if (this.page.visibilityState === "hidden") {
      this.#stopAway = this.clock.after(AWAY_MS, () => this.#become("away"));
    } else if (this.#doing === "away") this.#input();
  };

  /** Asks again as late as can be, not at every key. */
  #untilIdle(ms: number): void {
    this.#stopIdle?.();
    this.#stopIdle = this.clock.after(ms, () => {
      this.#stopIdle = undefined;
      this.#inputAt = Math.min(this.#inputAt, this.clock.now());
      const left = leftMs(this.clock, this.#inputAt, IDLE_MS);
      if (left > 0) this.#untilIdle(left);
      else if (this.#doing === "active") this.#become("idle");
    });
  }

  #become(doing: Doing): void {
    if (this.#doing === doing) return;
    this.#doing = doing;
    this.changed(doing);
  }
}
