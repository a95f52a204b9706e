// The ops of a document as Server-Sent Events, as they are committed on any node.
//
//   GET /v1/documents/:id/events ?since=&epoch=     → event: ops, id: the last version in it, with its life
//
// A stream begins after `Last-Event-ID`, or `since`, or at the head; its first line tells that version, so that whoever
// loses it at once goes on there. It tells of one life of the document: it ends with that, and whoever comes back with an id
// of it is refused with `epoch_changed`, for what follows goes on from nothing that they have. A reader is given no more than
// it takes: one that takes nothing for long is ended. Rights are looked at again as those of a connection, and a stream
// counts as one.

import { PassThrough } from "node:stream";
import Type from "typebox";
import {
  API_PATHS,
  type Committed,
  type Epoch,
  Fault,
  type StreamEvents,
  type Tag,
  tagIn,
  tagOf,
} from "../../protocol/index.js";
import { demandLife } from "../documents/lives.js";
import { forbidden } from "../policy.js";
import { createRounds, type Visited } from "../rounds.js";
import { createStanding } from "../standing.js";
import { type Api, answers, type Group, ofPast } from "./describing.js";
import type { ApiOptions } from "./index.js";
import { idParams } from "./schemas/common.js";
import { eventsHeaders, eventsQuery } from "./schemas/listening.js";

export type EventsOptions = Group &
  Pick<ApiOptions, "addresses" | "authenticator" | "clock" | "log" | "streams">;

/** Where a stream is to begin, as far as that is said. */
type Asked = { readonly [K in keyof Tag]?: Tag[K] | undefined };

export function serveEvents(api: Api, options: EventsOptions): void {
  const { documents, access, addresses, quotas, authenticator, clock, limits, log, streams } = options;
  /** Ops that several streams tell at once are the very same list, and are written out once. */
  const written = new WeakMap<readonly Committed[], Promise<string>>();
  const rounds = createRounds({
    clock,
    intervalMs: limits.reviewIntervalMs,
    atOnce: limits.reviewsAtOnce,
    connections: streams,
  });
  api.addHook("onClose", async () => rounds.stop());

  function textOfOps(ops: readonly Committed[], epoch: Epoch): Promise<string> {
    const text =
      written.get(ops) ??
      documents.people
        .authors(ops.map(({ author }) => author))
        .then((authors) => textOf("ops", { version: ops.at(-1)!.version, epoch }, { ops, authors }));
    written.set(ops, text);
    return text;
  }

  /** Where a stream begins. @throws Fault `version_unknown` | `version_ahead` | `epoch_changed` | `forbidden` */
  async function beginning(id: string, since: Asked): Promise<Required<Tag>> {
    const head = await documents.head(id);
    if (head === undefined) throw forbidden();
    demandLife(head, since.epoch);
    const { version = head.version } = since;
    // Asked for with its life, so that this is the one in which it was looked for.
    await documents.ops(id, { from: version, to: version + 1, epoch: head.epoch });
    return { version, epoch: head.epoch };
  }

  api.get(
    API_PATHS.events,
    {
      // Nobody would read the stream that its head is of.
      exposeHeadRoute: false,
      schema: {
        params: idParams,
        querystring: eventsQuery,
        headers: eventsHeaders,
        ...answers({
          id: "followDocument",
          summary: "The ops of a document as they are committed: server-sent events `ops` and `deleted`",
          answer: {
            200: Type.Unsafe<unknown>({
              description: "Events whose ids are versions, each with its life",
              content: { "text/event-stream": { schema: Type.String() } },
            }),
          },
          problems: [...ofPast, "too_many_connections"],
        }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      access.demandWriting();
      await access.demandRead(request, id);
      const identity = access.identity(request);
      const { since, epoch } = request.query;
      const asked = { version: since, epoch, ...tagIn(request.headers["last-event-id"] ?? "") };
      const begun = await beginning(id, asked);
      const leaveAddress = quotas.arrive(addresses.clientAddress(request.raw));
      let leaveUser = () => {};
      try {
        leaveUser = quotas.enter(access.counted(request));
      } catch (error) {
        leaveAddress();
        throw error;
      }

      const out = new PassThrough();
      const over = new AbortController();
      const end = () => over.abort();
      out.on("close", end);
      out.on("error", end);
      let cancelBeat = () => {};
      /** Resolves when there is room for more; ends the stream if that takes too long. */
      function write(text: string): Promise<void> | undefined {
        if (out.destroyed || out.write(text)) return undefined;
        return new Promise((resolve) => {
          const cut = clock.after(limits.streamStalledMs, () => out.destroy());
          const go = () => {
            cut();
            out.off("drain", go);
            out.off("close", go);
            resolve();
          };
          out.once("drain", go);
          out.once("close", go);
        });
      }
      function beat(): void {
        cancelBeat = clock.after(limits.streamBeatMs, () => {
          if (!out.writableNeedDrain) out.write(":\n\n");
          beat();
        });
      }
      const standing = createStanding({
        clock,
        limits,
        authenticator,
        visitor: { src: "http", identity },
        reviewDocuments: async () => {
          if (!(await identity.may("read", id))) end();
        },
        working: () => false,
        refuse: end,
        failed: (err) => log.warn({ err, doc: id }, "The rights of a stream could not be looked at"),
      });

      const stream: Visited = {
        visitor: () => ({ identity }),
        review: () => standing.review(),
        lapse: () => standing.lapse(),
      };

      async function run(): Promise<void> {
        try {
          await write(`retry: ${limits.returnAfterMs}\nid: ${tagOf(begun)}\n\n`);
          for await (const event of documents.follow(id, begun.version, over.signal, begun.epoch)) {
            const { epoch } = event;
            if ("ops" in event) await write(await textOfOps(event.ops, epoch));
            else await write(textOf("deleted", { ...event.deleted, epoch }, event.deleted));
          }
        } catch (err) {
          // Another life, or history that is gone: who comes back with the same id is told so.
          if (!(err instanceof Fault)) log.error({ err, doc: id }, "A stream of events ended");
        } finally {
          cancelBeat();
          standing.stop();
          streams.delete(stream);
          leaveUser();
          leaveAddress();
          out.end();
        }
      }
      streams.add(stream);
      standing.start();
      rounds.wake();
      beat();
      void run();
      return reply
        .type("text/event-stream; charset=utf-8")
        .header("Cache-Control", "no-store")
        .header("X-Accel-Buffering", "no")
        .send(out);
    },
  );
}

const textOf = <K extends keyof StreamEvents>(kind: K, last: Tag, body: StreamEvents[K]): string =>
  `id: ${tagOf(last)}\nevent: ${kind}\ndata: ${JSON.stringify(body)}\n\n`;
