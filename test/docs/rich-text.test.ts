// docs/rich-text.md names the keys that the editor knows, and no others.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import {
  builtInBlockKeys,
  builtInEmbeds,
  builtInMarks,
} from "../../client/prosemirror/vocabulary-built-in.js";
import { root } from "./examples.js";

const page = readFileSync(join(root, "docs/rich-text.md"), "utf8");

/** What stands in code in the first column of the table under a heading. */
const named = (heading: string): string[] =>
  page
    .split(`\n## ${heading}\n`)[1]!
    .split("\n## ")[0]!
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .flatMap((line) => [...line.split("|")[1]!.matchAll(/`([^`]*)`/g)].map(([, name]) => name!));

describe("the page on what a rich document says", () => {
  it("names every key of text and of blocks", () => {
    expect(named("On text and inline embeds")).to.have.members(builtInMarks.map(({ key }) => key));
    expect(named("On markers and block embeds")).to.have.members([...builtInBlockKeys]);
  });

  it("names every embed, and whether it is a block", () => {
    const embeds = named("Embeds").map((said) => `${/\w+/.exec(said)![0]} ${said.includes("blk: true")}`);
    expect(embeds).to.have.members(builtInEmbeds.map(({ key, block }) => `${key} ${block}`));
  });
});
