// The states that a document tells: to whoever listens, when they change, and only then; and worked out for nobody else.

import { expect } from "chai";
import { Emitter } from "../../client/emitter.js";
import type { DocumentEvents } from "../../client/index.js";
import { Told } from "../../client/told.js";
import { createHub } from "./hub.js";

describe("the states of a document", () => {
  it("are told to who comes late from the next change on, and not as they are", () => {
    const hub = createHub("plain", "x");
    const [ann, bo] = [hub.open("ann"), hub.open("bo")];
    bo.submit(["b"]);
    const heard: unknown[] = [];
    ann.on("status", ({ version }) => heard.push(version));
    ann.on("save", ({ version, stage }) => heard.push([version, stage]));
    ann.on("history", ({ canUndo }) => heard.push(canUndo));
    ann.presence.update(null);
    hub.advance(1_000);
    expect(heard).to.deep.equal([]);
    bo.submit(["c"]);
    expect(heard).to.deep.equal([3, [3, "saved"]]);
  });

  it("are told when they go back to what an earlier listener was told last", () => {
    const hub = createHub("plain", "x");
    const ann = hub.open("ann");
    const stop = ann.on("history", () => {});
    ann.submit(["a"]);
    ann.undo();
    stop();
    ann.submit(["b"]);
    const heard: unknown[] = [];
    ann.on("history", (state) => heard.push(state));
    ann.undo();
    expect(heard).to.deep.equal([{ canUndo: false, canRedo: true }]);
  });

  it("are worked out only while somebody listens", () => {
    const events = new Emitter<DocumentEvents>();
    let asked = 0;
    const history = () => ({ canUndo: ++asked > 0, canRedo: false });
    const never = () => {
      throw new Error("nobody listens to this");
    };
    const told = new Told(events, { status: never, save: never, history });
    told.tell();
    expect(asked).to.equal(0);
    told.expect("history");
    const stop = events.on("history", () => {});
    told.tell();
    stop();
    told.tell();
    expect(asked).to.equal(2);
  });
});
