// How a node is left: moved away from, or drained, with connections that only note what they are told.

import { expect } from "chai";
import { createDeparture, type Leaver } from "../../server/departure.js";
import { VirtualClock } from "../world/clock.js";
import { settle } from "./clock.js";

function node(people: number) {
  const clock = new VirtualClock();
  const told: string[] = [];
  const connections = new Set<Leaver>();
  for (let nth = 0; nth < people; nth++)
    connections.add({
      move: (withinMs) => void told.push(`move ${withinMs}`),
      drain: () => void told.push("drain"),
    });
  const departure = createDeparture({ clock, limits: { drainMs: 5_000 }, connections });
  const goes = () => {
    connections.delete([...connections][0]!);
    departure.gone();
  };
  return { clock, told, departure, goes };
}

/** Whether a promise has resolved by now. */
async function isOver(promise: Promise<unknown>): Promise<boolean> {
  let over = false;
  promise.then(() => {
    over = true;
  });
  await settle();
  return over;
}

describe("a node that is left", () => {
  it("has everybody move, and is left when the last of them has gone", async () => {
    const { told, departure, goes } = node(2);
    expect(departure.leaving).to.equal(false);
    const moved = departure.move(3_000);
    expect([departure.leaving, told]).to.deep.equal([true, ["move 3000", "move 3000"]]);
    goes();
    expect(await isOver(moved)).to.equal(false);
    goes();
    expect(await isOver(moved)).to.equal(true);
  });

  it("waits a moment longer for whoever is still on the way, and for nobody where nobody is", async () => {
    const { clock, departure } = node(1);
    const moved = departure.move(3_000);
    clock.advance(3_999);
    expect(await isOver(moved)).to.equal(false);
    clock.advance(1);
    expect(await isOver(moved)).to.equal(true);
    expect(await isOver(node(0).departure.move(3_000))).to.equal(true);
  });

  it("is drained when all that was taken is answered, what is taken meanwhile too, in whatever way", async () => {
    const { told, departure } = node(1);
    let answer = () => {};
    let refuse = () => {};
    departure.track(
      new Promise<void>((resolve) => {
        answer = resolve;
      }),
    );
    const drained = departure.drain();
    expect([departure.leaving, told]).to.deep.equal([true, ["drain"]]);
    const later = new Promise<void>((_, reject) => {
      refuse = () => reject(new Error("refused"));
    });
    departure.track(later).catch(() => {});
    answer();
    expect(await isOver(drained)).to.equal(false);
    refuse();
    expect(await isOver(drained)).to.equal(true);
  });

  it("waits no longer than it may for what is not answered", async () => {
    const { clock, departure } = node(0);
    departure.track(new Promise(() => {}));
    const drained = departure.drain();
    clock.advance(4_999);
    expect(await isOver(drained)).to.equal(false);
    clock.advance(1);
    expect(await isOver(drained)).to.equal(true);
  });
});
