// Runs docs/integrate.md from top to bottom in a shell, as somebody does who follows it: against a server started by the
// page's own line, in a folder of their own. What stands below a command after `#` is what it prints; `…` stands for
// anything within a line.

import { spawn } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { cleanUp, freePort, onCleanUp, startChild, tempFolder } from "../server/harness.js";
import { builtCli } from "../services/program.js";
import { examples } from "./examples.js";

const PAGE = "docs/integrate.md";
const SERVER = "127.0.0.1:8080";
/** The page starts another one, on a port of its own. */
const SECOND = "8081";
const MARK = "--- block";

const said = (line: string) => /^#(?: (.*))?$/.exec(line);
/** What a block prints, by its comments. */
const printed = (code: string) =>
  code
    .split("\n")
    .flatMap((line) => (said(line) === null ? [] : [said(line)![1] ?? ""]))
    .join("\n");

/** Whether a text is that, with anything where it has `…`. */
function isLike(text: string, wanted: string): boolean {
  const parts = wanted.split("…").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^\n]*")}$`).test(text);
}

describe("the guide to writing documents by program", () => {
  afterEach(cleanUp);

  it("holds, line by line", async () => {
    const [first, ...blocks] = examples()
      .filter(({ file, kind }) => file === PAGE && kind === "sh")
      .map(({ code }) => code);
    expect(first).to.equal("npx interline serve\n");
    expect(blocks.length).to.be.greaterThan(8);
    const server = await startChild();
    const [folder, port] = [await tempFolder(), await freePort()];
    // The command line of this build, by the name that a project which has installed it uses.
    const npx = join(folder, "npx");
    writeFileSync(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${builtCli}" "$@"\n`);
    chmodSync(npx, 0o755);
    const script = blocks
      .map((code) => `echo '${MARK}'\n${code}`)
      .join("")
      .replaceAll(SERVER, `127.0.0.1:${server.port}`)
      .replaceAll(SECOND, String(port));
    const stop = "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n";
    const shell = spawn("bash", ["-euo", "pipefail", "-c", stop + script], {
      cwd: folder,
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, TZ: "UTC" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    onCleanUp(() => void shell.kill("SIGTERM"));
    let [output, complaints] = ["", ""];
    shell.stdout.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
    });
    shell.stderr.setEncoding("utf8").on("data", (chunk) => {
      complaints += chunk;
    });
    const code = await new Promise((resolve) => shell.on("close", resolve));
    const parts = output.split(`${MARK}\n`).slice(1);
    const wrong = blocks.flatMap((block, at) => {
      const [text, wanted] = [separated(parts[at] ?? "").trimEnd(), printed(block)];
      return isLike(text, wanted) ? [] : [`${text}\n  and not\n${wanted}`];
    });
    expect(wrong.join("\n\n"), complaints).to.equal("");
    expect({ code, complaints }).to.deep.equal({ code: 0, complaints: "" });
  });
});

/** curl ends no line: answers that follow on each other are told apart where one object ends and another begins. */
const separated = (text: string) => text.replaceAll(/\}(?=\{)/g, "}\n");
