// Strangers who bring hostile things to a server: some over connections that stay, others on a line of their own.

import { connect } from "node:net";
import type { Item } from "./mutations.js";
import { type RawSocket, rawGuest, rawSocket } from "./raw-socket.js";

export interface Attackers {
  /** Brings all of them. @throws Error if a request stays unanswered on a line that stays open */
  attack(items: readonly Item[]): Promise<void>;
  /** How often requests were answered with each fault, or with "ok". */
  readonly outcomes: ReadonlyMap<string, number>;
  /** How many lines were ended by the server. */
  readonly lost: number;
  close(): void;
}

const LINES = 4;

export function attackersOf(port: number): Attackers {
  const lines: (RawSocket | undefined)[] = Array(LINES).fill(undefined);
  const versions: Record<string, number> = { plain: 1, rich: 1, honest: 1 };
  const outcomes = new Map<string, number>();
  let seq = 0;
  let lost = 0;

  /** The line's socket, opened again if the last one was ended. */
  async function socketOf(line: number): Promise<RawSocket> {
    const known = lines[line];
    if (known?.open) return known;
    if (known !== undefined) lost++;
    const socket = await rawGuest(port, `Attacker ${line}`);
    lines[line] = socket;
    for (const doc of ["plain", "rich"])
      socket.send(`420${JSON.stringify(["open", { doc, type: doc, create: true }])}`);
    socket.send('420["open",{"doc":"honest","type":"rich","create":false}]');
    await socket.until((packet) => packet.startsWith("430"));
    return socket;
  }

  function filled(text: string): string {
    const doc = /"doc":"(plain|rich|honest)"/.exec(text)?.[1] ?? "plain";
    return text
      .replaceAll("$V", () => String(versions[doc]))
      .replaceAll("$S", () => String(++seq))
      .replaceAll("$D", `own-${seq % 50}`);
  }

  async function speak(line: number, items: readonly Item[]): Promise<void> {
    const socket = await socketOf(line);
    const from = socket.heard.length;
    const asked: { readonly id: number; readonly text: string }[] = [];
    for (const one of items) {
      if (one.kind !== "request" && one.kind !== "notice") continue;
      const id = ++seq;
      const text = filled(one.text);
      // A number would be read as more of the id.
      const isAsked = one.kind === "request" && text.startsWith("[");
      if (isAsked) asked.push({ id, text });
      socket.send(isAsked ? `42${id}${text}` : `42${text}`);
    }
    const last = ++seq;
    socket.send(`42${last}["leave",{"doc":"another"}]`);
    const open = new Set([...asked.map(({ id }) => id), last]);
    const answered = await socket.until((packet) => {
      const id = /^43(\d+)\[/.exec(packet)?.[1];
      if (id !== undefined) open.delete(Number(id));
      return open.size === 0;
    });
    learn(socket.heard.slice(from));
    if (!answered) {
      const silent = asked.filter(({ id }) => open.has(id)).map(({ text }) => text.slice(0, 300));
      throw new Error(`Not answered: ${silent.join("\n")}`);
    }
  }

  /** What the rooms said of versions. */
  function learn(packets: readonly string[]): void {
    for (const packet of packets) {
      const answer = /^43\d+\[\{"(?:fault":\{"code":")?(\w+)/.exec(packet)?.[1];
      if (answer !== undefined) outcomes.set(answer, (outcomes.get(answer) ?? 0) + 1);
      const [, doc, rest] = /^42\["ops",\{"doc":"(\w+)"(.*)$/s.exec(packet) ?? [];
      if (doc === undefined || versions[doc] === undefined) continue;
      const seen = [...rest!.matchAll(/\{"version":(\d+)/g)].map(([, version]) => Number(version));
      versions[doc] = Math.max(versions[doc]!, ...seen);
    }
  }

  async function alone(one: Item): Promise<void> {
    if (one.kind === "http") return http(Buffer.from(one.base64, "base64"));
    const socket = one.kind === "frame" ? await rawGuest(port, "Attacker") : rawSocket(port);
    if (one.kind === "frame") socket.write(Buffer.from(one.base64, "base64"));
    else socket.send((one as { text: string }).text);
    await socket.until((packet) => packet.startsWith("4"), 50);
    socket.destroy();
  }

  function http(bytes: Buffer): Promise<void> {
    const text = bytes.toString("latin1").replaceAll("$P", String(port));
    return new Promise((resolve) => {
      const line = connect(port, "127.0.0.1", () => line.write(Buffer.from(text, "latin1")));
      line.setTimeout(50, () => line.destroy());
      line.on("data", () => {});
      line.on("error", () => {});
      line.on("close", () => resolve());
    });
  }

  return {
    async attack(items) {
      const isAlone = ({ kind }: Item) => kind !== "request" && kind !== "notice";
      const shared = items.filter((one) => !isAlone(one));
      await Promise.all([
        ...lines.map((_, line) =>
          speak(
            line,
            shared.filter((_one, at) => at % LINES === line),
          ),
        ),
        ...items.filter(isAlone).map(alone),
      ]);
    },
    outcomes,
    get lost() {
      return lost;
    },
    close() {
      for (const socket of lines) socket?.destroy();
    },
  };
}
