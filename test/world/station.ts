// What a world needs of a kind of server: nodes that come and go, and what survives them.

import type { Clock, Committed, DocumentType, Epoch, Random, Version } from "../../protocol/index.js";
import type { Bus } from "../../server/cluster/bus.js";
import type { Rooms } from "../../server/ports.js";
import type { Core } from "./core.js";
import type { Disk } from "./disk.js";
import type { Door } from "./door.js";
import type { OwnClock } from "./own-clock.js";
import type { Server } from "./standin.js";

export const DOC = "document";

/** What a server is built from. */
export interface Site {
  readonly clock: Clock;
  readonly random: Random;
  readonly door: Door;
  readonly kind: DocumentType;
  /** How many nodes there are; with one, the ledger is in its process and dies with it. */
  readonly nodes: number;
  /** The largest op that it takes; absent: larger than any here. */
  readonly opBytes?: number;
  /** To be told of every commit, whatever becomes of the node. */
  readonly committed: (committed: Committed, begins: boolean) => void;
  /** To be told that the document was deleted. */
  readonly ended: () => void;
  /** Something was committed, and is not any more. */
  readonly forgot: () => void;
  /** To be told of every commit by a living ledger, for the rooms. */
  readonly relay: (doc: string, committed: Committed, epoch: Epoch) => void;
  /** A moment at which a node may die; `undefined`: any of them. */
  readonly point: (point: string, node?: number) => void;
  /** A submission goes into the ledger or comes out of it. */
  readonly submitting: (name: Submitted) => void;
  readonly seen: (what: string) => void;
}

export interface Submitted {
  readonly node: number;
  readonly src: string;
  readonly seq: number;
  readonly done: boolean;
}

/** What one node is given. */
export interface NodeSite {
  readonly node: number;
  readonly clock: OwnClock;
  readonly rooms: Rooms;
  /** Between this node and the others; absent: there are none. */
  readonly bus?: Bus;
}

export interface RunningNode extends Server {
  /** Another node, or this one's ledger, has committed this. */
  relay?(doc: string, committed: Committed, epoch: Epoch): void;
  /** The document was deleted, which made this version. */
  deleted?(doc: string, version: Version): void;
  /** Stops in order. A node that dies is not asked. */
  close(): void;
}

/** A kind of server. */
export interface Station {
  start(site: NodeSite): RunningNode | Promise<RunningNode>;
  /** Whether the people on one node hear of those on the others. */
  readonly oneRoster?: boolean;
  /** Where the ledger is a model: see {@link Core}. */
  readonly core?: Core;
  /** Where the ledger is on a disk. */
  readonly disk?: Disk;
  /** The power fails, for all nodes. */
  cutPower?(): void;
  /** The ledger's process ends, where it is not a node's. */
  dies?(): void;
  /** The document is deleted, by whoever may. */
  remove?(): void;
  /** Keeps a copy of everything; puts the last one back, while no node is up. */
  copy?(): void;
  rewind?(): void;
  /** Forgets all history up to the head. */
  prune?(): void;
  /** Holds what is kept against itself: history without holes, snapshots that are what it makes. @returns what is wrong */
  verify?(): Promise<readonly string[]>;
  /** Runs what is due in promises. */
  readonly drain?: () => Promise<void>;
  /** The world is over. */
  close?(): Promise<void>;
}

export type Build = (site: Site) => Station | Promise<Station>;
