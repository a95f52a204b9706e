// The ops of a document as Server-Sent Events, as they are committed on any node.
//
//   GET /v1/documents/:id/events ?since=     → event: ops, id: the last version in it
//
// A stream begins after `Last-Event-ID`, or `since`, or at the head; its first line tells that version, so that whoever
// loses it at once goes on there. A reader is given no more than it takes: one that takes nothing for long is
// ended. Rights are looked at again as those of a connection, and a stream counts as one.

import { PassThrough } from "node:stream";
import Type from "typebox";
import { API_PATHS, type Committed, Fault, type StreamEvents, type Version } from "../../protocol/index.js";
import { forbidden } from "../requests.js";
import { createRounds, type Visited } from "../rounds.js";
import { createStanding } from "../standing.js";
import { type Api, answers, type Group, ofPast } from "./describing.js";
import type { ApiOptions } from "./index.js";
import { idParams } from "./schemas/common.js";
import { eventsHeaders, eventsQuery } from "./schemas/listening.js";

export type EventsOptions = Group &
  Pick<ApiOptions, "addresses" | "authenticator" | "clock" | "log" | "streams">;

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

  function textOfOps(ops: readonly Committed[]): Promise<string> {
    const text =
      written.get(ops) ??
      documents.people
        .authors(ops.map(({ author }) => author))
        .then((authors) => textOf("ops", ops.at(-1)!.version, { ops, authors }));
    written.set(ops, text);
    return text;
  }

  /** Where a stream begins. @throws Fault `version_unknown` | `version_ahead` | `forbidden` */
  async function beginning(id: string, since: Version | undefined): Promise<Version> {
    if (since === undefined) {
      const head = await documents.head(id);
      if (head === undefined) throw forbidden();
      return head.version;
    }
    await documents.ops(id, { from: since, to: since + 1 });
    return since;
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
              description: "Events whose ids are versions",
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
      const last = request.headers["last-event-id"] || undefined;
      const since = await beginning(id, last === undefined ? request.query.since : Number(last));
      const leaveAddress = quotas.arrive(addresses.clientAddress(request.raw));
      let leaveUser = () => {};
      try {
        leaveUser = quotas.enter(identity.user.id);
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
          await write(`retry: ${limits.returnAfterMs}\nid: ${since}\n\n`);
          for await (const event of documents.follow(id, since, over.signal)) {
            if ("deleted" in event) await write(textOf("deleted", event.deleted.version, event.deleted));
            else await write(await textOfOps(event.ops));
          }
        } catch (err) {
          // Another life, or history that is gone: who comes back with the same version is told so.
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

const textOf = <K extends keyof StreamEvents>(kind: K, version: Version, body: StreamEvents[K]): string =>
  `id: ${version}\nevent: ${kind}\ndata: ${JSON.stringify(body)}\n\n`;
