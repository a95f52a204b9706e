// Documents in other forms: what is read makes a document, and a document reads as what it is.

import { expect } from "chai";
import { RichSnapshot } from "../../ot/index.js";
import { readContents, writeSnapshot } from "../../server/formats/index.js";
import { allowSnapshot } from "../../server/policy.js";
import { types } from "../../server/types.js";

const rich = (markdown: string) => RichSnapshot.from(readContents("rich", { markdown }));

describe("documents in other forms", () => {
  for (const markdown of [
    "",
    "---\n",
    "# A\n\nb **c**\n",
    "- one\n- two\n\n> said\n",
    "```js\n1 < 2\n```\n",
  ]) {
    it(`reads Markdown and writes it again: ${JSON.stringify(markdown)}`, () => {
      const snapshot = rich(markdown);
      types.rich.checkWire(snapshot.toJSON());
      allowSnapshot("rich", snapshot.toJSON());
      expect(writeSnapshot("rich", snapshot, "markdown")).to.equal(markdown);
    });
  }

  it("writes text with a line for each block, and HTML without markup of the text's own", () => {
    const snapshot = rich("# A\n\nb \\<i\\>");
    expect(writeSnapshot("rich", snapshot, "text")).to.equal("A\nb <i>");
    expect(writeSnapshot("rich", snapshot, "html")).to.include("b &lt;i&gt;");
    expect(writeSnapshot("plain", types.plain.create("a\n<b>"), "html")).to.equal(
      "<p>a</p>\n<p>&lt;b&gt;</p>",
    );
  });

  it("refuses contents in two forms", () => {
    expect(() => readContents("rich", { text: "a", markdown: "a" })).to.throw("one form");
  });
});
