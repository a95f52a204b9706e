// What `interline/ot` costs a page that takes it on its own: the two types and what makes and moves ops, and the whole with
// snapshots read by lines; and what the difference of two snapshots, an entry of its own, adds to that.

import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { build } from "vite";

const entry = fileURLToPath(new URL("../../../ot/index.ts", import.meta.url));
const difference = fileURLToPath(new URL("../../../ot/difference.ts", import.meta.url));
const algebra =
  "plainText, richText, plainOp, richOp, composeAll, diamond, transformPosition, transformSelection, diffText";

const wholes = [
  { what: "the algebra", code: `export { ${algebra} } from "${entry}"`, mostKb: 11.5 },
  { what: "all of interline/ot", code: `export * from "${entry}"`, mostKb: 12 },
  {
    what: "and interline/ot/difference",
    code: `export * from "${entry}"; export * from "${difference}"`,
    mostKb: 13.5,
  },
];

/** Minified and gzipped. */
async function bytesOf(code: string): Promise<number> {
  const name = "page.js";
  const built = await build({
    configFile: false,
    logLevel: "error",
    plugins: [
      {
        name: "a page",
        resolveId: (id) => (id.endsWith(name) ? name : null),
        load: (id) => (id === name ? code : null),
      },
    ],
    build: { write: false, minify: true, lib: { entry: name, formats: ["iife"], name: "ot" } },
  });
  const [bundle] = [built].flat();
  if (bundle === undefined || !("output" in bundle)) throw new Error("Vite built nothing");
  expect(bundle.output[0].code).to.include("rich-text-interline");
  return gzipSync(bundle.output[0].code).length;
}

describe("the algebra in a bundle", () => {
  for (const { what, code, mostKb } of wholes)
    it(`is at most ${mostKb} KB minified and gzipped: ${what}`, async () => {
      expect(await bytesOf(code)).to.be.at.most(mostKb * 1024);
    });
});
