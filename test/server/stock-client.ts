// ShareDB's own client, as npm gives it, over its own WebSocket; and a bare WebSocket for saying what it never says.
//
// The client is loaded a second time, apart from the server's ShareDB: both keep their types by URI in a table of their
// module, and here the client's plain text is a string.

import { createRequire } from "node:module";
import { type as plainType } from "ot-text-unicode";
import { WebSocket } from "ws";
import { onCleanUp, until } from "./harness.js";

const require = createRequire(import.meta.url);

/** What is used here of ShareDB's client. */
export interface StockDoc {
  readonly version: number | null;
  readonly type: { readonly uri: string } | null;
  readonly data: string | undefined;
  readonly subscribed: boolean;
  subscribe(done?: (error?: StockError) => void): void;
  unsubscribe(done?: (error?: StockError) => void): void;
  fetch(done?: (error?: StockError) => void): void;
  create(data: string, type: string, done?: (error?: StockError) => void): void;
  del(done?: (error?: StockError) => void): void;
  submitOp(op: readonly unknown[], done?: (error?: StockError) => void): void;
  pause(): void;
  resume(): void;
  hasWritePending(): boolean;
  on(event: string, listener: (...args: never[]) => void): void;
}
export type StockError = Error & { readonly code: string };

interface Connection {
  readonly id: string | null;
  readonly state: string;
  readonly seq: number;
  get(collection: string, id: string): StockDoc;
  bindToSocket(socket: WebSocket): void;
  createFetchQuery(
    collection: string,
    query: object,
    options: object,
    done: (error?: StockError) => void,
  ): void;
  fetchSnapshot(collection: string, id: string, version: number, done: (error?: StockError) => void): void;
  startBulk(): void;
  endBulk(): void;
  ping(): void;
  close(): void;
  on(event: string, listener: (...args: never[]) => void): void;
}

interface StockLibrary {
  readonly Connection: new (socket: WebSocket) => Connection;
  readonly types: { register(type: object): void };
  readonly logger: { setMethods(methods: object): void };
}

/** A copy of its own of ShareDB's client. */
function load(): StockLibrary {
  const ours = (name: string) => /[\\/]node_modules[\\/]sharedb[\\/]/.test(name);
  const kept = Object.entries(require.cache).filter(([name]) => ours(name));
  for (const [name] of kept) delete require.cache[name];
  const library = require("sharedb/lib/client") as StockLibrary;
  for (const name of Object.keys(require.cache)) if (ours(name)) delete require.cache[name];
  for (const [name, module] of kept) require.cache[name] = module;
  library.types.register(plainType);
  library.logger.setMethods({ info() {}, warn() {}, error() {} });
  return library;
}

const library = load();
export const PLAIN = plainType.uri;

export interface StockOptions {
  readonly token?: string;
  /** As a browser gives its token, or as a program does. */
  readonly by?: "protocol" | "header";
  readonly headers?: Readonly<Record<string, string>>;
}

/** A WebSocket to `/sharedb`; `path` may say otherwise. */
export function openStockSocket(url: string, options: StockOptions = {}, path = "/sharedb"): WebSocket {
  const { token, by = "protocol", headers = {} } = options;
  const protocols = [
    "interline.sharedb",
    ...(token === undefined || by === "header" ? [] : [`token.${token}`]),
  ];
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}${path}`, protocols, {
    headers: {
      ...headers,
      ...(token === undefined || by === "protocol" ? {} : { Authorization: `Bearer ${token}` }),
    },
  });
  socket.on("error", () => {});
  onCleanUp(() => socket.terminate());
  return socket;
}

/** One person with ShareDB's client, which reconnects when it is told to. */
export class StockPerson {
  readonly connection: Connection;
  readonly errors: StockError[] = [];
  socket: WebSocket;

  constructor(
    public url: string,
    private readonly options: StockOptions = {},
  ) {
    this.socket = openStockSocket(url, options);
    this.connection = new library.Connection(this.socket);
    this.connection.on("error", (error: StockError) => void this.errors.push(error));
  }

  doc(id: string): StockDoc {
    const doc = this.connection.get("documents", id);
    doc.on("error", (error: StockError) => void this.errors.push(error));
    return doc;
  }

  async subscribed(id: string): Promise<StockDoc> {
    const doc = this.doc(id);
    await called((done) => doc.subscribe(done));
    return doc;
  }

  /** The wire is gone, in the middle of whatever it says. */
  cut(): void {
    this.socket.terminate();
  }

  async back(url = this.url): Promise<void> {
    await until("the old wire is gone", () => this.connection.state === "disconnected");
    this.url = url;
    this.socket = openStockSocket(url, this.options);
    this.connection.bindToSocket(this.socket);
  }

  /** The code and the reason with which the connection ends. */
  ended(): Promise<{ readonly code: number; readonly reason: string }> {
    return new Promise((resolve) => {
      this.socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }
}

/** A call with ShareDB's callback, as a promise. */
export function called(call: (done: (error?: StockError) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => call((error) => (error ? reject(error) : resolve())));
}

export interface BareStock {
  readonly socket: WebSocket;
  readonly seen: readonly Message[];
  /** The id that the server gave. */
  readonly id: string;
  say(message: unknown): void;
  /** Says it and gives the next message of that action. */
  ask(message: { readonly a: string; readonly [key: string]: unknown }): Promise<Message>;
  next(fits: (message: Message) => boolean): Promise<Message>;
  readonly ended: Promise<{ readonly code: number; readonly reason: string }>;
}
export type Message = Readonly<Record<string, unknown>> & {
  readonly a: string;
  readonly error?: { readonly code: string; readonly message: string };
};

/** A connection that has shaken hands, and says what one likes. */
export async function bareStock(
  url: string,
  options: StockOptions & { readonly id?: string } = {},
): Promise<BareStock> {
  const socket = openStockSocket(url, options);
  const seen: Message[] = [];
  socket.on("message", (data) => void seen.push(JSON.parse(data.toString()) as Message));
  const ended = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  const say = (message: unknown) =>
    socket.send(typeof message === "string" ? message : JSON.stringify(message));
  let looked = 0;
  async function next(fits: (message: Message) => boolean): Promise<Message> {
    const found = await until("the answer comes", () => seen.slice(looked).find(fits));
    looked = seen.indexOf(found) + 1;
    return found;
  }
  say({ a: "hs", id: options.id ?? null, protocol: 1, protocolMinor: 2 });
  const greeting = await next(({ a }) => a === "hs");
  return {
    socket,
    seen,
    id: String(greeting.id),
    say,
    next,
    ask(message) {
      say(message);
      return next(({ a }) => a === message.a);
    },
    ended,
  };
}
