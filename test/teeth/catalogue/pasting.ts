// Bugs in what comes in from elsewhere: what is pasted from other programs, dragged, or opened as a file.

import type { Bug } from "../bug.js";

export const pasting: readonly Bug[] = [
  {
    bug: "Code that is pasted from VS Code has lost its indents.",
    file: "client/prosemirror/clipboard/preformatted.ts",
    code: "    block.replaceWith(pre);\n",
    instead: "",
    caughtBy: "test/editor/browser.test.ts",
    titled: "VS Code, whose lines are divs, as code with its indents",
  },
  {
    bug: "The lines of a chat's message that is pasted run into one.",
    file: "client/prosemirror/clipboard/preformatted.ts",
    code: "  text.replaceWith(...parts.slice(1));\n",
    instead: "  void parts;\n",
    caughtBy: "test/editor/browser.test.ts",
    titled: "a message whose line feeds are lines by its style",
  },
  {
    bug: "The line feeds with which a page is written are blank lines when it is pasted.",
    file: "client/prosemirror/clipboard/preformatted.ts",
    code: ' || (text.nodeValue!.trim() === "" && [...text.parentElement!.children].some(isBlock))',
    instead: "",
    caughtBy: "test/editor/browser.test.ts",
    titled: "nothing of the line feeds with which a page is written",
  },
  {
    bug: "The last word of a line in a table's cell and the first of the next one become one word when it is pasted.",
    file: "client/prosemirror/clipboard/html.ts",
    code: 'line.before(" ");',
    instead: "void line;",
    caughtBy: "test/editor/browser.test.ts",
    titled: "a table whose cells have lines, as words",
  },
  {
    bug: "A file that is opened and is not UTF-8 becomes a document without its umlauts.",
    file: "demo/start/file.ts",
    code: "{ fatal: true }",
    instead: "{ fatal: false }",
    caughtBy: "test/editor/file.test.ts",
    titled: "has no text where it is a picture, or in another encoding",
  },
];
