// Which URLs and colours may stand in a document, on both sides of the wire.

import { expect } from "chai";
import fc from "fast-check";
import { cleanUrl, isColor, isSafeUrl } from "../../protocol/index.js";

const harmless = [
  "https://example.org/a?b=c#d",
  "HTTP://EXAMPLE.ORG",
  "mailto:ann@example.org",
  "tel:+4912345",
  "/a/b",
  "../a",
  "#part",
  "?q=1",
  "//example.org/x",
  "a/b:c",
  "#a:b",
  "?a=b:c",
  "page one",
  "https://fa.wikipedia.org/wiki/می‌خواهم",
];

const harmful = [
  ...[
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    "vbscript:x",
    "data:text/html,x",
    "file:///etc/passwd",
    "x:y",
  ],
  ...[
    " javascript:x",
    "java\tscript:x",
    "java\nscript:x",
    "\u0001javascript:x",
    "\u00a0javascript:x",
    "\ufeffx",
  ],
  ...["ｊavascript:x", "java\u200dscript:x", "a b:c", ":x", ""],
  ...[
    "https://example.org/\u202egnp",
    "https://example.org ",
    "https://a\r\nb",
    `https://${"a".repeat(5000)}`,
    "\ud800",
  ],
];

describe("a URL in a document", () => {
  it("is http, https, mailto, tel or relative", () => {
    for (const url of harmless) expect(isSafeUrl(url), url).to.equal(true);
    for (const url of harmful) expect(isSafeUrl(url), JSON.stringify(url)).to.equal(false);
    for (const url of [null, 1, {}, ["https://example.org"]]) expect(isSafeUrl(url)).to.equal(false);
  });

  it("has for a browser no scheme but those", () => {
    const pieces = fc.constantFrom(
      "java",
      "script",
      ":",
      "data",
      "http",
      "s",
      "//",
      "\t",
      "\n",
      " ",
      "\u0000",
      "x",
      "/",
      "#",
      "?",
      "\\",
      "&colon;",
      "%3a",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const url = parts.join("");
        if (!isSafeUrl(url) || !URL.canParse(url, "https://our.example/d/1")) return;
        expect(["http:", "https:", "mailto:", "tel:"]).to.include(
          new URL(url, "https://our.example/d/1").protocol,
        );
      }),
      { numRuns: 5000 },
    );
  });

  it("is cleaned of what a browser would not see, or taken out", () => {
    expect(cleanUrl("  https://example.org/a\n  ")).to.equal("https://example.org/a");
    expect(cleanUrl("https://example\t.org")).to.equal("https://example.org");
    for (const url of [" java\nscript:x", "", "  ", null, 7]) expect(cleanUrl(url)).to.equal(null);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const url = cleanUrl(text);
        if (url !== null) expect(isSafeUrl(url)).to.equal(true);
      }),
    );
  });
});

describe("a colour in a document", () => {
  it("is #rgb or #rrggbb", () => {
    for (const color of ["#fff", "#A0b1C2"]) expect(isColor(color), color).to.equal(true);
    for (const color of ["red", "#ff", "#ffff", "#ggg", "#fff;x", " #fff", "#fff\n", "", 0xfff, null]) {
      expect(isColor(color), String(color)).to.equal(false);
    }
  });
});
