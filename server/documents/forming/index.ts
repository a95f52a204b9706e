// Contents in other forms, without anybody else noticing: what is short is done at once, and what could hold the event loop
// for longer than people notice is done on threads of its own.
//
//   asked ── short ──────────────▶ `work.ts` here, in steps ──────▶ answered
//     └──── long ──▶ its turn ──▶ `work.ts` on a thread ──────────▶ answered
//                       │             └── too long, or too much memory: the thread ends, `op_too_complex`
//                       └── too many wait: `busy`
//
// Threads are begun when there is something for them, and end when there has been nothing for a while or the server stops.
// They hold no documents and know of nobody.

import { setImmediate } from "node:timers/promises";
import { Piscina } from "piscina";
import type { PlainSnapshot, RichSnapshot } from "../../../ot/index.js";
import {
  type Clock,
  type Contents,
  type DocumentType,
  type Edit,
  Fault,
  type Format,
  type Op,
} from "../../../protocol/index.js";
import { readable, writeSnapshot } from "../../formats/index.js";
import { replacing } from "../../formats/replacement.js";
import type { ServerLimits } from "../../limits.js";
import { editing } from "../edits/index.js";
import { spoken } from "../spoken.js";
import { inSteps } from "../steps.js";
import { type Outcome, type Task, wireOf } from "./work.js";

/**
 * Markdown and HTML of at most so many characters are read and written at once: the worst of them, with an element in every
 * eight, take some 20 ms.
 */
export const SHORT = 2_000;
/** Documents that text or a snapshot is compared with where they are, in steps. */
export const SHORT_COMPARED = 20_000;

/** How long a thread waits for something to do. */
const IDLE_MS = 30_000;
const MiB = 2 ** 20;

type AnySnapshot = PlainSnapshot | RichSnapshot;

export interface Forming {
  /** The wire form of a document with these contents, which may stand in one. */
  read(type: DocumentType, contents: Contents): Promise<unknown>;
  write(type: DocumentType, snapshot: AnySnapshot, format: Format): Promise<string>;
  /** The op that makes a document what is given: see {@link replacing}. */
  replace(type: DocumentType, base: AnySnapshot, contents: Contents): Promise<Op>;
  /** The op that makes all edits: see {@link editing}. */
  edit(type: DocumentType, base: AnySnapshot, edits: readonly Edit[]): Promise<Op>;
  /** Ends the threads; what they were doing is refused as `unavailable`. */
  close(): Promise<void>;
}

export interface FormingOptions {
  readonly clock: Clock;
  readonly limits: Pick<
    ServerLimits,
    "formingAtOnce" | "formingWaiting" | "formingHeldBytes" | "formingMs" | "formingBytes"
  >;
}

export function createForming({ clock, limits }: FormingOptions): Forming {
  let threads: Piscina | undefined;
  /** Of what is being done and what waits; most of it is one byte a character. */
  let held = 0;
  let closed = false;

  /** @throws Fault, as the work itself would, and `busy` | `op_too_complex` | `unavailable` */
  async function apart(task: Task): Promise<unknown> {
    if (closed) throw stopping();
    threads ??= new Piscina({
      filename: new URL("./thread.js", import.meta.url).href,
      minThreads: 0,
      maxThreads: limits.formingAtOnce,
      idleTimeout: IDLE_MS,
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil(limits.formingBytes / MiB) },
    });
    if (threads.queueSize >= limits.formingWaiting || held >= limits.formingHeldBytes)
      throw new Fault("busy", "Too many documents wait to be read or written in other forms.", {
        retryAfterMs: 1000,
      });
    const late = new AbortController();
    const cancel = clock.after(limits.formingMs, () => late.abort());
    const given = JSON.stringify(task);
    held += given.length;
    try {
      const outcome = JSON.parse(await threads.run(given, { signal: late.signal })) as Outcome;
      if ("fault" in outcome) throw Fault.from(outcome.fault);
      // What is made of it next takes its own time.
      await setImmediate();
      return outcome.done;
    } catch (error) {
      if (closed) throw stopping();
      if (late.signal.aborted) throw tooComplex("This takes too long in that form.");
      if (Object(error).code === "ERR_WORKER_OUT_OF_MEMORY")
        throw tooComplex("This takes too much memory in that form.");
      throw error;
    } finally {
      held -= given.length;
      cancel();
    }
  }

  return {
    async read(type, contents) {
      const { markdown, html } = contents;
      if ((markdown ?? html ?? "").length > SHORT) return apart({ do: "read", type, contents });
      await readable(contents);
      return spoken(() => wireOf(type, contents));
    },

    async write(type, snapshot, format) {
      const isLong =
        snapshot.length > SHORT && (format === "html" || (format === "markdown" && type === "rich"));
      if (isLong) return (await apart({ do: "write", type, base: snapshot.toJSON(), format })) as string;
      return spoken(() => writeSnapshot(type, snapshot, format));
    },

    async replace(type, base, contents) {
      const { text, markdown, html } = contents;
      const formed = (markdown ?? html)?.length;
      const isLong =
        formed === undefined
          ? base.length + (text ?? "").length > SHORT_COMPARED
          : formed + base.length > SHORT;
      if (isLong) return (await apart({ do: "replace", type, base: base.toJSON(), contents })) as Op;
      await readable(contents);
      return spoken(() => inSteps(replacing(type, base, contents)));
    },

    async edit(type, base, edits) {
      if (markdownIn(edits) > SHORT)
        return (await apart({ do: "edit", type, base: base.toJSON(), edits })) as Op;
      return spoken(() => inSteps(editing(type, base, edits)));
    },

    async close() {
      closed = true;
      await threads?.destroy();
    },
  };
}

const markdownIn = (edits: readonly Edit[]): number =>
  edits.reduce((sum, edit) => sum + ("markdown" in edit ? edit.markdown.length : 0), 0);

const stopping = () => new Fault("unavailable", "The server is stopping.", { retryAfterMs: 2000 });
const tooComplex = (sentence: string) => new Fault("op_too_complex", sentence);
