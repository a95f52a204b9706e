// What typing Markdown's signs does, character by character.

import { expect } from "chai";
import { undoInputRule } from "prosemirror-inputrules";
import { type EditorState, Selection, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { collabKey } from "../../client/prosemirror/collab.js";
import { editorRules } from "../../client/prosemirror/inputrules.js";
import { toMarkdown } from "../../client/prosemirror/markdown.js";
import { takeBack } from "../../client/prosemirror/take-back.js";
import { run, state, written } from "./write.js";

/** Types `text` at the caret, character by character, as an editor hands it to its plugins. */
function typed(start: EditorState, text: string): EditorState {
  let now = start;
  for (const char of text) {
    const { from, to } = now.selection;
    const dispatch = (tr: Transaction) => {
      now = now.apply(tr);
    };
    const view = { state: now, composing: false, dispatch };
    const handled = now.plugins.some((plugin) =>
      plugin.props.handleTextInput?.call(plugin, view as unknown as EditorView, from, to, char, () => now.tr),
    );
    if (!handled) now = now.apply(now.tr.insertText(char, from, to));
  }
  now.doc.check();
  return now;
}

const outcome = (markdown: string, text: string): string =>
  written(typed(state(markdown, editorRules()), text));

describe("typing", () => {
  const cases: readonly [title: string, before: string, text: string, after: string][] = [
    ["# and a space makes a heading", "‸a", "## ", "## ‸a"],
    ["> and a space makes a quote", "‸a", "> ", "> ‸a"],
    ["> in an item makes a quote in it", "- a\n\n  ‸b", "> ", "- a\n\n  > ‸b"],
    ["- and a space makes a bullet", "‸a", "- ", "- ‸a"],
    ["- in a bullet stays what it is", "- ‸a", "- ", "- \\- ‸a"],
    ["a number in a numbered item stays what it is", "1. ‸a", "7. ", "1. 7\\. ‸a"],
    ["* joins the list above", "- a\n\n‸b", "* ", "- a\n- ‸b"],
    ["a number makes a numbered list that starts there", "‸a", "7. ", "7. ‸a"],
    ["a number in a bullet turns this item into a numbered one", "- a\n- ‸b", "1. ", "- a\n\n1. ‸b"],
    ["a box makes a task", "‸a", "[ ] ", "- [ ] ‸a"],
    ["a ticked box makes a ticked task", "‸a", "[x] ", "- [x] ‸a"],
    ["a box in a bullet makes it a task", "- ‸a", "[] ", "- [ ] ‸a"],
    ["a fence and a space makes code", "‸", "```js ", "```js\n‸\n```"],
    ["three dashes make a rule", "a\n\n‸", "---", "a\n\n---\n\n‸"],
    ["dashes behind text stay", "a‸", "---", "a---‸"],
    ["asterisks make bold", "a ‸", "**b c** d", "a **b c** d‸"],
    ["underscores make italics", "‸", "_b_", "*b*‸"],
    ["one asterisk makes italics", "‸", "(*b*)", "(*b*)‸"],
    ["tildes strike", "‸", "~~b~~", "~~b~~‸"],
    ["backticks make code", "‸", "`b * c`", "`b * c`‸"],
    ["asterisks between numbers stay", "‸", "2*3*4", "2\\*3\\*4‸"],
    ["underscores in names stay", "‸", "a_b_c", "a_b_c‸"],
    ["brackets make a link", "‸", "[b](https://x.example) c", "[b](https://x.example) c‸"],
    ["brackets do not make a link that runs programs", "‸", "[b](javascript:x)", "\\[b\\](javascript:x)‸"],
    ["an exclamation mark makes an image", "‸", "![b](/i.png)", "![b](/i.png)‸"],
    ["an address and a space make a link", "a‸", " https://x.example/b?c ", "a <https://x.example/b?c> ‸"],
    [
      "an address may begin with www. and stand in brackets, and what ends the sentence is no part of it",
      "‸",
      "(www.x.example/a). b",
      "([www.x.example/a](https://www.x.example/a)). b‸",
    ],
    [
      "what only looks like an address stays",
      "‸",
      "me@www.x.example xhttps://y www.x ",
      "me@www.x.example xhttps://y www.x ‸",
    ],
    ["no address in inline code", "`a‸b`", " https://x.example c", "`a https://x.example c‸b`"],
    ["two equals signs highlight", "‸", "a ==b c== d", "a <mark>b c</mark> d‸"],
    ["equals signs of a comparison stay", "‸", "a == b == c", "a == b == c‸"],
    ["nothing in code", "```\n‸\n```", "# **b**", "```\n# **b**‸\n```"],
    ["no signs in inline code", "`a‸b`", "**c**", "`a**c**‸b`"],
  ];
  for (const [title, before, text, expected] of cases) {
    it(title, () => {
      expect(outcome(before, text)).to.equal(expected);
    });
  }

  it("Enter after an address makes it a link as well, and then does what it does", () => {
    const [rules, atEnter] = editorRules();
    expect(rules.props, "the library's plugin is as the library made it").not.to.have.property(
      "handleKeyDown",
    );
    const enter = (markdown: string): string => {
      let now = state(markdown, [rules, atEnter]);
      const dispatch = (tr: Transaction) => {
        now = now.apply(tr);
      };
      const view = { state: now, composing: false, dispatch } as unknown as EditorView;
      const event = { key: "Enter", ctrlKey: false, metaKey: false, altKey: false } as KeyboardEvent;
      expect(atEnter.props.handleKeyDown!.call(atEnter, view, event)).to.equal(false);
      return written(now);
    };
    expect(enter("See https://x.example/a.‸")).to.equal("See <https://x.example/a>.‸");
    expect(enter("[a](https://x.example)‸")).to.equal("[a](https://x.example)‸");
    expect(enter("`https://x.example`‸")).to.equal("`https://x.example`‸");
    expect(enter("```\nhttps://x.example‸\n```")).to.equal("```\nhttps://x.example‸\n```");
  });

  it("Enter does not look long for an address, however long a text somebody has written", () => {
    const [, atEnter] = editorRules();
    const now = state(`${"a".repeat(100_000)} b‸`, [atEnter]);
    const view = { state: now, composing: false } as unknown as EditorView;
    const event = { key: "Enter", ctrlKey: false, metaKey: false, altKey: false } as KeyboardEvent;
    const since = performance.now();
    expect(atEnter.props.handleKeyDown!.call(atEnter, view, event)).to.equal(false);
    expect(performance.now() - since).to.be.below(1000);
  });

  it("keeps marks inside the text that is marked", () => {
    const now = typed(state("\\*\\*a *b*‸", editorRules()), "**");
    expect(toMarkdown(now.doc).trimEnd()).to.equal("**a *b***");
  });

  describe("Backspace", () => {
    const made = [
      ["‸a", "# "],
      ["‸a", "- "],
      ["‸a", "1. "],
      ["‸a", "> "],
      ["‸", "**b**"],
      ["‸", "---"],
      ["‸", "https://x.example "],
      ["‸", "==b=="],
    ] as const;
    const around = (before: string) => `above\n\n${before}\n\nbelow`;
    /** What somebody else writes, `at` from the start or, if negative, from the end. */
    function heard(now: EditorState, text: string, at: number): EditorState {
      const { tr, doc } = now;
      tr.insertText(text, at < 0 ? doc.content.size + at : at);
      return now.apply(tr.setMeta(collabKey, { origin: "remote" }));
    }

    it("makes of what a rule has made what was typed again", () => {
      for (const [before, text] of made)
        for (const command of [takeBack, undoInputRule]) {
          const plain = typed(state(before), text);
          const now = run(typed(state(before, editorRules()), text), command);
          expect(now.doc.toJSON()).to.deep.equal(plain.doc.toJSON());
        }
    });

    it("does so when others have written above and below meanwhile", () => {
      for (const [before, text] of made)
        for (const wrote of [[1], [-1], [1, -1, 6, -2]]) {
          const hear = (now: EditorState) => wrote.reduce((all, at) => heard(all, "their word", at), now);
          const plain = hear(typed(state(around(before)), text));
          const now = run(hear(typed(state(around(before), editorRules()), text)), takeBack);
          expect(written(now), `${text}, ${wrote}`).to.equal(written(plain));
        }
    });

    it("does something else when others have written in the very same place", () => {
      // Behind a rule one writes in another place.
      for (const [before, text] of made.filter(([, text]) => text !== "---")) {
        const now = typed(state(around(before), editorRules()), text);
        const inside = now.selection.head;
        expect(takeBack(heard(now, "theirs", inside)), text).to.equal(false);
      }
    });

    it("does something else when one has typed on, or moved the caret, or undone", () => {
      for (const [before, text] of made) {
        const now = typed(state(before, editorRules()), text);
        const { tr } = now;
        expect(takeBack(typed(now, "x")), text).to.equal(false);
        expect(takeBack(now.apply(now.tr.setSelection(Selection.atStart(now.doc)))), text).to.equal(false);
        expect(takeBack(now.apply(tr.insertText("x", 1).setMeta(collabKey, { origin: "undo" })))).to.equal(
          false,
        );
      }
    });
  });
});
