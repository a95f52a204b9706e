// Real WebKit for tests: one GTK host (host.py) per run, and views in it, each in a window and over a folder of its own.
//
// A view is what an app's shell has: it is given an address and a nonce, hands over the host's messages and hears the
// page's, may be killed and made anew. Keys, clicks and pre-edit text go in where the window system's would.
//
// As in chromium.ts, pages must not complain: whatever a page writes to its console as an error fails the test in
// `closeViews`. WebKit does not say which of its views has complained.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { BridgeChannel, ChannelReceiver } from "../../client/webview/index.js";
import { until } from "../server/harness.js";

const program = fileURLToPath(new URL("../../../test/webkit/host.py", import.meta.url));
const screenshots = fileURLToPath(new URL("../../../test/screenshots/", import.meta.url));

interface HostEvent {
  readonly event: "started" | "message" | "loaded" | "load-failed" | "ended";
  readonly view: string;
  readonly text?: string;
  readonly why?: string;
  readonly version?: string;
}
type Answer = { readonly re: number; readonly value?: string | null; readonly error?: string };

/** The process: asks and answers by number, events by view. */
class GtkHost {
  readonly complaints: string[] = [];
  readonly listeners = new Map<string, (event: HostEvent) => void>();
  readonly started: Promise<string>;
  private readonly child: ChildProcess;
  private readonly asked = new Map<
    number,
    { resolve(value: string | null): void; reject(error: Error): void }
  >();
  private lastId = 0;
  private lastWords = "";

  constructor() {
    for (const needed of ["/usr/bin/python3", "/usr/bin/xvfb-run"]) {
      if (!existsSync(needed)) throw new Error(`${needed} is not here: npm run provision`);
    }
    // A group of its own: xvfb-run does not pass on to its children that it is to end.
    this.child = spawn("/usr/bin/xvfb-run", ["-a", "/usr/bin/python3", program], {
      stdio: "pipe",
      detached: true,
      env: { ...process.env, NO_AT_BRIDGE: "1", GTK_IM_MODULE: "none", LANG: "C.UTF-8" },
    });
    this.started = new Promise((resolve, reject) => {
      this.listeners.set("", ({ version }) => resolve(version!));
      this.child.on("exit", (code) => {
        const error = new Error(`the WebKit host ended with ${code}:\n${this.lastWords}`);
        reject(error);
        for (const { reject } of this.asked.values()) reject(error);
        this.asked.clear();
      });
    });
    createInterface(this.child.stdout!).on("line", (line) => this.heard(JSON.parse(line)));
    createInterface(this.child.stderr!).on("line", (line) => {
      if (/^CONSOLE .*ERROR/.test(line)) this.complaints.push(line);
      else this.lastWords = `${this.lastWords}${line}\n`.slice(-2_000);
    });
  }

  ask(what: string, about: object): Promise<string | null> {
    const id = ++this.lastId;
    this.child.stdin!.write(`${JSON.stringify({ id, do: what, ...about })}\n`);
    return new Promise((resolve, reject) => this.asked.set(id, { resolve, reject }));
  }

  private heard(message: HostEvent | Answer): void {
    if ("event" in message) {
      this.listeners.get(message.view ?? "")?.(message);
      return;
    }
    const asker = this.asked.get(message.re);
    this.asked.delete(message.re);
    if (message.error === undefined) asker?.resolve(message.value ?? null);
    else asker?.reject(new Error(message.error));
  }

  /** It ends when its stdin does; whatever of its group is left a second later is ended. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const gone = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.stdin!.end();
    const late = setTimeout(() => process.kill(-this.child.pid!, "SIGKILL"), 3_000);
    await gone;
    clearTimeout(late);
  }
}

let running: GtkHost | undefined;
const views = new Set<WebKitView>();

function gtkHost(): GtkHost {
  running ??= new GtkHost();
  return running;
}

// A hook of the whole run, as Chromium's is.
after(async () => {
  await running?.end();
  running = undefined;
});

/** Which WebKit it is, such as `2.50.6`. @throws Error saying what is missing */
export const webkitVersion = (): Promise<string> => gtkHost().started;

/** State masks of GDK. */
const masks = { Shift: 1, Control: 4, Alt: 8 } as const;
/** What keys are called here and in GDK, where they differ. */
const gdkNames: Readonly<Record<string, string>> = {
  Enter: "Return",
  Backspace: "BackSpace",
  ArrowLeft: "Left",
  ArrowRight: "Right",
  ArrowUp: "Up",
  ArrowDown: "Down",
  "\n": "Return",
};

const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

export interface ViewOptions {
  /** Where WebKit keeps the page's storage. Default: a folder that is gone with the view. */
  readonly folder?: string;
  readonly width?: number;
  readonly height?: number;
  /** What the browser says it is. An iPhone's makes the editor take the iPhone's paths. */
  readonly agent?: string;
}

let made = 0;

export class WebKitView {
  /** How often its web process ended. */
  ends = 0;
  private loads = 0;
  private failure: string | undefined;
  private receiver: ChannelReceiver | undefined;
  private readonly gtk = gtkHost();

  private constructor(
    readonly name: string,
    private readonly temporary: string | undefined,
  ) {
    this.gtk.listeners.set(name, (event) => this.heard(event));
  }

  static async create({ folder, ...options }: ViewOptions = {}): Promise<WebKitView> {
    await webkitVersion();
    const temporary = folder === undefined ? await mkdtemp(join(tmpdir(), "interline-webkit-")) : undefined;
    const view = new WebKitView(`view-${++made}`, temporary);
    views.add(view);
    await view.ask("create", { folder: folder ?? temporary, ...options });
    return view;
  }

  /** Loads `url`; the page finds `sid` as `window.interlineSid` before its own scripts run. */
  async load(url: string, sid?: string): Promise<void> {
    for (let left = 3; ; ) {
      const before = this.loads;
      this.failure = undefined;
      await this.ask("load", { url, sid });
      await until(`${url} is loaded in WebKit`, () => this.loads > before || this.failure !== undefined);
      if (this.failure === undefined) return;
      // A view that is as new as its process: on a busy machine WebKit may cancel what it is given first, and nobody else did.
      if (!/cancelled/.test(this.failure) || this.loads > 0 || --left === 0)
        throw new Error(`${url}: ${this.failure}`);
    }
  }

  /** The page's way to us: what `window.webkit.messageHandlers.interline` says and `interlineReceive` hears. */
  channel(): BridgeChannel {
    return {
      kind: "webkit",
      // A page that is not there (yet, or any more) hears nothing; the bridge says everything again until it is heard.
      send: (text) => void this.ask("receive", { text }).catch(() => {}),
      listen: (receiver) => {
        this.receiver = receiver;
        return () => {
          if (this.receiver === receiver) this.receiver = undefined;
        };
      },
    };
  }

  /** Runs a function in the page. It sees nothing of ours but its arguments, and answers what JSON can say. */
  async evaluate<A extends readonly unknown[], T>(run: (...given: A) => T, ...given: A): Promise<Awaited<T>> {
    const body = `const answer = await (${run})(...JSON.parse(given));
      return answer === undefined ? undefined : JSON.stringify(answer);`;
    const answer = await this.ask("evaluate", { body, given: JSON.stringify(given) });
    return answer === null ? (undefined as Awaited<T>) : JSON.parse(answer);
  }

  /** Key by key, and resolves when the page has had them all. What no key writes comes from the input method. */
  async type(text: string): Promise<void> {
    const up = await this.keysUp();
    let keys: Promise<unknown>[] = [];
    let had = up;
    const settle = async () => {
      had += keys.length;
      await Promise.all(keys);
      keys = [];
      await this.haveHad(had);
    };
    for (const { segment } of characters.segment(text)) {
      if ([...segment].length === 1 && segment <= "\u024f") {
        keys.push(this.ask("key", { name: gdkNames[segment] ?? segment, state: 0 }));
      } else {
        await settle();
        await this.commit(segment);
      }
    }
    await settle();
  }

  /** `Control+Shift+z`, `Enter`; resolves when the page has had them. */
  async press(...keys: readonly string[]): Promise<void> {
    const up = await this.keysUp();
    await Promise.all(
      keys.map((key) => {
        const parts = key.split("+");
        const name = parts.pop()!;
        const state = parts.reduce((mask, part) => mask | masks[part as keyof typeof masks], 0);
        return this.ask("key", { name: gdkNames[name] ?? name, state });
      }),
    );
    await this.haveHad(up + keys.length);
  }

  /** Pre-edit text, as an input method shows it; the caret in it at `cursor` code points, at its end by default. */
  async compose(text: string, cursor = [...text].length): Promise<void> {
    await this.ask("compose", { text, cursor });
  }

  /**
   * The input method is done: `text` is written, in place of the pre-edit text if there is any. `clear`: which goes
   * first, as some input methods have it.
   */
  async commit(text: string, { clear = false } = {}): Promise<void> {
    await this.ask("commit", { text, clear });
  }

  /** Takes the pre-edit text back. */
  async cancel(): Promise<void> {
    await this.ask("cancel", {});
  }

  async click(x: number, y: number, options: { readonly count?: 1 | 2 | 3; readonly shift?: boolean } = {}) {
    const { count = 1, shift = false } = options;
    await this.ask("click", { x, y, count, state: shift ? masks.Shift : 0 });
  }

  /** Puts text on the clipboard of all views. */
  async clipboard(text: string): Promise<void> {
    await this.gtk.ask("clipboard", { text });
  }

  /** One of WebKit's own commands: `SelectAll`, `Copy`, `Cut`, `Paste`. */
  async edit(command: string): Promise<void> {
    await this.ask("edit", { command });
  }

  async focus(): Promise<void> {
    await this.ask("focus", {});
  }

  async resize(width: number, height: number): Promise<void> {
    await this.ask("resize", { width, height });
  }

  /** Saves what the view shows now as `test/screenshots/<name>.png`. */
  async screenshot(name: string): Promise<void> {
    mkdirSync(screenshots, { recursive: true });
    await this.ask("picture", { path: join(screenshots, `${name}.png`) });
  }

  /** The page's process is ended as the system ends it when memory is short. */
  async kill(): Promise<void> {
    const before = this.ends;
    await this.ask("kill", {});
    await until("the web process has ended", () => this.ends > before);
  }

  async close(): Promise<void> {
    if (!views.delete(this)) return;
    await this.ask("destroy", {});
    this.gtk.listeners.delete(this.name);
    // WebKit's processes may still be writing to it.
    const patience = { maxRetries: 20, retryDelay: 100 };
    if (this.temporary !== undefined) await rm(this.temporary, { recursive: true, force: true, ...patience });
  }

  private ask(what: string, about: object): Promise<string | null> {
    return this.gtk.ask(what, { view: this.name, ...about });
  }

  private async keysUp(): Promise<number> {
    return Number(await this.ask("keys-up", {}));
  }

  private async haveHad(keys: number): Promise<void> {
    await until("the page has had all keys", async () => (await this.keysUp()) >= keys);
  }

  private heard({ event, text, why }: HostEvent): void {
    if (event === "message") this.receiver?.message(text!);
    else if (event === "loaded") this.loads += 1;
    else if (event === "ended") this.ends += 1;
    else if (event === "load-failed") this.failure = why;
  }
}

/** Takes back complaints that a test has provoked. */
export function forgive(expected: RegExp): void {
  const { complaints } = gtkHost();
  complaints.splice(0, complaints.length, ...complaints.filter((complaint) => !expected.test(complaint)));
}

/** What pages have complained of so far. */
export const complaints = (): readonly string[] => gtkHost().complaints;

/** Closes all views. @throws Error with all that their pages complained of */
export async function closeViews(): Promise<void> {
  await Promise.all([...views].map((view) => view.close()));
  const all = running?.complaints.splice(0) ?? [];
  if (all.length > 0) throw new Error(`Pages in WebKit complained:\n${all.join("\n")}`);
}
