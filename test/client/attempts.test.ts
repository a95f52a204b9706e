// How long until a server is called again, by the clock alone.

import { expect } from "chai";
import { Attempts, STABLE_MS } from "../../client/attempts.js";
import { FIRST_WAIT_MS } from "../../client/backoff.js";
import { VirtualClock } from "../world/clock.js";

/** Waits as long as it may be. */
function counted() {
  const clock = new VirtualClock(1_000_000);
  return { clock, attempts: new Attempts(clock, () => 1) };
}

describe("attempts to reach a server", () => {
  it("wait longer each time, also with a channel beside them", () => {
    const { attempts } = counted();
    const waits = [attempts.waitMs(), attempts.waitBesideMs(), attempts.waitMs()];
    expect(waits).to.deep.equal([FIRST_WAIT_MS, 2 * FIRST_WAIT_MS, 4 * FIRST_WAIT_MS]);
  });

  it("begin again after a channel that has lived for a while, and after no other", () => {
    const { clock, attempts } = counted();
    attempts.waitMs();
    attempts.welcomed();
    clock.advance(STABLE_MS - 1);
    attempts.lost();
    expect(attempts.waitMs()).to.equal(2 * FIRST_WAIT_MS);
    attempts.welcomed();
    clock.advance(STABLE_MS);
    attempts.lost();
    expect(attempts.waitMs()).to.equal(FIRST_WAIT_MS);
  });

  it("are not made before the server wants to be called, whether it said so before it stopped or when it refused", () => {
    const { clock, attempts } = counted();
    attempts.pause(8_000);
    clock.advance(3_000);
    expect(attempts.pauseLeftMs).to.equal(5_000);
    expect(attempts.waitMs(2_000)).to.equal(5_000 + FIRST_WAIT_MS);
    expect(attempts.waitMs(7_000)).to.equal(7_000 + 2 * FIRST_WAIT_MS);
    attempts.welcomed();
    expect(attempts.pauseLeftMs).to.equal(0);
  });
});
