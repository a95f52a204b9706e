// Documents changed: by ops, contents, edits, and back to what they were. All of them take a version that must be the head
// (`If-Match`) and a key under which they are done once (`Idempotency-Key`).

import type { FastifyReply, FastifyRequest } from "fastify";
import { Fault, type SubmitReply } from "../../protocol/index.js";
import type { By } from "../documents/index.js";
import { demandOneForm } from "../formats/index.js";
import { demandSimple, sizeOf } from "../op-bounds.js";
import { problemOf } from "../problem.js";
import { type Api, answers, type Group, ofChange } from "./describing.js";
import {
  contentRequest,
  editsRequest,
  restoreReply,
  restoreRequest,
  revertRequest,
  submitReply,
  submitRequest,
} from "./schemas/changing.js";
import { headers, idParams } from "./schemas/common.js";
import { tag } from "./tags.js";

export function serveChanging(api: Api, { documents, access, limits }: Group): void {
  /** Changes a document if they may, which is decided on the op that comes of it, and answers the version that is made. */
  async function change<Reply extends SubmitReply>(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    cost: number,
    make: (by: By) => Promise<Reply>,
  ): Promise<FastifyReply> {
    const headers = access.by(request);
    const allow = await access.demandOps(request, id);
    access.spend(request, id, cost);
    const by = { ...headers, allow, made: access.owe(request, id) };
    try {
      const made = await make(by);
      documents.people.remember(access.identity(request).user);
      // What would be made has no version yet.
      if (made.preview !== undefined) return reply.send(made);
      return tag(reply, made).send(made);
    } catch (error) {
      if (!(error instanceof Fault && error.code === "stale") || by.ifVersion === undefined) throw error;
      const missed = await documents.ops(id, { from: by.ifVersion }).catch(() => undefined);
      const since = missed === undefined ? {} : { head: missed.head, ops: missed.ops };
      return reply
        .code(409)
        .type("application/problem+json")
        .send({ ...problemOf(error), ...since });
    }
  }
  /** What a request counts as, by its length. */
  const costOf = (body: unknown) =>
    1 + Math.floor(Buffer.byteLength(JSON.stringify(body)) / limits.opRateBytes);

  api.post(
    "/v1/documents/:id/ops",
    {
      schema: {
        params: idParams,
        headers,
        body: submitRequest,
        ...answers({
          id: "submitOps",
          summary: "Commit ops, moved past what their author has not seen",
          answer: { 200: submitReply },
          problems: ofChange,
        }),
      },
    },
    async (request, reply) => {
      const { op, ops } = request.body;
      const given = ops ?? (op === undefined ? [] : [op]);
      const bytes = sizeOf(given, limits);
      demandSimple(given.flat(), limits);
      const cost = Math.max(1, given.length) + Math.floor(bytes / limits.opRateBytes);
      return change(request, reply, request.params.id, cost, (by) =>
        documents.submit(request.params.id, request.body, by),
      );
    },
  );

  api.put(
    "/v1/documents/:id/content",
    {
      schema: {
        params: idParams,
        headers,
        body: contentRequest,
        ...answers({
          id: "replaceContent",
          summary: "Make a document what is given, and keep what others did meanwhile",
          answer: { 200: submitReply },
          problems: ofChange,
        }),
      },
    },
    async (request, reply) => {
      demandOneForm(request.body);
      return change(request, reply, request.params.id, costOf(request.body), (by) =>
        documents.replace(request.params.id, request.body, by),
      );
    },
  );

  api.post(
    "/v1/documents/:id/edits",
    {
      schema: {
        params: idParams,
        headers,
        body: editsRequest,
        ...answers({
          id: "editDocument",
          summary: "Edit at quoted text, blocks and headings",
          answer: { 200: submitReply },
          problems: [...ofChange, "place_missing", "place_ambiguous"],
        }),
      },
    },
    async (request, reply) => {
      const cost = Math.max(request.body.edits.length, costOf(request.body));
      return change(request, reply, request.params.id, cost, (by) =>
        documents.edit(request.params.id, request.body, by),
      );
    },
  );

  api.post(
    "/v1/documents/:id/restore",
    {
      schema: {
        params: idParams,
        headers,
        body: restoreRequest,
        ...answers({
          id: "restoreVersion",
          summary: "Make a document what it was, by one more op",
          answer: { 200: restoreReply },
          problems: [...ofChange, "document_deleted"],
        }),
      },
    },
    async (request, reply) => {
      const { version, at, epoch } = request.body;
      if ((version === undefined) === (at === undefined))
        throw new Fault("message_malformed", "One of version and at must be given.");
      const when = {
        ...(version !== undefined ? { version } : { at: at! }),
        ...(epoch === undefined ? {} : { epoch }),
      };
      return change(request, reply, request.params.id, 1, (by) =>
        documents.restore(request.params.id, when, by),
      );
    },
  );

  api.post(
    "/v1/documents/:id/revert",
    {
      schema: {
        params: idParams,
        headers,
        body: revertRequest,
        ...answers({
          id: "revertVersions",
          summary: "Take back what was done between two versions",
          answer: { 200: submitReply },
          problems: ofChange,
        }),
      },
    },
    async (request, reply) =>
      change(request, reply, request.params.id, 1, (by) =>
        documents.revert(request.params.id, request.body, by),
      ),
  );
}
