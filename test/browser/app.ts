// An app around the webview page: the reference host runs here, in the test's process, and the page in a real browser.
// In Chromium the app is what a WKWebView is: a message handler that the page finds, and a function that it offers.

import type { BrowserContextOptions, Locator } from "playwright-core";
import type { EditorView } from "prosemirror-view";
import type { SharedDocument } from "../../client/index.js";
import type {
  BridgeChannel,
  ChannelReceiver,
  Host,
  HostOptions,
  HostStorage,
} from "../../client/webview/index.js";
import { host, newSid, RECEIVE, secureBytes } from "../../client/webview/index.js";
import { onCleanUp } from "../server/harness.js";
import { appStorage } from "./app-storage.js";
import { newContext, type Visitor, visitIn } from "./chromium.js";
import type { Where } from "./people.js";

/** A way to a page that is handed over by whoever drives the browser. */
export interface Pipe extends BridgeChannel {
  /** The page has posted a message. */
  posted(text: string): void;
}

export function pipe(kind: BridgeChannel["kind"], send: (text: string) => void): Pipe {
  let receiver: ChannelReceiver | undefined;
  return {
    ...{ kind, send },
    listen(next) {
      receiver = next;
      return () => {
        if (receiver === next) receiver = undefined;
      };
    },
    posted: (text) => receiver?.message(text),
  };
}

/** What an app gives its page by default: a token of an open server, and a database. */
export function servicesOf(server: Where, name: string, storage: HostStorage): HostOptions["services"] {
  return {
    storage,
    async token() {
      const answer = await fetch(`http://127.0.0.1:${server.port}/token`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ name }),
      });
      return { token: ((await answer.json()) as { token: string }).token };
    },
  };
}

export interface App extends Visitor {
  readonly host: Host;
  readonly sid: string;
  readonly editor: Locator;
  /** Puts a text before the page as if the app had sent it. */
  forge(text: string): Promise<void>;
  /** The page's document. */
  text(): Promise<string>;
}

export interface AppOptions {
  readonly name?: string;
  readonly storage?: HostStorage;
  readonly services?: HostOptions["services"];
  readonly page?: HostOptions["page"];
  readonly context?: BrowserContextOptions;
  /** What follows the address. */
  readonly query?: string;
  /** What becomes of each message, either way: after how many milliseconds each of its copies arrives. */
  readonly fate?: (text: string) => readonly number[];
}

/** What the page shows to scripts, inside an `evaluate`. */
export interface ShownInApp {
  readonly doc: SharedDocument;
  readonly view: EditorView;
}

/** Opens the webview page of `id` in an app. */
export async function appWith(server: Where, id: string, options: AppOptions = {}): Promise<App> {
  const { name = "Ada", storage = appStorage(), query = "" } = options;
  const context = await newContext({
    ...{ viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
    ...options.context,
  });
  const sid = newSid(secureBytes);
  const tab = await context.newPage();
  const carry = (text: string, deliver: () => void) => {
    for (const delay of options.fate?.(text) ?? [0]) {
      if (delay === 0) deliver();
      else setTimeout(deliver, delay);
    }
  };
  const say = (text: string) =>
    // A page that has gone hears nothing.
    tab
      .evaluate(
        ([receive, said]) =>
          (globalThis as unknown as Record<string, (text: string) => void>)[receive]?.(said),
        [RECEIVE, text] as const,
      )
      .catch(() => {});
  const way = pipe("webkit", (text) => carry(text, () => void say(text)));
  await tab.exposeFunction("interlinePosted", (text: string) => carry(text, () => way.posted(text)));
  await tab.addInitScript((given) => {
    const page = globalThis as unknown as Record<string, unknown>;
    page.interlineSid = given;
    page.webkit = {
      messageHandlers: {
        interline: {
          postMessage: (text: string) => (page.interlinePosted as (text: string) => Promise<void>)(text),
        },
      },
    };
  }, sid);
  const around = host({
    channel: way,
    sid,
    services: { ...servicesOf(server, name, storage), ...options.services },
    page: { user: { id: name, name }, ...options.page },
  });
  onCleanUp(async () => around.close());
  const visitor = await visitIn(tab, `http://127.0.0.1:${server.port}/webview/${id}${query}`);
  return {
    ...visitor,
    ...{ host: around, sid },
    editor: tab.locator(".ProseMirror[contenteditable=true]"),
    forge: say,
    text: () => tab.evaluate(() => (globalThis as unknown as { interline: ShownInApp }).interline.doc.text),
  };
}
