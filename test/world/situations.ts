// The situations that matter: where documents have been lost elsewhere, or nearly were here. A run in which one of them
// hardly happened has shown little, so each must happen a hundred times in a run (`schedules.test.ts`).
//
// Each is seen where it can be told for sure: on the wire, in the ledger, on a device, at a killing.

export const situations = {
  // The wire.
  cut: "A wire was cut.",
  "returned-inflight": "A client came back with an op in flight.",
  "returned-loaded": "A client came back with an op in flight and at least two more pending.",
  "resent-known": "An op was sent again that was committed already: the exactly-once table answered.",
  "opened-in-hello": "A document was asked for in a hello, and answered.",
  "answer-lost": "An answer was lost, and the channel was not.",
  "ops-lost": "The relay lost an op on the way to somebody.",
  "ops-repeated": "Somebody was told an op twice.",
  "ops-delayed": "An op came later than others.",
  "early-op": "An op came before one that it follows, and had to wait.",
  "stale-op": "An op came that the client had already.",
  "hole-asked": "A client asked for the ops that it missed.",
  "wide-transform": "An op of at least three components was transformed past others.",
  drain: "A node said that it was going to stop.",
  // The server.
  "crash-before-relay": "A node died between a commit and its relay.",
  "crash before the ledger": "A node died with a submission that the ledger never saw.",
  "crash after the ledger": "A node died between the ledger's answer and its own.",
  "crash written": "A node died between a write and its sync.",
  "crash synced": "A node died between a sync and its answer.",
  "write-kept": "What a dead process had written and not synced was found by the next.",
  "power-forgot": "A power cut forgot a write that was not synced.",
  "disk-full": "A commit found the disk full.",
  unanswered: "A commit was done, and the disk said that it failed.",
  zombie: "A paused node went on and committed, after others had.",
  "bus-lost": "One node never heard of another's commit.",
  "resent-elsewhere": "An op was sent again to another node than at first.",
  // People on several nodes.
  "people-bus-bad": "Nodes heard little or nothing of each other's people for a while.",
  "changed-node": "Somebody was back on another node than before.",
  "told-again": "Somebody who was there was told of again: with another colour, or after a moment elsewhere.",
  // History and lives.
  "pruned-committed": "History was gone under an op in flight that was committed.",
  "pruned-uncommitted": "History was gone under an op in flight that was not committed.",
  "pruned-unknown": "History was gone under an op in flight that was still in the server.",
  "deleted-pending": "The document was deleted while something was unsent.",
  "epoch-pending": "The document began another life while something was unsent.",
  // Refusals.
  "refused-then-pending": "An op was refused while others waited behind it.",
  "read-only-pending": "The right to write was lost while something was unsent.",
  "forbidden-pending": "The right to read was lost while something was unsent.",
  "token-ended-inflight": "A token ended with an op in flight.",
  "token-bad": "A token was refused.",
  "edit-restored": "A recovered edit was restored.",
  "edit-survived": "A recovered edit outlived its tab.",
  // The device.
  "kill-unsent": "A tab was killed with an op that was named and stored, and not sent.",
  "kill-unanswered": "A tab was killed with an op that was sent and not answered.",
  "kill-old-record": "A tab was killed in the middle of a write, and the old record stayed.",
  "kill-new-record": "A tab was killed in the middle of a write, and the new record stayed.",
  "adopted-inflight": "A tab went on with an op that another had in flight.",
  "adopted-in-server": "A tab went on with an op of another's that was still in the server.",
  "dead-records": "A tab found the records of two that had ended.",
  "sent-for-another": "An op was sent in the name of a tab that had ended.",
  "opened-offline": "A document with something unsent was opened without a network.",
  "two-tabs": "Two tabs of one person had something unsent.",
  "device-full": "The device had no room for what was typed.",
  "device-wedged": "The device did not answer.",
  "device-back": "The device took a write again, after it had failed.",
  "steps-written": "A record was written as the ops since the last one.",
  "undo-after-reload": "A change that an earlier tab made was undone.",
  // Time.
  "clock-jump": "A client's clock jumped.",
} as const;

export type Situation = keyof typeof situations;
