// Documents of the hub converge as soon as a change returns, and merge what was made apart.

import { expect } from "chai";
import { createHub } from "./hub.js";

describe("a hub of documents in one thread", () => {
  it("shows everybody a change before it returns", () => {
    const hub = createHub("plain", "Hello");
    const [ann, bo] = [hub.open("ann"), hub.open("bo")];
    ann.submit([5, "!"]);
    expect([ann.text, bo.text, hub.snapshot.toString()]).to.deep.equal(["Hello!", "Hello!", "Hello!"]);
    expect([ann.version, bo.version, hub.version]).to.deep.equal([2, 2, 2]);
    expect([ann.status, ann.unsaved]).to.deep.equal(["saved", 0]);
  });

  it("merges what was written apart", () => {
    const hub = createHub("rich", ["\nHello"]);
    const [ann, bo] = [hub.open("ann"), hub.open("bo")];
    hub.away(() => {
      ann.submit([6, "!"]);
      bo.submit([1, "Oh, "]);
      expect([ann.text, bo.text]).to.deep.equal(["\nHello!", "\nOh, Hello"]);
      expect(ann.status).to.equal("saving");
    });
    expect([ann.text, bo.text]).to.deep.equal(["\nOh, Hello!", "\nOh, Hello!"]);
  });

  it("undoes one's own change only", () => {
    const hub = createHub("plain", "");
    const [ann, bo] = [hub.open("ann"), hub.open("bo")];
    ann.submit(["ann"]);
    bo.submit([3, " bo"]);
    expect(ann.undo()).to.equal(true);
    expect([ann.text, bo.text]).to.deep.equal([" bo", " bo"]);
    expect(ann.redo()).to.equal(true);
    expect(bo.text).to.equal("ann bo");
  });

  it("tells others where somebody is, in its own time", () => {
    const hub = createHub("plain", "Hello");
    const [ann, bo] = [hub.open("ann"), hub.open("bo")];
    ann.presence.update({ anchor: 2, head: 4 });
    expect(bo.presence.people[0]?.selection).to.equal(null);
    hub.advance(100);
    expect(bo.presence.people.map(({ user, selection }) => [user.name, selection])).to.deep.equal([
      ["ann", { anchor: 2, head: 4 }],
    ]);
  });
});
