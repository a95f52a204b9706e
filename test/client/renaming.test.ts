// Other names for people who are in a document already.

import { expect } from "chai";
import type { Person } from "../../protocol/index.js";
import { Desk } from "./desk.js";

const named = (name: string): Person => ({ src: "bo-1", user: { id: "bo", name }, color: 3, presence: null });

describe("people who take another name", () => {
  it("are the same people, told of by both names, now or after an absence", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.event("joined", { doc: "notes", person: named("bo") });
    const heard: unknown[] = [];
    doc.presence.on("joined", ({ src }) => heard.push(`${src} joined`));
    doc.presence.on("left", ({ src }) => heard.push(`${src} left`));
    doc.presence.on("renamed", ({ person: { src, user }, before }) => heard.push([src, before, user.name]));
    desk.event("joined", { doc: "notes", person: named("Bob") });
    desk.event("joined", { doc: "notes", person: named("Bob") });
    desk.cuts();
    desk.takesBack();
    desk.answersSince(7, [], [named("Dr. Bo")]);
    expect(heard).to.deep.equal([
      ["bo-1", "bo", "Bob"],
      ["bo-1", "Bob", "Dr. Bo"],
    ]);
    expect(doc.presence.people.map(({ user }) => user.name)).to.deep.equal(["Dr. Bo"]);
  });
});
