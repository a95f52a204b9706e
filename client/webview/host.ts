// The app's end of the bridge, for apps written in TypeScript: an iframe's parent, React Native. Hosts in Swift, Kotlin
// and Dart do the same; this one is the reference for what they do.
//
//   greeting ──hello──▶ init sent ──ready──▶ open ──hello from a new page──▶ init sent …
//
// The host outlives its pages: each load of the page is a new guest with its own boot. A page that was there before
// this host (the app was restarted around it) is asked to say hello again. No DOM and no React in here.

import { type Clock, leftMs, systemClock } from "../../protocol/clock.js";
import { Emitter } from "../emitter.js";
import { type RandomBytes, secureBytes } from "../ids.js";
import type { Handler } from "./answers.js";
import type { CallOptions } from "./calls.js";
import { newBoot, requireSid } from "./envelope.js";
import type { Problem } from "./faults.js";
import { BridgeFault } from "./faults.js";
import type { Latest } from "./latest.js";
import { Link } from "./link.js";
import type { EditorState, Init, Json, MessageName, Payload, Reply } from "./messages.js";
import { BRIDGE_PROTOCOLS, messages } from "./messages.js";
import type { Services } from "./services.js";
import { capsOf, serviceHandlers } from "./services.js";
import type { BridgeChannel, BridgeLimits, Content } from "./types.js";
import { bridgeLimits } from "./types.js";

export interface HostOptions {
  readonly channel: BridgeChannel;
  /** A fresh nonce for every load of the page (`newSid`), given to the page before its scripts run. */
  readonly sid: string;
  readonly clock?: Clock;
  readonly randomBytes?: RandomBytes;
  /** What the page is told at first. */
  readonly page?: Pick<
    Init,
    "doc" | "user" | "theme" | "locale" | "dir" | "insets" | "net" | "app" | "toolbar"
  >;
  /** What the page may ask of this app. What is missing is answered with `unsupported`. */
  readonly services?: Services;
  readonly limits?: Partial<BridgeLimits>;
  readonly problem?: (problem: Problem) => void;
}

export type GuestInfo = Pick<Payload<"hello">, "build" | "caps" | "protocols">;

export interface HostEvents {
  /** A page is there: the first, or one that was loaded anew. */
  ready: GuestInfo;
  /** A page is there that speaks none of our protocols: the app, or the page, must be updated. */
  incompatible: { readonly protocols: readonly number[] };
  /** The whole state of the editor, and which fields changed. */
  state: { readonly state: EditorState; readonly changed: readonly (keyof EditorState)[] };
  stats: Payload<"doc.stats">;
  sync: Payload<"sync.status">;
  people: Payload<"presence.list">["people"];
  notice: Payload<"doc.notice">;
}

export interface Host {
  /** Resolves when the first page is there. Rejects only when the host is closed before. */
  readonly ready: Promise<GuestInfo>;
  /** What the page's toolbar shows, put together from all its patches. Empty until the page says. */
  readonly state: EditorState;
  /** Runs an editor command in the page. Commands run in order, one at a time. @returns what the command returned */
  exec(name: string, args?: Json, options?: CallOptions): Promise<Json | undefined>;
  setTheme(theme: Payload<"theme.set">): void;
  setInsets(insets: Payload<"insets">): void;
  setNet(net: Payload<"net.status">): void;
  setApp(app: Payload<"app.state">): void;
  /** Somebody else has signed in: the page drops its token and asks for another. */
  authChanged(user?: Payload<"auth.changed">["user"]): void;
  /** Lets the page save. Resolves at the deadline at the latest, and never rejects. */
  willSuspend(deadlineMs: number): Promise<Reply<"app.willSuspend">>;
  on<K extends keyof HostEvents>(event: K, listener: (event: HostEvents[K]) => void): () => void;
  /** The channel to the same page was replaced (a web view that was mounted again). */
  attach(channel: BridgeChannel): void;
  close(): void;
}

const FIRST_ASK_MS = 1_000;
const MAX_ASK_MS = 30_000;

/** Opens the app's end of the bridge. @throws BridgeFault `invalid` when `sid` is no nonce */
export function host(options: HostOptions): Host {
  const {
    clock = systemClock,
    randomBytes = secureBytes,
    services = {},
    problem = () => {},
    page = {},
  } = options;
  const limits = { ...bridgeLimits, ...options.limits };
  const boot = newBoot(randomBytes);
  const emitter = new Emitter<HostEvents>();
  let state: EditorState = {};
  /** Who is signed in, for pages that come from now on. */
  let user = page.user;
  let info: GuestInfo = { protocols: [] };
  let anyPage = false;
  let lastAskedAt = Number.NEGATIVE_INFINITY;
  let stopAsking = () => {};
  let settleReady: { resolve(info: GuestInfo): void; reject(fault: BridgeFault): void };
  const ready = new Promise<GuestInfo>((resolve, reject) => {
    settleReady = { resolve, reject };
  });
  ready.catch(() => {});

  const handlers = {
    ...serviceHandlers(services),
    ready: (to: Payload<"ready">) => {
      if (to.host !== boot) {
        askForHello();
        throw new BridgeFault("restarted", "that was another host");
      }
      if (link.isOpen) return;
      stopAsking();
      link.open();
      emitter.emit("ready", info);
      settleReady.resolve(info);
    },
    "state.patch": (patch: EditorState) => {
      state = { ...state, ...patch };
      emitter.emit("state", { state, changed: Object.keys(patch) as (keyof EditorState)[] });
    },
    "doc.stats": (stats: Payload<"doc.stats">) => emitter.emit("stats", stats),
    "sync.status": (sync: Payload<"sync.status">) => emitter.emit("sync", sync),
    "doc.notice": (notice: Payload<"doc.notice">) => emitter.emit("notice", notice),
    "presence.list": ({ people }: Payload<"presence.list">) => emitter.emit("people", people),
  };
  const link = new Link({
    channel: options.channel,
    clock,
    sid: requireSid(options.sid),
    limits,
    handlers: handlers as unknown as Readonly<Record<string, Handler>>,
    handshake: (content, seq, stranger) => handshake(content, seq, stranger),
    early: () => askForHello(),
    problem,
  });
  const theme = told("theme.set", page.theme);
  const insets = told("insets", page.insets);
  const net = told("net.status", page.net);
  const app = told("app.state", page.app);

  function told<K extends MessageName>(
    type: K,
    first: Payload<K> | undefined,
  ): Latest<{ value: Payload<K> }> {
    const value = link.latestWhole(type, 0);
    if (first !== undefined) value.set({ value: messages[type].payload(first, type) as Payload<K> });
    return value;
  }

  function handshake(content: Content, seq: number, stranger: string | undefined): void {
    if (content.kind !== "req" || content.type !== "hello") {
      problem({ code: "unknown_type", detail: content.type });
      return;
    }
    const answer = { kind: "res", re: content.id, type: "init" } as const;
    let hello: Payload<"hello">;
    try {
      hello = messages.hello.payload(content.payload, "hello");
    } catch (error) {
      const fault = error instanceof BridgeFault ? error : new BridgeFault("invalid");
      return void link.send({ ...answer, err: fault.toJSON() });
    }
    const protocol = Math.max(...hello.protocols.filter((version) => BRIDGE_PROTOCOLS.includes(version)));
    if (protocol === Number.NEGATIVE_INFINITY) {
      const fault = new BridgeFault(
        "protocol_unsupported",
        `this host speaks ${BRIDGE_PROTOCOLS.join(", ")}`,
      );
      link.send({ ...answer, err: fault.toJSON() });
      emitter.emit("incompatible", { protocols: hello.protocols });
      return;
    }
    if (stranger !== undefined) welcome(hello, stranger, seq);
    link.send({ ...answer, payload: init(protocol, hello.boot) });
  }

  /** A page we have not seen: what its predecessor showed, asked and had claimed is gone with it. */
  function welcome(hello: Payload<"hello">, stranger: string, seq: number): void {
    const { protocols, build, caps } = hello;
    info = { protocols, ...(build === undefined ? {} : { build }), ...(caps === undefined ? {} : { caps }) };
    const changed = Object.keys(state) as (keyof EditorState)[];
    state = {};
    if (changed.length > 0) emitter.emit("state", { state, changed });
    link.adopt(stranger, seq);
    link.limitTo(hello.limits);
    if (anyPage) {
      link.failCalls(new BridgeFault("restarted", "the page was loaded anew"));
      services.storage?.release?.();
    }
    anyPage = true;
    // The first `init` tells these. Should a later one be the one that arrives, it tells more; what changes from now
    // on is told again after `ready` in any case.
    for (const value of [theme, insets, net, app]) value.assumeTold();
    lastAskedAt = clock.now();
  }

  function init(protocol: number, theirBoot: string): Init {
    const { doc, locale, dir, toolbar } = page;
    const caps = capsOf(services);
    const storage = services.storage === undefined ? "web" : "native";
    return messages.hello.reply(
      {
        ...{ protocol, boot: theirBoot, host: boot, caps, doc, user, locale, dir, storage, toolbar, limits },
        ...{
          theme: theme.value.value,
          insets: insets.value.value,
          net: net.value.value,
          app: app.value.value,
        },
      },
      "init",
    );
  }

  /** There may be a page that has shaken hands with a host before us. */
  function askForHello(): void {
    if (leftMs(clock, lastAskedAt, FIRST_ASK_MS) > 0) return;
    lastAskedAt = clock.now();
    link.send({ kind: "evt", type: "restart", payload: { host: boot } });
  }

  /** Such a page may be silent, and the question may be lost: asks on, ever more seldom, until a page is there. */
  function askOn(waitMs: number): void {
    stopAsking();
    stopAsking = clock.after(waitMs, () => {
      askForHello();
      askOn(Math.min(waitMs * 2, MAX_ASK_MS));
    });
  }

  const set = <K extends MessageName>(latest: Latest<{ value: Payload<K> }>, type: K, value: Payload<K>) =>
    latest.set({ value: messages[type].payload(value, type) as Payload<K> });

  // A `page` that is not as it must be fails here, not in the middle of a handshake.
  init(1, boot);
  askForHello();
  askOn(FIRST_ASK_MS);

  return {
    ready,
    get state() {
      return state;
    },
    exec: async (name, args, callOptions) =>
      (await link.call("cmd.exec", args === undefined ? { name } : { name, args }, callOptions)).value,
    setTheme: (value) => set(theme, "theme.set", value),
    setInsets: (value) => set(insets, "insets", value),
    setNet: (value) => set(net, "net.status", value),
    setApp: (value) => set(app, "app.state", value),
    authChanged: (next) => {
      if (next !== undefined) user = next ?? undefined;
      if (link.isOpen) link.insist("auth.changed", next === undefined ? {} : { user: next });
    },
    willSuspend: (deadlineMs) =>
      link.call("app.willSuspend", { deadlineMs }, { timeoutMs: deadlineMs }).catch(() => ({ done: false })),
    on: (event, listener) => emitter.on(event, listener),
    attach: (channel) => link.attach(channel),
    close: () => {
      const fault = new BridgeFault("closed");
      stopAsking();
      link.close(fault);
      services.storage?.release?.();
      settleReady.reject(fault);
    },
  };
}
