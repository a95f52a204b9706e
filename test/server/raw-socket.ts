// A WebSocket written by hand, so that any bytes can be sent over it: Engine.IO packets as text, whole frames, or
// whatever else. It answers pings and keeps what it is told.

import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { onCleanUp, PATIENCE_MS } from "./harness.js";

export interface RawSocket {
  /** Everything the server said, packet by packet. */
  readonly heard: readonly string[];
  readonly open: boolean;
  /** One packet in one frame. */
  send(packet: string): void;
  /** These bytes, as they are. */
  write(bytes: Uint8Array | string): void;
  /** Resolves when a packet that fits is there, or the connection has ended; false if neither happens in time. */
  until(fits: (packet: string) => boolean, withinMs?: number): Promise<boolean>;
  /** Reads nothing more. */
  pause(): void;
  destroy(): void;
}

/** A frame as a client sends it. @param first  its first byte: by default the last frame of a text */
export function frame(payload: Buffer | string, first = 0x81): Buffer {
  const data = Buffer.from(payload);
  const mask = Buffer.from([1, 2, 3, 4]);
  const length =
    data.length < 126
      ? Buffer.from([0x80 | data.length])
      : data.length < 65536
        ? Buffer.from([0x80 | 126, data.length >> 8, data.length & 255])
        : Buffer.concat([Buffer.from([0x80 | 127, 0, 0, 0, 0]), uint32(data.length)]);
  const masked = Buffer.from(data);
  for (let at = 0; at < masked.length; at++) masked[at]! ^= mask[at % 4]!;
  return Buffer.concat([Buffer.from([first]), length, mask, masked]);
}

const uint32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export const upgradeRequest = (port: number, path = "/socket.io/?EIO=4&transport=websocket") =>
  [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    "Sec-WebSocket-Version: 13",
    "",
    "",
  ].join("\r\n");

/** Opens a line and shakes hands; nothing is said of who one is. */
export function rawSocket(port: number): RawSocket {
  const line: Socket = connect(port, "127.0.0.1");
  const heard: string[] = [];
  const watchers = new Set<() => void>();
  let open = true;
  let upgraded = false;
  let pending: Buffer = Buffer.alloc(0);
  const early: (Uint8Array | string)[] = [];

  // One that is paused never hears that the other end is gone.
  onCleanUp(() => void line.destroy());
  line.setNoDelay();
  line.write(upgradeRequest(port));
  line.on("error", () => {});
  line.on("close", () => {
    open = false;
    for (const watch of watchers) watch();
  });
  line.on("data", (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    if (!upgraded) {
      const end = pending.indexOf("\r\n\r\n");
      if (end === -1) return;
      pending = pending.subarray(end + 4);
      upgraded = true;
      for (const bytes of early.splice(0)) line.write(bytes);
    }
    for (let read = next(pending); read !== undefined; read = next(pending)) {
      pending = pending.subarray(read.end);
      if (read.closes) line.destroy();
      else if (read.packet === "2") socket.send("3");
      else heard.push(read.packet);
    }
    for (const watch of watchers) watch();
  });

  const socket: RawSocket = {
    heard,
    get open() {
      return open;
    },
    send: (packet) => socket.write(frame(packet)),
    write(bytes) {
      if (upgraded) line.write(bytes);
      else early.push(bytes);
    },
    until(fits, withinMs = PATIENCE_MS) {
      let seen = 0;
      return new Promise((resolve) => {
        const done = (found: boolean) => {
          clearTimeout(timer);
          watchers.delete(watch);
          resolve(found);
        };
        const watch = () => {
          for (; seen < heard.length; seen++) if (fits(heard[seen]!)) return done(true);
          if (!open) done(true);
        };
        const timer = setTimeout(() => done(false), withinMs);
        watchers.add(watch);
        watch();
      });
    },
    pause: () => void line.pause(),
    destroy: () => void line.destroy(),
  };
  return socket;
}

/** The first frame of what has come, if it is all there. Servers mask nothing and split nothing here. */
function next(
  bytes: Buffer,
): { readonly packet: string; readonly closes: boolean; readonly end: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1]! & 127;
  const head = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < head) return undefined;
  const length =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < head + length) return undefined;
  const end = head + length;
  return { packet: bytes.toString("utf8", head, end), closes: (bytes[0]! & 15) === 8, end };
}

/** Shakes hands, says hello, and waits for the welcome. */
export async function rawGuest(port: number, name: string): Promise<RawSocket> {
  const socket = rawSocket(port);
  socket.send(`40${JSON.stringify({ protocol: 3, name })}`);
  const welcomed = await socket.until((packet) => packet.startsWith('42["welcome"'));
  if (!welcomed || !socket.open) throw new Error("No welcome came.");
  return socket;
}
