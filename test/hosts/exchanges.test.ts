// The golden exchanges, which the kits' unit tests replay in Swift, Kotlin and Dart, are what the reference host does.

import { expect } from "chai";
import { expand, golden, play, stepsOf } from "./replay.js";

describe("the host of the golden exchanges", () => {
  for (const exchange of golden.exchanges) {
    it(exchange.title, async () => {
      const played = await play(exchange);
      stepsOf(exchange).forEach((step, index) => {
        const { out, outcome, state } = played[index]!;
        const where = `step ${index + 1}`;
        expect(out, where).to.deep.equal((step.out ?? []).map(expand));
        if (step.outcome !== undefined) expect(outcome, where).to.deep.equal(step.outcome);
        if (step.state !== undefined) expect(state, where).to.deep.equal(step.state);
      });
    });
  }
});
