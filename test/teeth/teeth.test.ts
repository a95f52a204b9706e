// The tests are tested: each bug of the catalogue is put in, and the tests that are named with it go red, for a reason
// that a test gives. Without any bug the same tests, run the same way, are green.
//
// A bug that is not caught is a missing test. If what a bug replaces has moved, the catalogue moves with it.
//
//   (nothing)      some that tests of pure code catch, drawn by the seed: every commit others, and neither load nor a clock has a
//                  say in them; and one batch of the tests that would catch them without any bug, because all of them run
//                  without one beside this, in their own folders
//   TEETH=whole    all of it: `npm run teeth`, `npm run promises`
//   TEETH=PATH     those that tests in such a place catch, as "test/cluster/"
//   BUG="words"    those with the words in their names, and why they were caught

import { expect } from "chai";
import { dice } from "../arbitraries/dice.js";
import { figure } from "../figures.js";
import { seed } from "../seed.js";
import type { Bug } from "./bug.js";
import { sourceWith } from "./build.js";
import { catalogue } from "./catalogue/index.js";
import { type Outcome, run, runWith, type Tests } from "./run.js";

/** So many processes at once. */
const AT_ONCE = 2;
const FILES_AT_ONCE = 12;
/** So many that tests in such places catch are put in, where not all are asked for. */
const DRAWN = [
  { from: /^test\/ot\//, most: 34 },
  { from: /^test\/(prosemirror|protocol|history)\//, most: 12 },
];

/** What a module says that does not even load, or has lost a name: no test has looked at it then. */
const NOT_A_TEST = /SyntaxError|ReferenceError|ERR_MODULE_NOT_FOUND/;

/** Lets so many works run at once, in the order in which they ask. */
function gate(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running === most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}

function batches(files: readonly string[]): string[][] {
  const count = Math.ceil(files.length / FILES_AT_ONCE);
  return Array.from({ length: count }, (_, at) => files.slice(at * FILES_AT_ONCE, (at + 1) * FILES_AT_ONCE));
}

/** So many of those that are such. */
function some(most: number, such: (bug: Bug) => boolean): Bug[] {
  const left = catalogue.filter(such);
  return Array.from({ length: most }, () => left.splice(roll(left.length), 1)).flat();
}

const { BUG: words, TEETH: asked } = process.env;
const { roll } = dice(seed);
const drawn: readonly Bug[] =
  asked === undefined
    ? DRAWN.flatMap(({ from, most }) => some(most, (bug) => from.test(bug.caughtBy)))
    : catalogue.filter(({ caughtBy }) => asked === "whole" || caughtBy.startsWith(asked));

describe("a bug that somebody could have made", function () {
  this.timeout(1_200_000);
  const bugs = words === undefined ? drawn : catalogue.filter(({ bug }) => bug.includes(words));
  const all = batches([...new Set(bugs.map(({ caughtBy }) => caughtBy))]);
  const one = roll(all.length);
  /** The same tests, a few files at a time. */
  const withoutBug: readonly Tests[] = all
    .filter((_, at) => bugs !== drawn || asked !== undefined || at === one)
    .map((files) => ({
      files,
      titled: [
        ...new Set(bugs.filter(({ caughtBy }) => files.includes(caughtBy)).map(({ titled }) => titled)),
      ],
    }));
  const outcomes = new Map<Bug | Tests, Promise<Outcome>>();
  let caught = 0;

  before(() => {
    const inTurn = gate(AT_ONCE);
    const start = (of: Bug | Tests, work: () => Promise<Outcome>) => {
      const outcome = inTurn(work);
      // It is awaited in its own test; until then nobody has to hear of a failure.
      outcome.catch(() => {});
      outcomes.set(of, outcome);
    };
    for (const tests of withoutBug) start(tests, () => run(tests));
    for (const bug of bugs) start(bug, () => runWith(bug));
  });

  it("is not there now: without it the tests that would catch it are green", async () => {
    for (const tests of withoutBug) {
      const { passed, failure, broken } = await outcomes.get(tests)!;
      expect({ failure, broken }).to.deep.equal({ failure: undefined, broken: undefined });
      expect(passed, JSON.stringify(tests)).to.be.greaterThan(0);
    }
  });

  for (const bug of bugs) {
    it(`is caught: ${bug.bug}`, async () => {
      const { failure, broken } = await outcomes.get(bug)!;
      expect(broken).to.equal(undefined);
      expect(failure, "no test has seen it").not.to.equal(undefined);
      expect(failure!.reason).not.to.match(NOT_A_TEST);
      if (words !== undefined) console.log(failure);
      caught++;
    });
  }

  it("can be put in, whichever it is: what it replaces stands in its file, once", () => {
    for (const bug of catalogue) sourceWith(bug);
    const twice = catalogue.filter(({ bug }, at) => catalogue.findIndex((other) => other.bug === bug) !== at);
    expect(twice).to.deep.equal([]);
  });

  it("is caught, all of them, in every part that a keystroke passes", () => {
    expect(caught).to.equal(bugs.length);
    figure("teeth", "bugs put in", bugs.length);
    figure("teeth", "of them caught", caught);
  });
});
