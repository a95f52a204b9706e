// What keys and the mouse do to a rich document in Firefox: each row is a document, what somebody does, and what it comes to
// be. Firefox carries out by itself what the editor does not, and does so in its own way: where a last line is selected it takes
// the line break before it away, and beside what cannot be written in, or in an empty block, its caret stands elsewhere.

import { freshId, written } from "../browser/people.js";
import { type ChildServer, cleanUp, startChild } from "../server/harness.js";
import { FirefoxPage, leaveFirefox } from "./firefox.js";
import { becomes, canWrite, caretAt, clicks, isSaved } from "./people.js";

/** Keys, text in quotes, or a click so many times on a word. */
type Doing =
  | string
  | readonly [word: string, count: 1 | 2 | 3]
  | { readonly caret: string; readonly at?: number };

interface Row {
  readonly it: string;
  /** In Markdown. */
  readonly has?: string;
  readonly does: readonly Doing[];
  readonly gives: string;
}

const text = (line: string) => `doc(paragraph(${JSON.stringify(line)}))`;

const rows: readonly Row[] = [
  {
    it: "writes over all of a last line, and its line break stays",
    has: "one",
    does: ["End", "Shift+Enter", "'two'", "Shift+Home", "'xy'"],
    gives: 'doc(paragraph("one", hard_break, "xy"))',
  },
  {
    it: "writes over all of a last line of code, and stays below the line before",
    has: "```\none\ntwo\n```",
    does: ["Control+End", "Shift+Home", "'xy'"],
    gives: 'doc(code_block("one\\nxy"))',
  },
  {
    it: "deletes the only letter of a line, and writes another there",
    has: "```\na\nb\n```",
    does: ["Control+End", "Backspace", "'x'", "Control+Home", "Delete", "'y'"],
    gives: 'doc(code_block("y\\nx"))',
  },
  {
    it: "writes on in empty blocks and between them",
    does: ["Enter", "Enter", "'c'", "ArrowUp", "'b'", "Control+Home", "'a'", "Backspace", "'a'"],
    gives: 'doc(paragraph("a"), paragraph("b"), paragraph("c"))',
  },
  {
    it: "divides a paragraph, and joins it again from behind and from before",
    has: "one two three",
    does: [
      { caret: "one " },
      "Enter",
      { caret: "two " },
      "Enter",
      "Backspace",
      { caret: "one " },
      "Delete",
      "'|'",
    ],
    gives: text("one |two three"),
  },
  {
    it: "takes back what a block is with Backspace at its start",
    has: "# Head\n\n- item",
    does: [{ caret: "Head", at: 0 }, "Backspace", { caret: "item", at: 0 }, "Backspace"],
    gives: 'doc(paragraph("Head"), paragraph("item"))',
  },
  {
    it: "selects all and writes over it, and takes that back, and does it again",
    has: "# Head\n\n- item\n\nend",
    does: ["Control+a", "'x'", "Control+z", "Control+y"],
    gives: text("x"),
  },
  {
    it: "makes words bold by keys, and writes on bold and not",
    has: "one two three",
    does: [["two", 2], "Control+b", "End", "Control+b", "' four'", "Control+b", "' five'"],
    gives: 'doc(paragraph("one ", strong("two"), " three", strong(" four"), " five"))',
  },
  {
    it: "writes over a word that it has clicked twice, and over a paragraph that it has clicked three times",
    has: "one two three\n\nfour five",
    does: [["two", 2], "'X'", ["five", 3], "'Y'"],
    gives: 'doc(paragraph("one X three"), paragraph("Y"))',
  },
  {
    it: "writes over an item of a list and one with a box, clicked three times",
    has: "- one\n- two\n\n[ ] task",
    does: [
      ["one", 3],
      "'X'",
      "Control+End",
      "Enter",
      "'[x] '",
      "'done'",
      "Enter",
      "'next'",
      ["done", 3],
      "'Y'",
    ],
    gives:
      'doc(bullet_list(list_item(paragraph("X")), list_item(paragraph("two"))), paragraph("[ ] task"), task_list(task_item(paragraph("Y")), task_item(paragraph("next"))))',
  },
  {
    it: "makes headings, lists, tasks, quotes and code of what one types",
    does: [
      ...["'# Head'", "Enter", "'- one'", "Enter", "'two'", "Tab", "Enter", "Shift+Tab", "'three'", "Enter"],
      ...["Enter", "'1. first'", "Enter", "Enter", "'[ ] task'", "Enter", "Enter", "'> said **so** `it`'"],
    ],
    gives:
      'doc(heading("Head"), bullet_list(list_item(paragraph("one"), bullet_list(list_item(paragraph("two")))), list_item(paragraph("three"))), ordered_list(list_item(paragraph("first"))), task_list(task_item(paragraph("task"))), blockquote(paragraph("said ", strong("so"), " ", code("it"))))',
  },
  {
    it: "makes headings, lists and code by their keys",
    has: "one\n\ntwo\n\nthree\n\nfour\n\nfive",
    does: [
      ...[{ caret: "one" }, "Control+Alt+2", { caret: "two" }, "Control+Shift+7", { caret: "three" }],
      ...["Control+Shift+8", { caret: "four" }, "Control+Shift+9", { caret: "five" }, "Control+Alt+c"],
    ],
    gives:
      'doc(heading("one"), ordered_list(list_item(paragraph("two"))), bullet_list(list_item(paragraph("three"))), task_list(task_item(paragraph("four"))), code_block("five"))',
  },
  {
    it: "deletes word by word",
    has: "one two three",
    does: [{ caret: "two" }, "Control+Backspace", "Control+Delete", "'x'"],
    gives: text("one x"),
  },
  {
    it: "goes to both ends of a line and of the document, and selects to them",
    has: "one two\n\nthree",
    does: [
      "Control+End",
      "'!'",
      "Home",
      "Shift+End",
      "Control+b",
      "Control+Home",
      "'>'",
      "End",
      "Shift+Home",
      "'x'",
    ],
    gives: 'doc(paragraph("x"), paragraph(strong("three!")))',
  },
  {
    it: "writes on both sides of an image, and deletes it",
    has: "one ![x](https://example.org/x) two ![x](https://example.org/x)",
    does: [
      { caret: " two", at: 0 },
      "'a'",
      "ArrowLeft",
      "ArrowLeft",
      "ArrowLeft",
      "'b'",
      "Control+End",
      "'c'",
      "Backspace",
      "Backspace",
    ],
    gives: 'doc(paragraph("one b", image, "a two "))',
  },
  {
    it: "moves what it has cut, with its formatting",
    has: "a **bold** word\n\n- item",
    does: [{ caret: "a ", at: 0 }, "Shift+End", "Control+x", "Control+End", "Control+v", "'!'"],
    gives: 'doc(paragraph, bullet_list(list_item(paragraph("itema ", strong("bold"), " word!"))))',
  },
  {
    it: "copies a whole document to its end",
    has: "# Head\n\n- item\n- [x] done\n\n> quote",
    does: ["Control+a", "Control+c", "Control+End", "Enter", "Enter", "Control+v"],
    gives: `doc(${Array(2).fill('heading("Head"), bullet_list(list_item(paragraph("item"))), task_list(task_item(paragraph("done"))), blockquote(paragraph("quote"))').join(", ")})`,
  },
  {
    it: "writes other scripts and emoji, and deletes them as one sees them",
    does: ["'é שלום 👻x 漢字'", "Backspace", "Home", "Delete", "End", "'!'"],
    gives: text(" שלום 👻x 漢!"),
  },
  {
    it: "writes emoji, which Firefox says by halves, over what is selected in one block and over several",
    has: "one two\n\nthree\n\n![x](https://example.org/x)",
    does: [
      ["two", 2],
      "'👻'",
      "Shift+ArrowDown",
      "Shift+End",
      "'👩‍🚀'",
      "Control+End",
      "Shift+ArrowLeft",
      "'🏳️‍🌈'",
    ],
    gives: 'doc(paragraph("one 👻👩‍🚀"), paragraph("🏳️‍🌈"))',
  },
];

describe("a rich document in Firefox", () => {
  let server: ChildServer;
  let page: FirefoxPage;

  // One page for all: what takes longest is to come with nothing.
  before(async () => {
    server = await startChild();
    page = await FirefoxPage.open();
  });
  afterEach(() => page.mustNotComplain());
  after(() => leaveFirefox().finally(cleanUp));

  const opens = async (id: string) => {
    await page.load(`${server.url}/d/${id}`);
    await canWrite(page);
  };

  async function does(doing: Doing): Promise<void> {
    if (typeof doing === "string") {
      const [, typed] = /^'(.*)'$/s.exec(doing) ?? [];
      await (typed === undefined ? page.press(doing) : page.type(typed));
    } else if ("caret" in doing) await caretAt(page, doing.caret, doing.at);
    else await clicks(page, ...doing);
  }

  for (const row of rows) {
    it(row.it, async () => {
      await opens(row.has === undefined ? freshId() : await written(server, row.has));
      if (typeof row.does[0] === "string") await page.press("Control+Home");
      for (const doing of row.does) await does(doing);
      await becomes(page, row.gives);
      await isSaved(page);
    });
  }

  it("pastes what is copied on another page, with the formatting that a document has", async () => {
    await page.load("about:blank");
    await page.page.setContent(
      '<h2>Head</h2><p style="color: red">some <b>bold</b> and <a href="https://example.org/">a link</a></p><ul><li>one</li><li><i>two</i></li></ul>',
    );
    await page.press("Control+a", "Control+c");
    await opens(freshId());
    await page.press("Control+v");
    const pasted =
      'doc(heading("Head"), paragraph("some ", strong("bold"), " and ", link("a link")), bullet_list(list_item(paragraph("one")), list_item(paragraph(em("two")))))';
    await becomes(page, pasted);
    await page.press("Control+z");
    await becomes(page, "doc(paragraph)");
    await page.press("Control+Shift+z");
    await becomes(page, pasted);
  });
});
