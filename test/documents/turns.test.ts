// A program in the server's process is on the thread that serves everybody.

import { expect } from "chai";
import { cleanUp, startServer } from "../server/harness.js";

describe("a program in the server's own process", () => {
  afterEach(cleanUp);

  it("leaves the others their turn while it writes without a pause, also in memory", async () => {
    const { documents } = await startServer({ database: "memory:" });
    await documents.create({ id: "note", type: "plain", text: "" });
    let [turns, isDone] = [0, false];
    const turn = () => {
      if (isDone) return;
      turns++;
      setImmediate(turn);
    };
    setImmediate(turn);
    for (let nth = 0; nth < 320; nth++) await documents.submit("note", { op: ["a"] });
    isDone = true;
    expect(turns).to.be.at.least(10);
  });
});
