// Bugs in what comes in from elsewhere: what is pasted from other programs, dragged, or opened as a file.

import type { Bug } from "../bug.js";

export const pasting: readonly Bug[] = [
  {
    bug: "Numbered headings of Word become items of a list when they are pasted.",
    file: "client/prosemirror/clipboard/word.ts",
    code: "HTMLElement>(`p[${STYLE_ATTRIBUTE}*='mso-list']`)",
    instead: "HTMLElement>(`:is(p, h1, h2)[${STYLE_ATTRIBUTE}*='mso-list']`)",
    caughtBy: "test/editor/browser.test.ts",
    titled: "Word's numbered headings, as headings with their numbers",
  },
  {
    bug: "What comments in Word say is pasted with the text.",
    file: "client/prosemirror/clipboard/word.ts",
    code: "comment.remove();",
    instead: "void comment;",
    caughtBy: "test/editor/browser.test.ts",
    titled: "nothing of what comments in Word say",
  },
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
  {
    bug: "What others write in words while somebody drags them is deleted.",
    file: "client/prosemirror/dragged.ts",
    code: "  view.dragging = now;\n",
    instead: "  void now;\n",
    caughtBy: "test/editor/dragging.test.ts",
    titled: "goes with what others have written in it meanwhile, and takes nothing else along",
  },
  {
    bug: "Words that others delete while somebody drags them are gone from the hand.",
    file: "client/prosemirror/dragged.ts",
    code: " || selection.empty) return false;",
    instead: ") return false;",
    caughtBy: "test/editor/dragging.test.ts",
    titled: "goes as it was where others have deleted it meanwhile",
  },
  {
    bug: "A picture that others format while somebody drags it takes the selected words away with it.",
    file: "client/prosemirror/dragged.ts",
    code: "return { pos: deletedAfter ? null : pos };",
    instead: "return { pos: null };",
    caughtBy: "test/editor/dragging.test.ts",
    titled: "is a picture that others have formatted, and not what is selected elsewhere",
  },
  {
    bug: "A picture that others delete while somebody drags it takes the selected words away with it.",
    file: "client/prosemirror/dragged.ts",
    code: "  if (node && there === undefined) view.dragging = null;\n",
    instead: "",
    caughtBy: "test/editor/dragging.test.ts",
    titled: "is a picture that others have deleted, and not what is selected elsewhere",
  },
  {
    bug: "What others write in words while somebody drags them in plain text is deleted.",
    file: "client/plain/dragged.ts",
    code: "(text) => now || text",
    instead: "(text) => text",
    caughtBy: "test/plain/dragging.test.ts",
    titled: "goes with what others have written in it meanwhile",
  },
  {
    bug: "After a drag in plain text, what was dragged is pasted in place of what was copied.",
    file: "client/plain/dragged.ts",
    code: `        queueMicrotask(() => {
          now = "";
        });
`,
    instead: "",
    caughtBy: "test/plain/dragging.test.ts",
    titled: "goes as it was where others have deleted it, and what is pasted next is what was copied",
  },
];
