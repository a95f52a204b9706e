// The command line as a process: what it says, what it exits with, how it stops.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { SignJWT } from "jose";
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
      "--jwt-secret-file",
      "--database-file",
      "--redis-file",
      "--node",
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
    // Nobody looks at it here: it is a line like those of the log.
    expect(JSON.parse(first.output.stdout)).to.include({
      name: "interline",
      code: "started",
      version,
      url: first.url,
    });
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
    [["serve", "--node", "a.b"], /--node takes letters/],
    [["serve", "--jwt-secret-file", "nowhere"], /--jwt-secret-file cannot be read: nowhere/],
    [["serve", "--database-file", "/dev/null"], /--database-file must hold one line/],
    [["serve", "--redis", "redis://a", "--redis-file", "b"], /either --redis or --redis-file/],
    [["verify", "--database-file", "nowhere"], /--database-file cannot be read: nowhere/],
    [["deserve"], /no command "deserve"/],
    [["verfy"], /there is verify/],
    [["serve", "--databse", "memory:"], /'--databse', but there is --database;/],
    [["serve", "--auth", "jwt", "--jwt-secret", "x".repeat(32), "--host="], /--host is given nothing/],
    [["serve", "--webhook-allow", "http://hooks.internal"], /--webhook-allow takes hosts/],
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

  it("reads from files what no list of processes should show, and says none of it", async () => {
    const folder = await tempFolder();
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const secret = "s".repeat(40);
    const address = `sqlite:${join(folder, "elsewhere.sqlite")}`;
    const args = ["--auth", "jwt", "--jwt-secret-file", file("secret", `${secret}\n`)];
    const database = ["--database-file", file("address", `${address}\r\n`)];
    const child = await startChild([...args, ...database], folder);
    expect(child.output.stdout).to.include(address);
    const token = await new SignJWT({ sub: "ann", exp: Math.floor(Date.now() / 1000) + 600 })
      .setProtectedHeader({ alg: "HS256" })
      .sign(new TextEncoder().encode(secret));
    const ann = await connectRaw(child.url, { token });
    expect(ann.welcome.user.id).to.equal("ann");
    ann.close();
    expect(await child.stop()).to.equal(0);
    expect(child.output.stdout + child.output.stderr).to.not.include(secret);
    // The commands on a store read the same file.
    const verify = runCli(["verify", ...database]);
    expect(await verify.exited, verify.output.stderr).to.equal(0);

    const short = file("short", "guess-me");
    const refused = runCli(["serve", "--auth", "jwt", "--jwt-secret-file", short]);
    expect(await refused.exited).to.equal(exitCodes.bad_option);
    expect(refused.output.stderr)
      .to.match(/32 bytes/)
      .and.not.include("guess-me");
  });

  it("announces into the store that is meant", async () => {
    const folder = await tempFolder();
    const server = await startChild([], folder);
    await server.stop();
    const said = runCli(["announce", "Back at noon", "--for", "10m", "--data", folder]);
    expect(await said.exited, said.output.stderr).to.equal(0);
    const again = await startChild([], folder);
    const ann = await connectRaw(again.url);
    expect((await ann.next("announcement")).text).to.equal("Back at noon");
  });

  it("says who announces where a server has the SQLite file open", async () => {
    const folder = await tempFolder();
    await startChild([], folder);
    for (const what of [["Back at noon"], ["--take-back"]]) {
      const refused = runCli(["announce", ...what, "--data", folder]);
      expect(await refused.exited).to.equal(exitCodes.database_in_use);
      expect(refused.output.stderr).to.equal(
        `interline: ${join(folder, "interline.sqlite")} is in use by a server. One over SQLite announces by itself: the program that runs it calls its announce(), as docs/operate.md explains.\n`,
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
