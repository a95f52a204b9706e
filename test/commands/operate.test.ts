// Runs `docs/operate.md` from top to bottom, as an operator does who follows it in a folder of his own.

import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { examples } from "../docs/examples.js";
import { cleanUp, cli, onCleanUp, tempFolder } from "../server/harness.js";
import { newStore, type } from "./support.js";

/** The words of a command line; those in quotes stay together. */
const words = (line: string) =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);

describe("the guide to operating a store", () => {
  afterEach(cleanUp);

  it("holds, line by line", async () => {
    const folder = await tempFolder();
    mkdirSync(join(folder, "backups"));
    const store = await newStore(join(folder, "data"));
    await store.use(async (ledger) => {
      await ledger.create("meeting-notes", "rich", ["\nAgenda"], "ada");
      await type(
        ledger,
        "meeting-notes",
        [
          [7, "!"],
          [1, "The "],
          [4, { d: 3 }],
        ],
        { author: "ada" },
      );
    });
    const lines = examples()
      .filter(({ file, kind }) => file === "docs/operate.md" && kind === "sh")
      .flatMap(({ code }) => code.split("\n"))
      .filter((line) => line !== "");
    expect(lines.length).to.be.greaterThan(8);
    for (const line of lines) {
      const [npx, program, ...args] = words(line);
      expect([npx, program]).to.deep.equal(["npx", "interline"]);
      const child = spawn(process.execPath, [cli, ...args], {
        cwd: folder,
        stdio: ["ignore", "pipe", "pipe"],
      });
      onCleanUp(() => void child.kill("SIGKILL"));
      let said = "";
      child.stderr.on("data", (chunk) => {
        said += chunk;
      });
      const code = await new Promise((resolve) => child.on("close", resolve));
      expect({ code, said }, line).to.deep.equal({ code: 0, said: "" });
    }
  });
});
