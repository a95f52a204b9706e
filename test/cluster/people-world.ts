// A small world of nodes that have nothing but a roster, and of people who come and go: on virtual time, thousands of times.
//
// Each person looks on as a client does: takes the list when they enter, and what they are told from then on. What they
// are told must make sense at every moment: nobody leaves who is not there. When everything has been quiet for a while,
// all of them see who is really there, where they are, and in the same colours.

import type { Person, PresenceUpdate } from "../../protocol/index.js";
import { colorOfUser } from "../../server/cluster/palette.js";
import { topicOf } from "../../server/cluster/people-messages.js";
import { defaultLimits, type ServerLimits } from "../../server/limits.js";
import { createRoster, type Roster } from "../../server/roster.js";
import { seededRandom, VirtualClock } from "../world/clock.js";
import { LossyBus } from "../world/lossy-bus.js";
import { OwnClock } from "../world/own-clock.js";

export const DOC = "note";

export type PeopleStep =
  /** Somebody (one of a few users) opens another tab on a node. */
  | { readonly do: "come"; readonly user: number; readonly node: number }
  /** One of the tabs closes; or its line dies and it comes back on another node, which the first learns later. */
  | { readonly do: "go"; readonly who: number }
  | { readonly do: "switch"; readonly who: number; readonly node: number; readonly noticedMs: number }
  | { readonly do: "move"; readonly who: number }
  /** A node dies without a word, with everybody on it; some come back elsewhere. */
  | { readonly do: "kill"; readonly node: number; readonly back: boolean }
  | { readonly do: "stop"; readonly node: number }
  | { readonly do: "sleep"; readonly node: number; readonly ms: number }
  | { readonly do: "weather"; readonly lost: number; readonly twice: number; readonly delayMs: number }
  /** The bus is away, for one node or for all. */
  | { readonly do: "cut"; readonly node: number | "all"; readonly ms: number }
  | { readonly do: "wait"; readonly ms: number };

/** One client id. */
interface Tab {
  readonly src: string;
  readonly user: string;
  node: Node;
  peer: string;
  /** What a client would show: undefined, before the list is there. */
  shown: Map<string, Person> | undefined;
  /** Told before the list. */
  readonly early: (() => void)[];
  presence: PresenceUpdate | null;
  n: number;
}

interface Node {
  readonly name: string;
  readonly clock: OwnClock;
  readonly roster: Roster;
  /** Connection → whose it is, while the node thinks that it lives. */
  readonly peers: Map<string, Tab>;
}

export interface Count {
  joined: number;
  left: number;
  changed: number;
}

/** Users whose own colour is the same, so that nodes which do not know of each other's give it twice. */
const alike = Array.from({ length: 500 }, (_, nth) => `user-${nth}`).filter((id) => colorOfUser(id) === 0);

export class PeopleWorld {
  readonly clock = new VirtualClock(1_700_000_000_000);
  readonly bus: LossyBus;
  readonly nodes: Node[] = [];
  readonly tabs: Tab[] = [];
  /** What all were told together; how many people came and went again. */
  readonly count: Count = { joined: 0, left: 0, changed: 0 };
  readonly #random: () => number;
  #names = 0;

  constructor(
    seed: number,
    count: number,
    private readonly limits: Partial<ServerLimits> = {},
  ) {
    this.#random = seededRandom(seed);
    this.bus = new LossyBus(this.clock, this.#random);
    for (let node = 0; node < count; node++) this.nodes.push(this.#start());
  }

  #start(): Node {
    const name = `node-${++this.#names}`;
    const clock = new OwnClock(this.clock);
    // Clocks differ.
    clock.skewMs = Math.floor(this.#random() * 4_000) - 2_000;
    const peers = new Map<string, Tab>();
    const roster = createRoster({
      clock,
      random: this.#random,
      bus: this.bus.join(name, clock),
      limits: { ...defaultLimits, ...this.limits },
      tell: (_doc, event, body, except) => {
        if (clock.dead) return;
        for (const [peer, tab] of peers) {
          if (peer === except || tab.peer !== peer) continue;
          const hear = () => {
            if (event === "joined") this.#joined(tab, (body as { person: Person }).person);
            else if (event === "left") this.#left(tab, (body as { src: string }).src);
            else this.#moved(tab, body as { src: string } & PresenceUpdate);
          };
          if (tab.shown === undefined) tab.early.push(hear);
          else hear();
        }
      },
    });
    return { name, clock, roster, peers };
  }

  play(steps: readonly PeopleStep[]): void {
    for (const step of steps) this.#perform(step);
  }

  #perform(step: PeopleStep): void {
    const tab = "who" in step ? this.tabs[step.who % this.tabs.length] : undefined;
    const node =
      "node" in step && step.node !== "all" ? this.nodes[step.node % this.nodes.length]! : undefined;
    switch (step.do) {
      case "come":
        this.come(alike[step.user]!, node!);
        break;
      case "go":
        if (tab !== undefined) this.go(tab);
        break;
      case "switch": {
        if (tab === undefined || tab.node === node) break;
        const { node: from, peer } = tab;
        this.#enter(tab, node!);
        from.clock.after(step.noticedMs, () => this.#closed(from, peer));
        break;
      }
      case "move":
        if (tab !== undefined) this.move(tab);
        break;
      case "kill":
        this.kill(node!, step.back);
        break;
      case "stop":
        node!.clock.resume();
        for (const one of this.tabs.filter((each) => each.node === node)) this.go(one);
        node!.roster.stop();
        this.#replace(node!);
        break;
      case "sleep":
        node!.clock.pause();
        this.clock.after(step.ms, () => node!.clock.resume());
        break;
      case "weather":
        Object.assign(this.bus.weather, step);
        break;
      case "cut":
        if (node === undefined) this.bus.cutOff();
        else this.bus.cutOff([node.name]);
        this.clock.after(step.ms, () => this.bus.heal());
        break;
      case "wait":
        this.clock.advance(step.ms);
        break;
    }
  }

  come(user: string, node: Node): Tab {
    const tab: Tab = {
      src: `src-${++this.#names}`,
      user,
      node,
      peer: "",
      shown: undefined,
      early: [],
      presence: null,
      n: 0,
    };
    this.tabs.push(tab);
    this.#enter(tab, node);
    return tab;
  }

  go(tab: Tab): void {
    this.tabs.splice(this.tabs.indexOf(tab), 1);
    this.#closed(tab.node, tab.peer);
  }

  move(tab: Tab): void {
    const { node, peer, src } = tab;
    const at = Math.floor(this.#random() * 100);
    const selection = { anchor: at, head: at };
    const presence = { n: ++tab.n, version: 1, seq: 0, selection, activity: "active" } as const;
    node.clock.soon(() => {
      if (!node.peers.has(peer) || !node.roster.has(DOC, src)) return;
      // A node that has slept hears it when they are elsewhere already.
      const newer = presence.n > (tab.presence?.n ?? 0);
      if (newer && tab.peer === peer && tab.shown !== undefined) tab.presence = presence;
      node.roster.note(DOC, peer, src, presence);
    });
  }

  kill(node: Node, back: boolean): void {
    node.clock.die();
    this.bus.leave(node.name);
    this.#replace(node);
    const elsewhere = this.nodes.filter((other) => other !== node);
    for (const tab of this.tabs.filter((each) => each.node === node)) {
      if (back) this.#enter(tab, elsewhere[Math.floor(this.#random() * elsewhere.length)]!);
      else this.tabs.splice(this.tabs.indexOf(tab), 1);
    }
  }

  #replace(node: Node): void {
    this.nodes[this.nodes.indexOf(node)] = this.#start();
  }

  /** As the gateway does it: it listens first, enters when the others had time to answer, and gives the list. */
  #enter(tab: Tab, node: Node): void {
    const peer = `peer-${++this.#names}`;
    tab.node = node;
    tab.peer = peer;
    tab.shown = undefined;
    tab.early.length = 0;
    node.clock.soon(() => {
      node.peers.set(peer, tab);
      const expected = node.roster.expect(DOC);
      const enter = () => {
        if (node.peers.has(peer)) {
          node.roster.enter(DOC, peer, tab.src, { id: tab.user, name: tab.user });
          if (tab.peer === peer) this.#listed(tab, node.roster.people(DOC, tab.src));
          // Clients tell anew where they are on every line.
          if (tab.n > 0) node.clock.after(50, () => tab.peer === peer && this.move(tab));
        }
        expected.done();
      };
      // The promise is for the gateway; here, virtual time tells when it would have resolved.
      if (expected.known === undefined) enter();
      else node.clock.after(60, enter);
    });
  }

  #closed(node: Node, peer: string): void {
    node.clock.soon(() => {
      const tab = node.peers.get(peer);
      if (node.peers.delete(peer)) node.roster.exit(DOC, peer, tab!.src);
    });
  }

  #listed(tab: Tab, people: readonly Person[]): void {
    // What was told before is in the list, or was only for a moment.
    tab.early.length = 0;
    tab.shown = new Map(people.map((person) => [person.src, person]));
  }

  #joined(tab: Tab, person: Person): void {
    if (tab.shown!.has(person.src)) this.count.changed++;
    else this.count.joined++;
    tab.shown!.set(person.src, person);
  }

  #left(tab: Tab, src: string): void {
    this.count.left++;
    if (!tab.shown!.delete(src)) throw new Error(`${tab.src} heard that ${src} left, who was not there`);
  }

  #moved(tab: Tab, { src, n, version, seq, selection, activity }: { src: string } & PresenceUpdate): void {
    const known = tab.shown!.get(src);
    if (known === undefined) throw new Error(`${tab.src} heard where ${src} is, who is not there`);
    tab.shown!.set(src, { ...known, presence: { n, version, seq, selection, activity } });
  }

  /** Everything is sound again, and quiet for so long. */
  rest(ms: number): void {
    for (const { clock } of this.nodes) clock.resume();
    this.bus.heal();
    this.clock.advance(ms);
  }

  /** What everybody sees is what is. @throws Error */
  check(): void {
    const truth = this.tabs.map(({ src }) => src).sort();
    const most = this.limits.peopleShown ?? Number.POSITIVE_INFINITY;
    const colors = new Map<string, number>();
    for (const { src, node, shown } of this.tabs) {
      if (shown === undefined) throw new Error(`${src} was never given a list`);
      const seen = [...shown.keys()].sort();
      const listed = node.roster
        .people(DOC, src)
        .map((person) => person.src)
        .sort();
      if (seen.join() !== listed.join())
        throw new Error(`${src} sees ${seen.join()}, the list is ${listed.join()}`);
      if (truth.length <= most && seen.join() !== truth.join())
        throw new Error(`${src} on ${node.name} sees ${seen.join()}, there are ${truth.join()}`);
      if (node.roster.size(DOC) !== truth.length)
        throw new Error(`${node.name} counts ${node.roster.size(DOC)}, there are ${truth.length}`);
      for (const { user, color, src: whose, presence } of shown.values()) {
        const before = colors.get(user.id) ?? color;
        if (before !== color) throw new Error(`${user.id} is ${color} to ${src}, ${before} to others`);
        colors.set(user.id, color);
        const told = this.tabs.find((one) => one.src === whose)!.presence;
        if (told !== null && presence?.n !== told.n && whose !== src)
          throw new Error(`${src} sees ${whose} at ${presence?.n}, not ${told.n}`);
      }
    }
    if (colors.size <= 12 && new Set(colors.values()).size < colors.size)
      throw new Error(`two users have one colour: ${JSON.stringify([...colors])}`);
  }

  /** The topic of the one document that there is. */
  readonly topic = topicOf(DOC);
}
