// Every command by cases written as Markdown with a caret (`write.ts`), and all of them together as a law: on any
// document they leave one that its atoms project to, and structure alone never touches the text.

import { expect } from "chai";
import fc from "fast-check";
import type { Node } from "prosemirror-model";
import { type Command, EditorState, TextSelection } from "prosemirror-state";
import {
  activeState,
  backspace,
  bulletList,
  clearFormatting,
  enter,
  forwardDelete,
  indent,
  insertImage,
  insertRule,
  orderedList,
  outdent,
  removeLink,
  setBlock,
  setLink,
  softBreak,
  taskList,
  toggleBlock,
  toggleChecked,
  toggleMark,
  toggleQuote,
} from "../../client/prosemirror/commands.js";
import { linearise } from "../../client/prosemirror/linearise.js";
import { toLines } from "../../client/prosemirror/lines.js";
import { project } from "../../client/prosemirror/projection.js";
import { richText } from "../../ot/index.js";
import { document } from "./arbitraries.js";
import { outcome, run, state } from "./write.js";

type Case = [title: string, before: string, command: Command, after: string];

function all(cases: readonly Case[]): void {
  for (const [title, before, command, expected] of cases) {
    it(title, () => {
      expect(outcome(before, command)).to.equal(expected);
    });
  }
}

describe("lists", () => {
  all([
    ["make an item of a paragraph", "a‸", bulletList, "- a‸"],
    ["make items of all selected paragraphs", "‹a\n\nb›\n\nc", orderedList, "1. ‹a\n2. b›\n\nc"],
    ["join the list before and the list behind", "- a\n\nb‸\n\n- c", bulletList, "- a\n- b‸\n- c"],
    [
      "turn into another kind as a whole, deeper ones as they are",
      "- a\n  - b\n- c‸\n- d",
      orderedList,
      "1. a\n   - b\n2. c‸\n3. d",
    ],
    ["turn from tasks into bullets", "- [x] a‸\n- [ ] b", bulletList, "- a‸\n- b"],
    ["turn into tasks", "1. a\n2. ‸b", taskList, "- [ ] a\n- [ ] ‸b"],
    ["leave the neighbours when turned off", "- a\n- b‸\n- c", bulletList, "- a\n\nb‸\n\n- c"],
    ["take their continuation blocks out with them", "- a‸\n\n  b", bulletList, "a‸\n\nb"],
    ["keep quotes in items as quotes when turned off", "- a\n\n  > b‸", bulletList, "a\n\n> b‸"],
    ["stand in a quote", "> a‸", bulletList, "> - a‸"],
    ["keep headings", "# a‸", bulletList, "- # a‸"],
    ["go into the item before", "- a\n- b‸\n- c", indent, "- a\n  - b‸\n- c"],
    ["take what is in them along", "- a\n- b‸\n  - c\n\n  d", indent, "- a\n  - b‸\n    - c\n\n    d"],
    ["do not go deeper than the item before allows", "- a\n  - b‸", indent, "- a\n  - b‸"],
    ["go several at once", "- a\n- ‹b\n- c›", indent, "- a\n  - ‹b\n  - c›"],
    ["join the list they go into", "- a\n  - b\n- c‸", indent, "- a\n  - b\n  - c‸"],
    [
      "come out a level, into the kind of the outer list",
      "1. a\n   - b‸\n   - c",
      outdent,
      "1. a\n2. b‸\n   - c",
    ],
    ["come out of the list at the outermost level", "- a‸\n  - b", outdent, "a‸\n\n- b"],
    ["are ticked, all or none", "- [ ] ‹a\n- [x] b›", toggleChecked, "- [x] ‹a\n- [x] b›"],
    ["are unticked when all are ticked", "- [x] a‸", toggleChecked, "- [ ] a‸"],
  ]);
});

describe("quotes", () => {
  all([
    ["go around blocks", "a\n\n‹b\n\nc›", toggleQuote, "a\n\n> ‹b\n>\n> c›"],
    ["come off", "> a‸\n>\n> b", toggleQuote, "a‸\n\n> b"],
    ["go inside one item", "- a\n\n  b‸", toggleQuote, "- a\n\n  > b‸"],
    ["come off inside an item", "- a\n\n  > b‸", toggleQuote, "- a\n\n  b‸"],
    ["go around whole items", "- ‹a\n- b›\n- c", toggleQuote, "> - ‹a\n> - b›\n\n- c"],
  ]);
});

describe("Enter", () => {
  all([
    ["begins the next item", "- a‸\n- c", enter, "- a\n- ‸\n- c"],
    ["splits an item", "1. a‸b", enter, "1. a\n2. ‸b"],
    ["begins an unticked task", "- [x] a‸", enter, "- [x] a\n- [ ] ‸"],
    ["before a task leaves the tick with its text", "- [x] ‸a", enter, "- [ ]\n- [x] ‸a"],
    ["in a continuation block makes another", "- a\n\n  b‸", enter, "- a\n\n  b\n\n  ‸"],
    ["at the end of a heading begins a paragraph", "# a‸", enter, "# a\n\n‸"],
    ["in code makes a line", "```\na‸\n```", enter, "```\na\n‸\n```"],
    ["on two empty lines leaves the code", "```\na\n\n‸\n```", enter, "```\na\n```\n\n‸"],
    ["after a fence opens code", "\\`\\`\\`js‸", enter, "```js\n‸\n```"],
  ]);

  it("on an empty item leaves the list, level by level", () => {
    let now = run(state("- a\n  - b‸"), enter);
    now = run(now, enter);
    expect(toLines(now.doc).map(({ item, level }) => [item, level])).to.deep.equal([
      ["bullet", 0],
      ["bullet", 1],
      ["bullet", 0],
    ]);
    now = run(now, enter);
    expect(toLines(now.doc)[2]!.item).to.equal(null);
  });

  it("on an empty continuation block begins an item", () => {
    const now = run(run(state("- a\n\n  b‸"), enter), enter);
    expect(toLines(now.doc).map(({ item }) => item)).to.deep.equal(["bullet", "more", "bullet"]);
  });

  it("on an empty block leaves a quote", () => {
    const now = run(run(state("> a‸"), enter), enter);
    expect(toLines(now.doc).map(({ quote }) => quote)).to.deep.equal([1, 0]);
  });

  it("keeps the marks one writes in", () => {
    const now = run(state("**a‸**"), enter);
    expect(now.storedMarks?.map(({ type }) => type.name)).to.deep.equal(["strong"]);
  });

  all([
    ["with Shift breaks the line only", "a‸b", softBreak, "a\\\n‸b"],
    ["with Shift makes a line in code", "```\na‸\n```", softBreak, "```\na\n‸\n```"],
  ]);
});

describe("Backspace at the start of a block", () => {
  all([
    ["makes a paragraph of a heading", "a\n\n# ‸b", backspace, "a\n\n‸b"],
    ["takes an item out", "- a\n- ‸b", backspace, "- a\n\n‸b"],
    ["takes an item a level out", "- a\n  - ‸b", backspace, "- a\n- ‸b"],
    ["joins a continuation block with the block before", "- a\n\n  ‸b", backspace, "- a‸b"],
    ["joins a paragraph with the end of a list", "- a\n  - b\n\n‸c", backspace, "- a\n  - b‸c"],
    ["takes the quote off its first block", "> ‸a\n>\n> b", backspace, "‸a\n\n> b"],
    ["joins inside a quote", "> a\n>\n> ‸b", backspace, "> a‸b"],
    ["takes the quote in an item off", "- a\n\n  > ‸b", backspace, "- a\n\n  ‸b"],
    ["removes a rule before it", "---\n\n‸a", backspace, "‸a"],
  ]);

  all([["and Delete at the end joins what comes", "a‸\n\n- b\n- c", forwardDelete, "a‸b\n\n- c"]]);
});

describe("blocks and marks", () => {
  all([
    ["turn into headings and back", "a‸", toggleBlock("h2"), "## a‸"],
    ["turn back into paragraphs", "## a‸", toggleBlock("h2"), "a‸"],
    [
      "turn into code without their marks, breaks as lines",
      "**a**‸\\\nb",
      setBlock("code"),
      "```\na‸\nb\n```",
    ],
    ["turn from code, lines as breaks", "```\na‸\nb\n```", setBlock("paragraph"), "a‸\\\nb"],
    ["are marked", "‹a› b", toggleMark("strong"), "**‹a›** b"],
    ["are marked throughout where only a part was", "‹a **b›**", toggleMark("strong"), "**‹a b›**"],
    ["lose all marks but links", "‹**a** [*b*](/x)›", clearFormatting, "‹a [b](/x)›"],
    ["are linked", "‹a›", setLink("https://x.example"), "[a](https://x.example)‸"],
    ["are linked elsewhere, from anywhere in the link", "[a*b‸c*](/x)", setLink("/y"), "[a*b‸c*](/y)"],
    ["are unlinked", "[a*b‸c*](/x)", removeLink, "a*b‸c*"],
    ["get an address as its own text", "‸", setLink("https://x.example"), "<https://x.example>‸"],
    ["refuse addresses that run programs", "‹a›", setLink("javascript:alert(1)"), "‹a›"],
    ["get a rule behind them", "a‸b", insertRule, "ab\n\n---\n\n‸"],
    ["get a rule in place of an empty one", "a\n\n‸\n\nb", insertRule, "a\n\n---\n\n‸b"],
    ["get an image", "a‸b", insertImage({ src: "/i.png", alt: "i" }), "a![i](/i.png)‸b"],
    ["refuse images that are not addresses", "a‸b", insertImage({ src: "data:image/png;base64,x" }), "a‸b"],
  ]);
});

describe("the active state", () => {
  it("says what a toolbar shows", () => {
    const { marks, ...active } = activeState(state("> - [ ] a\n> - [ ] [**b‸**](/x)"));
    expect([...marks]).to.deep.equal(["strong"]);
    expect(active).to.deep.equal({
      block: "paragraph",
      list: "task",
      quote: true,
      link: "/x",
      canIndent: true,
      canOutdent: true,
    });
  });

  it("is undecided where the selection differs", () => {
    const { marks, block, list } = activeState(state("# ‹**a**\n\n- b›"));
    expect([marks.size, block, list]).to.deep.equal([0, null, null]);
  });
});

describe("every command, on any document and selection", () => {
  const structural = { bulletList, orderedList, taskList, indent, outdent, toggleQuote, toggleChecked };
  const others = {
    enter,
    backspace,
    forwardDelete,
    softBreak,
    insertRule,
    code: setBlock("code"),
    heading: setBlock("h2"),
  };
  const command = fc.constantFrom(...Object.entries({ ...structural, ...others }));
  const place = fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  );

  const shown = (doc: Node) => project(richText.create(linearise(doc)));

  it("leaves a document that its atoms project to, and structure alone leaves the text", () => {
    fc.assert(
      fc.property(
        document.map(shown),
        place,
        fc.array(command, { minLength: 1, maxLength: 4 }),
        (doc, [from, to], commands) => {
          const at = (part: number) => {
            const pos = Math.floor(part * doc.content.size);
            // No editor puts a caret inside a character.
            const inPair = doc.resolve(pos).nodeAfter?.text?.charCodeAt(0) ?? 0;
            return doc.resolve(inPair >= 0xdc00 && inPair <= 0xdfff ? pos + 1 : pos);
          };
          let now = EditorState.create({ doc, selection: TextSelection.between(at(from), at(to)) });
          for (const [name, each] of commands) {
            const text = now.doc.textContent;
            now = run(now, each);
            if (name in structural) expect(now.doc.textContent).to.equal(text);
            // A line feed that comes out of code is a break. Quotes that come to meet are one quote from then on, and so may be the lists in them.
            const leaves = (of: Node) =>
              toLines(of).map(({ leaf, start: _, fresh: __, ...line }) => [
                leaf.type.name,
                leaf.textContent.replaceAll("\n", ""),
                line,
              ]);
            expect(leaves(shown(now.doc))).to.deep.equal(leaves(now.doc));
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
