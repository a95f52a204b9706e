// Who is listed, and how keys are written: without a page.

import { expect } from "chai";
import { editorShortcuts } from "../../client/prosemirror/index.js";
import type { Participant } from "../../client/types.js";
import { keyNames, keyText } from "../../demo/shared/keys.js";
import { personWords, present } from "../../demo/shared/people.js";
import type { Activity, Person } from "../../protocol/index.js";

const tab = (id: string, src: string, activity: Activity, caret = true): Participant => ({
  src,
  user: { id, name: id },
  color: 1,
  activity,
  selection: caret ? { anchor: 1, head: 1 } : null,
});

describe("the people in a document", () => {
  const self: Person = { src: "me", user: { id: "Ada", name: "Ada" }, color: 0, presence: null };

  it("are listed once each, ourselves first, as lively as their liveliest tab", () => {
    const people = present(self, [
      tab("Bo", "1", "away", false),
      tab("Cy", "2", "idle"),
      tab("Ada", "3", "typing"),
      tab("Bo", "4", "typing"),
    ]);
    expect(people.map(personWords)).to.deep.equal(["Ada (you)", "Bo, writing", "Cy, idle"]);
    expect(people.map(({ src }) => src)).to.deep.equal([undefined, "4", "2"]);
  });

  it("can be gone to where they have a caret, be it in a quieter tab", () => {
    const [bo] = present(undefined, [tab("Bo", "1", "typing", false), tab("Bo", "2", "idle")]);
    expect([bo!.activity, bo!.src]).to.deep.equal(["typing", "2"]);
    expect(present(undefined, [tab("Bo", "1", "away", false)])[0]!.src).to.equal(undefined);
  });
});

describe("the list of keys", () => {
  it("writes keys as they stand on the keyboard at hand", () => {
    expect(keyNames("Shift-Mod-z", false)).to.deep.equal(["Ctrl", "Shift", "Z"]);
    expect(keyText("Mod-Alt-1", true)).to.equal("⌘⌥1");
    expect(keyText("Alt-Shift-ArrowDown", false)).to.equal("Alt+Shift+↓");
  });

  it("has no key twice", () => {
    const keys = editorShortcuts({ link: () => true }).flatMap(({ keys }) => keys);
    expect(new Set(keys).size).to.equal(keys.length);
  });
});
