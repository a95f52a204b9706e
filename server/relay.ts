// Committed ops on their way to the room: at once when the room is quiet, gathered into one event when it is busy.
//
//   quiet ──op──▶ told, then busy for a window ──▶ nothing came: quiet
//                        │  op, op: held           └▶ held ops told together, busy for another window
//
// Ops of one document leave in the order they came, those of one life of it together. The window grows with the room, because
// what gathering saves is one frame for each person in it: about twice as long as it takes to tell everybody, so that about
// half of the time at most is spent on telling, up to the limit.

import type { Clock, Committed, Epoch } from "../protocol/index.js";
import { type Meter, silentMeter } from "./meter.js";

/** To tell one person takes some 10 µs. */
const WINDOW_MS_PER_PERSON = 0.02;

export interface RelayOptions {
  readonly clock: Clock;
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
  /** Ends the wait for the window's end. */
  cancel: () => void;
}

export function createRelay({
  clock,
  gatherMs,
  people,
  tell,
  meter = silentMeter,
}: RelayOptions): GatheringRelay {
  /** The rooms that were told something less than a window ago. */
  const busy = new Map<string, Busy>();

  const windowMs = (doc: string) =>
    Math.min(gatherMs, Math.max(1, Math.ceil(people(doc) * WINDOW_MS_PER_PERSON)));

  function windowEnds(doc: string, room: Busy): void {
    if (room.held.length === 0) {
      busy.delete(doc);
      return;
    }
    room.cancel = clock.after(windowMs(doc), () => windowEnds(doc, room));
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
      const room = busy.get(doc);
      if (room !== undefined) {
        if (room.epoch !== epoch) tellHeld(doc, room);
        room.epoch = epoch;
        room.held.push(committed);
        room.since.push(meter.now());
        return;
      }
      const started: Busy = { epoch, held: [], since: [], cancel: () => {} };
      started.cancel = clock.after(windowMs(doc), () => windowEnds(doc, started));
      busy.set(doc, started);
      tell(doc, epoch, [committed]);
      meter.toldRoom("local", 0);
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
