// Random documents of the schema, small and nasty: text full of would-be Markdown, marks that cross, empty blocks,
// lists that meet, levels that jump, and attributes nobody should have written.

import fc from "fast-check";
import type { Mark, Node } from "prosemirror-model";
import { fromLines, type Line } from "../../client/prosemirror/lines.js";
import { schema } from "../../client/prosemirror/schema.js";

const { nodes, marks } = schema;

const word = fc.constantFrom(
  ..."a b foo é 👻 שלום 中文 1 12. 3) # ## > - + * ** *** _ __ ~ ~~ ` `` ``` [ ] [x] [ ](x) ( ) ! ![ \\ \\\\ < > <u> </u> <br> <mark> <b &".split(
    " ",
  ),
  ..."&amp; &#35; &copy; | --- === :--- : . , ; ' \" https://a.example/x_y_z www.a.example a@b.example http://x <http://x> {} ^ @ $".split(
    " ",
  ),
  " ",
  "  ",
  "\t",
  "\u00a0",
  "\u3000",
  "[foo]: /url",
  "<!-- x -->",
  "snake_case_name",
  "2*3*4",
);

const text = fc
  .array(word, { minLength: 1, maxLength: 4 })
  .chain((words) => fc.constantFrom("", " ").map((join) => words.join(join)));

const url = fc.constantFrom(
  "https://a.example/",
  "https://a.example/a(b)c?d=e&f=g#h",
  "/a path/with spaces",
  "",
  "mailto:a@b.example",
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "data:text/html,x",
  'https://a.example/"<>\\&amp;*_`',
  "  https://a.example",
  "http://пример.example/ё",
);

const color = fc.constantFrom("#abc", "#ffe58a", "#012345", "red; x:y");

const mark: fc.Arbitrary<Mark> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .constantFrom("strong", "em", "strike", "code", "underline", "subscript", "superscript")
      .map((name) => schema.mark(name)),
  },
  url.map((href) => marks.link.create({ href })),
  color.map((value) => marks.highlight.create({ color: value })),
  color.map((value) => marks.color.create({ color: value })),
  fc.constantFrom("1", "2").map((id) => marks.comment.create({ id })),
);

const markSet = fc
  .array(mark, { maxLength: 3 })
  .map((list) => list.reduce<readonly Mark[]>((set, each) => each.addToSet(set), []));

const inlineNode: fc.Arbitrary<Node> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(text, markSet).map(([value, set]) => schema.text(value, set)) },
  { weight: 2, arbitrary: markSet.map((set) => nodes.hard_break.create(null, null, set)) },
  fc
    .tuple(url, text, fc.oneof(fc.constant(""), text), markSet)
    .map(([src, alt, title, set]) => nodes.image.create({ src, alt, title }, null, set)),
  fc.tuple(text, text, markSet).map(([id, label, set]) => nodes.mention.create({ id, label }, null, set)),
  markSet.map((set) => nodes.unknown_inline.create({ embed: '{"x":1}' }, null, set)),
);

const inline = fc.oneof(
  { weight: 1, arbitrary: fc.constant([]) },
  { weight: 6, arbitrary: fc.array(inlineNode, { maxLength: 5 }) },
);

const codeText = fc
  .array(fc.oneof(word, fc.constantFrom("\n", "\n\n", "    ", "| a |\n| --- |")), { maxLength: 6 })
  .map((parts) => parts.join(""));
const tableText = fc.constantFrom(
  "| a   |\n| --- |",
  "| a   | b   |\n| :-- | --- |\n| 1   | \\|  |",
  "a | b\n--|--",
);

const leaf: fc.Arbitrary<Node> = fc.oneof(
  { weight: 10, arbitrary: inline.map((content) => nodes.paragraph.create(null, content)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 6 }), inline)
      .map(([level, content]) => nodes.heading.create({ level }, content)),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom(null, "js", "c++", "a b", "`", "&amp;", "table", "~"),
        fc.oneof(codeText, tableText),
      )
      .map(([lang, value]) => nodes.code_block.create({ lang }, value === "" ? [] : [schema.text(value)])),
  },
  nodes.horizontal_rule.create() && fc.constant(nodes.horizontal_rule.create()),
  fc.constant(nodes.unknown_block.create({ embed: '{"x":1,"blk":true}' })),
);

const line: fc.Arbitrary<Line> = fc.record({
  leaf,
  quote: fc.constantFrom(0, 0, 0, 1, 2, 12),
  item: fc.constantFrom(null, null, "bullet", "ordered", "task", "more") as fc.Arbitrary<Line["item"]>,
  level: fc.constantFrom(0, 0, 1, 1, 2, 3, 20),
  itemQuote: fc.constantFrom(false, false, true),
  checked: fc.boolean(),
  start: fc.constantFrom(1, 1, 0, 7, 999_999_999, -1, 1.5, 1e12),
  fresh: fc.boolean(),
});

/** Lines as nobody should write them. */
export const lineList = fc.array(line, { minLength: 1, maxLength: 8 });

/** Documents in the form that the projection of atoms gives them. */
export const document: fc.Arbitrary<Node> = lineList.map(fromLines);

/** Any Markdown at all. */
export const markdown = fc
  .array(
    fc.oneof(
      word,
      fc.constantFrom(
        "\n",
        "\n\n",
        "\n  ",
        "\n    ",
        "- ",
        "1. ",
        "> ",
        "- [ ] ",
        "| a | b |\n| --- | --- |\n",
      ),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(""));
