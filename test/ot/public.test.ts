// What `interline/ot` offers is written down where it is: every function and constant has a docstring.

import { readFileSync } from "node:fs";
import { expect } from "chai";

const root = new URL("../../../ot/", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), "utf8");

interface Export {
  readonly name: string;
  readonly file: string;
}

/** The values that the public face names, each with the file that it comes from. */
function exports(): Export[] {
  const lists = read("index.ts").matchAll(/export \{([^}]+)\} from "\.\/(.+)\.js"/g);
  return [...lists].flatMap(([, names, file]) =>
    names!
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "" && !name.startsWith("type "))
      .map((name) => ({ name: name.split(" as ")[0]!, file: `${file}.ts` })),
  );
}

describe("the public face of ot/", () => {
  it("is read by this test", () => {
    expect(exports().map(({ name }) => name)).to.include.members(["richText", "composeAll", "diffText"]);
  });

  it("says of every function and constant what it is", () => {
    const silent = exports().filter(({ name, file }) => {
      const lines = read(file).split("\n");
      const at = lines.findIndex((line) =>
        new RegExp(`^export (function\\*? |const |class )${name}\\b`).test(line),
      );
      // Of a class the head of its file says it.
      return !lines[at]?.startsWith("export class") && !lines[at - 1]?.endsWith("*/");
    });
    expect(silent).to.deep.equal([]);
  });

  it("says of every function of a type what it is", () => {
    const type = /export interface TextType[^{]+\{\n([\s\S]*?)\n\}/.exec(read("types.ts"))![1]!.split("\n");
    const silent = type.filter((line, at) => /^ {2}\w+[(<]/.test(line) && !type[at - 1]!.endsWith("*/"));
    expect(silent).to.deep.equal([]);
  });
});
