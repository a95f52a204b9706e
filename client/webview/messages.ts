// Every message of `interline-bridge/1`: who sends it, what it carries, what answers it, how long that may take.
// Validation, types and behaviour are all read from this one table; docs/embed.md says the same in prose.
//
//   call   is a request and is answered, by its reply or by a fault.
//   note   tells something. Sent as `evt` it may be lost; sent as `req` it is answered with `{}` and repeated until then.
//   lane   requests of one lane are sent, and run, one after the other. What has no lane has no order.
//   safe   running it twice does no harm, so its replies, which can be large, are not kept for repetitions.
//
// Within version 1 things are only added: unknown fields are ignored, unknown requests answered with `unsupported`.

import type { Check, Json, Out } from "./check.js";
import { dictionary, flag, integer, json, list, numeric, oneOf, orNull, shape, text } from "./check.js";
import { themeValue } from "./theme.js";
import { LEAST_MESSAGE_BYTES } from "./types.js";

/** The protocol versions this package speaks. */
export const BRIDGE_PROTOCOLS: readonly number[] = [1];

/** Who sends it. */
type Side = "guest" | "host" | "either";

export interface Spec<P = unknown, R = unknown> {
  readonly form: "call" | "note";
  readonly from: Side;
  readonly payload: Check<P>;
  readonly reply: Check<R>;
  readonly timeoutMs: number;
  /** The `type` of the answer where it is not the request's own. */
  readonly replyType?: string;
  readonly lane?: string;
  readonly safe?: boolean;
}

type Extra = Partial<Pick<Spec, "timeoutMs" | "replyType" | "lane" | "safe">>;

const REQUEST_MS = 5_000;
const STORAGE_MS = 30_000;
/** A person is choosing a picture or somebody to share with. */
const PERSON_MS = 10 * 60_000;

const nothing = shape({});
const call = <S extends Side, P, R>(from: S, payload: Check<P>, reply: Check<R>, extra: Extra = {}) =>
  ({ form: "call", from, payload, reply, timeoutMs: REQUEST_MS, ...extra }) as const;
const note = <S extends Side, P>(from: S, payload: Check<P>, extra: Extra = {}) =>
  ({ form: "note", from, payload, reply: nothing, timeoutMs: REQUEST_MS, ...extra }) as const;

const word = text(64, /^[A-Za-z][\w.:-]*$/);
const label = text(500);
const documentId = text(256, /^[^\p{Cc}]+$/u);
const boot = text(32, /^[0-9a-f]{16,32}$/);
const pixels = numeric(-100_000, 100_000);
const moment = integer(0);
const rect = shape({ x: pixels, y: pixels, width: pixels, height: pixels });
const link = text(2_048, /^(?:https?:\/\/|mailto:|tel:)[^\s\p{Cc}<>"]+$/iu);
/** What media are called once the host has uploaded them: never the bytes themselves. */
const asset = text(2_048, /^(?:https?:\/\/|asset:)[^\s\p{Cc}<>"]+$/iu);

const theme = shape(
  { tokens: dictionary(/^--[a-z][a-z0-9-]{0,63}$/, themeValue, 128) },
  /** Which of the page's own sets of colours the tokens stand on. Absent: the device's. */
  { scheme: oneOf("light", "dark") },
);
const insets = shape(
  { top: pixels, bottom: pixels },
  { left: pixels, right: pixels, keyboard: pixels, durationMs: numeric(0, 10_000), curve: word },
);
const net = shape({ online: flag }, { metered: flag });
const app = shape({ state: oneOf("active", "inactive", "background") });
const limits = shape(
  {},
  { msgBytes: integer(LEAST_MESSAGE_BYTES), totalBytes: integer(1), parts: integer(1) },
);
const user = shape({ id: text(256) }, { name: label, avatar: asset });
const status = oneOf("loading", "saved", "saving", "offline", "readonly", "fault");

/** What a toolbar shows. The guest sends only the fields that changed. */
const state = shape(
  {},
  {
    marks: list(word, 64),
    block: word,
    list: orNull(word),
    level: integer(0, 64),
    align: orNull(word),
    link: orNull(text(2_048)),
    canUndo: flag,
    canRedo: flag,
    /** Nothing is selected: there is only a caret. */
    empty: flag,
    /** Where the selection is, in CSS pixels of the page; null when it is not in view. */
    rect: orNull(rect),
    editable: flag,
    focused: flag,
    /** Whatever else the integrator's own toolbar shows. */
    extra: json,
  },
);

const entries = dictionary(/^[^\p{Cc}]{1,256}$/u, json, 10_000);

export const messages = {
  // The handshake. `boot` names one start of a page or a host: a new one begins a new count of messages.
  hello: call(
    "guest",
    shape({ protocols: list(integer(1, 1_000), 32), boot }, { build: label, caps: list(word, 64), limits }),
    shape(
      { protocol: integer(1, 1_000), boot, host: boot },
      {
        caps: list(word, 64),
        doc: documentId,
        user,
        theme,
        locale: text(64, /^[A-Za-z0-9-]+$/),
        dir: oneOf("ltr", "rtl"),
        insets,
        net,
        app,
        storage: oneOf("native", "web"),
        /** Who draws the toolbar, and says what became of unsaved edits. Absent: the app. */
        toolbar: oneOf("app", "page"),
        limits,
      },
    ),
    { replyType: "init" },
  ),
  /** Which host's `init` the page goes by: it may be that of one that has been replaced since. */
  ready: note("guest", shape({ host: boot })),
  /** A host that knows nothing of this page asks it to say hello again. */
  restart: note("host", shape({ host: boot })),

  cancel: note("either", shape({ id: integer(1) })),
  chunk: note("either", shape({ id: integer(1), part: integer(), of: integer(2), data: text(2 ** 24) })),

  // The host's toolbar and the guest's editor.
  "cmd.exec": call("host", shape({ name: word }, { args: json }), shape({}, { value: json }), {
    replyType: "cmd.result",
    lane: "cmd",
  }),
  "state.patch": note("guest", state),
  "doc.stats": note(
    "guest",
    shape(
      { characters: integer(), words: integer() },
      { blocks: integer(), title: label, version: integer() },
    ),
  ),
  "sync.status": note(
    "guest",
    shape(
      { status, pending: integer() },
      {
        version: integer(),
        lastAckAt: orNull(moment),
        offlineSince: orNull(moment),
        /** With `fault`: why the document is closed, a code of the server's table. */
        fault: orNull(word),
        /** Whether what is unsent would outlive the page. */
        storage: oneOf("durable", "memory", "full", "failed"),
        /** How many edits could not be applied and wait for a decision (the commands `recovered`, `restore`, `discard`). */
        recovered: integer(),
      },
    ),
  ),
  /** Something about the whole document that its reader should be told once. */
  "doc.notice": note("guest", shape({ kind: oneOf("rebased", "replaced") }, { recovered: text(256) })),
  "presence.list": note(
    "guest",
    shape({
      people: list(
        shape(
          { src: text(256), user },
          { color: integer(0, 1_000), activity: oneOf("active", "typing", "idle", "away") },
        ),
        1_000,
      ),
    }),
  ),

  // Who is writing. The token stays in memory, on both sides.
  "auth.token": call(
    "guest",
    shape({ reason: oneOf("first", "expiring", "expired", "rejected", "changed") }),
    shape({ token: orNull(text(16_384)) }, { expiresInMs: integer(1) }),
    { timeoutMs: 30_000, safe: true },
  ),
  "auth.changed": note("host", shape({}, { user: orNull(user) })),

  // The device.
  "net.status": note("host", net),
  "app.state": note("host", app),
  "app.willSuspend": call(
    "host",
    shape({ deadlineMs: integer(1, 600_000) }),
    shape({ done: flag }, { unsaved: integer() }),
    { timeoutMs: 600_000 },
  ),
  insets: note("host", insets),
  "theme.set": note("host", theme),

  // The host's storage, for the outbox. A commit is atomic. See storage.ts.
  "storage.load": call("guest", shape({ doc: documentId }), shape({ entries: orNull(entries) }), {
    timeoutMs: STORAGE_MS,
    lane: "storage",
    safe: true,
  }),
  "storage.commit": call(
    "guest",
    shape({ doc: documentId }, { put: entries, remove: list(text(256), 10_000) }),
    nothing,
    { timeoutMs: STORAGE_MS, lane: "storage" },
  ),
  "storage.list": call("guest", nothing, shape({ docs: list(documentId, 100_000) }), {
    timeoutMs: STORAGE_MS,
    lane: "storage",
    safe: true,
  }),
  "storage.delete": call("guest", shape({ doc: documentId }), nothing, {
    timeoutMs: STORAGE_MS,
    lane: "storage",
  }),
  "storage.claim": call("guest", shape({ client: text(256) }), shape({ granted: flag }), {
    timeoutMs: STORAGE_MS,
    lane: "storage",
  }),
  "storage.estimate": call("guest", nothing, shape({ usedBytes: integer() }, { quotaBytes: integer() }), {
    timeoutMs: STORAGE_MS,
    lane: "storage",
    safe: true,
  }),

  // What only an app can do.
  "media.pick": call(
    "guest",
    shape({ kinds: list(oneOf("image", "video", "file"), 3) }, { max: integer(1, 100) }),
    shape({
      items: list(
        shape(
          { src: asset },
          { name: label, mime: text(128), width: integer(), height: integer(), bytes: integer() },
        ),
        100,
      ),
    }),
    { timeoutMs: PERSON_MS },
  ),
  "link.open": call("guest", shape({ href: link }), shape({ opened: flag })),
  share: call("guest", shape({}, { title: label, text: text(100_000), url: link }), shape({ shared: flag }), {
    timeoutMs: PERSON_MS,
  }),
  haptic: note(
    "guest",
    shape({ style: oneOf("selection", "light", "medium", "heavy", "success", "warning", "error") }),
  ),
  "a11y.announce": note("guest", shape({ text: text(2_000) }, { politeness: oneOf("polite", "assertive") })),
  log: note(
    "guest",
    shape({ level: oneOf("debug", "info", "warn", "error"), message: text(10_000) }, { data: json }),
  ),
} as const satisfies Record<string, Spec>;

export type MessageName = keyof typeof messages;
export type Payload<K extends MessageName> = Out<(typeof messages)[K]["payload"]>;
export type Reply<K extends MessageName> = Out<(typeof messages)[K]["reply"]>;

/** The messages of the link itself, which have no handlers. */
type LinkName = "hello" | "ready" | "restart" | "cancel" | "chunk";
type SentBy<S extends "guest" | "host"> = {
  [K in MessageName]: (typeof messages)[K]["from"] extends S ? K : never;
}[MessageName];
export type GuestMessage = Exclude<SentBy<"guest">, LinkName>;
export type HostMessage = Exclude<SentBy<"host">, LinkName>;

export interface RunContext {
  /** Aborted when the other side no longer waits for the answer. */
  readonly signal: AbortSignal;
}
type Run<K extends MessageName> = (
  payload: Payload<K>,
  context: RunContext,
) => (typeof messages)[K]["form"] extends "note" ? void : Reply<K> | Promise<Reply<K>>;

/** What one end does about the other's messages. What is missing is answered with `unsupported`. */
export type Handlers<K extends MessageName> = { readonly [N in K]?: Run<N> };

export type EditorState = Payload<"state.patch">;
export type Init = Reply<"hello">;
export type { Json };

/** @returns the row of the table for `type`, if there is one */
export function specOf(type: string): Spec | undefined {
  return Object.hasOwn(messages, type) ? messages[type as MessageName] : undefined;
}
