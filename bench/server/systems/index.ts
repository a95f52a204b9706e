// The systems that are measured, in the order of the tables: ours, the peers, and the relays that are floors.

import type { System } from "../system.js";
import { codemirror } from "./codemirror.js";
import { hocuspocus, hocuspocusSqlite } from "./hocuspocus.js";
import { interline, interlineMemory } from "./interline.js";
import { sharedb, sharedbPostgres } from "./sharedb.js";
import { socketIoRelay } from "./socketio-relay.js";
import { webSocketRelay } from "./websocket-relay.js";
import { yWebsocket, yWebsocketLevel } from "./y-websocket.js";

export const systems: readonly System[] = [
  interline,
  sharedb,
  hocuspocus,
  yWebsocket,
  codemirror,
  socketIoRelay,
  webSocketRelay,
];

/** Peers as they keep documents, where that is another way to run them. */
export const keepingSystems: readonly System[] = [sharedbPostgres, hocuspocusSqlite, yWebsocketLevel];

/** With ours keeping nothing as well, where ours is measured: beside the peers, what is left is what the disk costs. */
export const withMemory = (measured: readonly System[]): readonly System[] =>
  measured.flatMap((system) =>
    system === interline && !measured.includes(interlineMemory) ? [interline, interlineMemory] : [system],
  );

/** @throws Error if there is none of that name */
export function systemNamed(name: string): System {
  const found = [...withMemory(systems), ...keepingSystems].find((system) => system.name === name);
  if (found === undefined)
    throw new Error(`There is no system ${name}; there are ${systems.map((each) => each.name).join(", ")}.`);
  return found;
}
