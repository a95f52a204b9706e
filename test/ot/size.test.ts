// What `interline/ot` costs a page that takes it on its own: the whole of it, with ot-text-unicode inside.

import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { build } from "vite";

const MOST_BYTES = 16 * 1024;

describe("the algebra in a bundle", () => {
  it("is at most 16 KB, minified and gzipped", async () => {
    const built = await build({
      configFile: false,
      logLevel: "error",
      build: {
        write: false,
        minify: true,
        lib: {
          entry: fileURLToPath(new URL("../../../ot/index.ts", import.meta.url)),
          formats: ["iife"],
          name: "ot",
        },
      },
    });
    const [bundle] = [built].flat();
    if (bundle === undefined || !("output" in bundle)) throw new Error("Vite built nothing");
    const { code } = bundle.output[0];
    expect(code).to.include("rich-text-interline");
    expect(gzipSync(code).length).to.be.at.most(MOST_BYTES);
  });
});
