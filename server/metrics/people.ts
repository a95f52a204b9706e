// Connections, those who are slow or do not stop, and those who have to wait or are sent away.

import type { Meter } from "../meter.js";
import type { Words } from "./words.js";

type Told = Pick<
  Meter,
  "connected" | "disconnected" | "unauthenticated" | "slowReader" | "flood" | "limited" | "waiting" | "putOff"
>;

export interface PeopleGauges {
  /** Documents that somebody has open here, and how many have that open which most have. */
  documents(): number;
  mostInOne(): number;
  /** Bytes that wait for the reader who is furthest behind. */
  mostQueued(): number;
}

export function peopleMetrics({ counter, gauge, labelled }: Words, looks: PeopleGauges): Told {
  const connections = labelled("ot_connections", "Live connections, by how they come in.", "transport");
  const connects = counter("ot_connects_total", "Connections taken in.", ["transport"]);
  const disconnects = counter(
    "ot_disconnects_total",
    "Connections that ended: by their own will or their wire's, refused, or moved to another node.",
    ["reason"],
  );
  const strangers = counter("ot_auth_failures_total", "Those who were not let in for their token.", [
    "reason",
  ]);
  const limited = counter(
    "ot_rate_limited_total",
    "Refusals for a rate or a number, by whose it was: connection, user, document, address.",
    ["scope"],
  );
  const slow = counter(
    "ot_slow_consumer_disconnects_total",
    "Readers that fell too far behind, and were disconnected.",
  );
  const shed = counter(
    "ot_slow_consumer_shed_total",
    "Readers that fell behind, and were told no presence for a while.",
  );
  const floods = counter(
    "ot_floods_total",
    "Writers that did not stop: read more slowly (slowed), or disconnected (ended).",
    ["what"],
  );
  const waiting = labelled(
    "ot_reconnect_admission_queue",
    "Those who wait to be let in: to shake hands, to say hello, to read a document.",
    "door",
  );
  const putOff = counter(
    "ot_put_off_total",
    "Those who were told to come back later, because too many came at once.",
    ["door"],
  );
  gauge("ot_docs_active", "Documents that somebody has open here.", () => looks.documents());
  gauge("ot_doc_clients_max", "Connections in the document that most have open here.", () =>
    looks.mostInOne(),
  );
  gauge("ot_outbound_queue_bytes", "Bytes that wait for the reader who is furthest behind.", () =>
    looks.mostQueued(),
  );

  return {
    connected(transport) {
      connections.inc({ transport });
      connects.inc({ transport });
    },
    disconnected(transport, reason) {
      connections.dec({ transport });
      disconnects.inc({ reason });
    },
    unauthenticated: (reason) => strangers.inc({ reason }),
    slowReader: (what) => (what === "ended" ? slow : shed).inc(),
    flood: (what) => floods.inc({ what }),
    limited: (scope) => limited.inc({ scope }),
    waiting: (door, many) => waiting.set({ door }, many),
    putOff: (door) => putOff.inc({ door }),
  };
}
