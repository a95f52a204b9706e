// Others who type: how they are shown while their ops come, and what that costs whoever shows nobody.

import { expect } from "chai";
import { PresenceTracker } from "../../client/presence.js";
import { Desk } from "./desk.js";

function withBo() {
  const desk = new Desk();
  const doc = desk.open("cat");
  const person = { src: "bo-1", user: { id: "bo", name: "Bo" }, color: 3, presence: null };
  desk.event("joined", { doc: "notes", person });
  return { desk, doc };
}

describe("others who write", () => {
  it("go on typing, op after op, until a moment after the last", () => {
    const { desk, doc } = withBo();
    for (let version = 8; version < 12; version++) {
      desk.tells(version, ["x"], "bo-1");
      desk.clock.advance(1_000);
    }
    expect(doc.presence.people[0]!.activity).to.equal("typing");
    desk.clock.advance(499);
    expect(doc.presence.people[0]!.activity).to.equal("typing");
    desk.clock.advance(1);
    expect(doc.presence.people[0]!.activity).to.equal("active");
  });

  it("are not worked out with each op where nobody listens", () => {
    const { desk, doc } = withBo();
    const people = Object.getOwnPropertyDescriptor(PresenceTracker.prototype, "people")!;
    let workedOut = 0;
    Object.defineProperty(PresenceTracker.prototype, "people", {
      ...people,
      get() {
        workedOut++;
        return people.get!.call(this);
      },
    });
    try {
      desk.tells(8, ["x"], "bo-1");
      expect(workedOut).to.equal(0);
      doc.presence.on("change", () => {});
      desk.tells(9, ["x"], "bo-1");
      expect(workedOut).to.equal(1);
    } finally {
      Object.defineProperty(PresenceTracker.prototype, "people", people);
    }
  });
});
