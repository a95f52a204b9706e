// The HTTP API in types: what is asked and answered under `/v1`, in the paths that `API_PATHS` names. The server checks
// requests against schemas that are held equal to these types by the compiler (`server/api/schemas`); the client of the
// API (`client/api`) and the pages speak by them. Positions and lengths are in atoms: code points, embeds, block markers. Times
// are milliseconds since the Unix epoch.
//
// Faults come as problem documents (RFC 9457) with the codes of `faults.ts`. A version with the epoch of its life is an ETag
// (`tags.ts`). Where a request names versions it may name their epoch beside them: in another life, it is refused with
// `epoch_changed`. Without an epoch they are versions of the present life.
//
// Who is asked what: `api/documents.ts`, `changing.ts`, `history.ts` and `hearing.ts`; here, where.

export type * from "./api/changing.js";
export type * from "./api/documents.js";
export type * from "./api/hearing.js";
export type * from "./api/history.js";

/** Every path of the API, by what it is called here. */
export const API_PATHS = {
  documents: "/v1/documents",
  document: "/v1/documents/:id",
  role: "/v1/documents/:id/role",
  ops: "/v1/documents/:id/ops",
  content: "/v1/documents/:id/content",
  edits: "/v1/documents/:id/edits",
  history: "/v1/documents/:id/history",
  diff: "/v1/documents/:id/diff",
  blame: "/v1/documents/:id/blame",
  versions: "/v1/documents/:id/versions",
  version: "/v1/documents/:id/versions/:version",
  restore: "/v1/documents/:id/restore",
  revert: "/v1/documents/:id/revert",
  events: "/v1/documents/:id/events",
  webhooks: "/v1/webhooks",
  webhook: "/v1/webhooks/:id",
  deadLetters: "/v1/webhooks/:id/dead-letters",
  redeliver: "/v1/webhooks/:id/dead-letters/:delivery",
  openapi: "/v1/openapi.json",
} as const;
