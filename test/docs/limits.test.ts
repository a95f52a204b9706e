// Holds docs/limits.md to the code it is printed from.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { faults, isDocumentId } from "../../protocol/index.js";
import { defaultLimits, effects, type Limit, sections } from "../../server/limits.js";
import { limitsPage, shown } from "../../server/limits-page.js";

const page = readFileSync(fileURLToPath(new URL("../../../docs/limits.md", import.meta.url)), "utf8");
const all = Object.values(sections).flatMap((section) => Object.entries<Limit>(section));

describe("docs/limits.md", () => {
  it("is what `npm run limits` prints", () => {
    expect(page).to.equal(limitsPage());
  });

  it("has each limit once, with a reason, and with what happens beyond it", () => {
    expect(new Set(all.map(([name]) => name)).size).to.equal(all.length);
    expect(Object.keys(defaultLimits)).to.have.members(all.map(([name]) => name));
    for (const [name, { value, beyond, why }] of all) {
      expect(page.split(`| \`${name}\` |`), name).to.have.length(2);
      expect(value, name).to.be.greaterThan(0);
      expect(beyond in faults || beyond in effects, name).to.equal(true);
      expect(why, name).to.match(/^.{10,}\.$/);
    }
  });

  it("says of a document's name what the decoder demands", () => {
    expect([128, 129].map((length) => isDocumentId("a".repeat(length)))).to.deep.equal([true, false]);
    expect(page).to.match(/a document's name \| 128 \|/);
  });

  it("shows numbers as people read them", () => {
    expect(shown(512 * 1024, "bytes")).to.equal("512 KiB");
    expect(shown(24 * 1024 * 1024, "bytes")).to.equal("24 MiB");
    expect(shown(20_000_000, "")).to.equal("20,000,000");
    expect(shown(10_000, "ms")).to.equal("10 s");
    expect(shown(100, "ms")).to.equal("100 ms");
    expect(shown(50, "per second")).to.equal("50 per second");
  });
});
