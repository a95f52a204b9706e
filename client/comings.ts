// Who came and who went, in words, gathered so that nobody is talked at: the first at once, what follows a few seconds
// later in one sentence.

import type { Clock } from "../protocol/index.js";
import type { Participant, Presence } from "./types.js";

const GATHER_MS = 3_000;
/** More than these are a number. */
const NAMED = 3;

/** @returns what ends it */
export function tellComings(presence: Presence, clock: Clock, say: (words: string) => void): () => void {
  let waiting: string[] = [];
  let stopTimer: (() => void) | undefined;

  const tell = () => {
    stopTimer = undefined;
    if (waiting.length === 0) return;
    say(waiting.length > NAMED ? `${waiting.length} people came or went` : waiting.join(" · "));
    waiting = [];
    stopTimer = clock.after(GATHER_MS, tell);
  };
  const note = (verb: string) => (person: Participant) => {
    waiting.push(`${person.user.name} ${verb}`);
    if (stopTimer === undefined) tell();
  };
  const stops = [presence.on("joined", note("joined")), presence.on("left", note("left"))];
  return () => {
    for (const stop of stops) stop();
    stopTimer?.();
  };
}
