// One person's wire to a server: a TCP proxy that knows where WebSocket messages begin and end, so that it can cut one in
// the middle, bring one twice, or let it wait for other people's. Each message passes whole and in order unless a step says
// otherwise; messages of one wire never overtake each other, as they cannot on a real one.
//
// It speaks for whoever connects: the Host header becomes the server's, and compression is not offered on, for messages
// have to be told apart. `test/stack/proxy.ts` is the proxy that knows of bytes only and changes none.

import { once } from "node:events";
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { socketTransport } from "../../client/index.js";
import type { Counts, Wire } from "./ground.js";
import type { Way } from "./steps.js";
import { ANSWERED_MS, PATIENCE_MS, type Traffic } from "./traffic.js";

/** The first whole frame in these bytes, and what is left. */
function frameIn(bytes: Buffer): readonly [frame: Buffer, rest: Buffer] | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1]! & 0x7f;
  const extra = short === 127 ? 8 : short === 126 ? 2 : 0;
  if (bytes.length < 2 + extra) return undefined;
  const length = extra === 8 ? Number(bytes.readBigUInt64BE(2)) : extra === 2 ? bytes.readUInt16BE(2) : short;
  const end = 2 + extra + (bytes[1]! & 0x80 ? 4 : 0) + length;
  return bytes.length < end ? undefined : [bytes.subarray(0, end), bytes.subarray(end)];
}

/**
 * What a frame is to Socket.IO, if it may come twice: a request, which is an event with a number that its answer has too,
 * or another message. A greeting or a ping is neither.
 */
function kindOf(frame: Buffer): "request" | "other" | undefined {
  if (frame[0] !== 0x81) return undefined;
  const short = frame[1]! & 0x7f;
  const masked = (frame[1]! & 0x80) !== 0;
  const at = 2 + (short === 127 ? 8 : short === 126 ? 2 : 0);
  const byte = (n: number) => frame[at + (masked ? 4 : 0) + n]! ^ (masked ? frame[at + n]! : 0);
  const isPacket = frame.length > at + (masked ? 4 : 0) + 2 && byte(0) === 0x34;
  if (isPacket && byte(1) === 0x32) return byte(2) >= 0x30 && byte(2) <= 0x39 ? "request" : "other";
  return isPacket && byte(1) === 0x33 ? "other" : undefined;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  /** Nothing comes down any more. */
  deaf: boolean;
}

/** Not a polite end: the other side is to find out in the middle of what it reads. */
function reset(socket: Socket): void {
  // libuv resets nothing whose end has been sent; Node would wait for its handle for ever, as the process ends.
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

export class RealWire implements Wire {
  open = true;
  delayMs = 0;
  #pairs = new Set<Pair>();
  #repeats: Record<Way, number> = { up: 0, down: 0 };
  #cut: Way | "answer" | undefined;
  #gates: Partial<Record<Way, Promise<void>>> = {};

  private constructor(
    private readonly target: URL,
    private readonly traffic: Traffic,
    readonly counts: Counts,
    private readonly server = createServer((near) => this.#join(near)),
  ) {}

  static async to(target: string, traffic: Traffic, counts: Counts): Promise<RealWire> {
    const wire = new RealWire(new URL(target), traffic, counts);
    wire.server.listen(0, "127.0.0.1");
    await once(wire.server, "listening");
    return wire;
  }

  get url(): string {
    const address = this.server.address();
    const port = typeof address === "object" ? address?.port : "";
    return `http://127.0.0.1:${port}${this.target.pathname}`;
  }

  transport() {
    return socketTransport(this.url);
  }

  cut(way: Way | "answer"): void {
    this.#cut = way;
    setTimeout(() => this.#cut === way && this.cutNow(), PATIENCE_MS).unref();
  }

  cutNow(): void {
    this.#cut = undefined;
    if (this.#pairs.size > 0) this.counts.cuts++;
    for (const pair of [...this.#pairs]) this.#end(pair);
  }

  repeat(way: Way, count: number): void {
    this.#repeats[way] += count;
  }

  reorder(way: Way, behind: number): void {
    this.#gates[way] = this.traffic.after(way, behind);
    this.counts.reorders++;
  }

  heal(): void {
    this.open = true;
    this.delayMs = 0;
    this.#cut = undefined;
    this.#repeats = { up: 0, down: 0 };
    this.#gates = {};
  }

  async close(): Promise<void> {
    for (const pair of [...this.#pairs]) this.#end(pair);
    this.server.close();
    await once(this.server, "close");
  }

  #join(near: Socket): void {
    if (!this.open) {
      this.counts.refused++;
      near.destroy();
      return;
    }
    const { hostname: host, protocol } = this.target;
    const secure = protocol === "https:";
    const port = Number(this.target.port || (secure ? 443 : 80));
    const far = secure ? connectTls({ host, port, servername: host }) : connectTcp(port, host);
    const pair = { near, far, deaf: false };
    this.#pairs.add(pair);
    this.#pass(pair, "up");
    this.#pass(pair, "down");
  }

  #end(pair: Pair): void {
    this.#pairs.delete(pair);
    reset(pair.near);
    reset(pair.far);
  }

  #pass(pair: Pair, way: Way): void {
    const [from, to] = way === "up" ? [pair.near, pair.far] : [pair.far, pair.near];
    let state: "head" | "frames" | "bytes" = "head";
    let bytes: Buffer = Buffer.alloc(0);
    let before = Promise.resolve();
    const queue = (action: () => void) => {
      const due = this.delayMs === 0 ? undefined : new Promise<void>((go) => setTimeout(go, this.delayMs));
      before = before
        .then(() => due)
        .then(() => this.#gates[way])
        .then(() => void (to.destroyed || action()));
    };
    from.setNoDelay();
    from.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (state === "head") {
        const end = bytes.indexOf("\r\n\r\n");
        if (end === -1) return;
        const head = bytes.subarray(0, end).toString("latin1");
        bytes = bytes.subarray(end + 4);
        const upgraded = way === "up" ? /^upgrade: *websocket/im.test(head) : /^HTTP\/1.1 101/.test(head);
        state = upgraded ? "frames" : "bytes";
        const said = way === "up" ? this.#spoken(head, upgraded) : head;
        queue(() => void to.write(`${said}\r\n\r\n`, "latin1"));
      }
      if (state === "bytes") {
        const all = bytes;
        bytes = Buffer.alloc(0);
        if (all.length > 0) queue(() => void to.write(all));
        return;
      }
      for (let next = frameIn(bytes); next !== undefined; next = frameIn(bytes)) {
        const [frame, rest] = next;
        bytes = rest;
        queue(() => this.#message(pair, way, to, frame));
      }
    });
    from.on("end", () => queue(() => void to.end()));
    from.on("error", () => {});
    from.on("close", () => queue(() => this.#end(pair)));
  }

  #spoken(head: string, upgraded: boolean): string {
    const lines = head.split("\r\n").filter((line) => !/^(host|sec-websocket-extensions):/i.test(line));
    const kept = upgraded ? lines : lines.filter((line) => !/^connection:/i.test(line));
    return [...kept, `Host: ${this.target.host}`, ...(upgraded ? [] : ["Connection: close"])].join("\r\n");
  }

  #message(pair: Pair, way: Way, to: Socket, frame: Buffer): void {
    if (way === "down" && pair.deaf) return;
    const kind = kindOf(frame);
    if (this.#cut === way && kind !== undefined) {
      this.#cut = undefined;
      this.counts.cuts++;
      to.write(frame.subarray(0, frame.length >> 1), () => this.#end(pair));
      return;
    }
    to.write(frame);
    if (kind === undefined) return;
    if (this.#cut === "answer" && kind === "request") {
      this.#cut = undefined;
      this.counts.cuts++;
      pair.deaf = true;
      setTimeout(() => this.#end(pair), ANSWERED_MS);
    }
    this.counts.messages++;
    this.traffic.passed(way);
    if (this.#repeats[way] === 0) return;
    this.#repeats[way]--;
    this.counts.repeats++;
    to.write(frame);
  }
}
