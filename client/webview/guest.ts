// The page's end of the bridge: says hello until a host answers, then offers what the app behind the host can do.
//
//   greeting ──init──▶ open ──restart from a new host──▶ greeting (without a limit: there was a host)
//       └── no answer in time, or no common protocol ──▶ closed
//
// Pure over a channel, a clock and random bytes: no DOM in here. channels.ts finds the channel, page.ts the nonce.

import type { Clock } from "../../protocol/clock.js";
import { systemClock } from "../../protocol/clock.js";
import { Emitter } from "../emitter.js";
import { type RandomBytes, secureBytes } from "../ids.js";
import type { Handler } from "./answers.js";
import type { CallOptions } from "./calls.js";
import { newBoot, requireSid } from "./envelope.js";
import type { Problem } from "./faults.js";
import { BridgeFault } from "./faults.js";
import { Link } from "./link.js";
import type {
  EditorState,
  Handlers,
  HostMessage,
  Init,
  Json,
  Payload,
  Reply,
  RunContext,
} from "./messages.js";
import { BRIDGE_PROTOCOLS, messages } from "./messages.js";
import type { StorageAdapter } from "./storage.js";
import { storageThrough } from "./storage.js";
import type { Suspend } from "./suspend.js";
import { suspendInTime } from "./suspend.js";
import { Tokens } from "./tokens.js";
import type { BridgeChannel, BridgeLimits, Content } from "./types.js";
import { bridgeLimits } from "./types.js";

export interface GuestOptions {
  readonly channel: BridgeChannel;
  /** The nonce the host gave this page: 32 hexadecimal digits. */
  readonly sid: string;
  readonly clock?: Clock;
  readonly randomBytes?: RandomBytes;
  /** What this page calls itself, for the host's logs. */
  readonly build?: string;
  /** What this page can do, for the host's toolbar: names of commands. */
  readonly caps?: readonly string[];
  /** Runs a command of the host's toolbar. Throw a `BridgeFault` `unsupported` for a name you do not know. */
  readonly command?: (name: string, args: Json | undefined, context: RunContext) => unknown;
  /** The app is about to stop: save what is unsaved. @see suspendInTime */
  readonly suspend?: Suspend;
  /** How long to wait for a host at first. Default 10 s. */
  readonly helloMs?: number;
  readonly limits?: Partial<BridgeLimits>;
  readonly problem?: (problem: Problem) => void;
}

/** What the host tells; `latest` has the last of each. */
export interface HostNews {
  theme: Payload<"theme.set">;
  insets: Payload<"insets">;
  net: Payload<"net.status">;
  app: Payload<"app.state">;
}

export interface GuestEvents extends HostNews {
  /** Somebody else has signed in (null: nobody, absent: the host did not say). The token is being replaced. */
  auth: Payload<"auth.changed">;
  /** A new token; null: nobody is signed in. */
  token: string | null;
  /** The host has been replaced by a new one, which has just been told everything. */
  restarted: Init;
}

export interface Guest {
  /** What the host said at first. @throws BridgeFault `timeout` when there is no host, `protocol_unsupported` */
  readonly ready: Promise<Init>;
  readonly latest: Partial<HostNews>;
  readonly tokens: Pick<Tokens, "get" | "rejected">;
  readonly storage: StorageAdapter;
  /** What the host's toolbar shows. Only fields that changed are sent, at most twenty times a second. */
  setState(state: EditorState): void;
  setStats(stats: Payload<"doc.stats">): void;
  setSync(sync: Payload<"sync.status">): void;
  setPeople(people: Payload<"presence.list">["people"]): void;
  /** Told once, and until it is heard. */
  notice(notice: Payload<"doc.notice">): void;
  pickMedia(what: Payload<"media.pick">, options?: CallOptions): Promise<Reply<"media.pick">["items"]>;
  openLink(href: string, options?: CallOptions): Promise<boolean>;
  share(what: Payload<"share">, options?: CallOptions): Promise<boolean>;
  haptic(style: Payload<"haptic">["style"]): void;
  announce(text: string, politeness?: "polite" | "assertive"): void;
  log(level: Payload<"log">["level"], message: string, data?: Json): void;
  on<K extends keyof GuestEvents>(event: K, listener: (event: GuestEvents[K]) => void): () => void;
  /** The channel to the same host was replaced. */
  attach(channel: BridgeChannel): void;
  close(): void;
}

const FIRST_HELLO_MS = 250;
const MAX_HELLO_MS = 2_000;
/** At most twenty messages a second about what is typed. */
export const STATE_INTERVAL_MS = 50;

/** Opens the page's end of the bridge. @throws BridgeFault `invalid` when `sid` is no nonce */
export function guest(options: GuestOptions): Guest {
  const { clock = systemClock, randomBytes = secureBytes, problem = () => {}, helloMs = 10_000 } = options;
  const limits = { ...bridgeLimits, ...options.limits };
  const boot = newBoot(randomBytes);
  const latest: Partial<HostNews> = {};
  const emitter = new Emitter<GuestEvents>();
  let greeted = false;
  let stopHello = () => {};
  let stopLimit = () => {};
  let settleReady: { resolve(init: Init): void; reject(fault: BridgeFault): void };
  const ready = new Promise<Init>((resolve, reject) => {
    settleReady = { resolve, reject };
  });
  // Whoever does not ask for `ready` learns of the failure by every request.
  ready.catch(() => {});

  const news = <K extends keyof HostNews>(event: K, value: HostNews[K] | undefined) => {
    if (value === undefined) return;
    latest[event] = value;
    emitter.emit<keyof HostNews>(event, value);
  };
  const handlers: Handlers<HostMessage> = {
    ...(options.command && {
      "cmd.exec": async ({ name, args }, context) => {
        const value = (await options.command?.(name, args, context)) as Json | undefined;
        return value === undefined ? {} : { value };
      },
    }),
    "app.willSuspend": ({ deadlineMs }, { signal }) => {
      for (const value of [state, stats, sync, people]) value.flush();
      return suspendInTime(options.suspend, deadlineMs, clock, signal);
    },
    "auth.changed": (changed) => {
      tokens.changed();
      emitter.emit("auth", changed);
    },
    "net.status": (net) => news("net", net),
    "app.state": (app) => news("app", app),
    "theme.set": (theme) => news("theme", theme),
    insets: (insets) => news("insets", insets),
  };
  const link = new Link({
    channel: options.channel,
    clock,
    sid: requireSid(options.sid),
    limits,
    handlers: handlers as Readonly<Record<string, Handler>>,
    handshake: (content, seq, stranger) => handshake(content, seq, stranger),
    early: () => {},
    problem,
  });
  const state = link.latestFields("state.patch", STATE_INTERVAL_MS);
  const stats = link.latestWhole("doc.stats", STATE_INTERVAL_MS);
  const sync = link.latestWhole("sync.status", STATE_INTERVAL_MS);
  const people = link.latestWhole("presence.list", STATE_INTERVAL_MS);
  const tokens = new Tokens({
    clock,
    ask: (reason) => link.call("auth.token", { reason }),
    renewed: (token) => emitter.emit("token", token),
  });
  const helloId = link.newId();

  function hello(waitMs: number): void {
    stopHello();
    const { build, caps } = options;
    const payload = messages.hello.payload(
      { protocols: BRIDGE_PROTOCOLS, boot, build, caps, limits },
      "hello",
    );
    stopHello = clock.after(waitMs, () => hello(Math.min(waitMs * 2, MAX_HELLO_MS)));
    link.send({ kind: "req", id: helloId, type: "hello", payload });
  }

  function handshake(content: Content, seq: number, stranger: string | undefined): void {
    if (content.type === "restart" && stranger !== undefined) {
      link.greet();
      hello(FIRST_HELLO_MS);
    } else if (content.kind === "res" && content.type === "init" && content.re === helloId) {
      // A second one from the host we have says nothing new; one from a stranger says that there is a new host.
      if (link.isOpen && stranger === undefined) return;
      if (content.err !== undefined) {
        close(BridgeFault.from(content.err));
        return;
      }
      let init: Init;
      try {
        init = messages.hello.reply(content.payload, "init");
      } catch (error) {
        problem({ code: "invalid", detail: "init", cause: error });
        return;
      }
      if (init.boot !== boot) {
        problem({ code: "stale_peer", detail: "init for another page" });
        return;
      }
      if (!BRIDGE_PROTOCOLS.includes(init.protocol)) {
        close(new BridgeFault("protocol_unsupported"));
        return;
      }
      if (stranger !== undefined) link.adopt(stranger, seq);
      welcome(init);
    }
  }

  function welcome(init: Init): void {
    stopHello();
    stopLimit();
    link.limitTo(init.limits);
    link.open();
    link.insist("ready", { host: init.host });
    news("theme", init.theme);
    news("insets", init.insets);
    news("net", init.net);
    news("app", init.app);
    if (greeted) {
      // Who is signed in there now is not known here.
      tokens.changed();
      emitter.emit("restarted", init);
    }
    greeted = true;
    settleReady.resolve(init);
  }

  function close(fault: BridgeFault): void {
    stopHello();
    stopLimit();
    tokens.close();
    link.close(fault);
    settleReady.reject(fault);
  }

  stopLimit = clock.after(helloMs, () => close(new BridgeFault("timeout", "there is no host")));
  hello(FIRST_HELLO_MS);

  return {
    ready,
    latest,
    tokens,
    storage: storageThrough(link),
    setState: (fields) => state.set(messages["state.patch"].payload(fields, "state")),
    setStats: (value) => stats.set({ value: messages["doc.stats"].payload(value, "stats") }),
    setSync: (value) => sync.set({ value: messages["sync.status"].payload(value, "sync") }),
    setPeople: (value) =>
      people.set({ value: messages["presence.list"].payload({ people: value }, "people") }),
    notice: (notice) => link.insist("doc.notice", notice),
    pickMedia: async (what, callOptions) => (await link.call("media.pick", what, callOptions)).items,
    openLink: async (href, callOptions) => (await link.call("link.open", { href }, callOptions)).opened,
    share: async (what, callOptions) => (await link.call("share", what, callOptions)).shared,
    haptic: (style) => link.tell("haptic", { style }),
    announce: (text, politeness = "polite") => link.tell("a11y.announce", { text, politeness }),
    log: (level, message, data) =>
      link.tell("log", { level, message, ...(data === undefined ? {} : { data }) }),
    on: (event, listener) => emitter.on(event, listener),
    attach: (channel) => {
      link.attach(channel);
      if (!link.isOpen) hello(FIRST_HELLO_MS);
    },
    close: () => close(new BridgeFault("closed")),
  };
}
