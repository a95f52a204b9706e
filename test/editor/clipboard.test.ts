// Pasting plain text and copying, without a DOM. HTML is pasted in `browser.test.ts`.

import { expect } from "chai";
import { EditorState } from "prosemirror-state";
import { linkSelection, pastedAddress } from "../../client/prosemirror/clipboard/link.js";
import { cleanSlice, looksLikeMarkdown, pastedText } from "../../client/prosemirror/clipboard/plain.js";
import { copiedText } from "../../client/prosemirror/clipboard.js";
import { fromMarkdown } from "../../client/prosemirror/markdown.js";
import { schema } from "../../client/prosemirror/schema.js";
import { texts } from "../corpus/editor/paste.js";
import { state, written } from "./write.js";

/** What pasting plain text makes of a described state. */
function paste(before: string, text: string, plain = false): string {
  const start = state(before);
  const { $from } = start.selection;
  const slice = cleanSlice(pastedText(text, plain, $from.parent, $from.marks()), true);
  const now = start.apply(start.tr.replaceSelection(slice));
  now.doc.check();
  return written(now);
}

describe("pasting plain text", () => {
  const cases: readonly [title: string, before: string, text: string, after: string][] = [
    ["takes Markdown as what it says", "‸", "# A\n\n- b\n  - **c**\n\nd", "# A\n\n- b\n  - **c**\n\nd‸"],
    [
      "joins its paragraphs with the one it is pasted into",
      "a‸b",
      "**x**\n\n- y\n\nz",
      "a**x**\n\n- y\n\nz‸b",
    ],
    ["takes words as words", "a‸c", "b * 2", "ab * 2‸c"],
    ["takes on the marks at the caret", "**a‸**", "b", "**ab‸**"],
    ["makes a paragraph of each line", "‸", "a\nb\r\n\r\nc", "a\n\nb\n\nc‸"],
    ["links an address", "‸", "https://x.example/a?b=c", "<https://x.example/a?b=c>‸"],
    ["links no address in inline code", "`a‸b`", "https://x.example", "`ahttps://x.example‸b`"],
    [
      "lets an address in a link be words of it",
      "[a‸b](https://y.example)",
      "https://x.example",
      "[ahttps://x.example‸b](https://y.example)",
    ],
    ["mends half characters and drops control characters", "‸", "a\ud83d\u0000b\u0007", "a\ufffdb‸"],
    [
      "keeps addresses out that run programs",
      "‸",
      "**x** [b](javascript:alert(1))",
      "**x** \\[b\\](javascript:alert(1))‸",
    ],
  ];
  for (const [title, before, text, expected] of cases) {
    it(title, () => {
      expect(paste(before, text)).to.equal(expected);
    });
  }

  for (const { title, before = "‸", text, after } of texts) {
    it(title, () => {
      expect(paste(before, text)).to.equal(after);
    });
  }

  it("makes a link of the words that an address is pasted over", () => {
    const over = (before: string, text: string, plain = false): string | null => {
      const start = state(before);
      const { $from } = start.selection;
      const slice = cleanSlice(pastedText(text, plain, $from.parent, $from.marks()), true);
      const href = pastedAddress(slice, !plain);
      const tr = href === null ? null : linkSelection(start, href);
      return tr && written(start.apply(tr));
    };
    expect(over("Read ‹the **plan** b› first", "https://x.example/a\n")).to.equal(
      "Read [the **plan** b](https://x.example/a)‸ first",
    );
    expect(over("- ‹a *b* c›\n- d", "www.x.example")).to.equal("- [a *b* c](https://www.x.example)‸\n- d");
    expect(over("`a‹b›c`", "https://x.example")).to.equal("`a`[`b`](https://x.example)`‸c`");
    expect(over("[‹a›](https://y.example)", "https://x.example")).to.equal("[a](https://x.example)‸");
    // Anything else replaces what is selected.
    expect(over("‹a›", "https://x.example and more")).to.equal(null);
    expect(over("‹a›", "https://x.example", true)).to.equal(null);
    expect(over("‹https://y.example›", "https://x.example")).to.equal(null);
    expect(over("```\n‹a›\n```", "https://x.example")).to.equal(null);
    expect(over("‹a\n\n- b›", "https://x.example")).to.equal(null);
    expect(over("‹a\n\n---\n\nb›", "https://x.example")).to.equal(null);
    expect(over("a‸", "https://x.example")).to.equal(null);
  });

  it("with Shift makes no links", () => {
    expect(paste("‸", "https://x.example and www.y.example", true)).to.equal(
      "https://x.example and www.y.example‸",
    );
  });

  it("with Shift takes Markdown as words", () => {
    expect(paste("‸", "# A\n**b**", true)).to.equal("\\# A\n\n\\*\\*b\\*\\*‸");
  });

  it("keeps the line feeds of what is pasted into code", () => {
    const start = state("```\na‸\n```");
    // What the editor makes of plain text in code, before plugins see it.
    const slice = cleanSlice(pastedCode("b\nc"), true);
    expect(written(start.apply(start.tr.replaceSelection(slice)))).to.equal("```\nab\nc‸\n```");
  });

  it("tells Markdown from prose", () => {
    for (const text of [
      "# T",
      "- a\n- b",
      "a\n\n1. b\n2. c",
      "> q",
      "```\nx\n```",
      "see [a](https://x.example)",
      "so **very** bold",
      "| a |\n| - |",
      "- [ ] a",
    ])
      expect(looksLikeMarkdown(text), text).to.equal(true);
    for (const text of [
      "a",
      "- a",
      "5 * 3 * 2",
      "# fetch\nmake && ./run",
      "#hashtag",
      "a > b",
      "snake_case_name",
      "f(x)[0](y)",
      "1. a",
      "C# is fine\nso is F#",
      "2 ** 3 ** 4",
    ])
      expect(looksLikeMarkdown(text), text).to.equal(false);
  });
});

const pastedCode = (text: string) => {
  const { doc } = EditorState.create({ doc: fromMarkdown(`\`\`\`\n${text}\n\`\`\``) });
  return doc.slice(1, doc.content.size - 1);
};

describe("copying", () => {
  const copied = (markdown: string): string => {
    const { selection } = state(markdown);
    return copiedText(selection.content());
  };

  it("gives words as they are, and blocks as Markdown", () => {
    expect(copied("a **‹b\\* c›**")).to.equal("b* c");
    expect(copied("# ‹a\n\n**b** c›")).to.equal("# a\n\n**b** c");
  });

  it("gives items with their bullets, also from the middle of a list", () => {
    expect(copied("- a\n- ‹b\n- c›")).to.equal("- b\n- c");
    expect(copied("- [x] ‹b\n- [ ] c›\n\nd")).to.equal("- [x] b\n- [ ] c");
  });

  it("gives code as it is", () => {
    expect(copied("```js\n‹a * b\n  c›\n```")).to.equal("a * b\n  c");
  });

  it("gives nothing for nothing", () => {
    expect(copiedText(schema.nodes.doc.create(null, schema.nodes.paragraph.create()).slice(1, 1))).to.equal(
      "",
    );
  });
});
