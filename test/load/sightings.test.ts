// What a writer is told and what others see of it come in any order, and count alike.

import { expect } from "chai";
import { Sightings } from "./sightings.js";

describe("keystrokes of a version", () => {
  let seen: number[];
  let sightings: Sightings;

  beforeEach(() => {
    seen = [];
    sightings = new Sightings(2, (ms) => void seen.push(ms));
  });

  it("count for each copy that had them before their writer was told, and after", () => {
    sightings.reached(7, 110);
    expect(seen).to.deep.equal([]);
    sightings.committed(7, [100, 105]);
    expect(seen).to.deep.equal([10, 5]);
    sightings.reached(7, 130);
    expect(seen).to.deep.equal([10, 5, 30, 25]);
  });

  it("count for all copies where their writer is told last", () => {
    sightings.reached(7, 110);
    sightings.reached(7, 120);
    sightings.committed(7, [100]);
    expect(seen).to.deep.equal([10, 20]);
  });

  it("are not taken for those of another version", () => {
    sightings.reached(8, 110);
    sightings.committed(7, [100]);
    expect(seen).to.deep.equal([]);
  });
});
