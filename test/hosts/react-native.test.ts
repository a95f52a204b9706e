// The React Native kit: its types against the real packages, its link and storage in Node against a real guest.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import Database from "better-sqlite3";
import { expect } from "chai";
import type {
  BridgeChannel,
  Guest,
  Host,
  HostOptions,
  HostStorage,
  ReactNativeMessage,
} from "../../client/webview/index.js";
import { guest } from "../../client/webview/index.js";
import { compileReactNative } from "./checkers.js";

/** As much of the kit's own types as this file uses: the kit is compiled by itself, against packages of its own. */
interface PageLinkOptions extends Pick<HostOptions, "page" | "services"> {
  readonly address: string;
  readonly post: (text: string) => void;
}
interface PageLink {
  readonly sid: string;
  readonly host: Host;
  readonly script: string;
  readonly onMessage: (message: ReactNativeMessage) => void;
  readonly stays: (url: string) => boolean;
}
interface SqlRunner {
  execute(sql: string, values?: string[]): Promise<{ readonly rows: readonly Record<string, unknown>[] }>;
}
interface SqlDatabase extends SqlRunner {
  transaction(work: (transaction: SqlRunner) => Promise<void>): Promise<void>;
}
type Built = Awaited<ReturnType<typeof compileReactNative>>;

describe("the React Native kit", () => {
  // The first time the checkers are downloaded.
  let built: Built;
  let pageLink: (options: PageLinkOptions) => PageLink;
  let createSqlStorage: (database: SqlDatabase) => HostStorage;

  before(async () => {
    built = await compileReactNative();
    const load = (file: string) => import(pathToFileURL(join(built.built, file)).href);
    ({ pageLink } = (await load("pageLink.js")) as { pageLink: typeof pageLink });
    ({ createSqlStorage } = (await load("sqlStorage.js")) as { createSqlStorage: typeof createSqlStorage });
  });
  after(() => built.remove());

  it("fits the types of react-native and react-native-webview", () => expect(built.said).to.equal(""));

  it("is checked by a compiler that sees a prop that does not exist", async () => {
    const broken = await compileReactNative((source) => source.replace("onMessage={", "onMessages={"));
    broken.remove();
    expect(broken.said).to.include("onMessages");
    built = await compileReactNative();
  });

  const address = "https://notes.example/webview/minutes";

  /** A WebView with the page in it: what is posted arrives twice, as it has on the new architecture. */
  function mounted(services: NonNullable<PageLinkOptions["services"]>) {
    let hear: (text: string) => void = () => {};
    const link = pageLink({
      address,
      services,
      page: { doc: "minutes" },
      post: (text) => twice(() => hear(text)),
    });
    const channel = (url: string): BridgeChannel => ({
      kind: "react-native",
      send: (data) => queueMicrotask(() => link.onMessage({ nativeEvent: { data, url } })),
      listen(receiver) {
        hear = (text) => receiver.message(text);
        return () => {};
      },
    });
    return { link, channel };
  }
  const twice = (act: () => void) => {
    queueMicrotask(act);
    queueMicrotask(act);
  };

  it("talks with the page in its view", async () => {
    const { link, channel } = mounted({ token: async () => ({ token: "t" }), openLink: () => true });
    const page: Guest = guest({
      channel: channel(address),
      sid: link.sid,
      command: (name) => `${name} done`,
    });
    expect((await page.ready).doc).to.equal("minutes");
    page.setState({ canUndo: true });
    expect(await link.host.exec("undo")).to.equal("undo done");
    expect(await page.tokens.get()).to.equal("t");
    page.close();
    link.host.close();
  });

  it("gives every load a nonce of its own, before the page's scripts run", () => {
    const [one, two] = [mounted({}).link, mounted({}).link];
    expect(one.script).to.equal(`window.interlineSid = "${one.sid}"; true;`);
    expect(one.sid)
      .to.match(/^[0-9a-f]{32}$/)
      .and.not.equal(two.sid);
    for (const link of [one, two]) link.host.close();
  });

  it("is deaf to a page from elsewhere", async () => {
    const { link, channel } = mounted({});
    const page = guest({ channel: channel("https://evil.example/webview/minutes"), sid: link.sid });
    await new Promise((resolve) => setImmediate(resolve));
    expect(page.latest).to.deep.equal({});
    page.ready.catch(() => {});
    page.close();
    link.host.close();
  });

  it("lets the view go nowhere but to the page", () => {
    const { link } = mounted({});
    expect(link.stays(`${address}#interline=1`)).to.equal(true);
    for (const url of [
      "https://notes.example/",
      "https://evil.example/webview/minutes",
      "javascript:alert(1)",
    ]) {
      expect(link.stays(url), url).to.equal(false);
    }
    link.host.close();
  });

  it("keeps the page's entries in SQLite, a whole commit or nothing of it", async () => {
    const sqlite = new Database(":memory:");
    const runner = {
      execute: async (sql: string, values: string[] = []) => {
        const statement = sqlite.prepare(sql);
        if (statement.reader) return { rows: statement.all(...values) as Record<string, unknown>[] };
        statement.run(...values);
        return { rows: [] };
      },
    };
    const database: SqlDatabase = {
      ...runner,
      async transaction(work) {
        sqlite.exec("BEGIN");
        try {
          await work(runner);
          sqlite.exec("COMMIT");
        } catch (error) {
          sqlite.exec("ROLLBACK");
          throw error;
        }
      },
    };
    const storage = createSqlStorage(database);
    expect(await storage.load("minutes")).to.equal(null);
    await storage.commit({ doc: "minutes", put: { a: { n: [1, null, "é👻"] }, b: true } });
    await storage.commit({ doc: "minutes", put: { c: "3" }, remove: ["b", "none"] });
    const kept = { a: { n: [1, null, "é👻"] }, c: "3" };
    expect(await storage.load("minutes")).to.deep.equal(kept);
    const bad = { doc: "minutes", put: { d: 4, e: 1n as never } };
    expect(
      await storage.commit(bad).then(
        () => "kept",
        () => "refused",
      ),
    ).to.equal("refused");
    expect(await storage.load("minutes")).to.deep.equal(kept);
    expect(await storage.list()).to.deep.equal(["minutes"]);
    expect((await storage.estimate?.())?.usedBytes).to.be.greaterThan(10);
    expect([await storage.claim("ann"), await storage.claim("ann")]).to.deep.equal([true, false]);
    storage.release?.();
    expect(await storage.claim("ann")).to.equal(true);
    await storage.delete("minutes");
    expect(await storage.list()).to.deep.equal([]);
    sqlite.close();
  });
});
