// A trace: one run that went wrong, as a file. What was done, step by step; what each client had after each step: the
// document on show, what is in flight and what is pending; what the server has committed; and what was found wrong.
// `interline replay` does the steps again, the inspector in the demo shows the frames.
//
//     {"format":"interline-trace/1","header":{…},
//     "steps":[…],          one to a line
//     "frames":[…],
//     "log":[…]}
//
// Frames tell of a client only when something of it has changed; to know what it had after a step, take its last frame up
// to that one. Documents and ops are in wire form.

import type { Status } from "../../client/index.js";
import type { Committed, DocumentType, Op, Version } from "../../protocol/index.js";
import type { FaultKind, Step } from "./steps.js";

export const TRACE_FORMAT = "interline-trace/1";

/** What can be wrong, by what was promised. */
export type ViolationKind =
  /** Two copies differ, or history does not lead to what the server shows. */
  | "diverged"
  /** An op is in history twice, or a character came twice that was typed once. */
  | "twice"
  /** What was typed is gone, and nobody took it out. */
  | "lost"
  /** What was acknowledged is not in history. */
  | "not_durable"
  /** A client shows as saved what is not. */
  | "untruthful"
  /** An undo took out what others wrote, or undo and redo do not lead back. */
  | "undo"
  /** Somebody's caret is not where they are, is missing, or stays when they are gone. */
  | "presence"
  /** A document does not fit its schema. */
  | "structure"
  /** A document was closed to its author, or an edit given back, for no reason that there was. */
  | "fault"
  /** The wires are sound again, and not everything comes to rest. */
  | "stuck"
  /** A client's code threw. */
  | "threw"
  /** The server ended by itself, did not start again, or does not answer. */
  | "server";

export interface Violation {
  readonly kind: ViolationKind;
  /** A sentence. */
  readonly message: string;
  /** After so many steps. */
  readonly after: number;
}

/** How fast messages are in virtual time: so long in the mean, each as it is drawn from a number. */
export interface Pace {
  readonly meanMs: number;
  readonly draw: number;
}

export interface TraceHeader {
  readonly seed: number;
  /** Which round of the run it was; its steps were drawn from both. */
  readonly round: number;
  readonly type: DocumentType;
  readonly clients: number;
  readonly faults: readonly FaultKind[];
  /** The address, or `spawned`. */
  readonly server: string;
  readonly document: string;
  /** The file that the schema's extensions came from, as it was given. */
  readonly schema?: string;
  readonly interline: string;
  readonly node: string;
  /** When the run began, in milliseconds since the Unix epoch. */
  readonly time: number;
  /** What was found, the first thing first. */
  readonly found: readonly Violation[];
  /** Present: it was played in virtual time, where the same steps make the same run. */
  readonly virtual?: Pace;
  /** How many steps there were before it was shrunk; absent, if it was not. */
  readonly shrunkFrom?: number;
}

/** A client in one moment. */
export interface Frame {
  /** So many steps have been done; all of them: what came after the last one, too. */
  readonly after: number;
  /** Since the run began. */
  readonly atMs: number;
  readonly client: number;
  readonly name: string;
  readonly status: Status;
  /** The confirmed version. */
  readonly version: Version;
  readonly unsaved: number;
  /** What the client shows. */
  readonly document: unknown;
  /** What was sent and is not acknowledged: `op` carried past what came in since, `sent` as it went out at `base`. */
  readonly inflight?: {
    readonly src: string;
    readonly seq: number;
    readonly base: Version;
    readonly sent: Op;
    readonly op: Op;
  };
  /** What was typed since, oldest first. */
  readonly pending: readonly Op[];
}

export interface Trace {
  readonly format: typeof TRACE_FORMAT;
  readonly header: TraceHeader;
  readonly steps: readonly Step[];
  readonly frames: readonly Frame[];
  /** What the server had committed in the end, as far as it could be read. */
  readonly log: readonly Committed[];
}

/** The trace as the text of its file. */
export function traceText({ format, header, steps, frames, log }: Trace): string {
  const lines = (name: string, list: readonly unknown[]) =>
    `"${name}":[${list.length === 0 ? "" : `\n${list.map((one) => JSON.stringify(one)).join(",\n")}\n`}]`;
  const head = `"format":${JSON.stringify(format)},"header":${JSON.stringify(header)}`;
  return `{${[head, lines("steps", steps), lines("frames", frames), lines("log", log)].join(",\n")}}\n`;
}

/** @throws Error that says in a sentence why this is no trace, or SyntaxError where it is no JSON */
export function parseTrace(text: string): Trace {
  const found: unknown = JSON.parse(text);
  if (typeof found !== "object" || found === null || !("format" in found))
    throw new Error("This is no trace of a run.");
  if (found.format !== TRACE_FORMAT)
    throw new Error(`This is a trace in the form ${String(found.format)}; here ${TRACE_FORMAT} is read.`);
  const trace = found as Trace;
  const { header, steps, frames, log } = trace;
  const whole = [steps, frames, log, header?.found].every(Array.isArray);
  if (!whole || typeof header.clients !== "number" || typeof header.seed !== "number")
    throw new Error("This trace is not whole.");
  return trace;
}
