// HTML as contents: read as the editor reads what is pasted, within bounds, however hostile it is.

import { expect } from "chai";
import { RichSnapshot, richText } from "../../ot/index.js";
import { Fault } from "../../protocol/index.js";
import { atOnce } from "../../server/documents/steps.js";
import { loadParser, MAX_HTML_ELEMENTS } from "../../server/formats/html.js";
import { MAX_FORMED, readContents, writeSnapshot } from "../../server/formats/index.js";
import { replacing } from "../../server/formats/replacement.js";
import { allowSnapshot } from "../../server/policy.js";
import { types } from "../../server/types.js";

function read(html: string): RichSnapshot {
  const wire = RichSnapshot.from(readContents("rich", { html })).toJSON();
  types.rich.checkWire(wire);
  allowSnapshot("rich", wire);
  return RichSnapshot.from(wire);
}
const toMarkdown = (html: string) => writeSnapshot("rich", read(html), "markdown");

function codeOf(make: () => unknown): string {
  try {
    make();
    return "read";
  } catch (error) {
    return error instanceof Fault ? error.code : String(error);
  }
}

const replacement = (...given: Parameters<typeof replacing>) => atOnce(replacing(...given));

describe("HTML", () => {
  before(loadParser);

  const pages: readonly (readonly [what: string, html: string, markdown: string])[] = [
    [
      "blocks and marks",
      "<h1>T</h1><p>a <b>b</b> <i>c</i></p><pre>x\n y</pre>",
      "# T\n\na **b** *c*\n\n```\nx\n y\n```\n",
    ],
    ["styles", '<p STYLE="x:y"><span style="font-weight:700">a</span></p>', "**a**\n"],
    [
      "lists and tasks",
      "<ul><li>a<ul><li>b</li></ul></li></ul><ul><li><input type=checkbox checked> c</li></ul>",
      "- a\n  - b\n\n* [x] c\n",
    ],
    [
      "tables",
      "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>",
      "| a   | b   |\n| --- | --- |\n| 1   | 2   |\n",
    ],
    [
      "a whole page",
      "<!doctype html><html><head><title>no</title></head><body><p>a</p></body></html>",
      "a\n",
    ],
    ["nothing", "", ""],
    ["an empty page that is a rule", "<hr>", "---\n"],
  ];
  for (const [what, html, markdown] of pages)
    it(`is read: ${what}`, () => expect(toMarkdown(html)).to.equal(markdown));

  it("brings no scripts, styles, hidden text or addresses that run", () => {
    const html =
      "<script>evil()</script><style>p{}</style><p hidden>evil</p><p style='display:none'>evil</p><!-- evil -->" +
      "<p onclick='evil()'>a <a href='javascript:evil()'>b</a><img src='data:evil'><svg><script>evil</script></svg></p>";
    const snapshot = read(html);
    expect(JSON.stringify(snapshot)).not.to.match(/evil|javascript|data:/);
    expect(snapshot.toString()).to.equal("\na b");
  });

  it("is read as text into a plain document", () => {
    expect(readContents("plain", { html: "<h1>a</h1><p>b <b>c</b></p>" })).to.equal("a\nb c");
  });

  it("that was read and is given back changes nothing but what was edited there", () => {
    const base = RichSnapshot.from([
      { i: "\n", a: { t: "h1" } },
      "Tea ",
      { i: "x", a: { "c:1": 1 } },
      "\nhot\n",
    ]);
    const html = writeSnapshot("rich", base, "html");
    expect(replacement("rich", base, { html })).to.deep.equal([]);
    const op = replacement("rich", base, { html: html.replace("hot", "cold") });
    expect(richText.apply(base, op as never).toJSON()).to.deep.equal([
      { i: "\n", a: { t: "h1" } },
      "Tea ",
      { i: "x", a: { "c:1": 1 } },
      "\ncold\n",
    ]);
  });

  const many = 190_000;
  const hostile: readonly (readonly [what: string, html: string, code: string])[] = [
    ["deep elements", "<div>".repeat(many), "op_too_complex"],
    ["as deep as there may be elements", "<div>".repeat(MAX_HTML_ELEMENTS - 5), "op_too_complex"],
    ["deep marks", "<b><i>".repeat(many / 2), "op_too_complex"],
    ["deep lists", "<ul><li>".repeat(many / 2), "op_too_complex"],
    ["deep drawings", "<svg><g>".repeat(many / 2), "op_too_complex"],
    ["many elements", "<br>".repeat(many), "op_too_complex"],
    ["open quotes", "<a '".repeat(many), "read"],
    ["open tags", "<".repeat(many), "op_too_complex"],
    ["attributes", `<p ${"a=1 ".repeat(many)}>x</p>`, "read"],
    ["references", "&amp;".repeat(many), "op_too_complex"],
    ["too much", "x".repeat(MAX_FORMED + 1), "document_too_large"],
  ];
  for (const [what, html, code] of hostile)
    it(`is done with within seconds, when it is hostile: ${what}`, () => {
      const start = process.cpuUsage();
      expect(codeOf(() => read(html))).to.equal(code);
      const { user, system } = process.cpuUsage(start);
      expect((user + system) / 1e6, "seconds of a processor").to.be.below(2);
      // And the next one is read as if nothing had been.
      expect(toMarkdown("<p>a</p>")).to.equal("a\n");
    });
});
