// A WebSocket of the cheapest kind: it shakes hands, says a few messages, and from then on counts bytes without looking at
// them. A thousand of them in one process leave the processors to the server that is measured.
//
// Frames are written as RFC 6455 has them; what comes is searched for words as bytes, frames or not.

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import type { Socket } from "node:net";

const TEXT = 0x1;
const BINARY = 0x2;
const PONG = 0xa;
/** Of what is sent here, nothing is longer than an extended length of 16 bits can say. */
const SHORT = 126;
const ANSWER_MS = 30_000;

export interface Wire {
  readonly open: boolean;
  say(message: string | Uint8Array): void;
  /** Resolves when these bytes have come since the last call; without any, when anything has. @throws Error if they do not */
  heard(what?: string): Promise<void>;
  /** Nobody listens any more: the bytes are taken from the kernel and thrown away. `beat` is said now and then. */
  deafen(beat: string | "pong"): void;
  /** Says the beat: the other side is not to think that we are gone. */
  beat(): void;
  close(): void;
}

/** @param url  http://…, with the path of the WebSocket */
export async function openWire(url: string): Promise<Wire> {
  const asked = request(url, {
    headers: {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
    },
  });
  asked.end();
  const [, socket, head] = (await Promise.race([
    once(asked, "upgrade"),
    once(asked, "response").then(([response]) => {
      throw new Error(`${url} answered ${response.statusCode} instead of a WebSocket.`);
    }),
  ])) as [unknown, Socket, Buffer];
  socket.setNoDelay();
  socket.on("error", () => {});

  let kept = head.toString("latin1");
  let beatWith: string | "pong" = "pong";
  let look = () => {};
  socket.on("data", (chunk: Buffer) => {
    kept += chunk.toString("latin1");
    look();
  });
  const say = (message: string | Uint8Array) =>
    void socket.write(frame(typeof message === "string" ? TEXT : BINARY, Buffer.from(message)));

  return {
    get open() {
      return !socket.destroyed && socket.readyState === "open";
    },
    say,
    heard(what = "") {
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`"${what}" did not come.`)), ANSWER_MS);
        look = () => {
          if (kept === "" || !kept.includes(what)) return;
          clearTimeout(late);
          look = () => {};
          kept = "";
          resolve();
        };
        look();
      });
    },
    deafen(beat) {
      beatWith = beat;
      kept = "";
      socket.removeAllListeners("data");
      socket.resume();
    },
    beat: () => void (beatWith === "pong" ? socket.write(frame(PONG, Buffer.alloc(0))) : say(beatWith)),
    close: () => void socket.destroy(),
  };
}

/** A whole message in one frame, under a mask of zeros: what a client says must be masked, and any mask will do. */
function frame(opcode: number, body: Buffer): Buffer {
  const length =
    body.length < SHORT ? [0x80 | body.length] : [0x80 | SHORT, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...length, 0, 0, 0, 0]), body]);
}
