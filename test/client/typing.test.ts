// Others who type: how they are shown while their ops come, what that costs whoever shows nobody, and who the others are.

import { expect } from "chai";
import { PresenceTracker } from "../../client/presence.js";
import { plainText } from "../../ot/index.js";
import { VirtualClock } from "../world/clock.js";
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

  it("are not oneself, also where the room told of it to the document that was open here before", () => {
    const ann = { src: "ann-1", user: { id: "ann", name: "Ann" }, color: 3, presence: null };
    let src: string | undefined;
    const presence = new PresenceTracker({
      type: plainText as never,
      clock: new VirtualClock(0),
      session: () => undefined,
      src: () => src,
      tell: () => true,
    });
    presence.joined(ann);
    src = "ann-1";
    presence.roster([ann]);
    expect(presence.self).to.deep.equal(ann);
  });
});
