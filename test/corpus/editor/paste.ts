// HTML as other programs put it on the clipboard, and what is to become of it, as Markdown; and plain text as people copy it.

export interface Paste {
  readonly title: string;
  readonly html: string;
  /** The document it is pasted into, at its end. */
  readonly before?: string;
  readonly after: string;
}

export const pastes: readonly Paste[] = [
  {
    title: "marks and blocks",
    html: "<h2>A</h2><p>b <b>c</b> <i>d</i> <u>e</u> <s>f</s> <code>g</code></p><blockquote><p>h</p></blockquote><hr><p>i<br>j</p>",
    after: "## A\n\nb **c** *d* <u>e</u> ~~f~~ `g`\n\n> h\n\n---\n\ni\\\nj",
  },
  {
    title: "a few words into a sentence",
    html: '<meta charset="utf-8"><span>new <b>words</b></span>',
    before: "old",
    after: "oldnew **words**",
  },
  {
    title: "Google Docs, which wraps everything in bold that is not",
    html: '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr" style="line-height:1.38;text-align:left"><span style="font-weight:400;font-style:normal">a </span><span style="font-weight:700">b</span></p><ul><li dir="ltr" aria-level="1"><p dir="ltr"><span>c</span></p></li><ul><li dir="ltr" aria-level="2"><p dir="ltr"><span>d</span></p></li></ul><li><p>e</p></li></ul></b><br class="Apple-interchange-newline">',
    after: "a **b**\n\n- c\n  - d\n- e",
  },
  {
    title: "Word, whose items are paragraphs with their bullets as text",
    html: "<html xmlns:o='urn:x'><head><style>p {color: red}</style></head><body><!--StartFragment--><p class=MsoNormal>a<o:p></o:p></p><p class=MsoListParagraph style='text-indent:-18pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>·<span style='font:7.0pt'>&nbsp;&nbsp; </span></span><![endif]>b</p><p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o<span>&nbsp; </span></span>c</p><p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·&nbsp;</span>d</p><p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>3.&nbsp;</span>e</p><!--EndFragment--></body></html>",
    after: "a\n\n- b\n  - c\n- d\n\n3. e",
  },
  {
    title: "Word's numbered headings, as headings with their numbers",
    html: "<h1 style='mso-list:l0 level1 lfo1'><![if !supportLists]><span><span style='mso-list:Ignore'>1<span style='font:7.0pt'>&nbsp;&nbsp; </span></span></span><![endif]>a</h1><h3 style='mso-list:l0 level3 lfo1'><span style='mso-list:Ignore'>1.1.1<span>&nbsp; </span></span>b</h3><h2 style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>·<span>&nbsp; </span></span>c</h2><p class=MsoListParagraph style='mso-list:l2 level1 lfo3'><span style='mso-list:Ignore'>1.&nbsp;</span>d</p>",
    after: "# 1 a\n\n### 1.1.1 b\n\n## c\n\n1. d",
  },
  {
    title: "nothing of what comments in Word say",
    html: "<p class=MsoNormal><a style='mso-comment-reference:X_1'>a</a><span class=MsoCommentReference><![if !supportAnnotations]><a class=msocomanchor id='_anchor_1' href='#_msocom_1'>[X1]</a><![endif]><span style='mso-special-character:comment'>&nbsp;</span></span> b</p><div style='mso-element:comment-list'><hr class=msocomoff><div style='mso-element:comment'><p class=MsoCommentText>c</p></div></div>",
    after: "a b",
  },
  {
    title: "GitHub's task lists",
    html: '<ul class="contains-task-list"><li class="task-list-item"><input type="checkbox" disabled checked> a</li><li class="task-list-item"><input type="checkbox" disabled> b</li></ul>',
    after: "- [x] a\n- [ ] b",
  },
  {
    title: "code with its language",
    html: '<div class="highlight highlight-source-js"><pre><span>let</span> a;\n  b<button>Copy</button></pre></div><pre><code class="language-py">c<br>d\n</code></pre>',
    after: "```js\nlet a;\n  b\n```\n\n```py\nc\nd\n```",
  },
  {
    title: "a table as a table's text",
    html: "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2 | 3</td></tr></tbody></table><p>after</p>",
    after: "| a   | b      |\n| --- | ------ |\n| 1   | 2 \\| 3 |\n\nafter",
  },
  {
    title: "a table whose cells have lines, as words",
    html: "<table><tr><td>a<br>b</td><td>c<div>d</div></td></tr><tr><td><br></td><td><p>e</p></td></tr></table>",
    after: "| a b | c d |\n| --- | --- |\n|     | e   |",
  },
  {
    title: "a table that only lays out a mail as what is in it",
    html: "<table><tr><td><table><tr><td><p>a</p></td></tr></table></td></tr><tr><td><p>b</p><p>c</p></td></tr></table>",
    after: "a\n\nb\n\nc",
  },
  {
    title: "lines that are divs",
    html: "<div>a</div><div><br></div><div>b <font color=red>c</font></div>",
    after: 'a\n\nb <span data-color="#cc3333">c</span>',
  },
  {
    title: "VS Code, whose lines are divs, as code with its indents",
    html: `<meta charset='utf-8'><div style="color:#d4d4d4;background-color:#1e1e1e;font-family:'Droid Sans Mono', 'monospace', monospace;white-space:pre;"><div><span style="color:#c586c0;">if</span><span> a:</span></div><br><div>    b</div></div>`,
    after: "```\nif a:\n\n    b\n```",
  },
  {
    title: "a few words of VS Code as words",
    html: `<meta charset='utf-8'><div style="font-family:Menlo, Monaco, 'Courier New', monospace;white-space:pre;"><div><span>word</span></div></div>`,
    after: "word",
  },
  {
    title: "a message whose line feeds are lines by its style",
    html: '<div style="white-space: pre-wrap">a\nb <b>c\nd</b></div><div style="white-space-collapse: preserve"><span style="white-space: normal">e\nf</span></div><p>g\nh</p>',
    after: "a\\\nb **c\\\nd**\n\ne f\n\ng h",
  },
  {
    title: "links to the web, and the words of all other links",
    html: '<p><a href="https://x.example/a"><span style="text-decoration:underline">a</span></a> <a href="/wiki/b">b</a> <a href="javascript:alert(1)">c</a> <a href="#d">d</a> <a href="mailto:e@x.example">e</a></p>',
    after: "[a](https://x.example/a) b c d [e](mailto:e@x.example)",
  },
  {
    title: "images with an address, and no others",
    html: '<p>a <img src="https://x.example/i.png" alt="i"> <img src="data:image/png;base64,x" alt="j"><img src="file:///k.png"><img src="cid:l"></p>',
    after: "a ![i](https://x.example/i.png)",
  },
  {
    title: "nothing that was hidden",
    html: '<p>a<span style="display:none">b</span><span hidden>c</span><span style="mso-hide:all">d</span><style>e{}</style><script>f</script><!-- g --></p>',
    after: "a",
  },
  {
    title: "what is aligned, and right-to-left",
    html: '<p style="text-align:center">a</p><p dir="rtl">שלום</p>',
    after: "a\n\nשלום",
  },
  {
    title: "lists in lists without an item between",
    html: "<ul><ul><li>a</li></ul><li><ul><li>b</li></ul></li></ul>",
    after: "- a\n-\n  - b",
  },
  {
    title: "an item's blocks, quotes and lists",
    html: "<ol start=4><li><p>a</p><blockquote><p>b</p></blockquote><ul><li>c</li></ul></li></ol>",
    after: "4. a\n\n   > b\n\n   - c",
  },
  {
    title: "no characters that a document cannot hold",
    html: "<p>a&#1;b&#xD800;c\u0007</p>",
    after: "ab\ufffdc",
  },
  {
    title: "styles that say what elements would",
    html: "<p title='a style=\"x\"' STYLE='font-weight: bold'>a <span style='font-style:italic'>b</span></p><p><span style=\"text-decoration:underline line-through\">c</span> <b style='font-weight: 400'>d</b> <span style='vertical-align:super'>e</span></p><h1 style='font-weight:700'>f</h1><p>&lt;p style=\"g\"&gt;</p>",
    after: '**a *b***\n\n<u>~~c~~</u> d <sup>e</sup>\n\n# f\n\n\\<p style="g">',
  },
  {
    title: "highlights, as the nearest that there is",
    html: `<p><mark>a</mark> <span style="background-color: yellow">b</span> <span style="background:#ffff00">c</span> <span style='background:lime;mso-highlight:lime'>d</span> <mark style="background-color:#fdd">e</mark> <span style="background-color:rgba(255, 0, 0, .3)">f</span> <mark data-color="#fd6" style="background-color:#fd6">g</mark></p>`,
    after:
      '<mark>a</mark> <mark>b</mark> <mark>c</mark> <mark data-color="#bdebc4">d</mark> <mark data-color="#ffc9c4">e</mark> <mark data-color="#ffc9c4">f</mark> <mark data-color="#fd6">g</mark>',
  },
  {
    title: "text colours, as the nearest that there is",
    html: '<p><span style="color:#ff0000">a</span> <font color="#0000FF">b</font> <b style="color: rgb(0 128 0 / 100%)">c</b> <span style="color:purple">p</span> <span style="color:RED">d<span style="color:black">e</span><span style="color:inherit">f</span></span></p>',
    after:
      '<span data-color="#cc3333">a</span> <span data-color="#3a66dc">b</span> **<span data-color="#23813f">c</span>** <span data-color="#8f4fc8">p</span> <span data-color="#cc3333">d</span>e<span data-color="#cc3333">f</span>',
  },
  {
    title: "no colours that a whole page sets, nor those of links and code",
    html: `<body style="background:#ffff00;color:#ff0000"><div style="color:#0000ff;background-color:#ffffcc"><p style="color:red"><span style='color:windowtext'>a</span><span style="color:#000000;background-color:transparent">b</span><span style="color: rgb(230, 230, 230); background-color: rgb(0, 0, 0)">c</span><span style="color:#2c3e50;background:#f6f8fa">d</span><span style="color:rgba(0,0,0,.87);background:white">e</span><span style="color:var(--red);background:url(a.png)">f</span> <a href="https://x.example/"><span style="color:#1155cc">g</span></a> <code style="color:#e01e5a;background:#fee"><span style="color:red">h</span></code><span style="color:#0563C1">i</span></p></div></body>`,
    after: "abcdef [g](https://x.example/) `h`i",
  },
];

/** The same for what Markdown cannot say: `after` is the document as ProseMirror writes it, then which blocks are aligned. */
export const trees: readonly Paste[] = [
  {
    title: "a blank line of Google Docs as one empty paragraph",
    html: '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr"><span>one</span></p><br><p dir="ltr"><span>two</span></p></b><br class="Apple-interchange-newline">',
    after: 'paragraph("one"), paragraph, paragraph("two")',
  },
  {
    title: "a blank line of Gmail as one empty paragraph",
    html: "<div>one</div><div><br></div><div>two</div>",
    after: 'paragraph("one"), paragraph, paragraph("two")',
  },
  {
    title: "a blank line in spans, after text and after a list",
    html: "<div>a<div><span><br></span></div><div>b</div></div><ul><li>c</li></ul><br><p>d</p><p><span><br></span></p><p>e</p>",
    after:
      'paragraph("a"), paragraph, paragraph("b"), bullet_list(list_item(paragraph("c"))), paragraph, paragraph("d"), paragraph, paragraph("e")',
  },
  {
    title: "as many blank lines as there were, and none for a <br> that only ends a line",
    html: "<p>a</p><br><br><p>b</p>c<br><p>d</p>e<br><br><p>f<br>g</p><br>",
    after:
      'paragraph("a"), paragraph, paragraph, paragraph("b"), paragraph("c"), paragraph("d"), paragraph("e"), paragraph, paragraph("f", hard_break, "g")',
  },
  {
    title: "no blank lines between items, nor in code",
    html: "<ul><li>a</li><br><li>b</li></ul><pre>c<br><br>d</pre>",
    after: 'bullet_list(list_item(paragraph("a")), list_item(paragraph("b"))), code_block("c\\n\\nd")',
  },
  {
    title: "nothing of the line feeds with which a page is written",
    html: '<div style="white-space: pre-wrap">\n<p>a</p>\n<p style="white-space: normal">b\nc</p>\n</div>',
    after: 'paragraph("a"), paragraph("b c")',
  },
  {
    title: "a quoted list into an empty document as what it is",
    html: "<blockquote><ul><li>q1</li></ul><p>after</p></blockquote>",
    after: 'blockquote(bullet_list(list_item(paragraph("q1"))), paragraph("after"))',
  },
  {
    title: "a quoted list alone",
    html: "<blockquote><ul><li>q1</li></ul></blockquote>",
    after: 'blockquote(bullet_list(list_item(paragraph("q1"))))',
  },
  {
    title: "a quote after a line",
    html: "<p>before</p><blockquote><ul><li>q1</li></ul><p>after</p></blockquote>",
    after: 'paragraph("before"), blockquote(bullet_list(list_item(paragraph("q1"))), paragraph("after"))',
  },
  {
    title: "the alignment of the first paragraph into an empty document",
    html: '<p style="text-align:center">a</p><p style="text-align:right">b</p>',
    after: 'paragraph("a"), paragraph("b"); a: center; b: right',
  },
  {
    title: "the alignment of an only paragraph",
    html: '<p style="text-align:center">a</p>',
    after: 'paragraph("a"); a: center',
  },
  {
    title: "the first paragraph's own kind into an empty heading",
    html: "<p>a</p><p>b</p>",
    before: "#",
    after: 'paragraph("a"), paragraph("b")',
  },
  {
    title: "a single line into an empty heading as that heading",
    html: "<p>a</p>",
    before: "#",
    after: 'heading("a")',
  },
  {
    title: "words into text, whose block stays what it is",
    html: '<p style="text-align:center">a</p><p>b</p>',
    before: "# c",
    after: 'heading("ca"), paragraph("b")',
  },
  {
    title: "items into an empty item",
    html: "<ul><li>b</li><li>c</li></ul>",
    before: "- a\n-",
    after: 'bullet_list(list_item(paragraph("a")), list_item(paragraph("b")), list_item(paragraph("c")))',
  },
  {
    title: "a quote into an empty line of a quote, without another around it",
    html: "<blockquote><ul><li>b</li></ul><p>c</p></blockquote>",
    before: "> a\n>\n> #",
    after: 'blockquote(paragraph("a"), bullet_list(list_item(paragraph("b"))), paragraph("c"))',
  },
];

export interface PastedText {
  readonly title: string;
  readonly text: string;
  /** The document it is pasted into, with "‸" where the caret is; an empty one by default. */
  readonly before?: string;
  /** The same with what was pasted, as Markdown. */
  readonly after: string;
}

export const texts: readonly PastedText[] = [
  {
    title: "a mail with one word in backticks, whose lines stay lines",
    text: "Please run `npm ci` first.\nThen start it.\n\nBest\nBo\n12 Main St\nLisbon",
    after: "Please run `npm ci` first.\\\nThen start it.\n\nBest\\\nBo\\\n12 Main St\\\nLisbon‸",
  },
  {
    title: "a mail's signature, whose two dashes make no heading of what is above",
    text: "See `README`.\n-- \nBo\nLisbon",
    after: "See `README`.\\\n\\--\n\nBo\\\nLisbon‸",
  },
  {
    title: "a heading that is underlined as far as it goes",
    text: "Notes\n-----\n\n- a\n- b",
    after: "## Notes\n\n- a\n- b‸",
  },
  {
    title: "a list with an address below it",
    text: "Groceries\n- milk\n- eggs\n\nRua Augusta 12\n1100-053 Lisboa",
    after: "Groceries\n\n- milk\n- eggs\n\nRua Augusta 12\\\n1100-053 Lisboa‸",
  },
  {
    title: "a verse in a quote, line by line",
    text: "> Tyger Tyger,\n> burning bright",
    after: "> Tyger Tyger,\\\n> burning bright‸",
  },
  {
    title: "addresses in prose as links, without what ends the sentence",
    text: "See https://x.example/a_(b), (www.y.example/c) or\nhttp://z.example/?d=e&f!",
    after:
      "See <https://x.example/a_(b)>, ([www.y.example/c](https://www.y.example/c)) or\n\n<http://z.example/?d=e&f>!‸",
  },
  {
    title: "addresses beside Markdown as links, and none in code or in what is a link",
    text: "**Docs**: https://x.example/a. `https://y.example` [https://z.example](https://x.example/b)\n\n```\nhttps://x.example\n```\n\nend",
    after:
      "**Docs**: <https://x.example/a>. `https://y.example` [https://z.example](https://x.example/b)\n\n```\nhttps://x.example\n```\n\nend‸",
  },
  {
    title: "no links for what only looks like an address",
    text: "me@www.x.example, awww.x.example, www.x, https:// and xhttps://y",
    after: "me@www.x.example, awww.x.example, www.x, https:// and xhttps://y‸",
  },
];
