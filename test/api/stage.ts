// Where roles are tried: a server with documents, somebody with a token of some role, and an owner who listens.

import { SignJWT } from "jose";
import { Fault, type Op } from "../../protocol/index.js";
import type { ServerOptions } from "../../server/index.js";
import { connectRaw, type RawClient, type RunningServer, startServer } from "../server/harness.js";
import { type Answered, call } from "../server/http-calls.js";
import { type StockDoc, type StockError, StockPerson } from "../server/stock-client.js";
import type { Outcome } from "./needs.js";

const SECRET = "a secret of at least thirty-two bytes";
/** The options of a server whose tokens {@link signed} makes. */
export const jwt = {
  auth: "jwt",
  jwtSecret: SECRET,
  sharedb: true,
  webhooks: { allow: ["127.0.0.1"] },
} as const;
export const signed = (sub: string, interline: object | undefined) =>
  new SignJWT({ sub, ...(interline === undefined ? {} : { interline }) })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(SECRET));

export const COMMENT: Op = [{ r: 2, a: { "c:1": "What?" } }];
export const EDIT: Op = [1, "hot "];

export async function outcomeOf(done: Promise<unknown>): Promise<Outcome> {
  try {
    await done;
    return "ok";
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
}

/** Where everything is tried: documents that are there, and one person with a token. */
export class Stage {
  constructor(
    readonly server: RunningServer,
    readonly token: string,
    readonly socket: RawClient,
    /** An owner who listens. */
    readonly listener: RawClient,
  ) {}

  #seq = 0;

  async http(method: string, path: string, body?: unknown): Promise<Answered> {
    const headers = { authorization: `Bearer ${this.token}` };
    const json = { "content-type": "application/json" };
    const sent =
      body === undefined ? { headers } : { body: JSON.stringify(body), headers: { ...headers, ...json } };
    return call(this.server, `/v1${path}`, { method, ...sent });
  }

  async over(method: string, path: string, body?: unknown): Promise<Outcome> {
    const answer = await this.http(method, path, body);
    return answer.status < 400 ? "ok" : String(answer.body.code);
  }

  async submit(op: Op): Promise<Outcome> {
    const { version } = (await this.server.documents.read("note"))!;
    return outcomeOf(this.socket.request("submit", { doc: "note", version, seq: ++this.#seq, op }));
  }

  /** What ShareDB's client is answered. What is not to be had looks to it as if it were not there. */
  async stock(
    id: string,
    act: (doc: StockDoc, done: (error?: StockError) => void) => void,
  ): Promise<Outcome> {
    const doc = new StockPerson(this.server.url, { token: this.token }).connection.get("documents", id);
    const ask = (act: (done: (error?: StockError) => void) => void) =>
      new Promise<Outcome>((resolve) => act((error) => resolve(error?.code ?? "ok")));
    const read = await ask((done) => doc.subscribe(done));
    if (read !== "ok") return read;
    const outcome = await ask((done) => act(doc, done));
    return outcome === "ERR_DOC_DOES_NOT_EXIST" || (outcome === "ok" && doc.type === null)
      ? "forbidden"
      : outcome;
  }
}

/** @param claims  what the token of the one who tries says of Interline */
export async function stageFor(options: ServerOptions, claims: object): Promise<Stage> {
  const limits = { httpPerSecond: 1e6, httpBurst: 1e6, addressHttpBurst: 1e6, malformedPerMinute: 1e6 };
  const server = await startServer({ database: "memory:", limits, ...options });
  const { documents } = server;
  await documents.create({ id: "note", type: "rich", text: "tea" });
  await documents.submit("note", { op: [4, " please"] });
  await documents.name("note", { name: "First", version: 1 });
  await documents.create({ id: "plain", type: "plain", text: "tea" });
  const listener = await connectRaw(server.url, { token: await signed("listener", { access: "own" }) });
  await listener.request("open", { doc: "note", type: "rich", create: false });
  const token = await signed("ann", claims);
  return new Stage(server, token, await connectRaw(server.url, { token }), listener);
}
