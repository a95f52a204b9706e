// What can go wrong in a cluster, one thing at a time, and how it is mended; and a seeded order of such things in which
// every kind comes up.

import type { Random } from "../../protocol/index.js";
import { sleep } from "../server/harness.js";
import { between, pick } from "../stack/draws.js";
import type { TcpProxy } from "../stack/proxy.js";
import type { Cluster, Node } from "./harness.js";

export const kinds = [
  "a node is killed",
  "Redis restarts",
  "Redis is frozen",
  "Redis is gone",
  "PostgreSQL restarts at once",
  "a node is cut off from Redis",
  "a node hears nothing of Redis",
  "a node is cut off from the database",
  "a node hears nothing of the database",
] as const;
export type Kind = (typeof kinds)[number];

export interface Fault {
  readonly kind: Kind;
  /** Of the node that it befalls, if it befalls one. */
  readonly node: number;
  /** How long it lasts. */
  readonly forMs: number;
}

/**
 * Faults without end: each kind once, in any order, then any.
 *
 * @param goneMs  how long Redis stays away
 */
export function* schedule(draw: Random, nodes: number, goneMs: number): Generator<Fault, never> {
  const fault = (kind: Kind): Fault => ({
    kind,
    node: between(draw, 0, nodes - 1),
    forMs: kind === "Redis is gone" ? goneMs : between(draw, 500, 3000),
  });
  const first = [...kinds];
  while (first.length > 0) yield fault(first.splice(between(draw, 0, first.length - 1), 1)[0]!);
  // It takes longest, and once is enough of it.
  const more = kinds.filter((kind) => kind !== "Redis is gone");
  for (;;) yield fault(pick(draw, more));
}

/**
 * Lets the fault happen and mends it, and resolves when it is mended. Of a node that was killed that is at once: the
 * others are there. It is started again by what is returned.
 */
export async function befall(cluster: Cluster, { kind, node, forMs }: Fault): Promise<() => Promise<void>> {
  const { redis, postgres } = cluster;
  const victim = cluster.nodes[node]!;
  const nothing = async () => {};
  switch (kind) {
    case "a node is killed":
      await victim.kill();
      return () => victim.start();
    case "Redis restarts":
      await redis.restart();
      return nothing;
    case "Redis is frozen":
      redis.freeze();
      await sleep(forMs);
      redis.thaw();
      return nothing;
    case "Redis is gone":
      await redis.kill();
      await sleep(forMs);
      await redis.start();
      return nothing;
    case "PostgreSQL restarts at once":
      await postgres.restart();
      return nothing;
    case "a node is cut off from Redis":
    case "a node is cut off from the database":
      await cutOff(wireOf(victim, kind), forMs);
      return nothing;
    case "a node hears nothing of Redis":
    case "a node hears nothing of the database":
      await silence(wireOf(victim, kind), forMs);
      return nothing;
  }
}

const wireOf = (node: Node, kind: Kind) => (kind.endsWith("Redis") ? node.redis : node.database);

/** Connections end, and new ones are refused. */
async function cutOff(wire: TcpProxy, forMs: number): Promise<void> {
  wire.open = false;
  wire.cut();
  await sleep(forMs);
  wire.open = true;
}

/** Connections stay and are made, and nothing moves; what was said meanwhile arrives in the end. */
async function silence(wire: TcpProxy, forMs: number): Promise<void> {
  wire.hold();
  await sleep(forMs);
  wire.release();
}

/** Wires between people and nodes that are never quite well. */
export class BadWires {
  #calm = false;
  #stopped = false;
  readonly #working: Promise<unknown>;

  constructor(
    private readonly wires: readonly TcpProxy[],
    private readonly draw: Random,
  ) {
    this.#working = Promise.all(wires.map((wire) => this.#trouble(wire)));
  }

  async #trouble(wire: TcpProxy): Promise<void> {
    const { draw } = this;
    while (!this.#stopped) {
      await sleep(between(draw, 300, 3000));
      if (this.#calm) continue;
      const what = draw();
      if (what < 0.3) wire.cut();
      else if (what < 0.6) {
        wire.hold();
        await sleep(between(draw, 20, 400));
        wire.release();
      } else wire.delayMs = between(draw, 0, 20);
    }
  }

  /** Nothing more goes wrong from now on. */
  calm(): void {
    this.#calm = true;
    for (const wire of this.wires) wire.release();
  }

  resume(): void {
    this.#calm = false;
  }

  async stop(): Promise<void> {
    this.calm();
    this.#stopped = true;
    await this.#working;
  }
}
