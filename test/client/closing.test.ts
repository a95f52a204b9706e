// Nothing happens to a document any more that is closed, whatever was on its way then.

import { expect } from "chai";
import { Desk, type Doc, snapshot } from "./desk.js";
import { Shelf } from "./shelf.js";

describe("a document that is closed", () => {
  /** Everything that a document tells, by name. */
  function events(doc: Doc): string[] {
    const told: string[] = [];
    for (const name of ["change", "refused", "recovered", "notice"] as const)
      doc.on(name, () => told.push(name));
    return told;
  }

  it("while it was on its way takes in nothing of it", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const told = events(doc);
    desk.cuts();
    desk.takesBack();
    doc.close();
    desk.answersSince(8, [desk.op(8, ["a"])]);
    expect([doc.text, told]).to.deep.equal(["cat", []]);
  });

  it("while it was fetched anew takes in nothing of it", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const told = events(doc);
    desk.event("head", { doc: "notes", epoch: "2", version: 9 });
    doc.close();
    desk.answers("open", { ...snapshot(9, "dog"), epoch: "2" });
    expect([doc.text, told]).to.deep.equal(["cat", []]);
  });

  it("while it waits to be fetched once more is not asked for any more", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.chance = 0.999;
    doc.submit([3, "s"]);
    desk.refuses("submit", "version_unknown");
    desk.refuses("open", "version_unknown");
    doc.close();
    desk.clock.advance(60_000);
    expect(desk.line.asked.at(-1)?.name).to.equal("leave");
  });

  it("by whoever hears of it that it is fetched anew takes in nothing more", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.on("change", () => doc.close());
    desk.event("head", { doc: "notes", epoch: "2", version: 9 });
    desk.event("ops", { doc: "notes", epoch: "2", ops: [desk.op(10, ["a "])] });
    desk.answers("open", { ...snapshot(9, "dog"), epoch: "2" });
    expect([doc.text, doc.version, doc.status]).to.deep.equal(["dog", 9, "offline"]);
  });

  it("by whoever hears who is in it asks for nothing more, nor by whoever hears that an op is taken back", () => {
    const bo = { src: "bo-1", user: { id: "bo", name: "Bo" }, color: 0, presence: null };
    for (const hears of ["joined", "refused"] as const) {
      const desk = new Desk();
      const doc = desk.open("cat");
      if (hears === "joined") doc.presence.on("joined", () => doc.close());
      else doc.on("refused", () => doc.close());
      doc.submit([3, "s"]);
      desk.event("head", { doc: "notes", epoch: "2", version: 9 });
      desk.answers("open", { ...snapshot(9, "dog"), epoch: "2", people: [bo] });
      if (hears === "refused") {
        // The submission's own answer is not waited for any more; this is the one about its fate.
        desk.acknowledges(8);
        desk.refuses("submit", "client_unknown");
      }
      expect([hears, doc.text, desk.line.asked.at(-1)?.name]).to.deep.equal([
        hears,
        hears === "refused" ? "cat" : "cats",
        "leave",
      ]);
    }
  });

  it("by whoever hears of the first of what it missed asks for nothing more", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.on("change", () => doc.close());
    desk.event("head", { doc: "notes", version: 12 });
    desk.clock.advance(50);
    desk.answers("ops", { ops: [desk.op(8, ["a"])], head: 12 });
    expect([doc.text, desk.all("ops").length, desk.sent("leave")]).to.deep.equal([
      "acat",
      1,
      { doc: "notes" },
    ]);
  });

  it("right after something was typed that is too large keeps it in the store as it is", () => {
    const shelf = new Shelf();
    const desk = new Desk();
    desk.connect({ store: shelf.page() });
    desk.welcomes("ann-1", { opBytes: 40 });
    const doc = desk.client.open("notes", { type: "plain" });
    desk.answers("open", snapshot(7, "cat"));
    const told = events(doc);
    doc.submit([3, "x".repeat(100)]);
    doc.close();
    desk.clock.advance(1_000);
    expect([told, shelf.records.map(({ unsaved }) => unsaved)]).to.deep.equal([["change"], [1]]);
  });
});
