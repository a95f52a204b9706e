// Where a server listens that was given port 0, for the systems that say so by themselves.

import { type EventEmitter, once } from "node:events";
import type { AddressInfo } from "node:net";

export async function listening(server: EventEmitter): Promise<void> {
  await once(server, "listening");
}

export function addressOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === "string") throw new Error("It listens on no port.");
  return `http://127.0.0.1:${address.port}`;
}
