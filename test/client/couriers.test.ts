// What pages that are gone have left is sent in the background, while there is a network and nobody wants it himself.

import { expect } from "chai";
import { Desk, type Doc } from "./desk.js";
import { Shelf } from "./shelf.js";

const soon = () => new Promise(setImmediate);

/** Pages that typed `s` at the end of "cat" without a network, each for itself, and died. */
function leftBehind(shelf: Shelf, count = 1): void {
  const pages = Array.from({ length: count }, () => shelf.page());
  for (const store of pages) {
    const desk = new Desk();
    const doc = desk.open("cat", { store });
    desk.cuts();
    doc.submit([3, "s"]);
  }
  for (const page of pages) page.dies();
}

describe("what a page that is gone has left", () => {
  it("is sent by another page, over a connection of its own, in the name of the one that is gone", async () => {
    const shelf = new Shelf();
    leftBehind(shelf);
    const desk = new Desk();
    desk.connect({ store: shelf.page() });
    desk.welcomes("ann-2");
    await soon();
    expect(desk.lines.length).to.equal(2);
    desk.welcomes("ann-3");
    await soon();
    desk.answersSince(7, []);
    const client = { id: "ann-1", ticket: "ticket of ann-1" };
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version: 7, seq: 1, op: [3, "s"], client });
    desk.acknowledges(8);
    await soon();
    expect([desk.line.open, shelf.records]).to.deep.equal([false, []]);
  });

  it("waits for its network", async () => {
    const shelf = new Shelf();
    leftBehind(shelf);
    const desk = new Desk();
    desk.connect({ store: shelf.page() });
    await soon();
    expect(desk.lines.length).to.equal(1);
  });

  it("is given back as soon as the network is gone", async () => {
    const shelf = new Shelf();
    leftBehind(shelf);
    const desk = new Desk();
    desk.connect({ store: shelf.page() });
    desk.welcomes("ann-2");
    await soon();
    const [own] = desk.lines;
    own!.listener.closed("transport close");
    await soon();
    expect(shelf.slots.map(({ holder, record }) => [holder, record!.unsaved])).to.deep.equal([
      [undefined, 1],
    ]);
  });

  it("is given up at once to a page that opens the document", async () => {
    const shelf = new Shelf();
    leftBehind(shelf);
    const desk = new Desk();
    desk.connect({ store: shelf.page() });
    desk.welcomes("ann-2");
    await soon();
    const doc = desk.client.open("notes", { type: "plain" });
    await soon();
    expect([doc.text, doc.unsaved]).to.deep.equal(["cats", 1]);
  });

  it("and the server does not take is handed to the open document of that name", async () => {
    const shelf = new Shelf();
    leftBehind(shelf, 2);
    const desk = new Desk();
    desk.connect({ store: shelf.page() });
    // This page's document takes the first record; the courier finds the second.
    desk.welcomes("ann-2");
    const [own] = desk.lines;
    const doc = desk.client.open("notes", { type: "plain" }) as Doc;
    desk.lines.push(own!);
    desk.answersSince(7, []);
    desk.acknowledges(8);
    expect([doc.text, doc.status]).to.deep.equal(["cats", "saved"]);
    await soon();
    desk.lines.splice(desk.lines.lastIndexOf(own!), 1);
    expect(desk.lines.length).to.equal(2);
    desk.welcomes("ann-3");
    await soon();
    desk.answersSince(8, [desk.op(8, [3, "s"], "ann-9", 1)]);
    desk.refuses("submit", "op_malformed");
    await soon();
    expect(doc.recovered.map(({ text, reason }) => [text, reason])).to.deep.equal([["s", "refused"]]);
    expect(doc.restore(doc.recovered[0]!.id)).to.equal(true);
    expect([...doc.text].filter((letter) => letter === "s").length).to.equal(2);
  });

  it("of a document whose name one of another kind has now waits in its record, and other documents are sent", async () => {
    const shelf = new Shelf();
    leftBehind(shelf);
    const desk = new Desk();
    desk.connect({ store: shelf.page() });
    desk.welcomes("ann-2");
    const [own] = desk.lines;
    const doc = desk.client.open("notes", { type: "rich" });
    desk.lines.push(own!);
    desk.answers("open", { head: 7, writable: true, people: [], snapshot: ["\n"] });
    await soon();
    desk.lines.splice(desk.lines.lastIndexOf(own!), 1);
    desk.welcomes("ann-3");
    await soon();
    const courier = desk.line;
    desk.refuses("open", "type_mismatch");
    await soon();
    expect([courier.open, doc.recovered]).to.deep.equal([false, []]);
    const left = shelf.records.flatMap(({ recovered }) =>
      recovered.map(({ text, reason }) => [text, reason]),
    );
    expect(left).to.deep.equal([["s", "closed"]]);
  });

  it("and nobody takes waits in its record, and what is left of other documents is sent", async () => {
    for (const heir of ["is deleted", "is closed"]) {
      const shelf = new Shelf();
      leftBehind(shelf, 2);
      const desk = new Desk();
      desk.connect({ store: shelf.page() });
      desk.welcomes("ann-2");
      const [own] = desk.lines;
      const doc = desk.client.open("notes", { type: "plain" }) as Doc;
      desk.lines.push(own!);
      desk.answersSince(7, []);
      // What the open document has to send keeps it from taking what the courier brings.
      doc.submit(["x"]);
      if (heir === "is deleted") desk.refuses("submit", "document_deleted");
      await soon();
      desk.lines.splice(desk.lines.lastIndexOf(own!), 1);
      desk.welcomes("ann-3");
      await soon();
      const courier = desk.line;
      desk.answersSince(7, []);
      desk.refuses("submit", "op_malformed");
      await soon();
      if (heir === "is closed") doc.close();
      await soon();
      expect(courier.open, heir).to.equal(false);
      expect(shelf.records.flatMap(({ recovered }) => recovered.map(({ text }) => text))).to.include("s");
    }
  });
});
