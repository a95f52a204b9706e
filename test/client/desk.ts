// A server played by hand, for tests that say message by message what arrives and what does not.
//
//     const desk = new Desk();
//     const ann = desk.open("cat");              // a plain document at version 7, loaded
//     ann.submit([3, "s"]);
//     desk.sent("submit")                        // { doc, version: 7, seq: 1, op: [3, "s"] }
//     desk.tells(8, ["a "], "bo");               // somebody else's op
//     desk.acknowledges(9);                      // by the reply; `desk.echoes(9, op)` by the room
//
// Time is the desk's own (`desk.clock`), and stands still until moved.

import {
  type Client,
  type ConnectOptions,
  connect,
  type Refusal,
  type SharedDocument,
} from "../../client/index.js";
import type { Channel, ChannelListener, Transport } from "../../client/transport.js";
import type { PlainOp, PlainSnapshot } from "../../ot/index.js";
import type {
  Answer,
  Committed,
  EventName,
  Events,
  FaultCode,
  FaultMessage,
  Hello,
  NoticeName,
  Notices,
  Person,
  RequestName,
  Requests,
} from "../../protocol/index.js";
import { VirtualClock } from "../world/clock.js";

export type Doc = SharedDocument<PlainSnapshot, PlainOp>;

interface Asked {
  readonly name: RequestName;
  readonly body: unknown;
  readonly answer: (answer: Answer<never>) => void;
  answered: boolean;
}

/** One channel, as the desk sees it. */
class Line implements Channel {
  readonly asked: Asked[] = [];
  readonly notices: Notices["presence"][] = [];
  open = true;

  constructor(
    readonly hello: Hello,
    readonly listener: ChannelListener,
  ) {}

  request<K extends RequestName>(
    name: K,
    body: Requests[K]["body"],
    answer: (answer: Answer<K>) => void,
  ): void {
    this.asked.push({ name, body, answer: answer as Asked["answer"], answered: false });
  }

  notify<K extends NoticeName>(_name: K, body: Notices[K]): void {
    this.notices.push(body);
  }

  close(): void {
    this.open = false;
  }
}

const MY_ID = "ann-1";
/** The document lives once, unless a test says otherwise. */
const LIFE = "1";
type OfOneLife<Body> = Body extends { readonly epoch: string }
  ? Omit<Body, "epoch"> & { readonly epoch?: string }
  : Body;

export class Desk implements Transport {
  readonly clock = new VirtualClock(1_000_000);
  readonly lines: Line[] = [];
  /** What the backoff draws: nothing, unless a test says otherwise. */
  chance = 0;
  /** Whether it wants to know how long people wait. */
  measures = false;
  client!: Client;

  open(hello: Hello, listener: ChannelListener): Channel;
  /** A loaded plain document at version 7 of somebody who has just connected. */
  open(text: string, options?: ConnectOptions): Doc;
  open(first: Hello | string, second?: ChannelListener | ConnectOptions): Channel | Doc {
    if (typeof first !== "string") {
      const line = new Line(first, second as ChannelListener);
      this.lines.push(line);
      return line;
    }
    this.connect(second as ConnectOptions | undefined);
    this.welcomes();
    const doc = this.client.open("notes", { type: "plain" });
    this.answers("open", snapshot(7, first));
    return doc;
  }

  connect(options: ConnectOptions = {}): Client {
    this.client = connect("desk:", {
      transport: this,
      clock: this.clock,
      random: () => this.chance,
      ...options,
    });
    return this.client;
  }

  /** The latest channel. */
  get line(): Line {
    return this.lines.at(-1)!;
  }

  welcomes(id = MY_ID, limits: Partial<Events["welcome"]["limits"]> = {}): void {
    this.event("welcome", {
      protocol: this.line.hello.protocol,
      client: { id, ticket: `ticket of ${id}` },
      user: { id: "ann", name: "Ann" },
      limits: { opBytes: 1000, opComponents: 100, documentAtoms: 1e6, documentsPerConnection: 10, ...limits },
      ...(this.measures ? { measures: true as const } : {}),
    });
  }

  event<K extends EventName>(name: K, body: OfOneLife<Events[K]>): void {
    const told = name === "head" ? { epoch: LIFE, ...body } : body;
    this.line.listener.event(name, told as Events[K]);
  }

  /** Everything asked on the latest channel under this name, oldest first. */
  all<K extends RequestName>(name: K): Requests[K]["body"][] {
    return this.line.asked.filter((one) => one.name === name).map(({ body }) => body as Requests[K]["body"]);
  }

  /** The latest request of this name on the latest channel. */
  sent<K extends RequestName>(name: K): Requests[K]["body"] | undefined {
    return this.all(name).at(-1);
  }

  #waiting(name: RequestName): Asked {
    const asked = this.line.asked.find((one) => one.name === name && !one.answered);
    if (asked === undefined) throw new Error(`nobody waits for an answer to ${name}`);
    asked.answered = true;
    return asked;
  }

  /** Answers the oldest unanswered request of this name. */
  answers<K extends RequestName>(name: K, ok: OfOneLife<Requests[K]["reply"]>): void {
    const reply = name === "open" ? { epoch: LIFE, ...ok } : ok;
    this.#waiting(name).answer({ ok: reply } as Answer<never>);
  }

  refuses(name: RequestName, code: FaultCode, extra: Partial<FaultMessage> = {}): void {
    this.#waiting(name).answer({ fault: { code, message: code, ...extra } } as Answer<never>);
  }

  /** The reply to a submission. */
  acknowledges(version: number): void {
    this.answers("submit", { version });
  }

  /** Somebody's op, by the room. */
  tells(version: number, op: PlainOp, src = "bo-1", seq = version): void {
    this.event("ops", { doc: "notes", ops: [this.op(version, op, src, seq)] });
  }

  /** Our own op, by the room. */
  echoes(version: number, op: PlainOp, seq = 1): void {
    this.tells(version, op, MY_ID, seq);
  }

  op(version: number, op: PlainOp, src = "bo-1", seq = version): Committed {
    return { version, src, seq, op, author: src.split("-")[0]!, time: 0 };
  }

  cuts(): void {
    this.line.listener.closed("transport close");
  }

  /** The client comes back on a new channel and is welcomed. */
  takesBack(id = MY_ID): void {
    this.clock.advance(1);
    this.welcomes(id);
  }

  /** The answer to a document opened by version. */
  answersSince(head: number, ops: readonly Committed[], people: readonly Person[] = []): void {
    this.answers("open", { head, writable: true, people, ops });
  }
}

/** The answer to a document opened without a version: that text is its newest. */
export const snapshot = (head: number, text: string) => ({
  ...{ head, writable: true, people: [], snapshot: text },
});

/** A plain document at version 7 of somebody who shows a token, which is asked for anew whenever it is not taken. */
export async function openedByToken(desk: Desk, text: string): Promise<Doc> {
  desk.connect({ token: () => "fresh" });
  await new Promise(setImmediate);
  desk.welcomes();
  const doc = desk.client.open("notes", { type: "plain" });
  desk.answers("open", snapshot(7, text));
  return doc;
}

/** Notes what a document refuses. */
export function refusals(doc: Doc): Refusal[] {
  const refused: Refusal[] = [];
  doc.on("refused", (refusal) => refused.push(refusal));
  return refused;
}

/** Whether a promise has settled by now, and how. */
export async function outcome(promise: Promise<unknown>): Promise<"pending" | "resolved" | "rejected"> {
  let now: "pending" | "resolved" | "rejected" = "pending";
  promise.then(
    () => {
      now = "resolved";
    },
    () => {
      now = "rejected";
    },
  );
  await new Promise(setImmediate);
  return now;
}
