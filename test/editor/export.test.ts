// Documents as HTML and as plain text.

import { expect } from "chai";
import fc from "fast-check";
import { fromMarkdown, toHtml, toText } from "../../client/prosemirror/markdown.js";
import { schema } from "../../client/prosemirror/schema.js";
import { document } from "./arbitraries.js";

const { nodes, marks } = schema;

describe("HTML", () => {
  it("shows blocks, marks and lists as the editor does", () => {
    const html = toHtml(
      fromMarkdown(
        "# T\n\na **b *c*** [d](https://x.example/?a=1&b=2)\n\n3. x\n\n- [x] y\n\n```js\n1 < 2\n```",
      ),
    );
    expect(html).to.equal(
      [
        '<h1 dir="auto">T</h1>',
        '<p dir="auto">a <strong>b <em>c</em></strong> <a href="https://x.example/?a=1&amp;b=2" rel="noopener noreferrer nofollow" target="_blank">d</a></p>',
        '<ol start="3"><li><p dir="auto">x</p></li></ol>',
        '<ul data-task-list="" class="task-list"><li data-checked="true"><p dir="auto">y</p></li></ul>',
        '<pre dir="ltr" data-lang="js"><code>1 &lt; 2</code></pre>',
      ].join("\n"),
    );
  });

  it("lets nothing out of text, attributes or marks, whatever a document holds", () => {
    const evil = '"><script>alert(1)</script>';
    const doc = nodes.doc.create(null, [
      nodes.paragraph.create(null, [
        schema.text(evil, [
          marks.link.create({ href: "javascript:alert(1)" }),
          marks.color.create({ color: "red;x:url(y)" }),
        ]),
        nodes.image.create({ src: "data:text/html,x", alt: evil, title: evil }),
        nodes.mention.create({ id: evil, label: evil }),
      ]),
      nodes.code_block.create({ lang: evil }, [schema.text(evil)]),
    ]);
    const html = toHtml(doc, { title: evil });
    expect(html).not.to.match(/<script|javascript:|data:text|style="[^"]*url/);
  });

  it("has as many closing tags as opening ones", () => {
    fc.assert(
      fc.property(document, (doc) => {
        const html = toHtml(doc);
        const open: string[] = [];
        for (const [, slash, tag] of html.matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
          if (slash) expect(open.pop()).to.equal(tag);
          else if (!["br", "hr", "img"].includes(tag!)) open.push(tag!);
        }
        expect(open).to.deep.equal([]);
      }),
    );
  });
});

describe("plain text", () => {
  it("keeps lists, quotes, numbers and code readable, and escapes nothing", () => {
    const text = toText(
      fromMarkdown(
        "# T\n\n5 \\* 3\\\nline\n\n9. a\n10. b\n\n    c\n\n- [x] d\n  - e\n\n> f\n\n![alt](/i.png)",
      ),
    );
    expect(text).to.equal("T\n\n5 * 3\nline\n\n9. a\n10. b\n\n    c\n\n[x] d\n    • e\n\n> f\n\nalt");
  });
});
