// A receiver of webhooks for tests: a real HTTP server that keeps what it was sent and answers as it is told.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { WebhookDelivery } from "../../protocol/index.js";
import { onCleanUp } from "../server/harness.js";

export interface Received {
  readonly delivery: WebhookDelivery;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** What it does with a delivery; what is not answered hangs. */
  answer: (response: ServerResponse, received: Received) => void;
}

export async function startReceiver(): Promise<Receiver> {
  const receiver = { url: "", received: [] as Received[], answer: taken };
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const received = { delivery: JSON.parse(body) as WebhookDelivery, body, headers: request.headers };
      receiver.received.push(received);
      receiver.answer(response, received);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  onCleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  return receiver;
}

export const taken: Receiver["answer"] = (response) => void response.writeHead(204).end();
export const failing: Receiver["answer"] = (response) => void response.writeHead(500).end("no");

/** Each range once, in the order of versions. */
export function ranges(received: readonly Received[], event = "changed"): string[] {
  const once = new Map(received.map(({ delivery }) => [delivery.id, delivery]));
  return [...once.values()]
    .filter((delivery) => delivery.event === event)
    .map(({ from, to }) => `${from}-${to}`);
}

/** Whether the ranges follow on each other from one version to another. */
export function covers(received: readonly Received[], from: number, to: number): boolean {
  let at = from;
  for (const range of ranges(received)) {
    const [first, last] = range.split("-").map(Number);
    if (first !== at) return false;
    at = last!;
  }
  return at === to;
}
