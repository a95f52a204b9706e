// What a page can tell its integrator's monitoring of one document.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { watchStats } from "../../client/index.js";
import { Desk } from "./desk.js";

describe("the figures of a document at a device", () => {
  function watched() {
    const desk = new Desk();
    const document = desk.open("cat");
    const stats = watchStats({ document, connection: desk.client, now: () => desk.clock.now() });
    return { desk, document, ...stats };
  }

  it("say how many changes wait, and how long the oldest has", () => {
    const { desk, document, read } = watched();
    expect(read()).to.deep.equal({
      ...{ status: "saved", pending: 0, oldestPendingMs: 0, reconnects: 0, rescues: 0, falselySaved: 0 },
    });
    document.submit([3, "s"]);
    desk.clock.advance(30);
    document.submit([4, "!"]);
    desk.clock.advance(10);
    expect(read()).to.include({ status: "saving", pending: 2, oldestPendingMs: 40 });
    desk.acknowledges(8);
    expect(read()).to.include({ pending: 1, oldestPendingMs: 10 });
    desk.acknowledges(9);
    expect(read()).to.include({ status: "saved", pending: 0, oldestPendingMs: 0 });
  });

  it("count connections that came back, and not the first", () => {
    const { desk, read } = watched();
    expect(read().reconnects).to.equal(0);
    for (let time = 1; time <= 2; time++) {
      desk.cuts();
      desk.takesBack();
      desk.answersSince(7, []);
      expect(read().reconnects).to.equal(time);
    }
  });

  it("count what was kept for its author once, also when it was restored, and end when asked", () => {
    const { desk, document, read, stop } = watched();
    document.submit([3, "s"]);
    desk.refuses("submit", "bad_url");
    expect(document.restore(document.recovered[0]!.id)).to.equal(true);
    expect(read()).to.include({ rescues: 1, falselySaved: 0 });
    stop();
    desk.refuses("submit", "bad_url");
    expect(read().rescues).to.equal(1);
  });

  it("are all explained in the guide to metrics, and nothing else is", () => {
    const page = readFileSync(fileURLToPath(new URL("../../../docs/metrics.md", import.meta.url)), "utf8");
    const [, section = ""] = page.split("## At the device");
    const named = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    expect(named).to.deep.equal(Object.keys(watched().read()));
  });
});
