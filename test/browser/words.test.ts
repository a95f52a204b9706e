// What the pages say of where the text is: true in every state, and readable.

import { expect } from "chai";
import type { SaveState, SharedDocument } from "../../client/index.js";
import { elsewhereWords, statusWords, waitingWords } from "../../demo/shared/words.js";

type Said = Pick<SharedDocument, "status" | "save" | "fault">;

const save = (
  stage: SaveState["stage"],
  unsaved: number,
  storage: SaveState["storage"] = "durable",
): SaveState => ({
  ...{ stage, unsaved, storage, version: 7 },
});
const at = (status: SharedDocument["status"], state: SaveState): Said => ({
  status,
  save: state,
  fault: undefined,
});

describe("the words of the pages", () => {
  it("say saved of nothing but what is saved", () => {
    const statuses = ["loading", "saved", "saving", "offline", "readonly", "fault"] as const;
    const stages = ["typed", "device", "sent", "saved"] as const;
    for (const status of statuses)
      for (const stage of stages)
        for (const longer of [true, false]) {
          const words = statusWords(at(status, save(stage, stage === "saved" ? 0 : 3)), longer);
          if (status !== "saved") expect(words).not.to.match(/^Saved/);
        }
    expect(statusWords(at("saved", save("saved", 0)))).to.equal("Saved · version 7");
    expect(statusWords({ ...at("saved", save("saved", 0)), role: "commenter" })).to.equal(
      "Read only · version 7",
    );
  });

  it("name the stage of saving once it lasts", () => {
    expect(statusWords(at("saving", save("device", 1)), false)).to.equal("Saving…");
    expect(statusWords(at("saving", save("device", 1)))).to.equal("On this device · sending…");
    expect(statusWords(at("saving", save("sent", 1)))).to.equal("Sending…");
    expect(statusWords(at("offline", save("device", 2)))).to.equal("Offline · not saved yet");
  });

  it("count as kept only what is written on the device", () => {
    expect(waitingWords("offline", save("device", 3), 3)).to.equal(
      "Offline. What you wrote is kept on this device and will be sent when you are back.",
    );
    expect(waitingWords("offline", save("typed", 4), 3)).to.contain(
      "All but the last of what you wrote is kept",
    );
    expect(waitingWords("offline", save("device", 1), 1)).to.contain("What you wrote is kept");
    expect(waitingWords("offline", save("typed", 2), 0)).not.to.contain("kept");
  });

  it("never call anything kept where the device cannot be relied on", () => {
    for (const storage of ["memory", "full", "failed"] as const) {
      for (const lost of ["offline", "unanswered"] as const) {
        const words = waitingWords(lost, save("typed", 2, storage), 2);
        expect(words).to.contain("What you wrote since is only in this page: do not close it.");
        expect(words).not.to.match(/kept on|will be sent/);
      }
    }
  });

  it("tell this document's other tabs from other documents", () => {
    const one = { doc: "a", type: "rich", unsaved: 2, live: true } as const;
    expect(elsewhereWords([], "a")).to.equal("");
    expect(elsewhereWords([one], "a")).to.equal(
      "Another tab has 2 changes in this document that are not saved yet.",
    );
    expect(elsewhereWords([{ ...one, live: false, unsaved: 1 }], "a")).to.match(
      /^A closed tab has left 1 change /,
    );
    expect(elsewhereWords([one, { ...one, live: false }], "b")).to.match(/^One other document has changes/);
  });
});
