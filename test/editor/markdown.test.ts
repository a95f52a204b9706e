// Markdown both ways: what is written reads back as what was written, from any document and from any text; cases in
// `markdown-cases.ts`.

import { expect } from "chai";
import fc from "fast-check";
import type { Node } from "prosemirror-model";
import { linearise } from "../../client/prosemirror/linearise.js";
import { fromLines, toLines } from "../../client/prosemirror/lines.js";
import { tidyInline } from "../../client/prosemirror/markdown/tidy.js";
import { fromMarkdown, toMarkdown } from "../../client/prosemirror/markdown.js";
import { project } from "../../client/prosemirror/projection.js";
import { richText } from "../../ot/index.js";
import { document, markdown } from "./arbitraries.js";
import { cases } from "./markdown-cases.js";

describe("a document's lines", () => {
  it("build a valid document, whatever they say", () => {
    fc.assert(
      fc.property(document, (doc) => {
        doc.check();
      }),
      { numRuns: 700 },
    );
  });

  it("are the same lines again when taken from what they built", () => {
    fc.assert(
      fc.property(document, (doc) => {
        const again = fromLines(toLines(doc));
        expect(again.toJSON()).to.deep.equal(doc.toJSON());
      }),
      { numRuns: 700 },
    );
  });
});

describe("Markdown", () => {
  it("comes out the same after going in and out once more", () => {
    fc.assert(
      fc.property(document, (doc) => {
        const once = toMarkdown(doc);
        expect(toMarkdown(fromMarkdown(once))).to.equal(once);
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps every block with content, its kind and its inline content", () => {
    fc.assert(
      fc.property(document, (doc) => {
        const kept = (of: Node) =>
          toLines(of)
            .filter(({ leaf }) => leaf.type.name !== "unknown_block")
            .filter(({ leaf }) => leaf.type.name !== "paragraph" || tidyInline(leaf).size > 0)
            .map(({ leaf }) => [
              leaf.type.name,
              leaf.attrs.level,
              leaf.type.name === "code_block" ? [] : tidyInline(leaf).toJSON(),
            ]);
        expect(kept(fromMarkdown(toMarkdown(doc)))).to.deep.equal(kept(doc));
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps every container of a document that Markdown can say", () => {
    const places = (of: Node) =>
      toLines(of).map(({ leaf, start, ...place }) => ({
        ...place,
        start: Math.min(start, 999_999_999),
        kind: leaf.type.name,
      }));
    const isSayable = (of: Node) =>
      toLines(of).every(({ leaf, item, itemQuote }) => {
        const full =
          leaf.type.name !== "unknown_block" && (leaf.type.name !== "paragraph" || tidyInline(leaf).size > 0);
        return full && (item !== "task" || (leaf.type.name === "paragraph" && !itemQuote));
      });
    fc.assert(
      fc.property(document.filter(isSayable), (doc) => {
        expect(places(fromMarkdown(toMarkdown(doc)))).to.deep.equal(places(doc));
      }),
      { numRuns: 700 },
    );
  });

  it("is stable from any text at all", () => {
    fc.assert(
      fc.property(markdown, (text) => {
        const once = toMarkdown(fromMarkdown(text));
        expect(toMarkdown(fromMarkdown(once))).to.equal(once);
      }),
      { numRuns: 1000 },
    );
  });

  for (const { title, markdown: given, document: expected, written } of cases) {
    it(`reads and writes ${title}`, () => {
      const doc = fromMarkdown(given);
      expect(doc.toString()).to.equal(expected);
      expect(toMarkdown(doc).trimEnd()).to.equal(written ?? given);
      doc.check();
    });
  }

  it("gives the document that its own atoms project to", () => {
    fc.assert(
      fc.property(markdown, (text) => {
        const doc = fromMarkdown(text);
        expect(project(richText.create(linearise(doc))).toJSON()).to.deep.equal(doc.toJSON());
      }),
      { numRuns: 1000 },
    );
  });

  it("takes seconds for megabytes, in one paragraph, one list or many blocks", () => {
    const block =
      "# A *heading* ünï\n\nSome **bold** text, 👻 שלום [a link](https://x.example/).\n\n- one\n  - two\n\n> quoted\n\n";
    const sizes: [unit: string, length: number][] = [
      [block, 2_000_000],
      ["- item *a* text\n", 250_000],
      ["word *a* b_c [x] **bold!**text ", 250_000],
    ];
    for (const [unit, length] of sizes) {
      const text = unit.repeat(Math.ceil(length / unit.length));
      const started = process.cpuUsage();
      const once = toMarkdown(fromMarkdown(text));
      // Time of this process, whatever else the machine is doing.
      expect(process.cpuUsage(started).user / 1000).to.be.below(15_000);
      expect(toMarkdown(fromMarkdown(once)) === once).to.equal(true);
      expect(once.length).to.be.above(length * 0.9);
    }
  });
});
