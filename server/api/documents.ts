// Documents made, listed, read in any form and deleted.

import Type from "typebox";
import { Fault, type Format } from "../../protocol/index.js";
import { demandLife } from "../documents/lives.js";
import { demandOneForm } from "../formats/index.js";
import { forbidden } from "../policy.js";
import { roleOf } from "../roles.js";
import { mintDocumentId } from "../tickets.js";
import { demandName } from "./access.js";
import { type Api, answers, type Group, ofBody, ofDocument, ofPast } from "./describing.js";
import { conditionHeaders, headers, idParams } from "./schemas/common.js";
import {
  createRequest,
  documentHeadReply,
  documentReply,
  listQuery,
  listReply,
  readQuery,
  roleReply,
} from "./schemas/documents.js";
import { hasIt, tag } from "./tags.js";

const mediaTypes: { readonly [F in Format]: string } = {
  json: "application/json; charset=utf-8",
  text: "text/plain; charset=utf-8",
  markdown: "text/markdown; charset=utf-8",
  html: "text/html; charset=utf-8",
};
/** A document's HTML runs nothing and loads nothing but images. */
const HTML_POLICY = "default-src 'none'; img-src https: data:; sandbox";

export function serveDocuments(api: Api, { documents, access, quotas, limits, random }: Group): void {
  api.post(
    "/v1/documents",
    {
      schema: {
        headers,
        body: createRequest,
        ...answers({
          id: "createDocument",
          summary: "Make a document",
          answer: { 201: documentHeadReply },
          problems: [
            ...ofDocument,
            ...ofBody,
            ...([
              "document_exists",
              "document_deleted",
              "op_malformed",
              "bad_url",
              "document_too_large",
            ] as const),
            ...(["seq_reused", "busy", "storage_full"] as const),
          ],
        }),
      },
    },
    async (request, reply) => {
      access.demandWriting();
      const identity = access.identity(request);
      const by = access.by(request);
      const { id, ...contents } = request.body;
      demandOneForm(contents, { orNone: true });
      if (id !== undefined) demandName(id);
      // Whoever may make documents of any name may make one without.
      if (!(await identity.may("create", id ?? mintDocumentId(random)))) throw forbidden();
      quotas.create(access.counted(request));
      const made = await documents.create({ ...contents, ...(id === undefined ? {} : { id }) }, by);
      documents.people.remember(identity.user);
      tag(reply, made).code(201).header("Location", `/v1/documents/${made.id}`);
      return made;
    },
  );

  api.get(
    "/v1/documents",
    {
      schema: {
        querystring: listQuery,
        ...answers({
          id: "listDocuments",
          summary: "List documents by last change, newest first",
          answer: { 200: listReply },
        }),
      },
    },
    async (request) => {
      const { limit = limits.listed, ...query } = request.query;
      for (const name of ["search", "cursor", "owner"] as const) if (query[name] === "") delete query[name];
      const identity = access.identity(request);
      const may = (id: string) => identity.may("read", id);
      return documents.list({ ...query, limit: Math.min(limit, limits.listed), may });
    },
  );

  api.get(
    "/v1/documents/:id",
    {
      schema: {
        params: idParams,
        querystring: readQuery,
        ...answers({
          id: "readDocument",
          summary: "Read a document, as it is or as it was",
          answer: {
            200: Type.Unsafe<unknown>({
              description: "The document",
              content: {
                "application/json": { schema: documentReply },
                "text/plain": { schema: Type.String() },
                "text/markdown": { schema: Type.String() },
                "text/html": { schema: Type.String() },
              },
            }),
          },
          problems: ofPast,
          conditional: true,
        }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { version, at, epoch, format = formatOf(request.headers.accept) } = request.query;
      if (version !== undefined && at !== undefined)
        throw new Fault("message_malformed", "Only one of version and at can be given.");
      await access.demandRead(request, id);
      const moment = version !== undefined ? { version } : at !== undefined ? { at } : undefined;
      const when = moment && { ...moment, ...(epoch === undefined ? {} : { epoch }) };
      const immutable = version !== undefined && epoch !== undefined;
      // Who has it already is answered without it being read.
      const head = await documents.head(id, when);
      if (head === undefined) throw forbidden();
      reply.header("Vary", "Accept, Authorization");
      demandLife(head, epoch);
      if (hasIt(request, head)) return tag(reply, head, { immutable }).code(304).send();
      const document = await documents.read(id, when);
      if (document === undefined) throw forbidden();
      demandLife(document, epoch);
      tag(reply, document, { immutable });
      const { type, version: read } = document;
      if (format === "json") {
        const head = JSON.stringify({ id, type, version: read, epoch: document.epoch });
        // The snapshot itself would be copied first, as for a program that may change it.
        const snapshot = await document.as("json");
        return reply.type(mediaTypes.json).send(`${head.slice(0, -1)},"snapshot":${snapshot}}`);
      }
      if (format === "html") reply.header("Content-Security-Policy", HTML_POLICY);
      const body = format === "text" ? document.text : await document.as(format);
      return reply.type(mediaTypes[format]).send(body);
    },
  );

  api.get(
    "/v1/documents/:id/role",
    {
      schema: {
        params: idParams,
        ...answers({
          id: "readRole",
          summary: "What you are to a document, and so what you may do with it",
          answer: { 200: roleReply },
          problems: ofDocument,
        }),
      },
    },
    async (request) => {
      const { id } = request.params;
      await access.demandRead(request, id);
      const role = await roleOf(access.identity(request), id);
      if (role === undefined || (await documents.head(id)) === undefined) throw forbidden();
      return { role };
    },
  );

  api.delete(
    "/v1/documents/:id",
    {
      schema: {
        params: idParams,
        headers: conditionHeaders,
        ...answers({
          id: "deleteDocument",
          summary: "Delete a document; whoever has it open is told",
          answer: { 204: Type.Null({ description: "It is deleted." }) },
          problems: [...ofDocument, "readonly", "stale", "epoch_changed", "busy", "storage_full"],
        }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      await access.demandDelete(request, id);
      await documents.delete(id, access.by(request));
      return reply.code(204).send();
    },
  );
}

/** The form that is accepted first, of those with the highest weight. JSON, unless another is asked for. */
function formatOf(accept: string | undefined): Format {
  const wanted = (accept ?? "")
    .split(",")
    .map((range) => {
      const [name = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith("q="));
      return { name, weight: weight === undefined ? 1 : Number(weight.slice(2)) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  const forms = Object.keys(mediaTypes) as Format[];
  for (const { name } of wanted) {
    const form = forms.find((each) => mediaTypes[each].startsWith(`${name};`));
    if (form !== undefined) return form;
  }
  return "json";
}
