// The client of a relay: it carries what is said to everybody else, and knows no document. What comes is put where it was
// said to be, as far as that is there; copies part, and nobody minds.

import type { Replica, Splice } from "../system.js";

export interface RelayLine {
  /** Resolves when the relay has answered for it. */
  send(splices: readonly Splice[]): Promise<void>;
  hear(listener: (splices: readonly Splice[]) => void): void;
  close(): void;
}

export function relayedReplica(line: RelayLine): Replica {
  let text = "";
  let sent = Promise.resolve();
  const put = ({ at, removed, inserted }: Splice) => {
    text = text.slice(0, at) + inserted + text.slice(at + removed);
  };
  const listeners: ((splices: readonly Splice[]) => void)[] = [];
  line.hear((splices) => {
    for (const splice of splices) put(splice);
    for (const listener of listeners) listener(splices);
  });
  return {
    get text() {
      return text;
    },
    splice(splice) {
      put(splice);
      const answered = line.send([splice]);
      sent = sent.then(() => answered);
    },
    onChange: (listener) => void listeners.push(listener),
    saved: () => sent,
    close: async () => line.close(),
  };
}
