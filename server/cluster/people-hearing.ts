// What a node has heard of the others' people in one document, as they told it: in order, without holes, or not at all.
//
//   current ──news that do not follow, a beat that is ahead──▶ behind ──a list──▶ current
//
// While it is behind it asks, less and less often, and what it knows stands. A node that is not heard of for long is
// forgotten, with its people. That it is alive is found out elsewhere, for all documents together; here, that it says
// nothing of this one, where it should now and then.

import { type Clock, steadyMs } from "../../protocol/index.js";
import { type Ask, type List, type Message, MOST_NODES, type News, type Told } from "./people-messages.js";
import { LONGEST_BEAT_MS } from "./people-telling.js";

/** How long until somebody is asked again who has not answered, and at most. */
const ASK_MS = 500;
const LONGEST_ASK_MS = 30_000;
/** Whoever has told nothing of the document for so long has lost it, and its last words were lost. */
const SILENT_MS = 2.5 * LONGEST_BEAT_MS;

export interface HearingOptions {
  readonly clock: Clock;
  readonly people: {
    put(node: string, told: Told): void;
    move(node: string, src: string, presence: Told["presence"]): void;
    drop(node: string, src: string): void;
    of(node: string): readonly string[];
  };
  /** How far this node's own news are. */
  readonly state: () => { readonly seq: number; readonly count: number };
  readonly ask: (ask: Ask) => void;
}

interface Heard {
  /** The number of the last news; zero: none yet. */
  seq: number;
  count: number;
  /** When something was last heard. */
  at: number;
  /** There are news after that which are not here. */
  behind: boolean;
  /** The parts of a list that is coming. */
  parts: { readonly seq: number; readonly people: Map<number, List["people"]> } | undefined;
}

export class Hearing {
  readonly #nodes = new Map<string, Heard>();
  #askMs = ASK_MS;
  #stopAsking: (() => void) | undefined;

  constructor(private readonly options: HearingOptions) {}

  /** How many people the others have. */
  get count(): number {
    let count = 0;
    for (const heard of this.#nodes.values()) count += heard.count;
    return count;
  }

  heard(message: Message, node: string): void {
    const heard = this.#nodes.get(node) ?? { seq: 0, count: 0, at: 0, behind: false, parts: undefined };
    if (!this.#nodes.has(node) && this.#nodes.size >= MOST_NODES) return;
    this.#nodes.set(node, heard);
    heard.at = steadyMs(this.options.clock);
    if (message.seq >= heard.seq) heard.count = message.count;
    if (message.kind === "news") this.#news(heard, message, node);
    else if (message.kind === "list") this.#list(heard, message, node);
    else if (message.seq > heard.seq) heard.behind = true;
    if (heard.behind) this.#askSoon();
  }

  /** What may have been missed is asked for, of everybody. */
  ask(): void {
    this.#ask([...this.#nodes], true);
  }

  /** Nothing has been heard of this node for long. */
  forget(node: string): void {
    if (!this.#nodes.delete(node)) return;
    for (const src of this.options.people.of(node)) this.options.people.drop(node, src);
  }

  /** Forgets those who have told nothing for long; `slept`: this node could not have heard them. */
  tidy(slept: boolean): void {
    const now = steadyMs(this.options.clock);
    for (const [node, heard] of this.#nodes) {
      if (slept) heard.at = now;
      else if (heard.at + SILENT_MS < now) this.forget(node);
    }
  }

  stop(): void {
    this.#stopAsking?.();
  }

  #news(heard: Heard, { seq, after, changes, moved }: News, node: string): void {
    const { people } = this.options;
    if (seq <= heard.seq) return;
    if (after === 0) {
      for (const src of people.of(node)) people.drop(node, src);
      heard.behind = false;
    } else if (after !== heard.seq) heard.behind = true;
    if (heard.behind) return;
    for (const change of changes) {
      if ("came" in change) people.put(node, change.came);
      else people.drop(node, change.went);
    }
    for (const { src, presence } of moved) people.move(node, src, presence);
    heard.seq = seq;
  }

  #list(heard: Heard, { seq, part, parts, people: some }: List, node: string): void {
    const { people } = this.options;
    if (seq < heard.seq || (seq === heard.seq && !heard.behind)) return;
    if (heard.parts === undefined || heard.parts.seq < seq) heard.parts = { seq, people: new Map() };
    if (heard.parts.seq > seq) return;
    heard.parts.people.set(part, some);
    if (heard.parts.people.size < parts) return;
    const all = [...heard.parts.people.values()].flat();
    heard.parts = undefined;
    heard.seq = seq;
    heard.behind = false;
    const there = new Set(all.map(({ src }) => src));
    for (const src of people.of(node)) if (!there.has(src)) people.drop(node, src);
    for (const told of all) people.put(node, told);
  }

  #askSoon(): void {
    if (this.#stopAsking !== undefined) return;
    const behind = [...this.#nodes].filter((entry) => entry[1].behind);
    if (behind.length === 0) {
      this.#askMs = ASK_MS;
      return;
    }
    this.#ask(behind, false);
    this.#stopAsking = this.options.clock.after(this.#askMs, () => {
      this.#stopAsking = undefined;
      this.#askMs = Math.min(2 * this.#askMs, LONGEST_ASK_MS);
      this.#askSoon();
    });
  }

  #ask(nodes: readonly (readonly [string, Heard])[], others: boolean): void {
    const have = nodes.map(([node, { seq, behind }]) => ({ node, seq: behind ? 0 : seq }));
    this.options.ask({ kind: "ask", ...this.options.state(), have, others });
  }
}
