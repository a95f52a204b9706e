// A page, a host and a bad wire in virtual time, which keep count of everything that is asked and run.
//
// The laws, for the tests to check after `play`: every request settles; nothing runs twice; lanes keep their order; and
// once the wire is good again both ends hold the same last values (`expectConverged`).

import { expect } from "chai";
import type { EditorState, Guest, Host, Json } from "../../client/webview/index.js";
import { guest, host } from "../../client/webview/index.js";
import type { Fate } from "./support.js";
import { countingBytes, SID, TestClock, watch, wire } from "./support.js";

export interface Request {
  readonly do: "commit" | "exec" | "open";
  readonly big: boolean;
  readonly abortAfter: number | null;
}
export type Step =
  | Request
  | { readonly do: "state"; readonly fields: EditorState }
  | { readonly do: "net"; readonly online: boolean }
  | { readonly do: "insets"; readonly keyboard: number }
  | { readonly do: "reload" | "restart" | "reattach" };

/** Each step with the milliseconds before it. */
export type Schedule = readonly (readonly [number, Step])[];
/** For one message after the other, when its copies arrive. */
export type Hands = readonly (readonly number[])[];

/** Deals the fates out in turn. */
function dealing(hands: Hands): Fate {
  let next = 0;
  return () => hands[next++ % hands.length]!;
}

const BIG = "👻".repeat(40_000);
/** What may be dropped on such a wire; anything else is a mistake of ours. */
const expected = new Set(["repeated", "gap", "unmatched", "early", "bad_chunk", "stale_peer"]);

interface Made {
  readonly kind: string;
  readonly label: string;
  readonly watched: ReturnType<typeof watch<unknown>>;
}

/** A page, a host and a bad wire; keeps count of everything that is asked and run. */
export class World {
  readonly clock = new TestClock();
  readonly made: Made[] = [];
  readonly runs: string[] = [];
  readonly problems: string[] = [];
  state: EditorState = {};
  online = true;
  keyboard = 0;
  private lanes = wire(this.clock);
  private starts = 0;
  guest: Guest;
  host: Host;

  private up: Fate;
  private down: Fate;

  constructor(up: Hands, down: Hands) {
    this.up = dealing(up);
    this.down = dealing(down);
    this.setFates();
    this.host = this.newHost();
    this.guest = this.newGuest();
  }

  step(step: Step): void {
    switch (step.do) {
      case "state":
        this.state = { ...this.state, ...step.fields };
        this.guest.setState(step.fields);
        break;
      case "net":
        this.online = step.online;
        this.host.setNet({ online: this.online });
        break;
      case "insets":
        this.keyboard = step.keyboard;
        this.host.setInsets(this.insets);
        break;
      case "reload":
        this.guest.close();
        this.guest = this.newGuest();
        this.guest.setState(this.state);
        break;
      case "restart":
        this.host.close();
        this.host = this.newHost();
        break;
      case "reattach":
        this.lanes = wire(this.clock);
        this.setFates();
        this.host.attach(this.lanes.down);
        this.guest.attach(this.lanes.up);
        break;
      case "commit":
      case "exec":
      case "open":
        this.request(step.do, step.big, step.abortAfter);
    }
  }

  /** From now on the wire does what a wire should. */
  heal(): void {
    this.up = () => [1];
    this.down = () => [1];
    this.setFates();
  }

  runsOf(kind: string): number[] {
    return this.runs.filter((label) => label.startsWith(kind)).map((label) => Number(label.split(" ")[1]));
  }

  private get insets() {
    return { top: 1, bottom: 2, keyboard: this.keyboard };
  }

  private request(kind: Request["do"], big: boolean, abortAfter: number | null): void {
    const label = `${kind} ${this.made.length}`;
    const abort = new AbortController();
    const options = { signal: abort.signal };
    if (abortAfter !== null) this.clock.after(abortAfter, () => abort.abort());
    const payload: Json = { label, big: big ? BIG : "" };
    let made: Promise<unknown>;
    if (kind === "commit") made = this.guest.storage.commit({ doc: "minutes", put: payload });
    else if (kind === "exec") made = this.host.exec("run", payload, options);
    else made = this.guest.openLink(`https://example.org/${label.replace(" ", "/")}`, options);
    this.made.push({ kind, label, watched: watch(made) });
  }

  private setFates(): void {
    this.lanes.up.fate = this.up;
    this.lanes.down.fate = this.down;
  }

  private newGuest(): Guest {
    const command = (_: string, args: Json | undefined) => this.run((args as { label: string }).label, 3);
    const problem = ({ code }: { code: string }) => void this.problems.push(code);
    const randomBytes = countingBytes(100 + ++this.starts);
    const { clock } = this;
    return guest({ channel: this.lanes.up, sid: SID, clock, randomBytes, command, problem, helloMs: 1e9 });
  }

  private newHost(): Host {
    const storage = {
      ...{ load: async () => null, list: async () => [], delete: async () => {}, claim: async () => true },
      commit: async ({ put }: { put?: Readonly<Record<string, Json>> }) =>
        void (await this.run(String(put?.label), 40)),
    };
    const openLink = async (href: string) => {
      await this.run(href.split("/").slice(-2).join(" "), 2_500);
      return true;
    };
    return host({
      ...{ channel: this.lanes.down, sid: SID, clock: this.clock, randomBytes: countingBytes(++this.starts) },
      page: { net: { online: this.online }, insets: this.insets },
      services: { storage, openLink },
      problem: ({ code }) => this.problems.push(code),
    });
  }

  private run(label: string, takesMs: number): Promise<string> {
    this.runs.push(label);
    return new Promise((resolve) => this.clock.after(takesMs, () => resolve(label)));
  }
}

export async function play(steps: Schedule, world: World): Promise<void> {
  for (const [waitMs, step] of steps) {
    // No page and no host is started twice in one millisecond.
    await world.clock.pass(waitMs + 1);
    world.step(step);
  }
  world.heal();
  await world.clock.pass(200_000);
}

export function expectConverged(world: World): void {
  expect(world.host.state).to.deep.equal(world.state);
  expect(world.guest.latest.net).to.deep.equal({ online: world.online });
  expect(world.guest.latest.insets?.keyboard).to.equal(world.keyboard);
  expect(world.problems.filter((code) => !expected.has(code))).to.deep.equal([]);
  expect(world.clock.waiting, "timers left").to.equal(0);
}
