// The real page and the real host over ways that double, delay, reorder and drop, and beside strangers who would like to be
// the host.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { type Host, host, newSid, secureBytes } from "../../client/webview/index.js";
import { seedOr } from "../seed.js";
import type { RunningServer } from "../server/harness.js";
import { cleanUp, onCleanUp, startServer, until } from "../server/harness.js";
import { seededRandom } from "../world/clock.js";
import { appWith, pipe, servicesOf } from "./app.js";
import { appStorage } from "./app-storage.js";
import { leaveAll, startChromium, visitIn } from "./chromium.js";
import { freshId, opens, written } from "./people.js";

const envelope = (sid: string, fields: object) =>
  JSON.stringify({ p: "interline", v: 1, sid, seq: Date.now() * 2_000, kind: "req", id: 1, ...fields });

/** Would write into the document, if it were heard. */
const intruder = { type: "cmd.exec", payload: { name: "insertText", args: { text: "intruder" } } };

/** A page of some origin that shows the webview page of `id` in a frame, and passes on what its host says. */
async function parentOf(server: RunningServer, parent: string, id: string, named: string) {
  const sid = newSid(secureBytes);
  const origin = `http://127.0.0.1:${server.port}`;
  const tab = await (await (await startChromium()).newContext()).newPage();
  const say = (text: string) =>
    tab.evaluate(
      ([text, origin]) => {
        const frame = document.querySelector("iframe") as HTMLIFrameElement;
        frame.contentWindow?.postMessage(text, origin);
      },
      [text, origin] as const,
    );
  const way = pipe("iframe", (text) => void say(text).catch(() => {}));
  await tab.exposeFunction("interlinePosted", (text: string) => way.posted(text));
  const visitor = await visitIn(tab, parent);
  const app: Host = host({ channel: way, sid, services: servicesOf(server, "Ada", appStorage()) ?? {} });
  onCleanUp(async () => app.close());
  await tab.evaluate(
    ([src, origin]) => {
      addEventListener("message", ({ source, origin: from, data }) => {
        const frame = document.querySelector("iframe") as HTMLIFrameElement;
        if (source === frame.contentWindow && from === origin)
          (globalThis as unknown as { interlinePosted(text: string): void }).interlinePosted(data);
      });
      const frame = document.createElement("iframe");
      frame.src = src;
      document.body.append(frame);
    },
    [`${origin}/webview/${id}?parent=${encodeURIComponent(named)}#interline=${sid}`, origin] as const,
  );
  return { ...visitor, app, sid, say, frame: tab.frameLocator("iframe").first() };
}

describe("the page and its app", () => {
  let server: RunningServer;
  let parents: Server;
  let parent: string;

  before(async () => {
    parents = createServer((_request, response) =>
      response
        .setHeader("Content-Type", "text/html")
        .end('<!doctype html><link rel="icon" href="data:,"><title>App</title>'),
    );
    await new Promise<void>((resolve) => parents.listen(0, "127.0.0.1", resolve));
    parent = `http://127.0.0.1:${(parents.address() as AddressInfo).port}`;
    server = await startServer({ origins: [parent] });
  });
  afterEach(leaveAll);
  after(async () => {
    parents.close();
    await cleanUp();
  });

  it("understand each other over a way that doubles, delays, reorders and drops", async () => {
    const seed = seedOr(7);
    const chance = seededRandom(seed);
    const fate = () => {
      if (chance() < 0.15) return [];
      const late = () => Math.floor(chance() * 60);
      return chance() < 0.3 ? [late(), late()] : [late()];
    };
    const id = freshId();
    const ada = await appWith(server, id, { fate });
    await ada.host.ready;
    await ada.editor.tap();
    const words = Array.from({ length: 6 }, (_, n) => `w${n}`);
    for (const word of words) {
      const done = ada.host.exec("insertText", { text: `${word} ` }, { timeoutMs: 30_000 });
      // A page that is told so by somebody from before, who does not know the nonce.
      await ada.forge(envelope(newSid(secureBytes), intruder));
      await ada.forge("{");
      expect(await done, `SEED=${seed}`).to.equal(true);
    }
    expect((await ada.text()).trim(), `SEED=${seed}`).to.equal(words.join(" "));
    await until("the toolbar shows what is", () => ada.host.state.canUndo === true);
    expect((await ada.host.willSuspend(30_000)).done).to.equal(true);
    const bo = await opens("Bo", server, id);
    await bo.editor.getByText(words.join(" ")).waitFor();
  });

  it("meet in a frame, where neither another frame nor an old nonce is heard", async () => {
    const id = await written(server, "framed");
    const ada = await parentOf(server, parent, id, parent);
    await ada.app.ready;
    await ada.frame.locator(".ProseMirror[contenteditable=true]").getByText("framed").waitFor();
    // A frame beside it, of our own origin even, that knows everything.
    await ada.page.evaluate(
      (text) => {
        const sibling = document.createElement("iframe");
        document.body.append(sibling);
        const script = sibling.contentDocument!.createElement("script");
        script.textContent = `parent.frames[0].postMessage(${JSON.stringify(text)}, "*")`;
        sibling.contentDocument!.body.append(script);
      },
      envelope(ada.sid, intruder),
    );
    await ada.say(envelope(newSid(secureBytes), intruder));
    // Whatever was before this has been heard, or has not been.
    expect(await ada.app.exec("insertText", { text: "well " })).to.equal(true);
    await ada.frame.getByText("well framed").waitFor();
    expect(await ada.frame.locator(".ProseMirror").textContent()).to.equal("well framed");
  });

  it("do not talk when the page around the frame is not the one that was named, and the page says so", async () => {
    const ada = await parentOf(server, parent, freshId(), "https://app.example");
    await ada.frame.getByText("The app that this page is in does not answer.").waitFor({ timeout: 40_000 });
    ada.forgive(/target origin provided|does not match the recipient/);
  });
});
