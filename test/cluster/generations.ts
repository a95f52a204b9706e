// Clients of all builds that a server meets while servers and pages are exchanged: ours, and those before as they were built
// (`test/fixtures`). Each remembers which protocol it asked for and which it was welcomed in.

import { type ConnectOptions, connect, socketTransport, type Transport } from "../../client/index.js";
import type { Hello, Welcome } from "../../protocol/index.js";

export interface Generation {
  readonly name: "new" | "old";
  readonly connect: typeof connect;
  readonly socketTransport: typeof socketTransport;
}

export const newer: Generation = { name: "new", connect, socketTransport };

/** A client of a build before, by the protocol that it speaks. From the outside it is like ours. */
export async function olderGeneration(protocol: 2 | 3 | 4 = 2): Promise<Generation> {
  const module = new URL(`../../../test/fixtures/client-${protocol}/client.mjs`, import.meta.url);
  return { name: "old", ...((await import(module.href)) as Omit<Generation, "name">) };
}

/** What was asked for and what was had, in turn. */
export interface Spoken {
  readonly asked: number[];
  readonly had: number[];
}

/** A client that keeps what it spoke. `says` changes what it says of itself. */
export function listening(
  { connect, socketTransport }: Generation,
  url: string,
  options: Omit<ConnectOptions, "transport"> = {},
  says: (hello: Hello) => Hello = (hello) => hello,
) {
  const spoken: Spoken = { asked: [], had: [] };
  const sockets = socketTransport(url);
  const transport: Transport = {
    open(hello, listener) {
      const said = says(hello);
      spoken.asked.push(said.protocol);
      return sockets.open(said, {
        closed: listener.closed,
        event(name, body) {
          if (name === "welcome") spoken.had.push((body as Welcome).protocol);
          listener.event(name, body);
        },
      });
    },
  };
  return { client: connect(url, { ...options, transport }), spoken };
}
