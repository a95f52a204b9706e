// What the bubble of a link says of its address, and where it stands, in numbers. It is seen in `test/browser/links.test.ts`.

import { expect } from "chai";
import fc from "fast-check";
import { placeBubble, shortAddress } from "../../client/prosemirror/links/place.js";

/** What is said of an address in a page of `here.example`. */
const shown = (href: string, scheme = "https"): string =>
  shortAddress(href, new URL(href, `${scheme}://here.example/d/1`).href);

describe("the address of a link", () => {
  it("is shown without what goes without saying", () => {
    for (const [href, expected] of [
      ["https://x.example/", "x.example"],
      ["http://x.example/a?b#c", "x.example/a?b#c"],
      ["http://x.example:8080/a", "x.example:8080/a"],
      ["mailto:ana@x.example", "ana@x.example"],
      ["mailto:ana@x.example?subject=a", "ana@x.example?subject=a"],
      ["tel:+351123", "+351123"],
      ["/wiki/a", "here.example/wiki/a"],
      ["HTTPS://X.example", "x.example"],
      ["https://x.example/Käse%2F%20%E2%80%AE%ff", "x.example/Käse%2F%20%E2%80%AE%ff"],
    ] as const)
      expect(shown(href)).to.equal(expected);
  });

  it("is shown short, and whose page it is always whole", () => {
    const long = `${"way/".repeat(30)}end`;
    expect(shown(`https://x.example/${long}`)).to.equal("x.example/way/way/way/way/…y/way/way/way/end");
    const host = `accounts.${"deep.".repeat(20)}evil.example`;
    expect(shown(`https://${host}/${long}`)).to.equal(`${host}/way…/end`);
  });

  it("says whose page the browser goes to, however that is written", () => {
    const host = `accounts.${"deep.".repeat(20)}evil.example`;
    for (const start of ["https:/", "https:", "https:\\\\", "//", "/\\", "https://bank.example@"])
      expect(shown(`${start}${host}/a`, "http"), start).to.equal(`${host}/a`);
    // The browser stays where it is.
    expect(shown("https:/x.example/a")).to.equal("here.example/x.example/a");
  });

  it("is shown as it is written where nobody is to go there", () => {
    expect(shortAddress("javascript:a", null)).to.equal("javascript:a");
    expect([...shortAddress(`javascript:${"a".repeat(100)}`, null)]).to.have.length(44);
  });
});

describe("the bubble of a link", () => {
  const numbers = fc.record({
    top: fc.integer({ min: 0, max: 700 }),
    left: fc.integer({ min: 0, max: 400 }),
    width: fc.integer({ min: 50, max: 380 }),
    height: fc.integer({ min: 20, max: 90 }),
    bottom: fc.integer({ min: 200, max: 700 }),
  });

  it("stands below its line, or above it where there is no room", () => {
    fc.assert(
      fc.property(numbers, ({ top, left, width, height, bottom }) => {
        const line = { left, top, bottom: top + 20 };
        const room = { top: 0, bottom, width: 400 };
        const place = placeBubble({ line, size: { width, height }, room });
        const below = place.top >= line.bottom;
        const above = place.top + height <= line.top;
        expect(below || above).to.equal(true);
        if (above) expect(place.top, "it is seen whole").to.be.at.least(0);
        if (above) expect(line.bottom + height, "there is no room below").to.be.greaterThan(bottom - 20);
        expect(place.left).to.be.at.least(0);
        expect(place.left + width).to.be.at.most(400);
      }),
    );
  });
});
