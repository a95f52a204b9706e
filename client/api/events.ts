// The ops of a document as they are committed, over a stream of events that is opened again when it ends.
//
//   opened after `last` ──event──▶ last = its version ──event──▶ … ──lost, silent──▶ a pause ──▶ opened after `last`
//
// What is given always goes on where it was: each op once, in order, without a hole, and all of one life of the document. It
// ends by `deleted`, by whoever takes it, or by a fault that no waiting mends: `epoch_changed`, where that life has ended.

import { createParser, type EventSourceMessage } from "eventsource-parser";
import {
  type Authors,
  type Committed,
  type Epoch,
  Fault,
  type StreamEvents,
  type Tag,
  tagIn,
  tagOf,
  type Version,
} from "../../protocol/index.js";
import { backoffMs } from "../backoff.js";
import { ApiFault, attemptOnce, type Caller, pause } from "./calling.js";
import { pathOf, type Reading } from "./requests.js";

export type DocumentEvent =
  /** Consecutive ops; `version` is that of the last one, `epoch` the life that they are of. */
  | {
      readonly kind: "ops";
      readonly version: Version;
      readonly epoch?: Epoch | undefined;
      readonly ops: readonly Committed[];
      readonly authors: Authors;
    }
  /** It was deleted; nothing follows. */
  | { readonly kind: "deleted"; readonly version: Version; readonly epoch?: Epoch | undefined };

export interface Following extends Reading {
  /** The last version one has. Default: the head. */
  readonly since?: Version;
  /** The life that it is of. Default: the one it was told of here, or else the present one. */
  readonly epoch?: Epoch;
}

/** A server says something every 15 s; who has heard nothing for so long is connected to nobody. */
export const SILENT_MS = 45_000;

export async function* follow(
  caller: Caller,
  id: string,
  since: Tag,
  outer: AbortSignal | undefined,
): AsyncGenerator<DocumentEvent, void> {
  let last = since;
  let retryMs = 0;
  for (let failures = 0; ; failures++) {
    const stop = new AbortController();
    const signal = outer === undefined ? stop.signal : AbortSignal.any([stop.signal, outer]);
    try {
      for await (const part of stream(caller, id, last, signal, stop)) {
        failures = 0;
        if (part.kind === "retry") {
          retryMs = part.ms;
          continue;
        }
        // A server that tells of another life than it was asked for would tell what goes on from nothing that was given.
        if (part.epoch !== undefined && (last.epoch ?? part.epoch) !== part.epoch) throw otherLife();
        if (part.kind === "deleted") return yield part;
        const ops = part.ops.filter(({ version }) => version > last.version);
        // A hole would be ours or the server's mistake: what is missing is asked for again.
        if (ops.length === 0 || ops[0]!.version !== last.version + 1) break;
        last = { version: part.version, epoch: part.epoch ?? last.epoch };
        yield { ...part, ops };
      }
    } catch (error) {
      outer?.throwIfAborted();
      const lost = stop.signal.aborted || (error instanceof ApiFault && error.action === "retry");
      if (!lost) throw error;
      if (error instanceof ApiFault) retryMs = error.extra.retryAfterMs ?? retryMs;
    } finally {
      stop.abort();
    }
    await pause(caller, retryMs + backoffMs(failures, caller.random), outer);
  }
}

/** One connection's events, until it ends or says nothing for long. @throws {@link ApiFault}, or the signal's reason */
async function* stream(
  caller: Caller,
  id: string,
  last: Tag,
  signal: AbortSignal,
  stop: AbortController,
): AsyncGenerator<DocumentEvent | { readonly kind: "retry"; readonly ms: number }, void> {
  let cancel = () => {};
  const heard = () => {
    cancel();
    cancel = caller.clock.after(SILENT_MS, () => stop.abort(new Error("The server has gone silent.")));
  };
  const headers = { Accept: "text/event-stream", "Last-Event-ID": tagOf(last) };
  try {
    heard();
    const body = await attemptOnce(
      caller,
      { method: "GET", path: pathOf("events", { id }), headers, signal },
      async (response) => response.body,
    );
    if (body === null) return;
    const parts: (DocumentEvent | { kind: "retry"; ms: number })[] = [];
    const parser = createParser({
      onRetry: (ms) => void parts.push({ kind: "retry", ms }),
      onEvent: (message) => void parts.push(...eventOf(message)),
    });
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      // A connection that breaks off is one that has ended.
      const chunk = await reader.read().catch(() => undefined);
      signal.throwIfAborted();
      if (chunk === undefined || chunk.done) return;
      heard();
      parser.feed(decoder.decode(chunk.value, { stream: true }));
      yield* parts.splice(0);
    }
  } finally {
    cancel();
  }
}

/**
 * What a message tells; nothing, if it is of a kind that did not exist when this was written.
 *
 * @throws {@link ApiFault} `message_malformed` for what no server sends: something on the way has changed it, and whoever
 * went on would do so without what it said
 */
function eventOf({ event, id, data }: EventSourceMessage): DocumentEvent[] {
  if (event !== "deleted" && event !== "ops") return [];
  const tag = tagIn(id ?? "");
  if (tag === undefined) throw garbled("has no version");
  if (event === "deleted") return [{ kind: "deleted", ...tag }];
  const told = parsed(data) as Partial<StreamEvents["ops"]> | null | undefined;
  const { ops, authors } = told ?? {};
  if (
    !Array.isArray(ops) ||
    ops.at(-1)?.version !== tag.version ||
    typeof authors !== "object" ||
    authors === null
  )
    throw garbled("does not tell the ops up to its version");
  return [{ kind: "ops", ...tag, ops, authors }];
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

const otherLife = () =>
  new ApiFault(new Fault("epoch_changed", "The document has begun another life."), 200, {});

function garbled(what: string): ApiFault {
  const sentence = `An event of the stream ${what}: something between here and the server has changed it.`;
  return new ApiFault(new Fault("message_malformed", sentence), 200, {});
}
