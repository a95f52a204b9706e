// What a run does is drawn from its seed, and what is not needed for a failure is left out.

import { expect } from "chai";
import { plan } from "./plan.js";
import { type Plan, shrink } from "./shrink.js";
import { faults, type Step } from "./steps.js";

describe("a plan", () => {
  const of = { seed: 11, clients: 6, ms: 4_000, faults };

  it("is the same for the same seed, and another for another one", () => {
    expect(plan(of)).to.deep.equal(plan(of));
    expect(plan({ ...of, seed: 12 })).not.to.deep.equal(plan(of));
  });

  it("has everybody write, everything befall that was asked for, and nothing else but being offline", () => {
    const rounds = Array.from({ length: 8 }, (_, nth) => plan({ ...of, seed: nth })).flat();
    expect(new Set(rounds.map(({ who }) => who))).to.have.property("size", of.clients);
    const does = new Set(rounds.map((step) => step.do));
    for (const each of [...faults, "offline", "online", "write", "sign", "undo", "waver", "leave"])
      expect(does).to.include(each);
    const calm = new Set(
      Array.from({ length: 8 }, (_, nth) => plan({ ...of, seed: nth, faults: ["cut"] }))
        .flat()
        .map((step) => step.do),
    );
    for (const fault of faults) expect(calm.has(fault)).to.equal(fault === "cut");
  });

  it("puts in what a schema of one's own has", () => {
    const step = { do: "embed", embed: { math: "x" } } as const;
    const steps = plan({ ...of, things: [{ name: "math", steps: [step] }] });
    expect(steps.filter((each) => each.do === "embed")).not.to.deep.equal([]);
  });
});

describe("shrinking a plan", () => {
  const first = {
    clients: 8,
    steps: plan({ seed: 13, clients: 8, ms: 4_000, faults }),
  };
  const never = () => false;

  it("leaves the steps and people that are needed, and no wait", async () => {
    // Something that goes wrong with two signs and a cut in between, whoever does them.
    const isNeeded = (steps: readonly Step[]) => {
      let stage = 0;
      for (const step of steps) {
        if (step.do === (stage === 1 ? "cut" : "sign")) stage++;
        if (stage === 3) return true;
      }
      return false;
    };
    let tried = 0;
    const small = await shrink(
      first,
      async ({ steps }) => {
        tried++;
        return isNeeded(steps);
      },
      never,
    );
    expect(small.steps.map((step) => step.do)).to.deep.equal(["sign", "cut", "sign"]);
    expect(small.steps.every((step) => step.afterMs === 0 && step.who < small.clients)).to.equal(true);
    expect(small.clients).to.be.at.most(3);
    expect(tried).to.be.lessThan(400);
  });

  it("finds that nothing needs to be done, and that somebody has to be there", async () => {
    const small = await shrink(first, async ({ clients }) => clients >= 2, never);
    expect(small).to.deep.equal({ clients: 2, steps: [] });
  });

  it("ends when the time is up, with the smallest that failed", async () => {
    let tried = 0;
    const fails = async ({ steps }: Plan) => {
      tried++;
      return steps.length > 0;
    };
    const small = await shrink(first, fails, () => tried === 3);
    expect(tried).to.equal(3);
    expect(small.steps.length).to.be.greaterThan(0).and.lessThan(first.steps.length);
  });

  it("leaves alone what does not fail again", async () => {
    expect(await shrink(first, async () => false, never)).to.equal(first);
  });
});
