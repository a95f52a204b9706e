// Markdown as people write it, and what becomes of it. Each: what comes in, the document (as ProseMirror prints it), and
// what goes out, where that is not what came in.

export interface MarkdownCase {
  readonly title: string;
  readonly markdown: string;
  readonly document: string;
  readonly written?: string;
}

export const cases: readonly MarkdownCase[] = [
  {
    title: "marks, those without a sign as tags",
    markdown:
      'a **b** *i* `c` ~~s~~ <u>u</u> H<sub>2</sub>O x<sup>2</sup> <mark>m</mark> <mark data-color="#abc">n</mark>',
    document:
      'doc(paragraph("a ", strong("b"), " ", em("i"), " ", code("c"), " ", strike("s"), " ", underline("u"), " H", subscript("2"), "O x", superscript("2"), " ", highlight("m"), " ", highlight("n")))',
  },
  {
    title: "emphasis that asterisks cannot say",
    markdown: "a<strong>bold!</strong>b",
    document: 'doc(paragraph("a", strong("bold!"), "b"))',
  },
  {
    title: "a tag without its partner is text",
    markdown: "a <u>b",
    document: 'doc(paragraph("a <u>b"))',
    written: "a \\<u>b",
  },
  {
    title: "other HTML is text",
    markdown: "<script>alert(1)</script>",
    document: 'doc(paragraph("<script>alert(1)</script>"))',
    written: "\\<script>alert(1)\\</script>",
  },
  {
    title: "links with safe addresses only",
    markdown:
      "[t](https://x.example/(z)) <https://a.example/b_c> [u](javascript:alert(1)) [v](data:text/html,x)",
    document:
      'doc(paragraph(link("t"), " ", link("https://a.example/b_c"), " [u](javascript:alert(1)) [v](data:text/html,x)"))',
    written:
      "[t](<https://x.example/(z)>) <https://a.example/b_c> \\[u\\](javascript:alert(1)) \\[v\\](data:text/html,x)",
  },
  {
    title: "images with title",
    markdown: '![a \\] b](https://i.example/k.png "a \\"title\\"") and [![x](/i.png)](/there)',
    document: 'doc(paragraph(image, " and ", link(image)))',
  },
  {
    title: "soft breaks, and lines that were only wrapped",
    markdown: "a\\\nb  \nc\nd",
    document: 'doc(paragraph("a", hard_break, "b", hard_break, "c d"))',
    written: "a\\\nb\\\nc d",
  },
  { title: "breaks in headings", markdown: "## a<br>b", document: 'doc(heading("a", hard_break, "b"))' },
  {
    title: "numbers, continuation blocks, nesting",
    markdown: "7. a\n\n8. b\n\n   more\n\n   ```js\n   x\n\n   y\n   ```\n\n9. c\n   - d\n     - e",
    document:
      'doc(ordered_list(list_item(paragraph("a")), list_item(paragraph("b"), paragraph("more"), code_block("x\\n\\ny")), list_item(paragraph("c"), bullet_list(list_item(paragraph("d"), bullet_list(list_item(paragraph("e"))))))))',
  },
  {
    title: "tasks, told from bullets beside them",
    markdown: "- [ ] todo\n- [x] done\n- plain",
    document:
      'doc(task_list(task_item(paragraph("todo")), task_item(paragraph("done"))), bullet_list(list_item(paragraph("plain"))))',
    written: "- [ ] todo\n- [x] done\n\n* plain",
  },
  {
    title: "lists that meet",
    markdown: "- a\n\n* b\n\n1. c\n\n1) d",
    document:
      'doc(bullet_list(list_item(paragraph("a"))), bullet_list(list_item(paragraph("b"))), ordered_list(list_item(paragraph("c"))), ordered_list(list_item(paragraph("d"))))',
  },
  {
    title: "quotes and lists in each other",
    markdown: "> a\n>\n> - b\n>\n>   > c",
    document:
      'doc(blockquote(paragraph("a"), bullet_list(list_item(paragraph("b"), item_quote(paragraph("c"))))))',
  },
  {
    title: "what the schema has no place for: a list in a quote in an item becomes a list of quoted items",
    markdown: "- a\n\n  > - b",
    document:
      'doc(bullet_list(list_item(paragraph("a"), bullet_list(list_item(item_quote(paragraph("b")))))))',
    written: "- a\n  - > b",
  },
  {
    title: "tables, as the text they are",
    markdown: "| a | b |\n|:--|--:|\n| 1 | 2\\|3 |",
    document: 'doc(code_block("| a   | b    |\\n| :-- | ---: |\\n| 1   | 2\\\\|3 |"))',
    written: "| a   | b    |\n| :-- | ---: |\n| 1   | 2\\|3 |",
  },
  {
    title: "front matter, and a rule that is none",
    markdown: "---\ntitle: x\n---\n\n***",
    document: 'doc(code_block("title: x"), horizontal_rule)',
    written: "```yaml\ntitle: x\n```\n\n---",
  },
  {
    title: "code that holds fences",
    markdown: "````md\n```\nx\n```\n````",
    document: 'doc(code_block("```\\nx\\n```"))',
  },
  {
    title: "mentions and entities",
    markdown: "[@Ana](mention:ana%201) &copy; \\&amp;",
    document: 'doc(paragraph(mention, " © &amp;"))',
    written: "[@Ana](mention:ana%201) © \\&amp;",
  },
  {
    title: "text that only looks like Markdown",
    markdown: "1\\. no\n\n\\# no\n\n\\- no\n\n5 * 3 * 2, snake_case, \\*no\\*",
    document:
      'doc(paragraph("1. no"), paragraph("# no"), paragraph("- no"), paragraph("5 * 3 * 2, snake_case, *no*"))',
  },
  {
    title: "space at the start of a line",
    markdown: "&#32;&#32;a\\\n&#32;b",
    document: 'doc(paragraph("  a", hard_break, " b"))',
  },
  { title: "nothing", markdown: "", document: "doc(paragraph)" },
];
