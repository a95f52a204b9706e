// ShareDB with its own client over ws, as its examples run it: ot-text-unicode on strings, and the memory database, which
// keeps nothing, or the adapter for PostgreSQL.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Duplex } from "node:stream";
import { type as plainText } from "ot-text-unicode";
import pg from "pg";
import { type WebSocket, WebSocketServer, WebSocket as WebSocketToClient } from "ws";
import { peer, peerFile } from "../../peers.js";
import { addressOf, listening } from "../listening.js";
import { type Replica, type Serving, type System, webSocketUrl } from "../system.js";
import { openWire, type Wire } from "../wire.js";
import { opOf, splicesOf } from "./interline.js";

const require = createRequire(import.meta.url);
type Done = (error?: Error | null) => void;

interface Snapshot {
  readonly id: string;
  readonly v: number;
  readonly type: string;
  readonly data: string;
  readonly m: null;
}
interface Database {
  commit(collection: string, id: string, op: object, snapshot: Snapshot, options: null, done: Done): void;
}
interface Backend {
  readonly db: Database;
  listen(stream: Duplex): void;
  connect(): Connection;
}
interface Connection {
  get(collection: string, id: string): Doc;
  close(): void;
}
interface Doc {
  /** Undefined: there is no such document. */
  readonly data: string | undefined;
  create(data: string, type: string, done: Done): void;
  subscribe(done: Done): void;
  submitOp(op: readonly unknown[], done?: Done): void;
  whenNothingPending(done: () => void): void;
  on(event: "op", listener: (op: never, local: boolean) => void): void;
}
type Types = { register(type: object): void };

const COLLECTION = "documents";
const called = (call: (done: Done) => void) =>
  new Promise<void>((resolve, reject) => call((error) => (error ? reject(error) : resolve())));

/** Where `sharedb-postgres` finds its database: the address of an empty one, or of the one it had before. */
export const POSTGRES = "INTERLINE_BENCH_POSTGRES";

const shared = {
  converges: true,
  returns: false,
  versions: () => `sharedb ${(require("sharedb/package.json") as { version: string }).version}`,
};

async function serveWith(options: { readonly db?: Database }, port: number): Promise<Serving> {
  const ShareDB = require("sharedb") as { new (options: object): Backend; readonly types: Types };
  ShareDB.types.register(plainText);
  const backend = new ShareDB(options);
  const sockets = new WebSocketServer({ port, host: "127.0.0.1" });
  sockets.on("connection", (socket) => backend.listen(streamOf(socket)));
  await listening(sockets);
  return {
    url: addressOf(sockets.address()),
    /** Straight into the database: the ops as clients would have made them, the snapshot once. */
    async seed(doc, text, edits) {
      await called((done) => backend.connect().get(COLLECTION, doc).create(text, plainText.uri, done));
      const write = (v: number, op: readonly unknown[], data: string) =>
        called((done) =>
          backend.db.commit(
            COLLECTION,
            doc,
            { src: "seed", seq: v, v, op, m: null },
            { id: doc, v: v + 1, type: plainText.uri, data, m: null },
            null,
            done,
          ),
        );
      for (const [nth, edit] of edits.entries())
        await write(nth + 1, opOf(edit), nth === edits.length - 1 ? text : "");
    },
  };
}

const client = {
  async join(url: string, doc: string): Promise<Replica> {
    const library = require("sharedb/lib/client") as {
      new (): never;
      readonly Connection: new (socket: WebSocketToClient) => Connection;
      readonly types: Types;
    };
    library.types.register(plainText);
    const connection = new library.Connection(new WebSocketToClient(webSocketUrl(url)));
    const shared = connection.get(COLLECTION, doc);
    await called((done) => shared.subscribe(done));
    return {
      get text() {
        return shared.data ?? "";
      },
      splice: (splice) => shared.submitOp(opOf(splice)),
      onChange(listener) {
        shared.on("op", (op, local) => {
          if (!local) listener(splicesOf(op));
        });
      },
      saved: () => new Promise((resolve) => shared.whenNothingPending(resolve)),
      close: async () => connection.close(),
    };
  },

  async listen(url: string, doc: string): Promise<Wire> {
    const wire = await openWire(url);
    await wire.heard();
    wire.say(JSON.stringify({ a: "hs", id: null, protocol: 1, protocolMinor: 1 }));
    await wire.heard('"hs"');
    wire.say(JSON.stringify({ a: "s", c: COLLECTION, d: doc }));
    await wire.heard('"s"');
    wire.deafen("pong");
    return wire;
  },
};

export const sharedb: System = {
  name: "sharedb",
  keeps: "nothing",
  ...shared,
  ...client,
  serve: (_folder, port) => serveWith({}, port),
};

export const sharedbPostgres: System = {
  name: "sharedb-postgres",
  keeps: "PostgreSQL",
  ...shared,
  ...client,
  async serve(_folder, port) {
    const address = { connectionString: process.env[POSTGRES] };
    const database = new pg.Client(address);
    await database.connect();
    const { rows } = await database.query("SELECT to_regclass('ops') AS ops");
    const tables = readFileSync(peerFile("sharedb-postgres", "structure.sql"), "utf8");
    if (rows[0].ops === null) await database.query(tables);
    await database.end();
    const { default: open } = await peer<{ readonly default: (options: object) => Database }>(
      "sharedb-postgres",
    );
    return serveWith({ db: open(address) }, port);
  },
};

/** A WebSocket as the stream of messages that ShareDB listens to. */
function streamOf(socket: WebSocket): Duplex {
  const stream = new Duplex({
    objectMode: true,
    read() {},
    write(message, _encoding, done) {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
      done();
    },
  });
  socket.on("message", (data) => stream.push(JSON.parse(data.toString())));
  socket.on("close", () => stream.destroy());
  stream.on("error", () => socket.close());
  return stream;
}
