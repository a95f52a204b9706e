// Hocuspocus with its own provider, keeping nothing or in its SQLite extension; otherwise as it comes.

import { WebSocket } from "ws";
import { peer, peerVersion } from "../../peers.js";
import { addressOf } from "../listening.js";
import { type System, webSocketUrl } from "../system.js";
import { openWire } from "../wire.js";
import { newDoc, observed, put, seedDoc, shortText, stepOne, textOf, type YDoc } from "./yjs.js";

interface Provider {
  readonly hasUnsyncedChanges: boolean;
  readonly isSynced: boolean;
  on(event: "synced" | "unsyncedChanges", listener: () => void): void;
  off(event: "unsyncedChanges", listener: () => void): void;
  destroy(): void;
  readonly configuration: { readonly websocketProvider: { destroy(): void } };
}
interface Server {
  readonly httpServer: { address(): ReturnType<import("node:net").Server["address"]> };
  readonly hocuspocus: {
    openDirectConnection(name: string): Promise<{ transact(work: (doc: YDoc) => void): Promise<void> }>;
  };
  listen(): Promise<unknown>;
}

const AUTH = 2;
const TOKEN = 0;

function hocuspocusThat(
  name: string,
  keeps: string,
  extensions: (folder: string) => Promise<readonly unknown[]>,
): System {
  return {
    name,
    keeps,
    converges: true,
    returns: true,
    versions: () => `hocuspocus ${peerVersion("@hocuspocus/server")}, yjs ${peerVersion("yjs")}`,

    async serve(folder, port) {
      const { Server } = await peer<{ readonly Server: new (options: object) => Server }>(
        "@hocuspocus/server",
      );
      const server = new Server({
        port,
        address: "127.0.0.1",
        quiet: true,
        stopOnSignals: false,
        extensions: await extensions(folder),
      });
      await server.listen();
      const within = async (doc: string, work: (doc: YDoc) => void) =>
        (await server.hocuspocus.openDirectConnection(doc)).transact(work);
      return {
        url: addressOf(server.httpServer.address()),
        seed: (doc, text, edits) => within(doc, (held) => seedDoc(held, text, edits)),
        async edit(doc, edits) {
          // One transaction each, as they would come from somebody who types.
          const direct = await server.hocuspocus.openDirectConnection(doc);
          for (const edit of edits) await direct.transact((held) => put(held, edit));
        },
      };
    },

    async join(url, name) {
      const { HocuspocusProvider } = await peer<{
        readonly HocuspocusProvider: new (options: object) => Provider;
      }>("@hocuspocus/provider");
      const doc = await newDoc();
      const provider = new HocuspocusProvider({
        url: webSocketUrl(url),
        name,
        document: doc,
        WebSocketPolyfill: WebSocket,
      });
      if (!provider.isSynced) await new Promise<void>((resolve) => provider.on("synced", resolve));
      return {
        get text() {
          return textOf(doc).toString();
        },
        splice: (splice) => put(doc, splice),
        onChange: (listener) => observed(doc, listener),
        saved: () => answered(provider),
        async close() {
          provider.destroy();
          provider.configuration.websocketProvider.destroy();
          doc.destroy();
        },
      };
    },

    async listen(url, doc) {
      const wire = await openWire(url);
      const named = shortText(doc);
      wire.say(Uint8Array.from([...named, AUTH, TOKEN, ...shortText(""), ...shortText("4.0.0")]));
      await wire.heard();
      wire.say(Uint8Array.from([...named, ...stepOne]));
      await wire.heard();
      wire.deafen("pong");
      return wire;
    },
  };
}

function answered(provider: Provider): Promise<void> {
  if (!provider.hasUnsyncedChanges) return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (provider.hasUnsyncedChanges) return;
      provider.off("unsyncedChanges", look);
      resolve();
    };
    provider.on("unsyncedChanges", look);
  });
}

export const hocuspocus = hocuspocusThat("hocuspocus", "nothing", async () => []);
export const hocuspocusSqlite = hocuspocusThat("hocuspocus-sqlite", "SQLite, later", async (folder) => {
  const { SQLite } = await peer<{ readonly SQLite: new (options: object) => object }>(
    "@hocuspocus/extension-sqlite",
  );
  return [new SQLite({ database: `${folder}/hocuspocus.sqlite` })];
});
