// Committed ops on their way to the room: together with all that is committed in the same turn of the event loop when the
// room is quiet, gathered over a window when it is large and busy.
//
//   quiet ──op──▶ held to the end of the turn ──▶ told, then busy for a window ──▶ nothing came: quiet
//                    │  op, op: held with it            │  op, op: held           └▶ told together, busy again
//
// Ops of one document leave in the order they came, those of one life of it together. Many ops become durable at once, by one
// fsync, and their room hears of them at once: a turn costs nobody a wait. The window grows with the room, because what
// gathering saves is one frame for each person in it: about twice as long as it takes to tell everybody, so that about
// half of the time at most is spent on telling, up to the limit. A small room has none.

import type { Clock, Committed, Epoch } from "../protocol/index.js";
import { type Meter, silentMeter } from "./meter.js";

/** To tell one person takes some 10 µs. */
const WINDOW_MS_PER_PERSON = 0.02;

/** Runs something once this turn of the event loop is over. @returns cancels it */
export type Soon = (run: () => void) => () => void;

export const endOfTurn: Soon = (run) => {
  const turn = setImmediate(run);
  return () => clearImmediate(turn);
};

export interface RelayOptions {
  readonly clock: Clock;
  readonly soon: Soon;
  readonly gatherMs: number;
  /** How many people are in the document's room. */
  readonly people: (doc: string) => number;
  readonly tell: (doc: string, epoch: Epoch, ops: readonly Committed[]) => void;
  readonly meter?: Pick<Meter, "now" | "toldRoom">;
}

export interface GatheringRelay {
  committed(doc: string, committed: Committed, epoch: Epoch): void;
  /** Tells everything that is held, now. */
  flush(): void;
}

interface Busy {
  /** The life of the document that the held ops belong to. */
  epoch: Epoch;
  held: Committed[];
  /** When each of them came, by the meter's clock. */
  since: number[];
  /** Ends the wait for the end of the turn, or of the window. */
  cancel: () => void;
}

export function createRelay({
  clock,
  soon,
  gatherMs,
  people,
  tell,
  meter = silentMeter,
}: RelayOptions): GatheringRelay {
  /** The rooms that are to be told something, or were less than a window ago. */
  const busy = new Map<string, Busy>();

  const windowMs = (doc: string) => Math.min(gatherMs, Math.floor(people(doc) * WINDOW_MS_PER_PERSON));

  /** The turn in which the first of them came is over, or the window. */
  function over(doc: string, room: Busy): void {
    const ms = room.held.length === 0 ? 0 : windowMs(doc);
    if (ms === 0) busy.delete(doc);
    else room.cancel = clock.after(ms, () => over(doc, room));
    tellHeld(doc, room);
  }

  function tellHeld(doc: string, room: Busy): void {
    const { held, since, epoch } = room;
    room.held = [];
    room.since = [];
    if (held.length > 0) tell(doc, epoch, held);
    for (const came of since) meter.toldRoom("local", meter.now() - came);
  }

  return {
    committed(doc, committed, epoch) {
      let room = busy.get(doc);
      if (room === undefined && people(doc) === 0) {
        // Whoever is just coming in reads it, and need not be told.
        tell(doc, epoch, [committed]);
        meter.toldRoom("local", 0);
        return;
      }
      if (room === undefined) {
        const quiet: Busy = { epoch, held: [], since: [], cancel: soon(() => over(doc, quiet)) };
        busy.set(doc, quiet);
        room = quiet;
      } else if (room.epoch !== epoch) tellHeld(doc, room);
      room.epoch = epoch;
      room.held.push(committed);
      room.since.push(meter.now());
    },

    flush() {
      for (const [doc, room] of busy) {
        room.cancel();
        tellHeld(doc, room);
      }
      busy.clear();
    },
  };
}
