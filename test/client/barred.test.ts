// A document that is closed to its reader: it stays on show, what was unsent of it is given back, and nothing more is asked.

import { expect } from "chai";
import { Desk, outcome, refusals } from "./desk.js";

describe("a document that is not to be had", () => {
  it("says so by its status and its promises, and takes no more changes", async () => {
    const desk = new Desk();
    desk.connect();
    desk.welcomes();
    const doc = desk.client.open("notes", { type: "plain" });
    desk.refuses("open", "forbidden");
    expect([doc.status, doc.fault?.code]).to.deep.equal(["fault", "forbidden"]);
    expect([await outcome(doc.ready), await outcome(doc.settled())]).to.deep.equal(["rejected", "rejected"]);
    expect(() => doc.submit(["x"])).to.throw("forbidden");
  });

  it("keeps what was unsent on show and tells its text, when it is taken away", async () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const refused = refusals(doc);
    doc.submit([3, "s"]);
    doc.submit([4, "!"]);
    const settled = doc.settled();
    desk.event("fault", { doc: "notes", fault: { code: "forbidden", message: "no more" } });
    expect([doc.text, doc.status]).to.deep.equal(["cats!", "fault"]);
    expect(refused.map(({ text }) => text)).to.deep.equal(["s", "!"]);
    expect(await outcome(settled)).to.equal("rejected");
    desk.tells(8, ["late "]);
    desk.acknowledges(8);
    expect(doc.text).to.equal("cats!");
  });

  it("stays so when the connection comes back: nothing is asked for, and what was given back is not sent", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.event("fault", { doc: "notes", fault: { code: "forbidden", message: "no more" } });
    const told: unknown[] = [];
    doc.on("status", (status) => told.push(status));
    desk.cuts();
    desk.clock.advance(1);
    expect(desk.line.hello.opens ?? []).to.deep.equal([]);
    desk.welcomes();
    expect([desk.line.asked, told, doc.text, doc.status]).to.deep.equal([[], [], "cats", "fault"]);
    expect(doc.recovered.map(({ text }) => text)).to.deep.equal(["s"]);
  });

  it("was deleted, if it is gone when we come back; it is not made anew", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.cuts();
    desk.takesBack();
    expect(desk.sent("open")?.create).to.equal(false);
    desk.refuses("open", "forbidden");
    expect(doc.status).to.equal("fault");
  });

  it("leaves the other documents of the connection alone", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const other = desk.client.open("other", { type: "plain" });
    desk.refuses("open", "too_many_documents");
    expect([other.status, doc.status]).to.deep.equal(["fault", "saved"]);
  });
});
