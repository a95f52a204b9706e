// ShareDB's own client, told what its server tells each subscriber.

import { createRequire } from "node:module";
import { type as plainText } from "ot-text-unicode";
import { opOf } from "../server/systems/interline.js";
import type { Fed, Subject, Typed } from "./fed.js";

const require = createRequire(import.meta.url);

interface Socket {
  readyState: number;
  onmessage?: (event: { readonly data: string }) => void;
  send(text: string): void;
  close(): void;
}
interface Doc {
  readonly data: string;
  readonly version: number;
  subscribe(done: (error?: Error) => void): void;
  submitOp(op: readonly unknown[]): void;
  on(event: "op", listener: (op: unknown, local: boolean) => void): void;
}
interface Library {
  readonly Connection: new (socket: Socket) => { get(collection: string, id: string): Doc; close(): void };
  readonly types: { readonly defaultType: { readonly uri: string }; register(type: object): void };
}

const PLACE = { c: "documents", d: "bench" };
const OPEN = 1;

export const sharedb: Subject = {
  name: "sharedb",
  version: (require("sharedb/package.json") as { version: string }).version,
  open,
  messages: (typed) =>
    typed.map(({ version, writer, seq, ...splice }: Typed) =>
      JSON.stringify({ a: "op", ...PLACE, v: version - 1, src: `client-${writer}`, seq, op: opOf(splice) }),
    ),
};

function open(text: string): Fed {
  const { Connection, types } = require("sharedb/lib/client") as Library;
  types.register(plainText);
  const sent: string[] = [];
  const socket: Socket = { readyState: OPEN, send: (said) => void sent.push(said), close() {} };
  const connection = new Connection(socket);
  const hear = (data: string) => socket.onmessage!({ data });
  const say = (message: object) => hear(JSON.stringify(message));
  say({ a: "hs", protocol: 1, protocolMinor: 1, id: "me", type: types.defaultType.uri });
  const doc = connection.get(PLACE.c, PLACE.d);
  doc.subscribe((error) => {
    if (error !== undefined && error !== null) throw error;
  });
  say({ a: "s", ...PLACE, data: { v: 1, type: plainText.uri, data: text } });
  sent.length = 0;
  let heard = 0;
  doc.on("op", (_op, local) => {
    if (!local) heard++;
  });
  return {
    get text() {
      return doc.data;
    },
    get version() {
      return doc.version;
    },
    get heard() {
      return heard;
    },
    hear,
    type(splice) {
      doc.submitOp(opOf(splice));
      // It waits for the end of the caller's turn, to send what came in one as one op.
      (doc as unknown as { flush(): void }).flush();
      for (let one = sent.shift(); one !== undefined; one = sent.shift()) {
        const { v, seq } = JSON.parse(one) as { readonly v: number; readonly seq: number };
        say({ a: "op", ...PLACE, v, src: "me", seq });
      }
    },
    close: () => connection.close(),
  };
}
