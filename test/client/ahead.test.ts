// Documents that are asked for in the hello: one way to and fro less until they are there.

import { expect } from "chai";
import { type Hello, MOST_OPENS, PROTOCOL_VERSION } from "../../protocol/index.js";
import { Desk } from "./desk.js";

/** What the hello of the latest channel says, at this moment, is to be opened. */
const saysToOpen = (desk: Desk): Hello["opens"] => ({ ...desk.line.hello }).opens;

const notes = { doc: "notes", type: "plain", create: true } as const;
const opened = (snapshot: string) =>
  ({ doc: "notes", ok: { epoch: "1", head: 7, writable: true, people: [], snapshot } }) as const;

describe("a hello", () => {
  let desk: Desk;
  beforeEach(() => {
    desk = new Desk();
  });
  afterEach(() => desk.client.close());

  it("says what is opened right after connecting, which is then asked for no second time", async () => {
    const doc = desk.connect().open("notes", { type: "plain" });
    expect(saysToOpen(desk)).to.deep.equal([notes]);
    desk.welcomes();
    expect(doc.status).to.equal("loading");
    desk.event("opened", opened("cat"));
    await doc.ready;
    expect([doc.text, doc.status]).to.deep.equal(["cat", "saved"]);
    expect(desk.all("open")).to.deep.equal([]);
    doc.submit([3, "s"]);
    expect(desk.sent("submit")?.version).to.equal(7);
  });

  it("says after which version the documents are to be opened to which somebody comes back", () => {
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.cuts();
    desk.clock.advance(0);
    expect(saysToOpen(desk)).to.deep.equal([{ ...notes, create: false, since: 7, epoch: "1" }]);
    desk.welcomes();
    const op = { version: 8, src: "bo-1", seq: 1, op: ["a "], author: "bo", time: 0 };
    desk.event("opened", {
      doc: "notes",
      ok: { epoch: "1", head: 8, writable: true, people: [], ops: [op] },
    });
    expect(doc.text).to.equal("a cats");
    expect([desk.all("open"), desk.all("submit").length]).to.deep.equal([[], 1]);
  });

  it("does not bring a document into a room that was closed until the welcome", () => {
    const doc = desk.connect().open("notes", { type: "plain" });
    saysToOpen(desk);
    doc.close();
    desk.welcomes();
    expect([desk.all("open"), desk.all("leave")]).to.deep.equal([[], [{ doc: "notes" }]]);
    desk.event("opened", opened("cat"));
    expect(doc.version).to.equal(0);
  });

  it("counts for nothing where something else is asked for by the time of the welcome", async () => {
    desk.connect();
    const first = desk.client.open("notes", { type: "plain" });
    saysToOpen(desk);
    first.close();
    const doc = desk.client.open("notes", { type: "rich" });
    desk.welcomes();
    expect([desk.all("open"), desk.all("leave")]).to.deep.equal([[{ ...notes, type: "rich" }], []]);
    desk.event("opened", opened("cat"));
    desk.answers("open", { head: 1, writable: true, people: [], snapshot: ["\n", "dog"] });
    await doc.ready;
    expect(doc.text).to.equal("\ndog");
  });

  it("that is answered by nothing is followed by a request, and of two answers one is taken", async () => {
    const doc = desk.connect().open("notes", { type: "plain" });
    saysToOpen(desk);
    desk.welcomes();
    desk.clock.advance(5_000);
    expect(desk.all("open")).to.deep.equal([notes]);
    desk.event("opened", opened("cat"));
    await doc.ready;
    doc.submit([3, "s"]);
    desk.answers("open", { head: 7, writable: true, people: [], snapshot: "cat" });
    desk.event("opened", opened("cat"));
    expect(doc.text).to.equal("cats");
  });

  it("has a refusal reach the document that it is about, and no other", async () => {
    const doc = desk.connect().open("notes", { type: "plain" });
    const other = desk.client.open("other", { type: "plain" });
    saysToOpen(desk);
    desk.welcomes();
    desk.event("opened", { doc: "notes", fault: { code: "forbidden", message: "No." } });
    desk.event("opened", { ...opened("cat"), doc: "other" });
    await other.ready;
    expect([doc.status, doc.fault?.code, other.text]).to.deep.equal(["fault", "forbidden", "cat"]);
    expect(desk.client.status).to.equal("online");
    await doc.ready.catch(() => {});
  });

  it("is followed by a request where the answer was to come later", () => {
    desk.connect().open("notes", { type: "plain" });
    saysToOpen(desk);
    desk.welcomes();
    desk.event("opened", { doc: "notes", fault: { code: "busy", message: "Wait.", retryAfterMs: 300 } });
    expect(desk.all("open")).to.deep.equal([]);
    desk.clock.advance(300);
    expect(desk.all("open")).to.deep.equal([notes]);
  });

  it("says no more than a server takes, and the others are asked for after the welcome", () => {
    desk.connect();
    const names = Array.from({ length: MOST_OPENS + 2 }, (_, nth) => `note-${nth}`);
    for (const name of names) desk.client.open(name, { type: "plain" });
    expect(saysToOpen(desk)!.map(({ doc }) => doc)).to.deep.equal(names.slice(0, MOST_OPENS));
    desk.welcomes();
    expect(desk.all("open").map(({ doc }) => doc)).to.deep.equal(names.slice(MOST_OPENS));
  });

  it("is meant as it was last said, where one way to the server was given up for another", () => {
    desk.connect().open("notes", { type: "plain" });
    saysToOpen(desk);
    desk.client.open("other", { type: "plain" });
    expect(saysToOpen(desk)!.map(({ doc }) => doc)).to.deep.equal(["notes", "other"]);
    desk.welcomes();
    expect(desk.all("open")).to.deep.equal([]);
  });

  it("says nothing of documents to a server of the version before, nor beside a line that has them open", () => {
    const doc = desk.open("cat");
    desk.client.rename("Anna");
    desk.clock.advance(0);
    expect([desk.lines.length, saysToOpen(desk)]).to.deep.equal([2, undefined]);
    desk.welcomes();
    expect(desk.sent("open")).to.deep.include({ doc: doc.id, since: 7 });

    const old = new Desk();
    old.connect().open("notes", { type: "plain" });
    old.event("fault", {
      fault: {
        code: "protocol_unsupported",
        message: "",
        details: { supported: PROTOCOL_VERSION - 1, oldest: PROTOCOL_VERSION - 1 },
      },
    });
    expect([old.line.hello.protocol, saysToOpen(old)]).to.deep.equal([PROTOCOL_VERSION - 1, undefined]);
    old.client.close();
  });
});
