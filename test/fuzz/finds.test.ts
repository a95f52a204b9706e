// What `interline fuzz` is for: builds with a mistake in them are found out, each within seconds and for what is wrong with
// it; what is reported is small, goes wrong again with the same mistake, each time, and not without it.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { exitCodes } from "../../server/startup.js";
import { withBug } from "../teeth/build.js";
import { interline } from "../teeth/call.js";
import { mistakes } from "./mistakes.js";
import { playVirtually } from "./rehearsal.js";
import { parseTrace } from "./trace.js";

/** More steps than that are no help to whoever has to understand them. */
const FEW = 20;

/** A mark whose key lets in what its node spec does not. */
const narrow = `export default {
  marks: {
    font: { key: "x:font", value: "family", spec: { attrs: { family: { validate: onlyLetters } } } },
  },
};
function onlyLetters(family) {
  if (!/^[a-z]+$/.test(family)) throw new RangeError("no font: " + family);
}`;

const { signal } = new AbortController();

describe("interline fuzz", function () {
  // Most are found in a few seconds, and made as small as they get in ten more. Whether a cut falls where it does harm is
  // chance, of which a machine that is busy with much else gives less in the same time.
  this.timeout(900_000);
  const common = ["--clients", "3", "--seconds", "500", "--shrink", "60"];

  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "interline-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [nth, { kinds, args, onSockets, ...bug }] of mistakes.entries())
    it(`finds a build in which this is wrong: ${bug.bug}`, () =>
      withBug(bug, async (build) => {
        const file = join(folder, `${nth}.trace.json`);
        const found = await interline(["fuzz", ...common, "--trace", file, ...args], build);
        expect(found.code, found.said).to.equal(exitCodes.promise_broken);
        const { header, steps } = parseTrace(readFileSync(file, "utf8"));
        expect(kinds, found.said).to.include(header.found[0]!.kind);
        expect(header.shrunkFrom, found.said).to.be.greaterThan(steps.length);
        expect(header.virtual === undefined, found.said).to.equal(onSockets === true);
        expect(steps.length, found.said).to.be.at.most(FEW);

        const again = await interline(["replay", file], build);
        expect(again.code, again.said).to.equal(exitCodes.promise_broken);
        // This process has no mistake in it.
        if (header.virtual !== undefined) {
          const { clients, seed, type } = header;
          const sound = await playVirtually({ clients, steps }, header.virtual, { seed, type, signal });
          expect(sound.found).to.deep.equal([]);
        } else {
          const sound = await interline(["replay", file, "--times", "1"]);
          expect(sound.code, sound.said).to.equal(exitCodes.stopped);
          expect(sound.said).to.include("It does not go wrong any more.");
        }
      }));

  it("finds a schema that lets in what it cannot show", async () => {
    const schema = join(folder, "narrow.mjs");
    const file = join(folder, "schema.trace.json");
    writeFileSync(schema, narrow);
    const args = ["fuzz", ...common, "--schema", schema, "--faults", "", "--seed", "6", "--trace", file];
    const found = await interline(args);
    expect(found.code, found.said).to.equal(exitCodes.promise_broken);
    const { header, steps } = parseTrace(readFileSync(file, "utf8"));
    expect(header.found[0]!.kind).to.equal("structure");
    expect(header.schema).to.equal(schema);
    expect(steps.length, found.said).to.be.lessThan(header.shrunkFrom ?? 0);
    expect(steps.map((step) => step.do)).to.include("dress");
    const again = await interline(["replay", file]);
    expect(again.code, again.said).to.equal(exitCodes.promise_broken);
  });
});
