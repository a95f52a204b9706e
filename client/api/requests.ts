// What all groups of functions share: how a read and a write are asked for, and the paths with names put in.
//
// A write carries an Idempotency-Key, its own unless it is given one, so that it is done once however often it is sent. A
// version goes out with the life that it was told of (`lives.ts`), unless whoever gives it says which one that is.

import { API_PATHS, type Epoch, etagOf, type Tag, tagInEtag, type Version } from "../../protocol/index.js";
import { mintId } from "../ids.js";
import { type Call, type Caller, send } from "./calling.js";
import { createLives, type Lives } from "./lives.js";

export interface Reading {
  /** Ends the call; it throws the signal's reason then. */
  readonly signal?: AbortSignal;
}

/** A read that gives undefined if the document is still at the version that one has. */
export interface Refreshing extends Reading {
  readonly unless: Version;
  /** The life that it is of. Default: the one it was told of here. */
  readonly epoch?: Epoch;
}

export interface Writing extends Reading {
  /** 1–255 visible ASCII characters; asked again under the same key, it is answered as the first time. */
  readonly key?: string;
  /** The head must still be this version, or it is refused with `stale`; the fault's `problem` holds `head` and `ops`. */
  readonly ifVersion?: Version;
  /** The life that `ifVersion` is of, or it is refused with `epoch_changed`. Default: the one it was told of here. */
  readonly epoch?: Epoch;
}

/**
 * Which state of a document: at a version, or at a time in milliseconds since the Unix epoch. Neither: the head. In another
 * life than `epoch`, which is by default the one that the version was told of here, it is refused with `epoch_changed`.
 */
export interface When {
  readonly version?: Version;
  readonly at?: number;
  readonly epoch?: Epoch;
}

type Query = NonNullable<Call["query"]>;
type Method = Exclude<Call["method"], "GET">;

/** The calls of one server. */
export interface Calls {
  readonly caller: Caller;
  readonly lives: Lives;
  get<T>(path: string, query: Query, reading: Reading): Promise<T>;
  /** A document is made, once. */
  create<T extends Tag & { readonly id: string }>(body: unknown, writing: Writing): Promise<T>;
  /**
   * A change of a document, done once.
   *
   * @param base  the version that the body speaks of, where it does not name its life
   */
  write<T extends Tag>(
    method: Method,
    path: keyof typeof API_PATHS,
    id: string,
    body: object & { readonly epoch?: Epoch },
    base: Version | undefined,
    writing: Writing,
  ): Promise<T>;
  /** What the server takes no key for. */
  send<T>(call: Call): Promise<T>;
}

export function callsOf(caller: Caller): Calls {
  const lives = createLives();
  const keyed = <T>(call: Call, { key, signal }: Writing) => {
    const headers = { ...call.headers, "Idempotency-Key": key ?? mintId() };
    return send(caller, { ...call, signal, headers }, json<T>);
  };
  return {
    caller,
    lives,
    get: <T>(path: string, query: Query, { signal }: Reading) =>
      send(caller, { method: "GET", path, query, signal }, json<T>),
    send: <T>(call: Call) => send(caller, call, json<T>),
    async create<T extends Tag & { readonly id: string }>(body: unknown, writing: Writing) {
      const made = await keyed<T>({ method: "POST", path: pathOf("documents"), body }, writing);
      lives.learn(made.id, made);
      return made;
    },
    async write<T extends Tag>(
      method: Method,
      path: keyof typeof API_PATHS,
      id: string,
      body: object & { readonly epoch?: Epoch },
      base: Version | undefined,
      writing: Writing,
    ) {
      const { ifVersion, epoch } = writing;
      const headers = {
        "If-Match":
          ifVersion === undefined
            ? undefined
            : etagOf({ version: ifVersion, epoch: epoch ?? lives.lifeOf(id, ifVersion) }),
      };
      const whole = { ...body, ...lifeIn(lives, id, base, body.epoch) };
      const made = await keyed<T>({ method, path: pathOf(path, { id }), body: whole, headers }, writing);
      lives.learn(id, made);
      return made;
    },
  };
}

/** The life that a version is meant in, as a field of a request. */
export function lifeIn(lives: Lives, id: string, version: Version | undefined, given: Epoch | undefined) {
  const epoch = given ?? (version === undefined ? undefined : lives.lifeOf(id, version));
  return epoch === undefined ? {} : { epoch };
}

/** What an answer holds; one without contents is undefined. */
async function json<T>(response: Response): Promise<T> {
  const text = await response.text();
  return text === "" ? (undefined as T) : JSON.parse(text);
}

/** The version that an answer is of, and its life. */
function tagOfAnswer(response: Response): Tag {
  const tag = tagInEtag(response.headers.get("ETag") ?? "", { weak: true });
  // Somebody in between has taken the tag away: nothing can be said of what came.
  if (tag === undefined) throw new SyntaxError("An answer has no version.");
  return tag;
}

/** A read of a document, whose answer says its version, and may say that there is nothing new. */
export function readTagged<T>(
  { caller, lives }: Calls,
  id: string,
  { epoch: given, ...when }: When & Query,
  { unless, epoch, signal }: Reading & Partial<Refreshing>,
  read: (response: Response, tag: Tag) => Promise<T>,
): Promise<T | undefined> {
  const query = { ...when, ...lifeIn(lives, id, when.version, given) };
  const known =
    unless === undefined ? undefined : { version: unless, epoch: epoch ?? lives.lifeOf(id, unless) };
  const headers = { "If-None-Match": known && etagOf(known) };
  const path = pathOf("document", { id });
  return send(caller, { method: "GET", path, query, headers, signal }, async (response) => {
    if (response.status === 304) return undefined;
    const tag = tagOfAnswer(response);
    const found = await read(response, tag);
    lives.learn(id, tag);
    return found;
  });
}

/** Which version there is, without reading it. */
export function readTag({ caller, lives }: Calls, id: string, when: When, { signal }: Reading): Promise<Tag> {
  // Whoever has any version is told which one there is.
  const headers = { "If-None-Match": "*" };
  const query = { ...when, ...lifeIn(lives, id, when.version, when.epoch) };
  const call = { method: "GET", path: pathOf("document", { id }), query, headers, signal } as const;
  return send(caller, call, async (response) => {
    const tag = tagOfAnswer(response);
    lives.learn(id, tag);
    return tag;
  });
}

/** A path of the API, of one document or webhook. */
export const pathOf = (
  path: keyof typeof API_PATHS,
  values: { readonly [name: string]: string | number } = {},
): string =>
  API_PATHS[path].replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(values[name])));
