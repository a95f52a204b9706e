// What the bubble of a link says of its address, and where it stands, in numbers. It is seen in `test/browser/links.test.ts`.

import { expect } from "chai";
import fc from "fast-check";
import { placeBubble, shortAddress } from "../../client/prosemirror/links/place.js";

describe("the address of a link", () => {
  it("is shown without what goes without saying", () => {
    for (const [href, shown] of [
      ["https://x.example/", "x.example"],
      ["http://x.example/a?b#c", "x.example/a?b#c"],
      ["mailto:ana@x.example", "ana@x.example"],
      ["tel:+351123", "+351123"],
      ["/wiki/a", "/wiki/a"],
      ["HTTPS://X.example", "X.example"],
    ] as const)
      expect(shortAddress(href)).to.equal(shown);
  });

  it("is shown short, and whose page it is always whole", () => {
    const long = `${"way/".repeat(30)}end`;
    expect(shortAddress(`https://x.example/${long}`)).to.equal(
      "x.example/way/way/way/way/…y/way/way/way/end",
    );
    const host = `accounts.${"deep.".repeat(20)}evil.example`;
    expect(shortAddress(`https://${host}/${long}`)).to.equal(`${host}/way…/end`);
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
