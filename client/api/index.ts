// The HTTP API as typed functions, for browsers and Node alike: what `protocol/api.ts` describes, a function for each
// operation. Writes carry an Idempotency-Key of their own unless they are given one, so that they can be sent again.

import { API_PATHS } from "../../protocol/api.js";
import {
  type BlameReply,
  type ContentRequest,
  type CreateRequest,
  type DeadLetter,
  type DiffReply,
  type DocumentHeadReply,
  type DocumentReply,
  type EditsRequest,
  type Format,
  type HistoryReply,
  type ListedDocumentReply,
  type ListReply,
  type NamedVersion,
  type NameRequest,
  type NamesReply,
  type OpsReply,
  type RestoreRequest,
  type RevertRequest,
  type RoleReply,
  type SubmitReply,
  type SubmitRequest,
  systemClock,
  type Version,
  type WebhookReply,
  type WebhookRequest,
} from "../../protocol/index.js";
import { type Call, type Caller, send } from "./calling.js";

export { ApiFault } from "./calling.js";

export interface Reading {
  readonly signal?: AbortSignal;
}

export interface Writing extends Reading {
  /** 1–255 visible ASCII characters; asked again under the same key, it is answered as the first time. */
  readonly key?: string;
  /** The head must still be this version, or it is refused with `stale`. */
  readonly ifVersion?: Version;
}

type When = { readonly version?: Version; readonly at?: number };
type Query = NonNullable<Call["query"]>;

/** @param url  the server's, without `/v1` */
export function api(url: string, options: Partial<Omit<Caller, "url">> = {}) {
  const caller: Caller = {
    url,
    fetch: options.fetch ?? ((...args) => fetch(...args)),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    ...(options.token === undefined ? {} : { token: options.token }),
  };
  const at = (path: keyof typeof API_PATHS, values: { readonly [name: string]: string | number } = {}) =>
    API_PATHS[path].replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(values[name])));
  const get = async <T>(path: string, query: Query, { signal }: Reading): Promise<T> =>
    (await send(caller, { method: "GET", path, query, signal })).json() as Promise<T>;
  const write = async (method: Call["method"], path: string, body: unknown, writing: Writing) =>
    send(caller, {
      method,
      path,
      body,
      signal: writing.signal,
      headers: {
        "Idempotency-Key": writing.key ?? crypto.randomUUID(),
        "If-Match": writing.ifVersion === undefined ? undefined : `"${writing.ifVersion}"`,
      },
    });
  const post = async <T>(path: string, body: unknown, writing: Writing): Promise<T> =>
    (await write("POST", path, body, writing)).json() as Promise<T>;

  async function* list(
    query: { readonly search?: string; readonly owner?: string; readonly limit?: number } = {},
    reading: Reading = {},
  ): AsyncGenerator<ListedDocumentReply, void> {
    let cursor: string | undefined;
    do {
      const page: ListReply = await get(at("documents"), { ...query, cursor }, reading);
      yield* page.documents;
      cursor = page.cursor;
    } while (cursor !== undefined);
  }

  const documents = {
    create: (document: CreateRequest, writing: Writing = {}) =>
      post<DocumentHeadReply>(at("documents"), document, writing),
    list,
    read: (id: string, when: When = {}, reading: Reading = {}) =>
      get<DocumentReply>(at("document", { id }), { ...when }, reading),
    /** In another form, as a string. */
    readAs: async (id: string, format: Format, when: When = {}, { signal }: Reading = {}) =>
      (
        await send(caller, {
          method: "GET",
          path: at("document", { id }),
          query: { ...when, format },
          signal,
        })
      ).text(),
    delete: async (id: string, writing: Writing = {}): Promise<void> => {
      await write("DELETE", at("document", { id }), undefined, writing);
    },
  };

  return {
    documents,
    /** What whoever this is may do with a document. */
    role: async (id: string, reading: Reading = {}) =>
      (await get<RoleReply>(at("role", { id }), {}, reading)).role,
    submit: (id: string, request: SubmitRequest, writing: Writing = {}) =>
      post<SubmitReply>(at("ops", { id }), request, writing),
    replace: async (id: string, request: ContentRequest, writing: Writing = {}): Promise<SubmitReply> =>
      (await write("PUT", at("content", { id }), request, writing)).json() as Promise<SubmitReply>,
    edit: (id: string, request: EditsRequest, writing: Writing = {}) =>
      post<SubmitReply>(at("edits", { id }), request, writing),
    ops: (id: string, range: { from?: Version; to?: Version } = {}, reading: Reading = {}) =>
      get<OpsReply>(at("ops", { id }), range, reading),
    history: (
      id: string,
      range: { from?: Version; to?: Version; cursor?: string; limit?: number } = {},
      reading: Reading = {},
    ) => get<HistoryReply>(at("history", { id }), range, reading),
    diff: (id: string, range: { from: Version; to?: Version }, reading: Reading = {}) =>
      get<DiffReply>(at("diff", { id }), range, reading),
    blame: (id: string, range: { version?: Version } = {}, reading: Reading = {}) =>
      get<BlameReply>(at("blame", { id }), range, reading),
    versions: (id: string, reading: Reading = {}) => get<NamesReply>(at("versions", { id }), {}, reading),
    name: (id: string, request: NameRequest, writing: Writing = {}) =>
      post<NamedVersion>(at("versions", { id }), request, writing),
    unname: async (id: string, version: Version, writing: Writing = {}): Promise<void> => {
      await write("DELETE", at("version", { id, version }), undefined, writing);
    },
    restore: (id: string, request: RestoreRequest, writing: Writing = {}) =>
      post<SubmitReply & { readonly from: Version }>(at("restore", { id }), request, writing),
    revert: (id: string, request: RevertRequest, writing: Writing = {}) =>
      post<SubmitReply>(at("revert", { id }), request, writing),
    webhooks: {
      create: (request: WebhookRequest, writing: Writing = {}) =>
        post<WebhookReply>(at("webhooks"), request, writing),
      delete: async (id: string, writing: Writing = {}): Promise<void> => {
        await write("DELETE", at("webhook", { id }), undefined, writing);
      },
      deadLetters: (id: string, reading: Reading = {}) =>
        get<{ readonly deadLetters: readonly DeadLetter[] }>(at("deadLetters", { id }), {}, reading),
    },
  };
}
