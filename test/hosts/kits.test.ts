// The host kits in Swift, Kotlin and Dart cannot be run here. What can be known of them: they are in their languages'
// syntax, they know every message of the bridge and invent none, and each replays the golden exchanges in its own test.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Spec } from "../../client/webview/messages.js";
import { messages } from "../../client/webview/messages.js";
import { checkers, kits, sourcesOf, syntaxOf } from "./checkers.js";

const languages = [
  { name: "Swift", extension: "swift", comment: /^\/\//, break: ["func hear(", "func hear(("] },
  { name: "Kotlin", extension: "kt", comment: /^\/\//, break: ["fun close() {", "fun close() {{"] },
  { name: "Dart", extension: "dart", comment: /^\/\//, break: ["void close() {", "void close( {"] },
] as const;

const table: Readonly<Record<string, Spec>> = messages;
const names = Object.keys(table);

describe("the host kits", () => {
  // The first time the checkers are downloaded.
  before(async () => void (await checkers()));

  for (const { name, extension, comment, break: broken } of languages) {
    describe(`in ${name}`, () => {
      const sources = sourcesOf(extension);
      const all = sources.map(({ text }) => text).join("\n");
      const code = sources.filter(({ file }) => !/test/i.test(file));
      const own = code.map(({ text }) => text.replace(/\/\/.*$/gm, "")).join("\n");

      it("are in the language's syntax", async () => {
        const wrong = await syntaxOf(extension);
        expect(sources.length).to.be.greaterThan(6);
        for (const { file, text } of sources) expect(wrong(text), file).to.deep.equal([]);
      });

      it("are looked at by a parser that sees mistakes", async () => {
        const wrong = await syntaxOf(extension);
        const { text } = sources.find((source) => source.text.includes(broken[0]))!;
        expect(wrong(text.replace(broken[0], broken[1]))).to.not.deep.equal([]);
      });

      it("open with what they own and stay short", () => {
        for (const { file, text } of sources) {
          expect(text, file).to.match(comment);
          expect(text.split("\n").length, file).to.be.lessThan(400);
        }
      });

      it("know every message of the bridge", () => {
        const unknown = names.filter(
          (message) => !own.includes(`"${message}"`) && !own.includes(`'${message}'`),
        );
        expect(unknown).to.deep.equal([]);
      });

      it("speak of no message that the bridge does not have", () => {
        const dotted = own.matchAll(
          /["']((?:cmd|storage|app|net|auth|media|link|theme|state|doc|sync|presence|a11y)\.\w+)["']/gi,
        );
        const said = [...new Set([...dotted].map((match) => match[1]!))];
        const known = new Set([...names, ...names.map((message) => table[message]!.replyType ?? message)]);
        // `InterlineMessages.read` and file names have other spellings; a bare prefix is that of a lane.
        expect(said.filter((message) => !known.has(message))).to.deep.equal([]);
      });

      it("keep no answers to just those requests that are safe to run twice", () => {
        const safe = names.filter((message) => table[message]!.safe);
        const list = /safe\b[^=\n]*=\s*(?:setOf\(|\[|\{)([^)\]}]*)/i.exec(own)?.[1] ?? "";
        expect([...list.matchAll(/["']([\w.]+)["']/g)].map((match) => match[1]).sort()).to.deep.equal(
          safe.sort(),
        );
      });

      it("replay the golden exchanges in a test of their own", () => {
        expect(all).to.include("exchanges.json");
        const tests = sources
          .filter(({ file }) => /test/i.test(file))
          .map(({ text }) => text)
          .join("\n");
        for (const step of [
          "raw",
          "in",
          "times",
          "only",
          "passMs",
          "exec",
          "net",
          "authChanged",
          "suspend",
          "outcome",
          "state",
        ]) {
          expect(tests).to.match(new RegExp(`["']${step}["']`), step);
        }
      });
    });
  }

  it("are each in the table of the README", () => {
    const readme = readFileSync(join(kits, "README.md"), "utf8");
    for (const folder of ["react-native", "swift", "kotlin", "flutter"]) {
      expect(readme).to.include(`(${folder}/README.md)`);
      expect(readFileSync(join(kits, folder, "README.md"), "utf8")).to.match(/## By hand/);
    }
  });

  it("have a lock file that names no registry", () => {
    expect(readFileSync(join(kits, "package-lock.json"), "utf8")).to.not.include('"resolved"');
  });
});
