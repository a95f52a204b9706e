// The device's clock is set back by a day, as clocks are that were wrong: nobody waits a day for what takes a second.

import { expect } from "chai";
import { EXPIRY_MS, TYPING_MS } from "../../client/presence.js";
import { leftMs } from "../../protocol/index.js";
import { VirtualClock } from "../world/clock.js";
import { OwnClock } from "../world/own-clock.js";
import { Desk } from "./desk.js";

const DAY = 86_400_000;

/** A document that Bo has open as well, on a device whose clock can be set. */
function withBo() {
  const desk = new Desk();
  const [now, own] = [desk.clock.now.bind(desk.clock), { skewMs: 0 }];
  desk.clock.now = () => now() + own.skewMs;
  const doc = desk.open("cat");
  const presence = { n: 1, version: 7, selection: { anchor: 1, head: 1 }, activity: "active" };
  const person = { src: "bo-1", user: { id: "bo", name: "Bo" }, color: 3, presence };
  desk.event("joined", { doc: "notes", person } as never);
  const setBack = () => {
    own.skewMs = -DAY;
  };
  return { desk, doc, setBack, bo: () => doc.presence.people.map(({ activity }) => activity) };
}

describe("a clock that is set back", () => {
  it("leaves of a wait all of it at most, and of one that is over nothing", () => {
    const clock = new OwnClock(new VirtualClock(1_000));
    expect([leftMs(clock, 1_000, 50), leftMs(clock, 970, 50), leftMs(clock, 900, 50)]).to.deep.equal([
      50, 20, 0,
    ]);
    clock.skewMs = -DAY;
    expect(leftMs(clock, 1_000, 50)).to.equal(50);
    clock.skewMs = DAY;
    expect(leftMs(clock, 1_000, 50)).to.equal(0);
  });

  it("keeps nobody from the server that has asked for a pause", () => {
    const { desk, setBack } = withBo();
    desk.event("draining", { returnAfterMs: 2_000 });
    setBack();
    desk.cuts();
    desk.clock.advance(2_000 + 500);
    expect(desk.lines.length).to.equal(2);
  });

  it("lets go of a pause once another server has welcomed", () => {
    const { desk, setBack } = withBo();
    desk.event("draining", { returnAfterMs: 2_000 });
    desk.clock.advance(2_000);
    desk.welcomes();
    setBack();
    desk.cuts();
    desk.clock.advance(500);
    expect(desk.lines.length).to.equal(3);
  });

  it("ends what others type a moment after they have", () => {
    const { desk, bo, setBack } = withBo();
    desk.tells(8, ["x"], "bo-1");
    setBack();
    desk.clock.advance(2 * TYPING_MS);
    expect(bo()).to.deep.equal(["active"]);
  });

  it("shows nobody who has gone", () => {
    const { desk, bo, setBack } = withBo();
    setBack();
    desk.clock.advance(2 * EXPIRY_MS);
    expect(bo()).to.deep.equal([]);
  });

  it("tells others where one is as before", () => {
    const { desk, doc, setBack } = withBo();
    doc.presence.update({ anchor: 1, head: 1 });
    desk.clock.advance(1_000);
    const told = desk.line.notices.length;
    setBack();
    doc.presence.update({ anchor: 2, head: 2 });
    desk.clock.advance(1_000);
    expect(desk.line.notices.length).to.equal(told + 1);
  });
});
