// A load balancer as an operator sets one up: it asks each node every half second whether it is ready and sends new
// connections to those that were, in turn. What is open stays where it is.

import { onCleanUp } from "../server/harness.js";
import { proxyTo, type TcpProxy } from "../stack/proxy.js";
import type { Node } from "./harness.js";

/** HAProxy's `inter`, as `docs/operate.md` has it. */
const EVERY_MS = 500;

export interface Balancer {
  readonly way: TcpProxy;
  /** The nodes that were ready when they were last asked. */
  readonly ready: ReadonlySet<Node>;
}

export async function balance(nodes: readonly Node[]): Promise<Balancer> {
  const ready = new Set(nodes);
  let turn = 0;

  async function ask(node: Node): Promise<void> {
    const answer = await fetch(`${node.url}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(
      () => undefined,
    );
    await answer?.body?.cancel();
    if (answer?.ok) ready.add(node);
    else ready.delete(node);
  }
  const timers = nodes.map((node) => setInterval(() => void ask(node), EVERY_MS));

  const way = await proxyTo(() => {
    const open = [...ready];
    return (open[turn++ % open.length] ?? nodes[0]!).port;
  });
  onCleanUp(async () => {
    for (const timer of timers) clearInterval(timer);
    await way.close();
  });
  return { way, ready };
}
