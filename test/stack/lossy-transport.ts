// A transport that loses things: a share of the events that a server tells and of the answers it gives never arrives,
// and the channel can be cut at any moment. What was asked arrives, so that what gets lost is what hurts most: the word
// that an op was committed.

import type { Channel, Transport } from "../../client/index.js";
import type { Random } from "../../protocol/index.js";

export interface LossyTransport extends Transport {
  /** Ends the channel there is now, with everything that is on its way. */
  cut(): void;
  /** How much arrived and how much did not. */
  readonly passed: number;
  readonly lost: number;
}

export function lossyTransport(inner: Transport, loss: number, draw: Random): LossyTransport {
  let cut = () => {};
  let passed = 0;
  let lost = 0;
  const arrives = () => {
    const does = draw() >= loss;
    if (does) passed++;
    else lost++;
    return does;
  };
  return {
    get passed() {
      return passed;
    },
    get lost() {
      return lost;
    },
    cut: () => cut(),
    open(hello, listener): Channel {
      let open = true;
      const channel = inner.open(hello, {
        event(name, body) {
          if (open && arrives()) listener.event(name, body);
        },
        closed(reason, fault) {
          if (open) listener.closed(reason, fault);
          open = false;
        },
      });
      cut = () => {
        if (!open) return;
        open = false;
        channel.close();
        listener.closed("cut");
      };
      return {
        request(name, body, answer) {
          channel.request(name, body, (reply) => {
            if (open && arrives()) answer(reply);
          });
        },
        notify: (name, body) => channel.notify(name, body),
        close() {
          open = false;
          channel.close();
        },
      };
    },
  };
}
