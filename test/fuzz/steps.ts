// What can happen in a run, as plain values: what people do, and what befalls their wires and the server. A run is a list
// of them, drawn from one seed, written into a trace, left out one by one when a failure is shrunk, and done again by
// `interline replay`. They hold all that is needed for it: what comes from an integrator's schema is in them as it stands in
// a document.
//
// Every step fits every state: one that means nothing at the moment does nothing. Places are fractions of a document, or
// where somebody's caret is, so that a step means much the same where others have been left out before it.

import type { Attributes, Embed } from "../../ot/index.js";
import type { Intent } from "../humans/index.js";

/** Which way a message goes: to the server, or from it. */
export type Way = "up" | "down";

export type Deed =
  | Intent
  /** Types one character that nobody ever types again. */
  | { readonly do: "sign" }
  /** Undoes and redoes at once: nothing may have changed. */
  | { readonly do: "waver" }
  /** Something of a schema of one's own: put in at the caret, */
  | { readonly do: "embed"; readonly embed: Embed }
  /** on what is selected or just before the caret, or taken off where it is already, */
  | { readonly do: "dress"; readonly attributes: Attributes }
  /** or on the block. */
  | { readonly do: "label"; readonly attributes: Attributes }
  /** Closes the document and the connection, and comes back with what was left in the outbox. */
  | { readonly do: "leave" };

export type Mishap =
  /**
   * The connection is reset in the middle of the next message that goes this way; or when the next request has gone up, and
   * what comes down from then on is lost.
   */
  | { readonly do: "cut"; readonly way: Way | "answer" }
  /** From now on each message takes so long, both ways. */
  | { readonly do: "delay"; readonly ms: number }
  /** So many of the next messages that go this way come twice. */
  | { readonly do: "repeat"; readonly way: Way; readonly count: number }
  /** What goes this way waits until so many messages of others have gone theirs. */
  | { readonly do: "reorder"; readonly way: Way; readonly behind: number }
  /** There is no network; and there is one again. */
  | { readonly do: "offline" }
  | { readonly do: "online" }
  /** The server is killed, and started so much later. */
  | { readonly do: "restart"; readonly ms: number };

/** `who` is one of the people, counted from 0; with `restart` it says nothing. */
export type Step = (Deed | Mishap) & {
  readonly who: number;
  /** Milliseconds since the step before. */
  readonly afterMs: number;
};

const mishaps: ReadonlySet<string> = new Set<Mishap["do"]>([
  "cut",
  "delay",
  "repeat",
  "reorder",
  "offline",
  "online",
  "restart",
]);
export const isMishap = (step: Step): step is Step & Mishap => mishaps.has(step.do);

export const faults = ["cut", "delay", "repeat", "reorder", "restart"] as const;
/** What can be asked for with `--faults`. Being offline for a while is everybody's lot. */
export type FaultKind = (typeof faults)[number];
