// Where the others are, and what they are told of us: the rules of presence.

import { expect } from "chai";
import type { Person, PresenceUpdate } from "../../protocol/index.js";
import { Desk, type Doc } from "./desk.js";
import { createHub } from "./hub.js";

const at = (anchor: number, head = anchor) => ({ anchor, head });

const person = (src: string, presence: PresenceUpdate | null = null): Person => ({
  src,
  user: { id: src.split("-")[0]!, name: src.split("-")[0]! },
  color: 3,
  presence,
});

const told = (
  n: number,
  version: number,
  selection: PresenceUpdate["selection"],
  seq = 0,
): PresenceUpdate => ({
  n,
  version,
  seq,
  selection,
  activity: "active",
});

function withBo(text: string): {
  desk: Desk;
  doc: Doc;
  says: (update: PresenceUpdate) => void;
  bo: () => unknown;
} {
  const desk = new Desk();
  const doc = desk.open(text);
  desk.event("joined", { doc: "notes", person: person("bo-1") });
  return {
    desk,
    doc,
    says: (update) => desk.event("presence", { doc: "notes", src: "bo-1", ...update }),
    bo: () => doc.presence.people[0]?.selection,
  };
}

describe("somebody else's caret", () => {
  it("is held until the version it speaks of is here, and then carried past what came after", () => {
    const { desk, says, bo } = withBo("cat");
    says(told(1, 9, at(5)));
    expect(bo()).to.equal(null);
    desk.tells(8, ["a "], "cy-1");
    expect(bo()).to.equal(null);
    desk.tells(9, [5, "s"], "cy-1");
    expect(bo()).to.deep.equal(at(5));
    desk.tells(10, ["Oh, "], "cy-1");
    expect(bo()).to.deep.equal(at(9));
  });

  it("is carried past ops that are here already, when it comes late", () => {
    const { desk, says, bo } = withBo("cat");
    desk.tells(8, ["a "], "cy-1");
    desk.tells(9, ["Oh, "], "cy-1");
    says(told(1, 7, at(1, 3)));
    expect(bo()).to.deep.equal(at(7, 9));
  });

  it("waits for the op of its owner's that it stands behind", () => {
    const { desk, says, bo } = withBo("cat");
    says(told(1, 7, at(4), 5));
    desk.tells(8, ["a "], "cy-1");
    expect(bo()).to.equal(null);
    desk.tells(9, [5, "s!"], "bo-1", 5);
    expect(bo()).to.deep.equal(at(4));
  });

  it("moves with its owner's typing at once, and not with anybody else's at the same place", () => {
    const { desk, doc, says, bo } = withBo("cat");
    says(told(1, 7, at(3)));
    desk.tells(8, [3, "s"], "bo-1");
    expect(bo()).to.deep.equal(at(4));
    desk.tells(9, [4, "!"], "cy-1");
    expect(bo()).to.deep.equal(at(4));
    doc.submit([4, "?"]);
    expect(bo()).to.deep.equal(at(4));
    doc.submit(["The "]);
    expect(bo()).to.deep.equal(at(8));
  });

  it("is not where an older message that comes late says", () => {
    const { says, bo } = withBo("cat");
    says(told(2, 7, at(3)));
    says(told(1, 7, at(0)));
    expect(bo()).to.deep.equal(at(3));
  });

  it("never stands outside the document, whatever is said", () => {
    const { doc, says, bo } = withBo("cat");
    says(told(1, 7, at(99, 2)));
    expect(bo()).to.deep.equal(at(3, 2));
    doc.submit([1, { d: 2 }]);
    expect(bo()).to.deep.equal(at(1, 1));
  });

  it("is not known any more when the document was fetched anew", () => {
    const { desk, doc, says, bo } = withBo("cat");
    says(told(1, 7, at(3)));
    doc.submit(["x"]);
    desk.refuses("submit", "version_unknown");
    const head = { head: 90, writable: true, snapshot: "completely other" };
    desk.answers("open", { ...head, people: [person("bo-1")] });
    expect(bo()).to.equal(null);
    says(told(2, 90, at(5)));
    expect(bo()).to.deep.equal(at(6));
  });
});

describe("the people in a document", () => {
  it("come and go, and are told of by name", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const heard: string[] = [];
    doc.presence.on("joined", ({ user }) => heard.push(`${user.name} came`));
    doc.presence.on("left", ({ user }) => heard.push(`${user.name} went`));
    doc.presence.on("change", (people) => heard.push(people.map(({ user }) => user.name).join(", ")));
    desk.event("joined", { doc: "notes", person: person("bo-1") });
    desk.event("joined", { doc: "notes", person: person("cy-1") });
    desk.event("left", { doc: "notes", src: "bo-1" });
    expect(heard).to.deep.equal(["bo came", "bo", "cy came", "bo, cy", "bo went", "cy"]);
  });

  it("who are told of again are the same people: another colour, and their caret where it was", () => {
    const { desk, doc, says, bo } = withBo("cat");
    const heard: string[] = [];
    doc.presence.on("joined", ({ user }) => heard.push(`${user.name} came`));
    doc.presence.on("left", ({ user }) => heard.push(`${user.name} went`));
    says(told(7, 7, at(2)));
    desk.tells(8, ["a "], "cy-1");
    desk.event("joined", { doc: "notes", person: { ...person("bo-1", told(7, 7, at(2))), color: 5 } });
    expect(doc.presence.people.map(({ color }) => color)).to.deep.equal([5]);
    expect(bo()).to.deep.equal(at(4));
    // They have opened the document anew, and count from the start.
    desk.event("joined", { doc: "notes", person: person("bo-1") });
    expect(bo()).to.deep.equal(at(4));
    says(told(1, 8, at(1)));
    expect(bo()).to.deep.equal(at(1));
    expect(heard).to.deep.equal([]);
  });

  it("are told of again ourselves, when our colour is another", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.event("joined", { doc: "notes", person: { ...person("ann-1"), color: 9 } });
    expect(doc.presence.self?.color).to.equal(9);
    expect(doc.presence.people).to.deep.equal([]);
  });

  it("who counted as gone are back when they come again", () => {
    const { desk, doc, says } = withBo("cat");
    says(told(3, 7, at(3)));
    desk.clock.advance(90_000);
    expect(doc.presence.people).to.deep.equal([]);
    desk.event("joined", { doc: "notes", person: { ...person("bo-1", told(3, 7, at(3))), color: 5 } });
    expect(doc.presence.people).to.deep.equal([]);
    desk.event("joined", { doc: "notes", person: person("bo-1") });
    expect(doc.presence.people.map(({ src }) => src)).to.deep.equal(["bo-1"]);
  });

  it("are those of the roster at every opening, ourselves apart", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.event("joined", { doc: "notes", person: person("bo-1") });
    const heard: string[] = [];
    doc.presence.on("joined", ({ user }) => heard.push(`${user.name} came`));
    doc.presence.on("left", ({ user }) => heard.push(`${user.name} went`));
    desk.cuts();
    desk.takesBack();
    desk.answersSince(7, [], [person("ann-1"), person("cy-1", told(4, 7, at(2)))]);
    expect(heard).to.deep.equal(["bo went", "cy came"]);
    expect(doc.presence.people.map(({ src, selection }) => [src, selection])).to.deep.equal([
      ["cy-1", at(2)],
    ]);
    expect([doc.presence.self?.src, doc.presence.self?.color]).to.deep.equal(["ann-1", 3]);
    desk.cuts();
    desk.takesBack();
    desk.answersSince(7, [], [person("ann-1"), { ...person("cy-1", told(4, 7, at(2))), color: 8 }]);
    expect(doc.presence.people.map(({ color }) => color)).to.deep.equal([8]);
  });

  it("who come while a document is fetched anew, and it is not clear yet what became of an op, are among them", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.cuts();
    desk.takesBack();
    desk.refuses("open", "version_unknown");
    const head = { head: 90, writable: true, snapshot: "The cat" };
    desk.answers("open", { ...head, people: [person("ann-1"), person("bo-1")] });
    expect(doc.presence.people.map(({ src }) => src)).to.deep.equal(["bo-1"]);
    desk.event("joined", { doc: "notes", person: person("cy-1") });
    desk.event("left", { doc: "notes", src: "bo-1" });
    desk.refuses("submit", "version_ahead");
    expect(doc.text).to.equal("The cats");
    expect(doc.presence.people.map(({ src }) => src)).to.deep.equal(["cy-1"]);
  });

  it("are typing while their ops come, and for a moment after", () => {
    const { desk, doc } = withBo("cat");
    const activity = () => doc.presence.people[0]?.activity;
    desk.tells(8, [3, "s"], "bo-1");
    expect(activity()).to.equal("typing");
    desk.clock.advance(1_499);
    expect(activity()).to.equal("typing");
    desk.clock.advance(1);
    expect(activity()).to.equal("active");
  });

  it("are not typing because of what they wrote while we were away", () => {
    const { desk, doc } = withBo("cat");
    desk.cuts();
    desk.takesBack();
    desk.answersSince(8, [desk.op(8, ["a "], "bo-1")], [person("bo-1")]);
    expect(doc.presence.people[0]?.activity).to.equal("active");
  });

  it("count as gone after a minute and a half without a word, and are back with the next", () => {
    const { desk, doc, says } = withBo("cat");
    desk.event("joined", { doc: "notes", person: person("cy-1") });
    says(told(1, 7, at(3)));
    desk.clock.advance(60_000);
    desk.tells(8, ["a"], "bo-1");
    desk.clock.advance(89_999);
    const names = () => doc.presence.people.map(({ user }) => user.name);
    expect(names()).to.deep.equal(["bo", "cy"]);
    desk.clock.advance(1);
    // Cy has never said where they are, so their silence says nothing.
    expect(names()).to.deep.equal(["cy"]);
    says(told(2, 8, at(3)));
    expect(names()).to.deep.equal(["bo", "cy"]);
  });

  it("are shown as away ten seconds before they count as gone", () => {
    const { desk, doc, says } = withBo("cat");
    says(told(1, 7, at(3)));
    const seen: string[] = [];
    doc.presence.on("change", (people) => seen.push(people.map(({ activity }) => activity).join()));
    desk.clock.advance(79_999);
    expect(seen).to.deep.equal([]);
    desk.clock.advance(1);
    expect(seen).to.deep.equal(["away"]);
    says(told(2, 7, at(3)));
    expect(doc.presence.people[0]!.activity).to.equal("active");
  });
});

describe("where we are", () => {
  it("is told 50 ms after it changed, and at most ten times a second", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const times: number[] = [];
    const started = desk.clock.now();
    for (let ms = 0; ms < 1_000; ms += 10) {
      doc.presence.update(at((ms / 10) % 4));
      const before = desk.line.notices.length;
      desk.clock.advance(10);
      if (desk.line.notices.length > before) times.push(desk.clock.now() - started);
    }
    expect(times[0]).to.equal(50);
    expect(times.length).to.be.within(9, 10);
    expect(Math.min(...times.slice(1).map((time, i) => time - times[i]!))).to.be.at.least(100);
  });

  it("is nowhere while we rest, whatever an editor tells late", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.presence.update(at(1));
    doc.presence.rest(true);
    doc.presence.update(at(2));
    desk.clock.advance(5_000);
    expect(desk.line.notices).to.deep.equal([{ doc: "notes", ...told(1, 7, null), activity: "away" }]);
    doc.presence.rest(false);
    doc.presence.update(at(2));
    desk.clock.advance(5_000);
    expect(desk.line.notices.at(-1)).to.deep.equal({ doc: "notes", ...told(2, 7, at(2)) });
  });

  it("is told once when it stays", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.presence.update(at(1, 3));
    doc.presence.update(at(1, 3));
    desk.clock.advance(5_000);
    expect(desk.line.notices).to.deep.equal([{ doc: "notes", ...told(1, 7, at(1, 3)) }]);
  });

  it("is not told when only others' ops, or our own typing, moved it: the others know", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.presence.update(at(3));
    desk.clock.advance(50);
    desk.tells(8, ["a "]);
    doc.presence.update(at(5));
    doc.submit([5, "s"]);
    doc.presence.update(at(6));
    desk.clock.advance(5_000);
    expect(desk.line.notices.length).to.equal(1);
  });

  it("does not wait for unsent ops: it is told as those can place it who have none of them", () => {
    const desk = new Desk();
    const doc = desk.open("one two");
    doc.submit(["zero "]);
    doc.submit([12, " three"]);
    doc.presence.update(at(9));
    desk.clock.advance(50);
    expect(desk.line.notices.at(-1)).to.deep.equal({ doc: "notes", ...told(1, 7, at(4)) });
  });

  it("is told behind our op in flight when it is inside of what others have not seen, and again when they have", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, " and dog"]);
    doc.presence.update(at(5));
    desk.clock.advance(50);
    expect(desk.line.notices.at(-1)).to.deep.equal({ doc: "notes", ...told(1, 7, at(5), 1) });
    desk.acknowledges(8);
    desk.clock.advance(100);
    expect(desk.line.notices.at(-1)).to.deep.equal({ doc: "notes", ...told(2, 8, at(5)) });
  });

  it("is told again, half a second later, when somebody comes who has not seen what moved it", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.presence.update(at(3));
    desk.clock.advance(50);
    desk.event("joined", { doc: "notes", person: person("bo-1") });
    desk.clock.advance(1_000);
    expect(desk.line.notices.length).to.equal(1);
    doc.submit([3, "s"]);
    desk.acknowledges(8);
    desk.tells(9, ["a "]);
    desk.event("joined", { doc: "notes", person: person("cy-1") });
    desk.event("joined", { doc: "notes", person: person("di-1") });
    desk.clock.advance(1_000);
    expect(desk.line.notices.slice(1)).to.deep.equal([{ doc: "notes", ...told(2, 9, at(6)) }]);
  });

  it("is told again on every new channel, and every 20 s", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.presence.update(at(2), "idle");
    desk.clock.advance(50);
    desk.cuts();
    desk.takesBack();
    desk.answersSince(7, []);
    desk.clock.advance(100);
    expect(desk.line.notices.map(({ n, activity }) => [n, activity])).to.deep.equal([[2, "idle"]]);
    desk.clock.advance(20_000);
    expect(desk.line.notices.map(({ n }) => n)).to.deep.equal([2, 3]);
  });

  it("is not told while there is no line", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.cuts();
    doc.presence.update(at(2));
    desk.clock.advance(0);
    desk.clock.advance(100);
    expect(desk.lines.flatMap(({ notices }) => notices)).to.deep.equal([]);
  });
});

describe("two people who type without a pause", () => {
  it("see each other's carets move all the time", () => {
    const hub = createHub("plain", "one two");
    const [ann, bo] = [hub.open("ann"), hub.open("bo")];
    const seen = new Set<number | undefined>();
    ann.presence.update(at(3));
    bo.presence.update(at(7));
    for (let i = 0; i < 20; i++) {
      hub.away(() => {
        ann.submit([3 + i, "a"]);
        ann.presence.update(at(4 + i));
        bo.submit([bo.snapshot.length, "b"]);
        bo.presence.update(at(bo.snapshot.length));
      });
      hub.advance(100);
      expect(ann.presence.people[0]?.selection).to.deep.equal(at(ann.snapshot.length));
      expect(bo.presence.people[0]?.selection).to.deep.equal(at(4 + i));
      seen.add(bo.presence.people[0]?.selection?.head);
    }
    expect(seen.size).to.equal(20);
  });
});
