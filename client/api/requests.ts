// What all groups of functions share: how a read and a write are asked for, and the paths with names put in.
//
// A write carries an Idempotency-Key, its own unless it is given one, so that it is done once however often it is sent.

import { API_PATHS, type Version } from "../../protocol/index.js";
import { mintId } from "../ids.js";
import { type Call, type Caller, type Read, send } from "./calling.js";

export interface Reading {
  /** Ends the call; it throws the signal's reason then. */
  readonly signal?: AbortSignal;
}

/** A read that gives undefined if the document is still at the version that one has. */
export interface Refreshing extends Reading {
  readonly unless: Version;
}

export interface Writing extends Reading {
  /** 1–255 visible ASCII characters; asked again under the same key, it is answered as the first time. */
  readonly key?: string;
  /** The head must still be this version, or it is refused with `stale`; the fault's `problem` holds `head` and `ops`. */
  readonly ifVersion?: Version;
}

/** Which state of a document: at a version, or at a time in milliseconds since the Unix epoch. Neither: the head. */
export interface When {
  readonly version?: Version;
  readonly at?: number;
}

type Query = NonNullable<Call["query"]>;
type Method = Exclude<Call["method"], "GET">;

/** The calls of one server. */
export interface Calls {
  readonly caller: Caller;
  get<T>(path: string, query: Query, reading: Reading): Promise<T>;
  /** A change of a document, done once. */
  write<T>(method: Method, path: string, body: unknown, writing: Writing): Promise<T>;
  /** What the server takes no key for. */
  send<T>(call: Call): Promise<T>;
}

export function callsOf(caller: Caller): Calls {
  return {
    caller,
    get: <T>(path: string, query: Query, { signal }: Reading) =>
      send(caller, { method: "GET", path, query, signal }, json<T>),
    send: <T>(call: Call) => send(caller, call, json<T>),
    write: <T>(method: Method, path: string, body: unknown, { key, ifVersion, signal }: Writing) => {
      const headers = {
        "Idempotency-Key": key ?? mintId(),
        "If-Match": ifVersion === undefined ? undefined : tagOf(ifVersion),
      };
      return send(caller, { method, path, body, signal, headers }, json<T>);
    },
  };
}

/** What an answer holds; one without contents is undefined. */
async function json<T>(response: Response): Promise<T> {
  const text = await response.text();
  return text === "" ? (undefined as T) : JSON.parse(text);
}

export const tagOf = (version: Version): string => `"${version}"`;

/** The version that an answer is of. */
export function versionOf(response: Response): Version {
  const version = Number(/"(\d+)"/.exec(response.headers.get("ETag") ?? "")?.[1]);
  // Somebody in between has taken the tag away: nothing can be said of what came.
  if (!Number.isSafeInteger(version)) throw new SyntaxError("An answer has no version.");
  return version as Version;
}

/** A read whose answer says its version, and may say that there is nothing new. */
export function readTagged<T>(
  { caller }: Calls,
  path: string,
  query: Query,
  { unless, signal }: Reading & Partial<Refreshing>,
  read: Read<T>,
): Promise<T | undefined> {
  const headers = { "If-None-Match": unless === undefined ? undefined : tagOf(unless) };
  return send(caller, { method: "GET", path, query, headers, signal }, async (response) =>
    response.status === 304 ? undefined : await read(response),
  );
}

/** A path of the API, of one document or webhook. */
export const pathOf = (
  path: keyof typeof API_PATHS,
  values: { readonly [name: string]: string | number } = {},
): string =>
  API_PATHS[path].replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(values[name])));
