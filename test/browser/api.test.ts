// The client of the HTTP API in a real browser, whose fetch, caches and streams are not Node's; also on a page that came
// without TLS from another machine, where the browser keeps some of its functions back.

import { expect } from "chai";
import { cleanUp, startServer } from "../server/harness.js";
import { bundled, servePage } from "./bundle.js";
import { leaveAll, startChromium, visit } from "./chromium.js";

describe("the client of the HTTP API in a page", () => {
  let script: string;
  before(async () => {
    script = await bundled("test/browser/api-page.ts");
    await startChromium();
  });
  afterEach(async () => {
    await leaveAll().finally(cleanUp);
  });

  for (const [title, insecure] of [
    ["writes, reads what is new, hears of changes and deletes", false],
    ["does the same where the browser has no secure context", true],
  ] as const)
    it(title, async () => {
      const server = await startServer();
      const visitor = await visit("about:blank");
      if (insecure) await visitor.context.addInitScript("delete Crypto.prototype.randomUUID");
      await visitor.page.goto(await servePage(visitor.context, server.url, script));
      expect(await visitor.page.evaluate(() => window.session("menu"))).to.deep.equal({
        heard: 2,
        nothingNew: undefined,
        content: "Tea é👻",
        version: 2,
        refused: "Fault: The document is at version 2.",
      });
      visitor.forgive(/409/);
    });
});
