// What can be checked of the house rules by reading the sources: every file says what it owns, none grows past reading.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folders = ["ot", "protocol", "server", "client", "demo", "test", "bench"];

const files = folders
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  )
  .filter((name) => /\.ts$/.test(name) && !/\bnode_modules\b/.test(name));
const read = (file: string) => readFileSync(join(root, file), "utf8");

describe("every source file", () => {
  it("opens with what it owns", () => {
    const silent = files.filter((file) => !/^(#!.*\n)?(\/\/|\/\*)/.test(read(file)));
    expect(silent).to.deep.equal([]);
  });

  it("stays short enough to be read in one go (400 lines at most)", () => {
    const long = files.filter((file) => read(file).split("\n").length > 400);
    expect(long).to.deep.equal([]);
  });

  it("runs all of its tests", () => {
    const skipped = files.filter(
      (file) =>
        file.startsWith("test/") &&
        file !== "test/repository/style.test.ts" &&
        /\b(it|describe)\.(skip|only)\(|\bxit\(|\bthis\.skip\(/.test(read(file)),
    );
    expect(skipped).to.deep.equal([]);
  });
});
