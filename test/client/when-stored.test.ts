// When a change is written to the device, and what the store is told of it.

import { expect } from "chai";
import { Desk } from "./desk.js";
import { Shelf } from "./shelf.js";

describe("a change", () => {
  it("is written before anybody hears of it, whoever made it", () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const doc = desk.open("cat", { store: shelf.page() });
    const wrong: string[] = [];
    doc.on("change", ({ origin }) => {
      const { version, unsaved, recovered } = shelf.records[0]!;
      const written = [version, unsaved, recovered.length];
      const shown = [doc.version, doc.unsaved, doc.recovered.length];
      if (`${written}` !== `${shown}`) wrong.push(`${origin}: ${written} and not ${shown}`);
    });
    doc.submit([3, "s"]);
    desk.tells(8, ["a "]);
    desk.refuses("submit", "op_malformed");
    doc.submit([5, "!"]);
    desk.cuts();
    desk.clock.advance(1_000);
    desk.welcomes();
    desk.refuses("open", "version_unknown");
    const snapshot = { writable: true, people: [], epoch: "1", head: 90, snapshot: "dogs" };
    desk.answers("open", snapshot);
    expect(wrong).to.deep.equal([]);
  });
});

describe("what others do", () => {
  it("is written once a second while all of ours is saved, and at once with anything that is not", () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const doc = desk.open("cat", { store: shelf.page() });
    shelf.steps.splice(0);
    const written = () => shelf.steps.splice(0).map((steps) => steps?.length ?? "all");
    for (let version = 8; version < 18; version++) desk.tells(version, ["x"]);
    expect([written(), shelf.records[0]!.version, doc.version]).to.deep.equal([[], 7, 17]);
    desk.clock.advance(1_000);
    expect([written(), shelf.records[0]!.version]).to.deep.equal([[10], 17]);
    desk.clock.advance(10_000);
    expect(written()).to.deep.equal([]);
    desk.tells(18, ["x"]);
    doc.submit(["mine"]);
    expect([written(), shelf.records[0]!.version, shelf.records[0]!.unsaved]).to.deep.equal([[1, 0], 18, 1]);
    desk.tells(19, ["x"]);
    expect([written(), shelf.records[0]!.version]).to.deep.equal([[1], 19]);
  });

  it("is all written when the document closes, and when the page may end", async () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const store = shelf.page();
    const doc = desk.open("cat", { store });
    desk.tells(8, ["x"]);
    store.flush();
    expect(shelf.records[0]!.version).to.equal(8);
    desk.tells(9, ["x"]);
    const [slot] = shelf.slots;
    doc.close();
    await new Promise(setImmediate);
    expect(slot!.record!.version).to.equal(9);
    shelf.steps.splice(0);
    desk.clock.advance(10_000);
    expect(shelf.steps).to.deep.equal([]);
  });
});

describe("a store that writes only what changed", () => {
  it("is told the ops that led from one record to the next", () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const doc = desk.open("cat", { store: shelf.page() });
    shelf.steps.splice(0);
    desk.tells(8, ["a "]);
    doc.submit([5, "s"]);
    desk.acknowledges(9);
    expect(shelf.steps.flatMap((steps) => steps ?? ["all"])).to.deep.equal([["a "], [5, "s"]]);
  });

  it("is told that no ops lead there when the document was fetched anew", () => {
    const shelf = new Shelf();
    const desk = new Desk();
    desk.open("cat", { store: shelf.page() });
    desk.cuts();
    desk.clock.advance(1_000);
    desk.welcomes();
    shelf.steps.splice(0);
    desk.refuses("open", "version_unknown");
    desk.answers("open", { writable: true, people: [], epoch: "1", head: 90, snapshot: "dogs" });
    expect(shelf.steps).to.deep.equal([undefined]);
  });
});
