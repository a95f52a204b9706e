// y-websocket with the server that its authors give beside it, keeping nothing or in LevelDB. It never answers for an update: who asks
// for the rest of the document afterwards is answered in order, and that stands for an answer here, though nothing is promised by it.

import { createServer } from "node:http";
import { type WebSocket, WebSocketServer, WebSocket as WebSocketToClient } from "ws";
import { peer, peerVersion } from "../../peers.js";
import { addressOf, listening } from "../listening.js";
import { type System, webSocketUrl } from "../system.js";
import { openWire } from "../wire.js";
import { newDoc, observed, put, seedDoc, stepOne, textOf, type YDoc } from "./yjs.js";

interface Provider {
  readonly ws: WebSocketToClient | null;
  once(event: "sync", listener: () => void): void;
  destroy(): void;
}
interface ServerPart {
  setupWSConnection(socket: WebSocket, request: object): void;
  getYDoc(name: string): YDoc;
}

/** The second byte of an answer to "what have you that I have not". */
const STEP_TWO = 1;

function yWebsocketThat(name: string, keeps: string, environment: (folder: string) => void): System {
  return {
    name,
    keeps,
    converges: true,
    returns: true,
    versions: () =>
      `y-websocket ${peerVersion("y-websocket")}, its server ${peerVersion("@y/websocket-server")}, yjs ${peerVersion("yjs")}`,

    async serve(folder, port) {
      environment(folder);
      const { setupWSConnection, getYDoc } = await peer<ServerPart>("@y/websocket-server/utils");
      const http = createServer();
      new WebSocketServer({ server: http }).on("connection", setupWSConnection);
      http.listen(port, "127.0.0.1");
      await listening(http);
      return {
        url: addressOf(http.address()),
        seed: async (doc, text, edits) => seedDoc(getYDoc(doc), text, edits),
        async edit(doc, edits) {
          for (const edit of edits) put(getYDoc(doc), edit);
        },
      };
    },

    async join(url, name) {
      const { WebsocketProvider } = await peer<{
        readonly WebsocketProvider: new (url: string, name: string, doc: YDoc, options: object) => Provider;
      }>("y-websocket");
      const doc = await newDoc();
      const provider = new WebsocketProvider(webSocketUrl(url), name, doc, {
        WebSocketPolyfill: WebSocketToClient,
        disableBc: true,
      });
      await new Promise<void>((resolve) => provider.once("sync", resolve));
      return {
        get text() {
          return textOf(doc).toString();
        },
        splice: (splice) => put(doc, splice),
        onChange: (listener) => observed(doc, listener),
        saved: () => askedForTheRest(provider),
        async close() {
          provider.destroy();
          doc.destroy();
        },
      };
    },

    async listen(url, doc) {
      const wire = await openWire(`${url}/${doc}`);
      await wire.heard();
      wire.say(Uint8Array.from(stepOne));
      await wire.heard();
      wire.deafen("pong");
      return wire;
    },
  };
}

function askedForTheRest({ ws }: Provider): Promise<void> {
  if (ws === null) return new Promise(() => {});
  return new Promise((resolve) => {
    const heard = (event: { readonly data: unknown }) => {
      if (new Uint8Array(event.data as ArrayBuffer)[1] !== STEP_TWO) return;
      ws.removeEventListener("message", heard);
      resolve();
    };
    ws.addEventListener("message", heard);
    ws.send(Uint8Array.from(stepOne));
  });
}

export const yWebsocket = yWebsocketThat("y-websocket", "nothing", () => {});
export const yWebsocketLevel = yWebsocketThat("y-websocket-leveldb", "LevelDB", (folder) => {
  process.env.YPERSISTENCE = folder;
});
