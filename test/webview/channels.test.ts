// The ways to an app, on made-up windows: which one is found, what it lets through, from which origin and frame.

import { expect } from "chai";
import type { BridgeChannel, PageWindow } from "../../client/webview/index.js";
import {
  applyInsets,
  applyTheme,
  findChannel,
  frameChannel,
  guest,
  host,
  pageSid,
  portChannel,
  RECEIVE,
  reactNativeChannel,
} from "../../client/webview/index.js";
import { countingBytes, SID, settled, TestClock } from "./support.js";

type Listener = (event: Record<string, unknown>) => void;

/** A window, or anything else that takes listeners. */
class Target {
  private readonly listeners: [string, Listener][] = [];

  addEventListener = (type: string, listener: (event: never) => void) => {
    this.listeners.push([type, listener as Listener]);
  };

  removeEventListener = (type: string, listener: (event: never) => void) => {
    const index = this.listeners.findIndex((entry) => entry[0] === type && entry[1] === listener);
    if (index >= 0) this.listeners.splice(index, 1);
  };

  dispatch(type: string, event: Record<string, unknown>): void {
    for (const [name, listener] of [...this.listeners]) if (name === type) listener(event);
  }

  get listening(): number {
    return this.listeners.length;
  }
}

class FakeWindow extends Target {
  readonly document = new Target();
  parent: { postMessage(text: string, origin: string): void } = this as never;
  readonly posted: [string, string][] = [];
  postMessage = (text: string, origin: string) => void this.posted.push([text, origin]);
}

const top = (injected: object = {}) => Object.assign(new FakeWindow(), injected);

/** A page in a frame of `parent`. */
function framed(injected: object = {}) {
  const page = top(injected);
  const parent = new FakeWindow();
  page.parent = parent;
  return { page, parent };
}

function heard(channel: BridgeChannel) {
  const log: string[] = [];
  const stop = channel.listen({
    message: (text) => log.push(text),
    refused: (code) => log.push(`(${code})`),
  });
  return { log, stop };
}

const ORIGIN = "https://app.example";
const poster = () => {
  const posted: string[] = [];
  return { posted, postMessage: (text: string) => void posted.push(text) };
};

describe("the way to the app", () => {
  it("is the first there is of those the platforms make", () => {
    const android = Object.assign(new Target(), poster());
    const all = {
      webkit: { messageHandlers: { interline: poster() } },
      interlineHost: android,
      ReactNativeWebView: poster(),
      flutter_inappwebview: {},
    };
    const kinds = ["webkit", "android", "react-native", "flutter", undefined];
    const names = Object.keys(all);
    for (let index = 0; index <= names.length; index += 1) {
      const injected = Object.fromEntries(Object.entries(all).slice(index));
      expect(findChannel(top(injected))?.kind).to.equal(kinds[index]);
    }
  });

  it("is none in a browser's tab, nor for React Native's own handlers", () => {
    expect(findChannel(top())).to.equal(undefined);
    expect(findChannel(top({ webkit: { messageHandlers: { ReactNativeWebView: poster() } } }))).to.equal(
      undefined,
    );
  });

  it("is, from a frame, only the parent, and only if its origins are named", () => {
    const injected = { webkit: { messageHandlers: { interline: poster() } }, ReactNativeWebView: poster() };
    expect(findChannel(framed(injected).page)).to.equal(undefined);
    expect(findChannel(framed(injected).page, { parentOrigins: [ORIGIN] })?.kind).to.equal("iframe");
    expect(findChannel(top(), { parentOrigins: [ORIGIN] })).to.equal(undefined);
  });

  it("takes no origin that would match more than itself", () => {
    for (const origin of [
      "*",
      "null",
      "",
      "https://*.app.example",
      "https://app.example/",
      "app.example",
      "https://a@b",
    ]) {
      expect(() => findChannel(framed().page, { parentOrigins: [origin] }), origin).to.throw(RangeError);
      expect(() => frameChannel(new Target(), { contentWindow: null }, origin), origin).to.throw(RangeError);
      expect(() => reactNativeChannel(() => {}, [origin]), origin).to.throw(RangeError);
    }
  });
});

describe("a page in a frame", () => {
  it("hears its parent alone, from an origin it was told, and no longer than it listens", () => {
    const { page, parent } = framed();
    const { log, stop } = heard(findChannel(page, { parentOrigins: [ORIGIN, "https://other.example"] })!);
    const good = { source: parent, origin: ORIGIN, data: "good" };
    page.dispatch("message", { ...good, origin: "https://evil.example" });
    page.dispatch("message", { ...good, origin: "null" });
    page.dispatch("message", { ...good, origin: undefined });
    page.dispatch("message", { ...good, source: page });
    page.dispatch("message", { ...good, source: new FakeWindow() });
    page.dispatch("message", { ...good, source: null });
    page.dispatch("message", { ...good, data: { p: "interline" } });
    page.dispatch("message", good);
    page.dispatch("message", { ...good, origin: "https://other.example" });
    stop();
    page.dispatch("message", good);
    const origins = ["(wrong_origin)", "(wrong_origin)", "(wrong_origin)"];
    const frames = ["(wrong_frame)", "(wrong_frame)", "(wrong_frame)"];
    expect(log).to.deep.equal([...origins, ...frames, "(not_text)", "good", "(wrong_origin)"]);
    expect(page.listening).to.equal(0);
  });

  it("speaks to the origins it was told, and once it knows which it is, to that one", () => {
    const { page, parent } = framed();
    const channel = findChannel(page, { parentOrigins: ["https://a.example", "https://b.example"] })!;
    heard(channel);
    channel.send("one");
    page.dispatch("message", { source: parent, origin: "https://b.example", data: "hi" });
    channel.send("two");
    expect(parent.posted).to.deep.equal([
      ["one", "https://a.example"],
      ["one", "https://b.example"],
      ["two", "https://b.example"],
    ]);
  });
});

describe("the parent of a frame", () => {
  it("hears that frame alone, while it shows the origin it should", () => {
    const embedder = new Target();
    const contentWindow = new FakeWindow();
    const channel = frameChannel(embedder, { contentWindow }, ORIGIN);
    const { log, stop } = heard(channel);
    const good = { source: contentWindow, origin: ORIGIN, data: "good" };
    embedder.dispatch("message", { ...good, source: new FakeWindow() });
    embedder.dispatch("message", { ...good, source: null });
    embedder.dispatch("message", { ...good, origin: "https://evil.example" });
    embedder.dispatch("message", { ...good, data: 7 });
    embedder.dispatch("message", good);
    stop();
    embedder.dispatch("message", good);
    expect(log).to.deep.equal(["(wrong_frame)", "(wrong_frame)", "(wrong_origin)", "(not_text)", "good"]);
    channel.send("hi");
    expect(contentWindow.posted).to.deep.equal([["hi", ORIGIN]]);
  });

  it("hears nobody once the frame is gone", () => {
    const embedder = new Target();
    const { log } = heard(frameChannel(embedder, { contentWindow: null }, ORIGIN));
    embedder.dispatch("message", { source: null, origin: ORIGIN, data: "x" });
    expect(log).to.deep.equal(["(wrong_frame)"]);
  });
});

describe("a page in React Native", () => {
  it("hears `document` and `window`, each message once, and no frames", () => {
    const page = top({ ReactNativeWebView: poster() });
    const { log, stop } = heard(findChannel(page)!);
    page.document.dispatch("message", { data: "android", source: null, origin: "" });
    page.dispatch("message", { data: "ios", origin: "" });
    page.document.dispatch("message", { data: "both" });
    page.dispatch("message", { data: "both" });
    page.document.dispatch("message", { data: "twice" });
    page.document.dispatch("message", { data: "twice" });
    page.dispatch("message", { data: "injected", source: page });
    page.dispatch("message", { data: "frame", source: new FakeWindow() });
    page.dispatch("message", { data: { from: "expo" } });
    stop();
    page.dispatch("message", { data: "late" });
    expect(log).to.deep.equal(["android", "ios", "both", "twice", "injected", "(wrong_frame)", "(not_text)"]);
    expect(page.listening + page.document.listening).to.equal(0);
  });

  it("is heard by its host only from where it should be", () => {
    const sent: string[] = [];
    const channel = reactNativeChannel((text) => sent.push(text), [ORIGIN]);
    const { log, stop } = heard(channel);
    const event = (url: string, data: unknown = "good") => channel.onMessage({ nativeEvent: { data, url } });
    const bad = [
      "https://evil.example/",
      `https://evil.example/#${ORIGIN}`,
      `${ORIGIN}.evil.example/`,
      "about:blank",
      "",
    ];
    for (const url of [...bad, `${ORIGIN}@evil.example/`, `${ORIGIN}:8443/`]) event(url);
    event(`${ORIGIN}/d/1`, { not: "text" });
    event(`${ORIGIN}/d/1#interline=${SID}`);
    stop();
    event(`${ORIGIN}/d/1`);
    expect(log).to.deep.equal([...Array(7).fill("(wrong_origin)"), "(not_text)", "good"]);
    channel.send("hi");
    expect(sent).to.deep.equal(["hi"]);
  });
});

describe("a page in a native web view", () => {
  it("in WKWebView posts to its handler, and is called", () => {
    const posted: string[] = [];
    let unhandled = true;
    class Reply extends Promise<void> {
      override catch(): never {
        unhandled = false;
        return undefined as never;
      }
    }
    const interline = {
      postMessage(text: string) {
        posted.push(text);
        return new Reply(() => {});
      },
    };
    const page = top({ webkit: { messageHandlers: { interline } } });
    const channel = findChannel(page)!;
    const { log, stop } = heard(channel);
    channel.send("up");
    const receive = (page as unknown as Record<string, (text: unknown) => void>)[RECEIVE]!;
    receive("down");
    receive({ not: "text" });
    stop();
    expect([posted, log]).to.deep.equal([["up"], ["down", "(not_text)"]]);
    expect(unhandled, "were the app's reply to fail").to.equal(false);
    expect(page).not.to.have.property(RECEIVE);
  });

  it("in Android's posts to the object of its listener, and listens to it", () => {
    const interlineHost = Object.assign(new Target(), poster());
    const channel = findChannel(top({ interlineHost }))!;
    const { log, stop } = heard(channel);
    channel.send("up");
    interlineHost.dispatch("message", { data: "down" });
    interlineHost.dispatch("message", { data: new ArrayBuffer(1) });
    stop();
    interlineHost.dispatch("message", { data: "late" });
    expect([interlineHost.posted, log]).to.deep.equal([["up"], ["down", "(not_text)"]]);
  });

  it("in Flutter's waits until the platform is ready", () => {
    const called: string[][] = [];
    const flutter_inappwebview: { callHandler?: (...args: string[]) => void } = {};
    const page = top({ flutter_inappwebview });
    const channel = findChannel(page)!;
    channel.send("early");
    flutter_inappwebview.callHandler = (...args) => called.push(args);
    page.dispatch("flutterInAppWebViewPlatformReady", {});
    channel.send("late");
    expect(called).to.deep.equal([
      ["interline", "early"],
      ["interline", "late"],
    ]);
    expect(page.listening).to.equal(0);
  });
});

describe("the two ends of a MessagePort", () => {
  it("hear each other, strings only, and no longer than they listen", async () => {
    const { port1, port2 } = new MessageChannel();
    const { log, stop } = heard(portChannel(port1));
    const other = portChannel(port2);
    const answered = heard(other);
    other.send("hi");
    port2.postMessage({ not: "text" });
    portChannel(port1).send("ho");
    const deadline = Date.now() + 60_000;
    while ((log.length < 2 || answered.log.length < 1) && Date.now() < deadline) await settled();
    stop();
    expect([log, answered.log]).to.deep.equal([["hi", "(not_text)"], ["ho"]]);
    port1.close();
  });
});

describe("a frame and its parent", () => {
  it("shake hands over `postMessage`, from end to end", async () => {
    const clock = new TestClock();
    const { page, parent } = framed();
    parent.postMessage = (data, origin) => {
      if (origin === ORIGIN)
        clock.after(1, () =>
          parent.dispatch("message", { data, source: page, origin: "https://docs.example" }),
        );
    };
    page.postMessage = (data, origin) => {
      if (origin === "https://docs.example")
        clock.after(1, () => page.dispatch("message", { data, source: parent, origin: ORIGIN }));
    };
    const channel = findChannel(page as PageWindow, { parentOrigins: [ORIGIN] })!;
    const frame = frameChannel(parent, { contentWindow: page }, "https://docs.example");
    const app = host({
      channel: frame,
      sid: SID,
      clock,
      randomBytes: countingBytes(1),
      page: { doc: "minutes" },
    });
    const inside = guest({
      channel,
      sid: SID,
      clock,
      randomBytes: countingBytes(2),
      command: (name) => `${name}!`,
    });
    await clock.pass(20);
    expect((await inside.ready).doc).to.equal("minutes");
    const ran = app.exec("bold");
    await clock.pass(20);
    expect(await ran).to.equal("bold!");
  });
});

describe("a started page", () => {
  it("finds its nonce where the host left it, and takes nothing for one that is none", () => {
    const at = (hash: string, interlineSid?: unknown) =>
      pageSid(Object.assign({ location: { hash } }, { interlineSid }));
    expect(at("", SID)).to.equal(SID);
    expect(at(`#interline=${SID}`)).to.equal(SID);
    expect(at(`#a=1&interline=${SID}&b=2`)).to.equal(SID);
    for (const hash of [
      "",
      "#interline=",
      `#interline=${SID}0`,
      `#xinterline=${SID}`,
      `#interline=${SID.slice(1)}`,
    ]) {
      expect(at(hash), hash).to.equal(undefined);
    }
    expect(at("", "short")).to.equal(undefined);
  });

  it("puts theme and insets into custom properties, and takes back those of the theme before", () => {
    const set: string[] = [];
    const element = {
      dataset: {} as { theme?: string },
      style: {
        setProperty: (name: string, value: string) => void set.push(`${name}: ${value}`),
        removeProperty: (name: string) => void set.push(`no ${name}`),
      },
    };
    const dark = { tokens: { "--ink": "#eee", "--sheet": "#111" }, scheme: "dark" } as const;
    applyTheme(element, dark);
    expect([element.dataset.theme, ...set.splice(0)]).to.deep.equal(["dark", "--ink: #eee", "--sheet: #111"]);
    applyTheme(element, { tokens: { "--ink": "#123" } }, dark);
    expect(element.dataset).to.deep.equal({});
    expect(set.shift()).to.equal("no --sheet");
    applyInsets(element, { top: 44, bottom: 34, keyboard: 300 });
    expect(set).to.include.members([
      "--ink: #123",
      "--interline-inset-top: 44px",
      "--interline-keyboard: 300px",
    ]);
    expect(set).to.have.length(6);
  });
});
