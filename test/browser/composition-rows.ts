// The composition matrix: what happens while a word is being composed, and what the text must be in the end.
//
// In each row Ada composes 你好 by way of "n", "ni" and "nih" at a place in a document, and something happens at "ni". Her
// text node must still be there when she goes on, nothing half-made may have gone out, and both must end with the text.

import type { Composer } from "./composing.js";
import type { Opening } from "./composing-page.js";

export interface People {
  readonly ada: Composer;
  readonly bo: Composer;
}

export interface Row {
  readonly title: string;
  /** In Markdown. By default {@link plainDocument}. */
  readonly document?: string;
  /** Ada composes behind this text, or at the end of this textblock. By default behind "here". */
  readonly at?: string | number;
  /** Or before this text. */
  readonly before?: string;
  /** Or in place of this text. */
  readonly over?: string;
  /** Before Ada puts her caret there. */
  readonly first?: (people: People) => Promise<void>;
  readonly meanwhile?: (people: People) => Promise<void>;
  /** Behind which text on her page Ada then sees Bo's caret. */
  readonly caret?: string;
  /** What Ada sees before she goes on, block by block. */
  readonly seen?: string;
  /** The document in the end. */
  readonly expected: string;
  readonly opening?: Opening;
}

export const plainDocument = "write here please\n\nanother paragraph";

const rest = 'paragraph("another paragraph")';
const plain = `doc(paragraph("write here你好 please"), ${rest})`;

/** Where it happens: every kind of place. Nobody else does anything. */
export const places: readonly Row[] = [
  { title: "in the middle of a block", expected: plain },
  {
    title: "at the start of a block",
    before: "write",
    expected: `doc(paragraph("你好write here please"), ${rest})`,
  },
  {
    title: "at the end of a block",
    at: "please",
    expected: `doc(paragraph("write here please你好"), ${rest})`,
  },
  { title: "in an empty document", document: "", at: 0, expected: 'doc(paragraph("你好"))' },
  {
    title: "in a list item",
    document: "- one\n- two",
    at: "one",
    expected: 'doc(bullet_list(list_item(paragraph("one你好")), list_item(paragraph("two"))))',
  },
  {
    title: "in a heading",
    document: "# title\n\ntext",
    at: "title",
    expected: 'doc(heading("title你好"), paragraph("text"))',
  },
  {
    title: "in a bold run",
    document: "a **bold** b",
    at: "bo",
    expected: 'doc(paragraph("a ", strong("bo你好ld"), " b"))',
  },
  {
    title: "at the end of a bold run",
    document: "a **bold** b",
    at: "bold",
    expected: 'doc(paragraph("a ", strong("bold你好"), " b"))',
  },
  {
    title: "behind an emoji",
    document: "one 👩‍👩‍👧 two",
    at: "👩‍👩‍👧",
    expected: 'doc(paragraph("one 👩‍👩‍👧你好 two"))',
  },
  {
    title: "in place of an emoji and what is around it",
    document: "one a👻b two",
    over: "a👻b",
    expected: 'doc(paragraph("one 你好 two"))',
  },
  {
    title: "behind a mention",
    first: ({ bo }) => bo.does("mention", "here"),
    before: " please",
    expected: `doc(paragraph("write here", mention, "你好 please"), ${rest})`,
  },
  {
    title: "before a mention",
    first: ({ bo }) => bo.does("mention", "here"),
    expected: `doc(paragraph("write here你好", mention, " please"), ${rest})`,
  },
  {
    title: "behind an image",
    document: "see ![it](https://x.example/it.png) there",
    before: " there",
    expected: 'doc(paragraph("see ", image, "你好 there"))',
  },
  {
    title: "before an image",
    document: "see ![it](https://x.example/it.png) there",
    at: "see ",
    expected: 'doc(paragraph("see 你好", image, " there"))',
  },
  {
    title: "in right-to-left text",
    document: "שלום עולם",
    at: "שלום",
    expected: 'doc(paragraph("שלום你好 עולם"))',
  },
];

const behind = (text: string, added: string) => (people: People) => people.bo.does("insert", text, added);

/** What the other does meanwhile in another block: seen at once. */
export const elsewhere: readonly Row[] = [
  {
    title: "types in the next block",
    meanwhile: behind("another", " good"),
    seen: "write hereni please\nanother good paragraph",
    expected: 'doc(paragraph("write here你好 please"), paragraph("another good paragraph"))',
  },
  {
    title: "types in the block before",
    document: "first\n\nwrite here please",
    meanwhile: behind("first", " of all"),
    seen: "first of all\nwrite hereni please",
    expected: 'doc(paragraph("first of all"), paragraph("write here你好 please"))',
  },
  {
    title: "deletes the block before",
    document: "nought\n\nfirst\n\nwrite here please",
    meanwhile: ({ bo }) => bo.does("eraseBlock", "first"),
    seen: "nought\nwrite hereni please",
    expected: 'doc(paragraph("nought"), paragraph("write here你好 please"))',
  },
  {
    title: "goes with the caret",
    meanwhile: ({ bo }) => bo.does("caret", "another"),
    caret: "another",
    expected: plain,
  },
  {
    title: "makes the next block a heading",
    meanwhile: ({ bo }) => bo.does("heading", "another"),
    seen: "write hereni please\nanother paragraph",
    expected: 'doc(paragraph("write here你好 please"), heading("another paragraph"))',
  },
  {
    title: "types in the next item of the list",
    document: "- here\n- two",
    meanwhile: behind("two", " more"),
    seen: "hereni\ntwo more",
    expected: 'doc(bullet_list(list_item(paragraph("here你好")), list_item(paragraph("two more"))))',
  },
];

/** What the other does meanwhile in the same block: seen afterwards. */
export const inTheBlock: readonly Row[] = [
  {
    title: "types before it",
    meanwhile: behind("write", " it"),
    expected: `doc(paragraph("write it here你好 please"), ${rest})`,
  },
  {
    title: "types behind it",
    meanwhile: behind("please", " do"),
    expected: `doc(paragraph("write here你好 please do"), ${rest})`,
  },
  {
    title: "types just there",
    meanwhile: behind("here", "BO"),
    expected: `doc(paragraph("write here你好BO please"), ${rest})`,
  },
  {
    title: "deletes text before it",
    meanwhile: ({ bo }) => bo.does("erase", "write "),
    expected: `doc(paragraph("here你好 please"), ${rest})`,
  },
  {
    title: "deletes text behind it",
    meanwhile: ({ bo }) => bo.does("erase", " please"),
    expected: `doc(paragraph("write here你好"), ${rest})`,
  },
  {
    title: "deletes the text around it",
    meanwhile: ({ bo }) => bo.does("erase", "te here pl"),
    expected: `doc(paragraph("wri你好ease"), ${rest})`,
  },
  {
    title: "types in a bold run of the block",
    document: "write here **bold**",
    meanwhile: behind("bold", "er"),
    expected: 'doc(paragraph("write here你好 ", strong("bolder")))',
  },
  {
    title: "makes the block a heading",
    meanwhile: ({ bo }) => bo.does("heading", "write"),
    expected: `doc(heading("write here你好 please"), ${rest})`,
  },
  {
    title: "puts the block in a quote",
    meanwhile: ({ bo }) => bo.does("quote", "write"),
    expected: `doc(blockquote(paragraph("write here你好 please")), ${rest})`,
  },
  {
    title: "splits the block before it",
    meanwhile: ({ bo }) => bo.does("split", "write"),
    expected: `doc(paragraph("write"), paragraph(" here你好 please"), ${rest})`,
  },
  {
    title: "splits the block behind it",
    meanwhile: ({ bo }) => bo.does("split", "plea"),
    expected: `doc(paragraph("write here你好 plea"), paragraph("se"), ${rest})`,
  },
  {
    title: "joins the block with the one before",
    document: "first\n\nwrite here please",
    meanwhile: ({ bo }) => bo.does("join", "write"),
    expected: 'doc(paragraph("firstwrite here你好 please"))',
  },
  {
    title: "joins the next block to it",
    meanwhile: ({ bo }) => bo.does("join", "another"),
    expected: 'doc(paragraph("write here你好 pleaseanother paragraph"))',
  },
  {
    title: "deletes the whole block",
    meanwhile: ({ bo }) => bo.does("eraseBlock", "write"),
    expected: 'doc(paragraph("你好another paragraph"))',
  },
  {
    title: "deletes the first block of all, before it",
    document: "first\n\nwrite here please",
    meanwhile: ({ bo }) => bo.does("eraseBlock", "first"),
    expected: 'doc(paragraph("write here你好 please"))',
  },
  {
    title: "makes the text around it bold",
    meanwhile: ({ bo }) => bo.does("embolden", "here please"),
    expected: `doc(paragraph("write ", strong("here你好 please")), ${rest})`,
  },
  {
    title: "comments on the paragraph",
    meanwhile: ({ bo }) => bo.does("comment", "write"),
    expected: `doc(paragraph(comment("write here你好 please")), ${rest})`,
  },
  {
    title: "puts a mention beside it",
    meanwhile: ({ bo }) => bo.does("mention", "here"),
    expected: `doc(paragraph("write here你好", mention, " please"), ${rest})`,
  },
  {
    title: "takes all of the document out and puts it in again",
    meanwhile: ({ bo }) => bo.does("replaceAll"),
    expected: plain,
  },
  {
    title: "types, and takes that back",
    meanwhile: async ({ ada, bo }) => {
      await bo.does("insert", "write", " it");
      await ada.hears(bo);
      await bo.does("undo");
    },
    expected: plain,
  },
  {
    title: "has the caret in it",
    meanwhile: ({ bo }) => bo.does("caret", "here"),
    caret: "here",
    expected: plain,
  },
  {
    title: "selects over it",
    meanwhile: ({ bo }) => bo.does("select", "write here please"),
    expected: plain,
  },
  {
    title: "selects over it, in a browser without highlights",
    opening: { highlights: false },
    meanwhile: ({ bo }) => bo.does("select", "write here please"),
    expected: plain,
  },
];
