// `interline fuzz` on what is sound: nothing is found, it ends, leaves nothing behind, and says in a sentence what it cannot
// do.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { exitCodes } from "../../server/startup.js";
import { cleanUp, freePort, startServer } from "../server/harness.js";
import { program } from "../services/program.js";
import { interline } from "../teeth/call.js";
import { schemaIn } from "./things.js";

const extension = `export default {
  marks: { spoiler: { key: "x:spoiler" }, font: { key: "x:font", value: "family", spec: { attrs: { family: {} } } } },
  inline: { math: { key: "math", spec: { attrs: { tex: { default: "" } } } } },
  blocks: { video: { key: "video", spec: { attrs: { src: {} } } } },
  attributes: { bid: { onSplit: "clear" } },
};`;

/** An embed that does not come back as it was written. */
const forgetful = `export default {
  inline: {
    math: { key: "math", spec: { attrs: { tex: {} } }, read: (tex) => ({ tex }), write: ({ tex }) => [tex, tex] },
  },
};`;

describe("interline fuzz", () => {
  let folder: string;
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "interline-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(cleanUp);

  for (const type of ["rich", "plain"] as const)
    it(`finds nothing wrong with ${type} documents, whatever befalls wires and server`, async () => {
      const trace = join(folder, `${type}.json`);
      const befalls = [/[1-9]\d* cuts/, /[1-9]\d* messages twice/, /[1-9]\d* held back/, /[1-9]\d* restarts/];
      const misses = (said: string) => befalls.filter((each) => !each.test(said));
      let told = "";
      // On a busy machine less befalls them in the same time: then it goes on for longer.
      for (let seconds = 6; seconds <= 96 && misses(told).length > 0; seconds *= 2) {
        const args = ["--clients", "5", "--seconds", `${seconds}`, "--seed", "7", "--type", type];
        const { code, said } = await interline(["fuzz", ...args, "--trace", trace]);
        expect(code, said).to.equal(exitCodes.stopped);
        expect(said).to.match(/^5 people, .* seed 7, faults cut,delay,repeat,reorder,restart/);
        told = said;
      }
      expect(misses(told), told).to.deep.equal([]);
      expect(existsSync(trace)).to.equal(false);
    });

  it("leaves nothing behind on a server that is not its own, and does not kill it", async () => {
    const server = await startServer();
    const schema = file("ours.mjs", extension);
    const args = [
      "--server",
      server.url,
      "--clients",
      "3",
      "--seconds",
      "3",
      "--seed",
      "8",
      "--schema",
      schema,
    ];
    const { code, said } = await interline(["fuzz", ...args]);
    expect(code, said).to.equal(exitCodes.stopped);
    expect(said).to.include("faults cut,delay,repeat,reorder,").and.to.include(" 0 restarts");
    expect((await server.documents.list()).documents).to.deep.equal([]);
  });

  it("says in a sentence that nobody is there, or that a token does not hold", async () => {
    const strict = await startServer({ auth: "jwt", jwtSecret: "0".repeat(32) });
    for (const [args, code, says] of [
      [
        ["--server", `http://127.0.0.1:${await freePort()}`],
        exitCodes.not_found,
        /No server answers at http/,
      ],
      [["--server", strict.url, "--token", "wrong"], exitCodes.bad_option, /\(unauthenticated\)/],
      [["--server", strict.url], exitCodes.bad_option, /\(unauthenticated\)/],
    ] as const) {
      const failure = await interline(["fuzz", ...args]);
      expect(failure.said.trim().split("\n"), failure.said).to.have.length(1);
      expect(failure.said).to.match(says);
      expect(failure.code).to.equal(code);
    }
  });

  it("ends quietly when nobody reads on, and its server with it", async () => {
    const child = spawn(process.execPath, [
      program("server/cli"),
      "fuzz",
      "--clients",
      "2",
      "--seconds",
      "60",
    ]);
    let complaint = "";
    child.stderr.on("data", (text) => {
      complaint += text;
    });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    child.stdout.destroy();
    const [code] = await once(child, "close");
    expect({ code, complaint }).to.deep.equal({ code: exitCodes.stopped, complaint: "" });
    const url = /http:\S+/.exec(String(line))![0];
    expect(await fetch(url).catch(() => "gone")).to.equal("gone");
  });

  for (const [wrong, args, code] of [
    ["no people", ["fuzz", "--clients", "0"], "bad_option"],
    ["no number", ["fuzz", "--seed", "dice"], "bad_option"],
    ["a fault that it does not know", ["fuzz", "--faults", "cut,fire"], "bad_option"],
    [
      "to kill what is not its own",
      ["fuzz", "--server", "http://a.example", "--faults", "restart"],
      "bad_option",
    ],
    ["two servers", ["fuzz", "--server", "http://a.example", "--spawn"], "bad_option"],
    ["no address", ["fuzz", "--server", "here"], "bad_option"],
    ["a word", ["fuzz", "now"], "bad_option"],
    ["a schema of plain text", ["fuzz", "--type", "plain", "--schema", "x.json"], "bad_option"],
    ["a schema that is not there", ["fuzz", "--schema", "nowhere.mjs"], "not_found"],
    ["to replay nothing", ["replay"], "bad_option"],
    ["to replay what is not there", ["replay", "nowhere.json"], "not_found"],
    ["to replay what is no trace", ["replay", "package.json"], "file_refused"],
    ["to replay what is no JSON", ["replay", "README.md"], "file_refused"],
  ] as const)
    it(`refuses ${wrong} with one sentence`, async () => {
      const failure = await interline(args);
      expect(failure.said.trim().split("\n"), failure.said).to.have.length(1);
      expect(failure.code, failure.said).to.equal(exitCodes[code]);
    });

  it("takes a schema as a module or as JSON, and refuses what extendSchema would, or what nothing can be tried of", async () => {
    const { things } = await schemaIn(file("all.mjs", extension));
    expect(things.map(({ name }) => name)).to.deep.equal(["spoiler", "font", "math", "video", "bid"]);
    expect(things.flatMap(({ steps }) => steps)).to.deep.include({
      do: "embed",
      embed: { math: { tex: "x²" } },
    });
    const asJson = file("ours.json", JSON.stringify({ marks: { spoiler: { key: "x:spoiler" } } }));
    expect((await schemaIn(asJson)).things[0]!.steps).to.deep.equal([
      { do: "dress", attributes: { "x:spoiler": 1 } },
    ]);
    for (const [nth, [text, says]] of (
      [
        ["export const schema = {};", "its default export"],
        ["export default {};", "adds nothing"],
        ['export default { marks: { strong: { key: "x" } } };', "strong"],
        ["this is no module", "is no schema"],
        ['export default { marks: { a: { key: "a", value: "v", allows: () => false } } };', '"a" knows none'],
        [forgetful, '"math" knows none of the values that were tried, or does not write what it reads'],
      ] as const
    ).entries()) {
      const refused = await schemaIn(file(`bad-${nth}.mjs`, text)).catch((error: unknown) => error);
      expect(refused).to.include({ reason: "file_refused" });
      expect((refused as Error).message)
        .to.include(says)
        .and.not.to.include("\n");
    }
  });
});
