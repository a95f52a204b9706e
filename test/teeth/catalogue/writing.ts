// Bugs in what helps somebody who writes all day: pasting, links, and undo in passages.

import type { Bug } from "../bug.js";

export const writing: readonly Bug[] = [
  {
    bug: "A pasted mail with one word in backticks runs into one line.",
    file: "client/prosemirror/clipboard/plain.ts",
    code: "{ keepLines: true }",
    instead: "{ keepLines: false }",
    caughtBy: "test/editor/clipboard.test.ts",
    titled: "a mail with one word in backticks, whose lines stay lines",
  },
  {
    bug: "The two dashes of a signature make a heading of what is above.",
    file: "client/prosemirror/markdown/kept-lines.ts",
    code: "if (sign.length > 2) continue;",
    instead: "if (sign.length > 0) continue;",
    caughtBy: "test/editor/clipboard.test.ts",
    titled: "a mail's signature, whose two dashes make no heading of what is above",
  },
  {
    bug: "The full stop behind an address is part of it.",
    file: "client/prosemirror/addresses.ts",
    code: "else if (!closing.has(last)) break;",
    instead: "else if (closing.size > 0) break;",
    caughtBy: "test/editor/clipboard.test.ts",
    titled: "addresses in prose as links, without what ends the sentence",
  },
  {
    bug: "Whatever is typed without a pause is taken back at once.",
    file: "client/history-level.ts",
    code: "if (top.touched >= PASSAGE_CHARACTERS && top.endsWord && beginsWord(own.op)) return false;",
    instead: "void beginsWord;",
    caughtBy: "test/client/passages.test.ts",
    titled: "divides what is typed offline in the same way",
  },
  {
    bug: "Undo stops in the middle of a word.",
    file: "client/history-level.ts",
    code: "top.touched >= PASSAGE_CHARACTERS && top.endsWord && beginsWord(own.op)",
    instead: "top.touched >= PASSAGE_CHARACTERS && beginsWord(own.op)",
    caughtBy: "test/client/passages.test.ts",
    titled:
      "takes a passage of thirty characters or more of a plain document as a level, and begins the next one with a word",
  },
  {
    bug: "The bubble of a link covers its line.",
    file: "client/prosemirror/links/place.ts",
    code: "const below = line.bottom + GAP_PX;",
    instead: "const below = line.top + GAP_PX;",
    caughtBy: "test/editor/links.test.ts",
    titled: "stands below its line, or above it where there is no room",
  },
  {
    bug: "A long address hides whose page it leads to.",
    file: "client/prosemirror/links/place.ts",
    code: "return whose + shortened(",
    instead: "return shortened(whose + path, MOST) || shortened(",
    caughtBy: "test/editor/links.test.ts",
    titled: "is shown short, and whose page it is always whole",
  },
  {
    bug: "An address that is written oddly hides whose page it leads to.",
    file: "client/prosemirror/links/place.ts",
    code: "const whose = host || pathname;",
    instead:
      "const whose = (host || pathname) && /^(?:https?:\\/\\/|mailto:|tel:)?([^/?#]*)/i.exec(href)![1]!;",
    caughtBy: "test/editor/links.test.ts",
    titled: "says whose page the browser goes to, however that is written",
  },
  {
    bug: "An address that is pasted over words replaces them.",
    file: "client/prosemirror/clipboard/link.ts",
    code: "if (!isText) return null;",
    instead: "if (isText) return null;",
    caughtBy: "test/editor/clipboard.test.ts",
    titled: "makes a link of the words that an address is pasted over",
  },
  {
    bug: "An address that is pasted over paragraphs makes a link of all of them.",
    file: "client/prosemirror/clipboard/link.ts",
    code: "!$from.sameParent($to) || ",
    instead: "",
    caughtBy: "test/editor/clipboard.test.ts",
    titled: "makes a link of the words that an address is pasted over",
  },
  {
    bug: "An address that is pasted into inline code becomes a link.",
    file: "client/prosemirror/clipboard/plain.ts",
    code: "isTaken(set) ? null : hrefOf(whole)",
    instead: "hrefOf(whole)",
    caughtBy: "test/editor/clipboard.test.ts",
    titled: "links no address in inline code",
  },
  {
    bug: "An address in inline code becomes a link with the Enter behind it.",
    file: "client/prosemirror/inputrules.ts",
    code: "taken ||= isTaken(node.marks);",
    instead: "void isTaken;",
    caughtBy: "test/editor/rules.test.ts",
    titled: "Enter after an address makes it a link as well, and then does what it does",
  },
];
