// What listeners may do in the middle of an event, and what they cannot change.

import { expect } from "chai";
import { RUN } from "../../client/stream.js";
import { Desk } from "./desk.js";
import { createHub } from "./hub.js";

describe("a listener", () => {
  it("may submit in the middle of an event: nobody hears of the second change before the first", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const heard: string[] = [];
    doc.on("change", ({ op, local }) => {
      if (!local) doc.submit([doc.snapshot.length, "!"]);
      else heard.push(`first listener ${JSON.stringify(op)}`);
    });
    doc.on("change", ({ before, after }) => heard.push(`${before} → ${after}`));
    desk.tells(8, ["a "]);
    expect(heard).to.deep.equal(["cat → a cat", 'first listener [5,"!"]', "a cat → a cat!"]);
    expect(desk.all("submit")).to.deep.equal([{ doc: "notes", version: 8, seq: 1, op: [5, "!"] }]);
  });

  it("may submit while several ops are taken in at once, and undo is still right", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    let answered = false;
    doc.on("change", ({ local }) => {
      if (local || answered) return;
      answered = true;
      doc.submit([doc.snapshot.length, "!"]);
    });
    desk.event("ops", { doc: "notes", ops: [desk.op(8, ["a "]), desk.op(9, ["Oh, "])] });
    expect(doc.text).to.equal("Oh, a cat!");
    doc.undo();
    expect(doc.text).to.equal("Oh, a cat");
  });

  it("cannot change what it is told of, nor whoever gave an op what was made of it", () => {
    const hub = createHub("rich", ["\n"]);
    const [ann, bo] = [hub.open("ann"), hub.open("bo")];
    const failed: unknown[] = [];
    for (const doc of [ann, bo])
      doc.on("change", ({ op }) => {
        try {
          (op as unknown[]).shift();
        } catch (error) {
          failed.push(error);
        }
      });
    const shown: unknown[] = [];
    const [attributes, tex] = [{ b: 1 as number | undefined }, { tex: "x" }];
    hub.away(() => {
      ann.submit([1, { i: "bold", a: attributes as { b: 1 } }, { i: { math: tex } }]);
      attributes.b = undefined;
      tex.tex = "y";
      shown.push(JSON.stringify(ann.snapshot));
    });
    ann.undo();
    ann.redo();
    shown.push(JSON.stringify(ann.snapshot), JSON.stringify(bo.snapshot), JSON.stringify(hub.snapshot));
    const made = '["\\n",{"i":"bold","a":{"b":1}},{"i":{"math":{"tex":"x"}}}]';
    expect(shown).to.deep.equal([made, made, made, made]);
    expect(failed.map((error) => error instanceof TypeError)).to.deep.equal(Array(6).fill(true));
  });

  it("cannot change what the next is told of", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const heard: unknown[] = [];
    doc.on("change", ({ op }) => expect(() => (op as unknown[]).pop()).to.throw(TypeError));
    doc.on("change", ({ op }) => heard.push(op));
    desk.tells(8, [3, "s"]);
    expect(heard).to.deep.equal([[3, "s"]]);
  });

  it("cannot change what was missed, of which it is told in one", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const heard: unknown[] = [];
    doc.on("change", ({ run }) => expect(() => (run![0]!.op as unknown[]).pop()).to.throw(TypeError));
    doc.on("change", ({ run }) => void heard.push(...run!.map(({ op }) => op)));
    const by = { src: "bo", author: "bo", time: 0 };
    const missed = Array.from({ length: RUN }, (_, nth) => ({
      version: 8 + nth,
      seq: nth,
      op: ["x"],
      ...by,
    }));
    desk.event("ops", { doc: "notes", ops: missed });
    expect(heard).to.deep.equal(Array(RUN).fill(["x"]));
  });

  it("cannot change what was refused, nor what is kept of it, also when that has been carried past others' ops", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const spoils = (op: unknown) => expect(() => (op as unknown[]).pop()).to.throw(TypeError);
    const heard: unknown[] = [];
    doc.on("refused", ({ op }) => spoils(op));
    doc.on("refused", ({ op }) => heard.push(op));
    // The last two are one op by then, which nobody has given.
    for (const [at, typed] of [..."s!?"].entries()) doc.submit([3 + at, typed]);
    desk.acknowledges(8);
    desk.refuses("submit", "bad_url");
    spoils(doc.recovered[0]!.op);
    desk.tells(9, ["a "]);
    spoils(doc.recovered[0]!.op);
    doc.restore(doc.recovered[0]!.id);
    expect([heard, doc.text]).to.deep.equal([[[4, "!?"]], "a cats!?"]);
  });

  it("may close the document", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.on("status", () => doc.close());
    doc.submit([3, "s"]);
    desk.tells(8, ["a "]);
    expect([doc.text, desk.all("submit").length]).to.deep.equal(["cats", 0]);
  });
});
