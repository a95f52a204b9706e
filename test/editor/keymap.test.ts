// Which key does what. What the commands do is tested in `commands.test.ts`.

import { expect } from "chai";
import type { EditorState, Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { editorKeymap } from "../../client/prosemirror/keymap.js";
import { state, written } from "./write.js";

/** "Mod" is Control wherever there is no Mac. */
function pressed(start: EditorState, ...keys: string[]): { now: EditorState; handled: boolean } {
  const keymap = editorKeymap({ link: () => true });
  let now = start;
  let handled = true;
  for (const combination of keys) {
    const parts = combination.split("-");
    const dispatch = (tr: Transaction) => {
      now = now.apply(tr);
    };
    const event = {
      key: parts.at(-1)!,
      keyCode: 0,
      ctrlKey: parts.includes("Ctrl"),
      shiftKey: parts.includes("Shift"),
      altKey: parts.includes("Alt"),
      metaKey: false,
    };
    const view = {
      state: now,
      dispatch,
      endOfTextblock: () => true,
      composing: false,
    } as unknown as EditorView;
    handled = keymap.props.handleKeyDown!.call(keymap, view, event as KeyboardEvent) === true;
  }
  return { now, handled };
}

const outcome = (markdown: string, ...keys: string[]) => written(pressed(state(markdown), ...keys).now);

describe("the keys", () => {
  it("mark what is selected", () => {
    for (const [key, expected] of [
      ["Ctrl-b", "**‹a›**"],
      ["Ctrl-i", "*‹a›*"],
      ["Ctrl-u", "<u>‹a›</u>"],
      ["Ctrl-Shift-x", "~~‹a›~~"],
      ["Ctrl-Shift-h", "<mark>‹a›</mark>"],
    ] as const)
      expect(outcome("‹a›", key)).to.equal(expected);
  });

  it("change blocks, lists and quotes", () => {
    expect(outcome("a‸", "Ctrl-Alt-2")).to.equal("## a‸");
    expect(outcome("# a‸", "Ctrl-Alt-0")).to.equal("a‸");
    expect(outcome("a‸", "Ctrl-Shift-7")).to.equal("1. a‸");
    expect(outcome("a‸", "Ctrl-Shift-8")).to.equal("- a‸");
    expect(outcome("a‸", "Ctrl-Shift-9")).to.equal("- [ ] a‸");
    expect(outcome("- [ ] a‸", "Ctrl-Enter")).to.equal("- [x] a‸");
    expect(outcome("a‸", "Ctrl-Shift-.")).to.equal("> a‸");
  });

  it("go deeper and back with Tab, which stays in the list", () => {
    expect(outcome("- a\n- b‸", "Tab")).to.equal("- a\n  - b‸");
    expect(outcome("- a\n  - b‸", "Shift-Tab")).to.equal("- a\n- b‸");
    expect(pressed(state("- a‸"), "Tab").handled).to.equal(true);
    expect(outcome("```\n‸\n```", "Tab")).to.equal("```\n\t‸\n```");
  });

  it("leave Tab to the page outside of lists and code", () => {
    expect(pressed(state("a‸"), "Tab").handled).to.equal(false);
  });

  it("ask the page for a link", () => {
    expect(pressed(state("a‸"), "Ctrl-k").handled).to.equal(true);
  });

  it("break lines and begin items", () => {
    expect(outcome("- a‸", "Enter", "Enter")).to.equal("- a\n\n‸");
    expect(outcome("a‸b", "Shift-Enter")).to.equal("a\\\n‸b");
  });
});
