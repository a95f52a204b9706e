// What can happen in the simulated world, as plain values: a schedule is a list of them, small enough to be read, kept
// in `test/corpus/world/` and shrunk. Numbers are taken modulo what there is, so every step fits every state; `who` is
// one of the tabs that are open (below zero: from the end), or one of the people where it says so. Which steps are drawn: `schedules.ts`.

import type { FaultCode } from "../../protocol/index.js";
import type { DeviceState } from "./device.js";
import type { DiskState } from "./disk.js";
import type { Rights, TokenTrouble } from "./door.js";

export type Step =
  /** `who` types so many characters nobody ever typed before; `quiet`: not to be undone. */
  | { do: "type"; who: number; at: number; count: number; quiet: boolean }
  | { do: "delete"; who: number; at: number; count: number }
  /** Several places at once: something typed, something taken out, something typed further on. */
  | { do: "patch"; who: number; at: number; count: number }
  /** Rich documents: bold on or off; a heading or not; a new block; one block less. In plain ones they type a line feed. */
  | { do: "format"; who: number; at: number; count: number; on: boolean }
  | { do: "heading"; who: number; at: number; on: boolean }
  | { do: "split"; who: number; at: number }
  | { do: "join"; who: number; at: number }
  | { do: "undo"; who: number }
  | { do: "redo"; who: number }
  | { do: "select"; who: number; anchor: number; head: number }
  /** A recovered edit is made again, or let go of. */
  | { do: "recover"; who: number; which: number }
  | { do: "discard"; who: number; which: number }
  /** The wire of whoever has the tab. */
  | { do: "cut"; who: number; arrives: boolean; silent: boolean }
  | { do: "restore"; who: number }
  | { do: "lose"; who: number; count: number }
  | { do: "repeat"; who: number; count: number }
  | { do: "delay"; who: number; count: number; ms: number }
  | { do: "mute"; who: number; count: number }
  /** A node stops without a word, or after a word. */
  | { do: "restart"; ms: number; node?: number }
  | { do: "drain"; ms: number; node?: number }
  /** A node dies after the next commit before anybody hears of it; or at the so manieth moment (`at`: of that kind). */
  | { do: "crash"; ms: number; after?: number; at?: string; power?: boolean }
  /** The power goes now. */
  | { do: "power"; ms: number }
  /** A node does nothing for so long, from now on or from such a moment. Other nodes do not hear of so many commits. */
  | { do: "pause"; node: number; ms: number; at?: string }
  | { do: "bus"; count: number }
  /** The server's disk, where it has one; so many commits are done and said to have failed. */
  | { do: "disk"; is: DiskState }
  | { do: "unanswered"; count: number }
  /** History up to the head is forgotten; the document is deleted; an older copy of everything is put back. */
  | { do: "prune" }
  | { do: "remove" }
  | { do: "copy" }
  | { do: "rewind"; ms: number }
  /** The next op is refused, or is to come again later (where the ledger is a model). */
  | { do: "refuse"; fault: FaultCode }
  /** Of people: what they may do, and what their next token is like. */
  | { do: "rights"; who: number; are: Rights }
  | { do: "token"; who: number; is: TokenTrouble }
  /** Closes the document, and opens it again; closes the tab; ends it at its so manieth effect. */
  | { do: "leave"; who: number }
  | { do: "reopen"; who: number }
  | { do: "close"; who: number }
  | { do: "kill"; who: number; after: number }
  /** One of the people opens another tab; somebody new comes. */
  | { do: "visit"; who: number }
  | { do: "arrive" }
  /** One of the people's devices. A tab's clock is wrong by so much from now on. */
  | { do: "device"; who: number; is: DeviceState }
  | { do: "skew"; who: number; ms: number }
  | { do: "wait"; ms: number };

export interface Schedule {
  /** Of latencies, backoffs and minted ids. */
  readonly seed: number;
  readonly kind: "rich" | "plain";
  readonly people: number;
  /** Server nodes; absent: one. */
  readonly nodes?: number;
  /** The largest op that the server takes; absent: larger than any here. */
  readonly opBytes?: number;
  readonly steps: readonly Step[];
}
