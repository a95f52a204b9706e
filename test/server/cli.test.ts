// The command line as a process: what it says, what it exits with, how it stops.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { exitCodes } from "../../server/index.js";
import { cleanUp, connectRaw, runCli, startChild, tempFolder } from "./harness.js";

const { version } = JSON.parse(
  readFileSync(fileURLToPath(new URL("../../../package.json", import.meta.url)), "utf8"),
) as { version: string };

describe("the command line", () => {
  afterEach(cleanUp);

  it("says what it can do, and which version it is", async () => {
    const [help, said] = [runCli(["--help"]), runCli(["--version"])];
    expect([await help.exited, await said.exited]).to.deep.equal([0, 0]);
    expect(said.output.stdout.trim()).to.equal(version);
    for (const word of [
      "serve",
      "--port",
      "--host",
      "--data",
      "--database",
      "--auth",
      "--jwt-secret",
      "--jwks",
      "--origin",
      "--trust-proxy",
      "--tls-cert",
    ]) {
      expect(help.output.stdout).to.include(word);
    }
    for (const [reason, code] of Object.entries(exitCodes)) {
      expect(help.output.stdout, reason).to.match(new RegExp(`\\b${code}\\b`));
    }
  });

  it("prints one line with the address, and documents are there after a restart", async () => {
    const folder = await tempFolder();
    const first = await startChild([], folder);
    expect(first.output.stdout).to.match(/^[^\n]*http:\/\/127\.0\.0\.1:\d+[^\n]*\n$/);
    expect(first.output.stdout).to.include(join(folder, "interline.sqlite"));
    const ann = await connectRaw(first.url);
    await ann.request("open", { doc: "note", type: "plain", create: true });
    await ann.request("submit", { doc: "note", version: 1, seq: 1, op: ["kept"] });
    expect(await first.stop()).to.equal(0);

    const second = await startChild([], folder);
    expect(await (await fetch(`${second.url}/v1/documents/note?format=text`)).text()).to.equal("kept");
  });

  it("keeps what it acknowledged when it is killed", async () => {
    const folder = await tempFolder();
    const first = await startChild([], folder);
    const ann = await connectRaw(first.url);
    await ann.request("open", { doc: "note", type: "plain", create: true });
    await ann.request("submit", { doc: "note", version: 1, seq: 1, op: ["kept"] });
    expect(await first.kill()).to.equal("SIGKILL");
    const second = await startChild([], folder);
    expect(await (await fetch(`${second.url}/v1/documents/note?format=text`)).text()).to.equal("kept");
  });

  it("stops once for two signals, as a terminal and a package manager send them", async () => {
    const child = await startChild(["--database", "memory:"]);
    const ann = await connectRaw(child.url);
    child.process.kill("SIGINT");
    child.process.kill("SIGINT");
    child.process.kill("SIGTERM");
    expect(await child.exited).to.equal(0);
    expect(ann.told("draining")).to.have.length(1);
    expect(child.output.stderr).to.not.match(/Error|\n\s+at /);
  });

  const bad: readonly (readonly [readonly string[], RegExp])[] = [
    [["serve", "--prot", "80"], /--prot/],
    [["serve", "--port", "many"], /--port must be a number/],
    [["serve", "--port", "65536"], /--port must be a number/],
    [["serve", "--port"], /--port/],
    [["serve", "--auth", "maybe"], /--auth must be open or jwt/],
    [["serve", "--host", "0.0.0.0"], /--auth jwt/],
    [["serve", "--host", "::"], /--auth jwt/],
    [["serve", "--auth", "jwt"], /--jwt-secret or --jwks/],
    [["serve", "--auth", "jwt", "--jwt-secret", "short"], /32 bytes/],
    [["serve", "--auth", "jwt", "--jwks", "http://keys.example/"], /https/],
    [["serve", "--jwt-secret", "x".repeat(32)], /--auth jwt/],
    [["serve", "--jwt-audience", "us"], /--auth jwt/],
    [["serve", "--origin", "example.org/page"], /no origin/],
    [["serve", "--tls-cert", "a.crt"], /go together/],
    [
      ["serve", "--tls-cert", "nowhere.crt", "--tls-key", "nowhere.key"],
      /--tls-cert nowhere\.crt cannot be read/,
    ],
    [["serve", "--trust-proxy", "proxy.example"], /--trust-proxy/],
    [["serve", "--database", "oracle:somewhere"], /./],
    [["serve", "--log", "loud"], /--log must be/],
    [["deserve"], /no command "deserve"/],
  ];

  it("says in a sentence what is wrong with an option", async () => {
    // A few at a time: each is a process of its own.
    for (let from = 0; from < bad.length; from += 5) {
      await Promise.all(
        bad.slice(from, from + 5).map(async ([args, sentence]) => {
          const child = runCli([...args, ...(args[0] === "serve" ? ["--data", await tempFolder()] : [])]);
          expect(await child.exited, args.join(" ")).to.equal(exitCodes.bad_option);
          expect(child.output.stderr, args.join(" ")).to.match(/^interline: [^\n]+\n$/);
          expect(child.output.stderr).to.match(sentence);
          expect(child.output.stdout).to.equal("");
        }),
      );
    }
  });

  it("says so when it may not have the address", async () => {
    const child = runCli([
      "serve",
      "--auth",
      "jwt",
      "--jwt-secret",
      "x".repeat(32),
      "--host",
      "192.0.2.1",
      "--port",
      "0",
      "--database",
      "memory:",
    ]);
    expect(await child.exited).to.equal(exitCodes.address_unavailable);
    expect(child.output.stderr).to.match(/^interline: This machine has no address 192\.0\.2\.1[^\n]*\n$/);
  });
});
