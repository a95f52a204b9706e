// Holds the page of promises to its word: all of them stand on it, their tests exist, and every figure was recorded by a
// run and not written by hand.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { promises } from "../promises/list.js";
import { page, type Recorded } from "../promises/page.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (file: string) => readFileSync(join(root, file), "utf8");
const recorded = JSON.parse(read("docs/promises.json")) as Recorded;

describe("the page of promises", () => {
  it("is the one that the list and the recorded figures make", () => {
    expect(read("docs/promises.md")).to.equal(page(promises, recorded));
  });

  it("names tests that exist", () => {
    const named = promises.flatMap(({ tests }) => tests);
    expect(named.filter((path) => !existsSync(join(root, path)))).to.deep.equal([]);
    expect(promises.filter(({ tests }) => tests.length === 0)).to.deep.equal([]);
  });

  it("has each promise once, and no figures for any other", () => {
    const ids = promises.map(({ id }) => id);
    expect(ids).to.deep.equal([...new Set(ids)]);
    expect(Object.keys(recorded.figures)).to.deep.equal(ids);
  });

  it("has a row for every promise that a test gives figures for", () => {
    const files = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" });
    const given = files
      .filter((file) => file.endsWith(".test.ts"))
      .flatMap((file) => [...read(join("test", file)).matchAll(/\bfigure\(\s*"([^"]+)"/g)])
      .map(([, id]) => id!);
    expect(given.length).to.be.greaterThan(20);
    expect([...new Set(given)].filter((id) => !promises.some((promise) => promise.id === id))).to.deep.equal(
      [],
    );
  });

  it("has a figure for each of them", () => {
    const without = promises.filter(({ id }) => Object.keys(recorded.figures[id] ?? {}).length === 0);
    expect(without.map(({ id }) => id)).to.deep.equal([]);
  });
});
