// Plays the golden exchanges of demo/hosts/exchanges.json to a host, step by step, and gives back what it sent. The
// kits' own unit tests do the same in their languages; what a step means is in demo/hosts/README.md.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Host, HostStorage, Json, Services } from "../../client/webview/index.js";
import { BridgeFault, host } from "../../client/webview/index.js";
import { settled, TestClock, type Wired, wire } from "../webview/support.js";

export interface Step {
  readonly in?: Readonly<Record<string, Json>>;
  /** The same once more, with the next id, so many times; `only`: how many of the answers are looked at. */
  readonly times?: number;
  readonly only?: number;
  readonly raw?: string;
  readonly passMs?: number;
  readonly exec?: { readonly name: string; readonly args?: Json };
  readonly net?: { readonly online: boolean; readonly metered?: boolean };
  readonly authChanged?: true;
  readonly suspend?: number;
  readonly out?: readonly Json[];
  /** What the command or goodbye that settled last came to. */
  readonly outcome?: { readonly value: Json } | { readonly code: string };
  readonly state?: Json;
}
export interface Exchange {
  readonly title: string;
  /** The steps of `opening` come first. */
  readonly opened?: true;
  readonly steps: readonly Step[];
}
interface Golden {
  readonly sid: string;
  readonly boot: string;
  readonly startMs: number;
  readonly firstSeq: number;
  readonly page: { readonly doc: string; readonly user: { readonly id: string; readonly name: string } };
  readonly net: { readonly online: boolean };
  readonly opening: readonly Step[];
  readonly exchanges: readonly Exchange[];
}

export const goldenFile = fileURLToPath(new URL("../../../demo/hosts/exchanges.json", import.meta.url));
export const golden = JSON.parse(readFileSync(goldenFile, "utf8")) as Golden;

/** What one step came to, in the form in which the file has it. */
export interface Played {
  readonly out: readonly Json[];
  readonly outcome: unknown;
  readonly state: Json;
}

function memoryStorage(): HostStorage {
  const docs = new Map<string, Record<string, Json>>();
  const claimed = new Set<string>();
  return {
    load: async (doc) => docs.get(doc) ?? null,
    async commit({ doc, put = {}, remove = [] }) {
      const entries = { ...docs.get(doc), ...put };
      for (const key of remove) delete entries[key];
      docs.set(doc, entries);
    },
    list: async () => [...docs.keys()],
    delete: async (doc) => void docs.delete(doc),
    claim: async (client) => !claimed.has(client) && claimed.add(client) !== undefined,
    release: () => claimed.clear(),
  };
}

function services(): Services {
  return {
    token: async (reason) => ({ token: `token for ${reason}`, expiresInMs: 600_000 }),
    storage: memoryStorage(),
    openLink: () => true,
    share: (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new BridgeFault("cancelled")));
      }),
    haptic: () => {},
    announce: () => {},
    log: () => {},
  };
}

/** `{"$repeat": text, "count": n}` stands for `text` n times. */
export function expand(value: Json): Json {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(expand);
  const { $repeat, count } = value as Readonly<Record<string, Json>>;
  if (typeof $repeat === "string") return $repeat.repeat(count as number);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, expand(field)]));
}

export const stepsOf = ({ opened, steps }: Exchange): readonly Step[] =>
  opened ? [...golden.opening, ...steps] : steps;

/** @returns what each of `stepsOf(exchange)` came to */
export async function play(exchange: Exchange): Promise<Played[]> {
  const clock = new TestClock();
  await clock.pass(golden.startMs - clock.now());
  const { up, down } = wire(clock);
  const boot = Uint8Array.from(golden.boot.match(/../g)!, (pair) => Number.parseInt(pair, 16));
  const app: Host = host({
    ...{ channel: down, sid: golden.sid, clock, randomBytes: () => boot, services: services() },
    page: { ...golden.page, net: golden.net },
  });
  let seq = golden.firstSeq - 1;
  let read = 0;
  /** Of commands and goodbyes, in the order in which they settled. */
  const outcomes: unknown[] = [];
  const played: Played[] = [];
  for (const step of stepsOf(exchange)) {
    await act(step);
    await settled();
    await clock.pass(0);
    const sent = down.sent.slice(read);
    read = down.sent.length;
    const out = gathered(sent);
    played.push({
      out: step.only === undefined ? out : out.slice(0, step.only),
      state: app.state as Json,
      outcome: outcomes.at(-1),
    });
  }
  app.close();
  return played;

  async function act(step: Step): Promise<void> {
    if (step.raw !== undefined) up.deliver(step.raw);
    if (step.in !== undefined) {
      for (let time = 0; time < (step.times ?? 1); time += 1) {
        const counted = time === 0 ? step.in : { ...step.in, id: (step.in.id as number) + time };
        if (step.in.seq === undefined) seq += 1;
        up.deliver(JSON.stringify({ p: "interline", v: 1, sid: golden.sid, seq, ...counted }));
        await settled();
      }
    }
    if (step.passMs !== undefined) await clock.pass(step.passMs);
    if (step.exec !== undefined) {
      const { name, args } = step.exec;
      note(app.exec(name, args === undefined ? undefined : expand(args)));
    }
    if (step.net !== undefined) app.setNet(step.net);
    if (step.authChanged !== undefined) app.authChanged();
    if (step.suspend !== undefined) note(app.willSuspend(step.suspend).then(({ done }) => done));
  }

  function note(request: Promise<Json | undefined>): void {
    request.then(
      (value) => outcomes.push({ value: value ?? null }),
      (fault: BridgeFault) => outcomes.push({ code: fault.code }),
    );
  }
}

let lastSeq = 0;

/** What was sent, without its place in the stream (which is checked here); chunks put together again. */
function gathered(sent: readonly Wired[]): Json[] {
  const out: Json[] = [];
  let pieces: string[] = [];
  for (const message of sent) {
    const { p, v, sid, seq, ...content } = message as Wired & { readonly v: number };
    const follows = seq === lastSeq + 1 || seq === golden.startMs * 1_000 + 1;
    if (p !== "interline" || v !== 1 || sid !== golden.sid || !follows) throw new Error(`seq ${seq}`);
    lastSeq = seq;
    if (content.type !== "chunk") {
      out.push(plain(content as unknown as Record<string, Json>));
      continue;
    }
    const { part, of, data } = content.payload as { part: number; of: number; data: string };
    if (part !== pieces.length) throw new Error(`part ${part} after ${pieces.length}`);
    pieces.push(data);
    if (pieces.length < of) continue;
    out.push({ chunked: true, ...plain(JSON.parse(pieces.join("")) as Record<string, Json>) });
    pieces = [];
  }
  return out;
}

/** Words for people who debug are nobody's business, and the order of capabilities says nothing. */
function plain(content: Record<string, Json>): Record<string, Json> {
  const { err, payload } = content as { err?: { code: string }; payload?: { caps?: readonly string[] } };
  return {
    ...content,
    ...(err && { err: { code: err.code } }),
    ...(payload?.caps && { payload: { ...payload, caps: [...payload.caps].sort() } as Json }),
  };
}
