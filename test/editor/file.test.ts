// What is read of a file that somebody opens on the start page.

import { expect } from "chai";
import { textIn } from "../../demo/start/file.js";

const words = "# Grüße\n\nAus Köln 👻";

describe("a file that is opened", () => {
  it("is read as UTF-8, and as UTF-16 that says so", () => {
    expect(textIn(Buffer.from(words))).to.equal(words);
    expect(textIn(Buffer.from(`\ufeff${words}`))).to.equal(words);
    expect(textIn(Buffer.from(`\ufeff${words}`, "utf16le"))).to.equal(words);
    expect(textIn(new Uint8Array())).to.equal("");
  });

  it("has no text where it is a picture, or in another encoding", () => {
    expect(textIn(Buffer.from("Grüße", "latin1"))).to.equal(undefined);
    expect(textIn(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))).to.equal(undefined);
    expect(textIn(Buffer.from("PK\0\0"))).to.equal(undefined);
    expect(textIn(Buffer.from(words, "utf16le"))).to.equal(undefined);
  });
});
