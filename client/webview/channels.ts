// The page's ways to the app around it, and which of them there is. The only files that touch the platform are this
// one, hostChannels.ts and page.ts.
//
//   webkit        WKWebView: `webkit.messageHandlers.interline`; the app calls `interlineReceive(text)`
//   android       WebView: `interlineHost`, made by `addWebMessageListener` for the origins the app allows
//   react-native  `ReactNativeWebView`; the app's messages are events on `document` or `window`, or on both
//   flutter       `flutter_inappwebview.callHandler("interline", text)`; the app calls `interlineReceive(text)`
//   iframe        `window.parent`, for the origins named and no other
//   port          a `MessagePort` that somebody has handed over; never found by itself
//
// An app's web view is its top frame: in a frame inside it only the parent is talked with, whatever objects the
// platform has put there. Strings only.

import type { BridgeChannel, ChannelReceiver } from "./types.js";

/** The name of the function by which WKWebView and Flutter hosts hand over a message. */
export const RECEIVE = "interlineReceive";

interface Poster {
  postMessage(text: string): unknown;
}
interface AndroidObject extends Poster {
  addEventListener(type: "message", listener: (event: MessageLike) => void): void;
  removeEventListener(type: "message", listener: (event: MessageLike) => void): void;
}
interface FlutterObject {
  callHandler?(name: string, text: string): unknown;
}
export interface MessageLike {
  readonly data?: unknown;
  readonly origin?: string;
  readonly source?: unknown;
}
interface Listening {
  addEventListener(type: string, listener: (event: MessageLike) => void): void;
  removeEventListener(type: string, listener: (event: MessageLike) => void): void;
}

/** As much of `window` as the channels need; the real one is assignable. */
export interface PageWindow extends Listening {
  readonly parent: { postMessage(text: string, targetOrigin: string): void };
  readonly document: Listening;
}
interface Injected {
  readonly webkit?: { readonly messageHandlers?: { readonly interline?: Poster } };
  readonly interlineHost?: AndroidObject;
  readonly ReactNativeWebView?: Poster;
  readonly flutter_inappwebview?: FlutterObject;
  [RECEIVE]?: (text: unknown) => void;
}

export interface FindChannelOptions {
  /** The origins whose pages may embed this one, such as `https://app.example`. Without any, no parent is talked with. */
  readonly parentOrigins?: readonly string[];
}

/** @returns the way to the app around this page; undefined in a plain browser tab */
export function findChannel(page: PageWindow, options: FindChannelOptions = {}): BridgeChannel | undefined {
  const { parentOrigins = [] } = options;
  if ((page.parent as unknown) !== page) {
    return parentOrigins.length > 0 ? parentChannel(page, parentOrigins) : undefined;
  }
  const injected = page as unknown as Injected;
  const webkit = injected.webkit?.messageHandlers?.interline;
  if (webkit !== undefined)
    return receivingChannel(page, "webkit", (text) => swallow(webkit.postMessage(text)));
  if (injected.interlineHost !== undefined) return androidChannel(injected.interlineHost);
  if (injected.ReactNativeWebView !== undefined)
    return reactNativePageChannel(page, injected.ReactNativeWebView);
  if (injected.flutter_inappwebview !== undefined) return flutterChannel(page, injected.flutter_inappwebview);
  return undefined;
}

/** @throws RangeError for an origin that would match more than itself */
export function parentChannel(page: PageWindow, origins: readonly string[]): BridgeChannel {
  for (const origin of origins) requireOrigin(origin);
  // Which of them the parent is shows with its first message; until then each is spoken to, and only it can hear it.
  let candidates = origins;
  return {
    kind: "iframe",
    send(text) {
      for (const origin of candidates) page.parent.postMessage(text, origin);
    },
    listen: (receiver) =>
      on(page, "message", (event: MessageLike) => {
        if (event.source !== page.parent) return receiver.refused("wrong_frame", "not from the parent");
        const origin = event.origin ?? "";
        if (!candidates.includes(origin)) return receiver.refused("wrong_origin", origin);
        if (deliver(receiver, event.data)) candidates = [origin];
      }),
  };
}

/** @throws RangeError unless `origin` is a scheme, a host and maybe a port, and nothing else */
export function requireOrigin(origin: string): void {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*]+$/.test(origin)) {
    throw new RangeError(`"${origin}" is not an origin such as https://app.example`);
  }
}

/** As much of a `MessagePort` as its channel needs. */
export interface PortLike {
  postMessage(text: string): void;
  addEventListener(type: "message", listener: (event: MessageLike) => void): void;
  removeEventListener(type: "message", listener: (event: MessageLike) => void): void;
  start(): void;
}

/** The way through a `MessagePort`, for either end. Who holds the other port was decided when it was handed over. */
export function portChannel(port: PortLike): BridgeChannel {
  return {
    kind: "port",
    send: (text) => port.postMessage(text),
    listen(receiver) {
      const receive = (event: MessageLike) => void deliver(receiver, event.data);
      port.addEventListener("message", receive);
      port.start();
      return () => port.removeEventListener("message", receive);
    },
  };
}

function receivingChannel(
  page: PageWindow,
  kind: "webkit" | "flutter",
  send: (text: string) => void,
): BridgeChannel {
  return {
    kind,
    send,
    listen(receiver) {
      const receive = (text: unknown) => void deliver(receiver, text);
      const injected = page as unknown as Injected;
      injected[RECEIVE] = receive;
      return () => {
        if (injected[RECEIVE] === receive) delete injected[RECEIVE];
      };
    },
  };
}

function androidChannel(object: AndroidObject): BridgeChannel {
  return {
    kind: "android",
    send: (text) => void object.postMessage(text),
    listen(receiver) {
      const receive = (event: MessageLike) => void deliver(receiver, event.data);
      object.addEventListener("message", receive);
      return () => object.removeEventListener("message", receive);
    },
  };
}

/** How many messages are remembered to know a second delivery by. */
const REMEMBERED = 16;

function reactNativePageChannel(page: PageWindow, object: Poster): BridgeChannel {
  return {
    kind: "react-native",
    send: (text) => void object.postMessage(text),
    listen(receiver) {
      // No two messages of the bridge are equal: each has its own `seq`. The same string again is the same message on
      // the other target, or delivered twice.
      const recent: string[] = [];
      const receive = (event: MessageLike) => {
        // Events that React Native makes up have no source; those of frames and other windows do.
        const { source = null, data } = event;
        if (source !== null && source !== page) return receiver.refused("wrong_frame", "from another window");
        if (typeof data === "string") {
          if (recent.includes(data)) return;
          recent.push(data);
          if (recent.length > REMEMBERED) recent.shift();
        }
        deliver(receiver, data);
      };
      const stops = [on(page, "message", receive), on(page.document, "message", receive)];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

function flutterChannel(page: PageWindow, object: FlutterObject): BridgeChannel {
  // Before the platform is ready the object is there without its function; what is sent until then waits.
  const early: string[] = [];
  const put = (text: string) => {
    if (object.callHandler === undefined) early.push(text);
    else swallow(object.callHandler("interline", text));
  };
  const stop = on(page, "flutterInAppWebViewPlatformReady", () => {
    stop();
    for (const text of early.splice(0)) put(text);
  });
  return receivingChannel(page, "flutter", put);
}

function deliver(receiver: ChannelReceiver, data: unknown): data is string {
  if (typeof data === "string") {
    receiver.message(data);
    return true;
  }
  receiver.refused("not_text", typeof data);
  return false;
}

function on(target: Listening, type: string, listener: (event: MessageLike) => void): () => void {
  target.addEventListener(type, listener);
  return () => target.removeEventListener(type, listener);
}

/** Some hosts answer each message with a promise, which says nothing here; its failure must not become the page's. */
function swallow(reply: unknown): void {
  if (reply instanceof Promise) reply.catch(() => {});
}
