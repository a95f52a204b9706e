// Tells a meter of everything that there is to tell, so that each of its metrics has all its labels.

import { Journey, stages } from "../../server/journey.js";
import type { Meter } from "../../server/meter.js";
import { StorageError } from "../../server/storage/errors.js";

export function useEverything(meter: Meter): void {
  meter.connected("websocket");
  meter.disconnected("websocket", "left");
  meter.unauthenticated("token_expired");
  meter.answered("submit", undefined, 1);
  meter.answered("submit", "internal", 1);
  meter.noticed("presence");
  meter.presenceDropped("overtaken");
  const journey = new Journey(() => 1);
  for (const stage of stages) journey.reached(stage);
  meter.travelled(journey, { doc: "a", type: "plain", version: 2 });
  meter.travelled(journey, { doc: "a", type: "plain", version: 2, repeated: true });
  meter.retried();
  meter.toldRoom("local", 1);
  meter.looked(1);
  meter.repaired();
  meter.waited(1);
  meter.disk("fsync", 1);
  meter.disk("checkpoint", 1);
  meter.slowReader("shed");
  meter.slowReader("ended");
  meter.flood("slowed");
  meter.limited("user");
  meter.waiting("hello", 1);
  meter.putOff("hello");
  meter.busMessage("out");
  meter.busMessage("failed");
  meter.busGap();
  meter.committing("conflict");
  meter.storeFailed(new StorageError("corrupt", "It is damaged."), "read");
  meter.snapshotSaved(1);
}
