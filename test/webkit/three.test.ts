// Two Chromium tabs and a WebKit view in one rich document, all written in at once for a minute. Afterwards there is one
// document: in each editor, each session, each page, and at the server; and no page has complained.
//
// SEED replays what everybody does; THREE_MS is for how long.

import { join } from "node:path";
import { expect } from "chai";
import { offlineTypes } from "../../server/ledger/offline.js";
import { verifyStore } from "../../server/storage/index.js";
import { SqliteLog } from "../../server/storage/sqlite/log.js";
import { leaveAll } from "../browser/chromium.js";
import { endTest, freshId, opens, sameFor, styledByChromium } from "../browser/people.js";
import type { Shown } from "../browser/shown.js";
import { figure } from "../figures.js";
import { writesLikeAHuman } from "../humans/keyboard.js";
import { seed } from "../seed.js";
import { type RunningServer, startServer, until } from "../server/harness.js";
import { random } from "../stack/draws.js";
import { readStore } from "../stack/store.js";
import { handsInChromium, handsInWebKit } from "./human.js";
import { opensInWebKit } from "./people.js";
import { closeViews, complaints } from "./webkit.js";

const forMs = Number(process.env.THREE_MS ?? 60_000);

describe("two tabs of Chromium and a view of WebKit in one document", function () {
  this.timeout(forMs + 120_000);
  let server: RunningServer;

  before(async () => {
    server = await startServer();
  });
  afterEach(() => closeViews().finally(endTest));

  it(`write in it for ${forMs / 1_000} s, all at once, and have the same`, async () => {
    console.log(`      seed ${seed}`);
    const id = freshId();
    const cy = await opensInWebKit("Cy", server, id);
    const [ada, bo] = [await opens("Ada", server, id), await opens("Bo", server, id)];
    await ada.type("A line to begin with.");
    await ada.press("Enter");

    const hands = [
      await handsInChromium(ada),
      await handsInChromium(bo),
      handsInWebKit(cy, random(seed + 10)),
    ];
    const end = Date.now() + forMs;
    const did = await Promise.all(
      hands.map((each, at) => writesLikeAHuman(each, random(seed + at), () => Date.now() > end)),
    );

    // What a key has begun may end a moment later.
    await until("nobody composes, and everything is said", async () => {
      const busy = () => {
        const { view, doc } = (globalThis as unknown as Shown).interline;
        return view.composing || doc.unsaved > 0;
      };
      const still = await Promise.all([ada.page.evaluate(busy), bo.page.evaluate(busy), cy.evaluate(busy)]);
      return still.every((each) => !each);
    });
    await sameFor(ada, bo, { page: cy });
    for (const [name, page] of Object.entries({ ada, bo, cy }))
      await page.screenshot(`three-engines-${name}`);
    const theirs = await cy.evaluate(() => (globalThis as unknown as Shown).interline.doc.snapshot);
    const api = await fetch(`${server.url}/v1/documents/${id}?format=json`);
    expect(((await api.json()) as { snapshot: unknown }).snapshot).to.deep.equal(theirs);

    expect(complaints()).to.deep.equal([]);
    await closeViews();
    for (const visitor of [ada, bo]) visitor.forgive(styledByChromium);
    await leaveAll();
    await server.close();
    const stored = readStore(server.folder, id);
    expect(JSON.parse(JSON.stringify(stored.snapshot))).to.deep.equal(theirs);
    expect(stored.names).to.equal(stored.submissions);
    const log = await SqliteLog.open(join(server.folder, "interline.sqlite"));
    for await (const { findings } of verifyStore(log, { types: offlineTypes(), deep: true }))
      expect(findings).to.deep.equal([]);
    await log.close();
    figure("three-engines", "seconds that three people wrote at once in two engines", forMs / 1_000);
    figure("three-engines", "things done in each Chromium tab, and in WebKit", did.join(", "));
    figure("three-engines", "ops committed, after which all have the same document", stored.ops);
    console.log(`      ${did.join(", ")} things done, ${stored.ops} ops`);
  });
});
