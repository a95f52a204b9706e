// What became of a document: its ops, sessions of edits, differences, authors, and the names of its versions.

import Type from "typebox";
import { type Api, answers, type Group, ofBody, ofDocument, ofHistory, ofPast } from "./describing.js";
import { idParams } from "./schemas/common.js";
import {
  blameReply,
  diffQuery,
  diffReply,
  historyQuery,
  historyReply,
  lifeQuery,
  namedVersion,
  nameRequest,
  namesReply,
  opsReply,
  rangeQuery,
  versionParams,
  versionQuery,
} from "./schemas/history.js";

export function serveHistory(api: Api, { documents, access }: Group): void {
  api.get(
    "/v1/documents/:id/ops",
    {
      schema: {
        params: idParams,
        querystring: rangeQuery,
        ...answers({
          id: "readOps",
          summary: "Read the ops that made the versions after `from` up to `to`, a page of them",
          answer: { 200: opsReply },
          problems: ofPast,
        }),
      },
    },
    async (request) => {
      await access.demandRead(request, request.params.id);
      return documents.ops(request.params.id, request.query);
    },
  );

  api.get(
    "/v1/documents/:id/history",
    {
      schema: {
        params: idParams,
        querystring: historyQuery,
        ...answers({
          id: "readHistory",
          summary: "Who wrote when, in sessions, the newest first",
          answer: { 200: historyReply },
          problems: ofHistory,
        }),
      },
    },
    async (request) => {
      await access.demandRead(request, request.params.id);
      return documents.history(request.params.id, request.query);
    },
  );

  api.get(
    "/v1/documents/:id/diff",
    {
      schema: {
        params: idParams,
        querystring: diffQuery,
        ...answers({
          id: "compareVersions",
          summary: "What was inserted, deleted and reformatted between two versions, and by whom",
          answer: { 200: diffReply },
          problems: ofHistory,
        }),
      },
    },
    async (request) => {
      await access.demandRead(request, request.params.id);
      return documents.diff(request.params.id, request.query);
    },
  );

  api.get(
    "/v1/documents/:id/blame",
    {
      schema: {
        params: idParams,
        querystring: versionQuery,
        ...answers({
          id: "readAuthors",
          summary: "Who wrote each run of a document",
          answer: { 200: blameReply },
          problems: ofHistory,
        }),
      },
    },
    async (request) => {
      await access.demandRead(request, request.params.id);
      return documents.blame(request.params.id, request.query);
    },
  );

  api.get(
    "/v1/documents/:id/versions",
    {
      schema: {
        params: idParams,
        ...answers({
          id: "listVersions",
          summary: "The versions that have names",
          answer: { 200: namesReply },
          problems: ofDocument,
        }),
      },
    },
    async (request) => {
      await access.demandRead(request, request.params.id);
      return documents.versions(request.params.id);
    },
  );

  api.post(
    "/v1/documents/:id/versions",
    {
      schema: {
        params: idParams,
        body: nameRequest,
        ...answers({
          id: "nameVersion",
          summary: "Name a version, anew if it has a name",
          answer: { 201: namedVersion },
          problems: [
            ...ofPast,
            ...ofBody,
            "readonly",
            "comment_only",
            "op_malformed",
            "busy",
            "storage_full",
          ],
        }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      await access.demandChange(request, id);
      access.spend(request, id, 1);
      const named = await documents.name(id, request.body, { author: access.by(request).author });
      documents.people.remember(access.identity(request).user);
      return reply.code(201).header("Location", `/v1/documents/${id}/versions/${named.version}`).send(named);
    },
  );

  api.delete(
    "/v1/documents/:id/versions/:version",
    {
      schema: {
        params: versionParams,
        querystring: lifeQuery,
        ...answers({
          id: "unnameVersion",
          summary: "Take the name of a version away",
          answer: { 204: Type.Null({ description: "It has no name." }) },
          problems: [...ofPast, "readonly", "comment_only", "busy", "storage_full"],
        }),
      },
    },
    async (request, reply) => {
      const { id, version } = request.params;
      await access.demandChange(request, id);
      access.spend(request, id, 1);
      const { epoch } = request.query;
      const by = { author: access.by(request).author, ...(epoch !== undefined && { ifEpoch: epoch }) };
      await documents.unname(id, version, by);
      return reply.code(204).send();
    },
  );
}
