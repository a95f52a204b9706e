// The commands on documents of a running server: what each says to people and to programs, and how it ends.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { columns, paper, shown } from "../../client/commands/paper.js";
import { exitCodes } from "../../server/index.js";
import { cleanUp, cli, freePort, type RunningServer, startServer, tempFolder } from "../server/harness.js";
import { site } from "../server/site.js";
import { refuses, says } from "./online.js";

const MARKDOWN = "# Tea\n\nWe meet on Monday.\n\n- one\n- two\n";
/** The time does not matter. */
const TIME = /\d{4}-\d\d-\d\d \d\d:\d\d/g;
const commands = ["ls", "cat", "create", "append", "history", "blame", "diff", "token"];

describe("a command on a document of a running server", () => {
  let server: RunningServer;
  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(cleanUp);

  const make = (id = "menu") =>
    server.documents.create({ id, type: "plain", text: "Tea for one\nCake" }, "ada");
  const submit = (op: readonly unknown[], author: string) =>
    server.documents.submit("menu", { op: op as never }, { author });
  const json = async (...args: string[]) => JSON.parse(await says({ server }, ...args, "--json"));

  it("makes one of a file, by what the file is called, or of standard input", async () => {
    const folder = await tempFolder();
    const file = join(folder, "menu.md");
    writeFileSync(file, MARKDOWN);
    expect(await says({ server }, "create", "menu", file)).to.equal("menu is at version 1.\n");
    expect((await (await server.documents.read("menu"))!.as("markdown")).trim()).to.equal(MARKDOWN.trim());
    const from = { server, input: "Tea\r\né👻\n" };
    expect(JSON.parse(await says(from, "create", "plain", "-", "--type", "plain", "--json"))).to.include({
      id: "plain",
      type: "plain",
      version: 1,
    });
    expect((await server.documents.read("plain"))!.text).to.equal("Tea\né👻");
    const { id } = await json("create");
    expect((await server.documents.read(id))!.text).to.equal("");
    const snapshot = await says({ server }, "cat", "menu", "--format", "json");
    await says({ server, input: snapshot }, "create", "copy", "-", "--format", "json");
    expect(await (await server.documents.read("copy"))!.as("json")).to.equal(
      await (await server.documents.read("menu"))!.as("json"),
    );
  });

  it("shows one in any form, at a version and at a time, to the byte", async () => {
    await server.documents.create({ id: "menu", type: "rich", markdown: MARKDOWN }, "ada");
    await submit([1, "Hot "], "bo");
    const cat = (...args: string[]) => says({ server }, "cat", "menu", ...args);
    expect(await cat()).to.equal("Hot Tea\nWe meet on Monday.\none\ntwo");
    expect(await cat("--format", "markdown", "--version", "1")).to.match(/^# Tea\n/);
    expect(await cat("--format", "html")).to.match(/^<h1[^>]*>Hot Tea<\/h1>/);
    expect(await json("cat", "menu", "--at", String(Date.now() + 60_000))).to.include({
      version: 2,
      format: "text",
    });
    const before = await refuses(exitCodes.not_found, { server }, "cat", "menu", "--at", "1971-01-01");
    expect(before).to.match(/\(document_deleted\)$/);
  });

  it("lists those that one looks for", async () => {
    await make("menu");
    await make("menu-2");
    await server.documents.create({ id: "minutes", type: "plain", text: "Present: Ada" }, "bo");
    const lines = (await says({ server }, "ls", "--search", "tea")).trimEnd().split("\n");
    expect(lines.map((line) => line.replace(TIME, "TIME"))).to.deep.equal([
      "menu-2  plain  1  TIME  ada  Tea for one",
      "menu    plain  1  TIME  ada  Tea for one",
    ]);
    expect((await json("ls", "--owner", "bo")).map(({ id }: { id: string }) => id)).to.deep.equal([
      "minutes",
    ]);
    expect(await json("ls", "--limit", "1")).to.have.length(1);
  });

  it("appends what it is given below what is there", async () => {
    await server.documents.create({ id: "menu", type: "rich", text: "Tea" }, "ada");
    expect(await says({ server }, "append", "menu", "Coffee")).to.equal("menu is at version 2.\n");
    await says({ server, input: "**Cake**\n" }, "append", "menu", "--markdown");
    expect((await (await server.documents.read("menu"))!.as("markdown")).trim()).to.equal(
      "Tea\n\nCoffee\n\n**Cake**",
    );
    const sentence = await refuses(exitCodes.bad_option, { server }, "append", "menu");
    expect(sentence).to.equal("There is nothing to append.");
  });

  it("says who wrote when, what, and what became of it", async () => {
    await make();
    await submit([8, { d: 3 }, "two"], "bo");
    await submit(["Green "], "ada");
    await server.documents.name("menu", { name: "For two", version: 2 }, { author: "ada" });
    const said = async (...args: string[]) =>
      (await says({ server }, ...args)).trimEnd().replace(TIME, "TIME").split("\n");
    expect(await said("history", "menu")).to.deep.equal([
      "TIME  ada  3  +6 -0",
      "TIME  bo   2  +3 -3   2: For two",
      "TIME  ada  1  +16 -0",
    ]);
    expect(await said("history", "menu", "--limit", "1")).to.deep.equal(["TIME  ada  3  +6 -0"]);
    expect(await said("blame", "menu")).to.deep.equal([
      "ada  TIME  3  | Green",
      "ada  TIME  1    Tea for",
      "bo   TIME  2    two",
      "ada  TIME  1  | Cake",
    ]);
    expect((await json("blame", "menu")).runs.map(({ text }: { text: string }) => text)).to.deep.equal([
      "Green ",
      "Tea for ",
      "two",
      "\nCake",
    ]);
    expect(await said("diff", "menu", "1")).to.deep.equal([
      "{+Green +}Tea for [-one-]{+two+}",
      "Cake",
      "-- ada +6, bo -3 +3",
    ]);
    expect(await said("diff", "menu", "1", "2")).to.deep.equal([
      "Tea for [-one-]{+two+}",
      "Cake",
      "-- bo -3 +3",
    ]);
    expect(await said("diff", "menu", "2", "2")).to.deep.equal(["Versions 2 and 2 are the same."]);
  });

  it("leaves out of a difference the lines that are far from any change, and shows lines that came", async () => {
    const text = ["a", "b", "c", "d", "e", "f"].join("\n");
    await server.documents.create({ id: "menu", type: "plain", text }, "ada");
    await submit([7, "\nnew"], "bo");
    const [...lines] = (await says({ server }, "diff", "menu", "1")).trimEnd().split("\n");
    expect(lines).to.deep.equal(["…", "c", "d{+¶+}", "{+new+}", "e", "…", "-- bo +4"]);
  });

  it("takes one back to a version or a time, by one more op", async () => {
    await make();
    await submit([{ d: 4 }], "bo");
    const restore = (...args: string[]) => says({ server }, "restore", "menu", ...args);
    expect(await restore("1")).to.equal("menu is at version 3 what it was at version 1.\n");
    expect((await server.documents.read("menu"))!.text).to.equal("Tea for one\nCake");
    expect(await restore("1")).to.equal("menu is what it was at version 1; nothing was written.\n");
    expect(await json("restore", "menu", String(Date.now()))).to.include({ version: 3, from: 3 });
  });

  it("leaves restore without a document's name to the store", async () => {
    const folder = await tempFolder();
    const sentence = await refuses(
      exitCodes.not_found,
      { server },
      "restore",
      "--from",
      join(folder, "none"),
    );
    expect(sentence).to.match(/^There is no file /);
    expect(await says({ server }, "restore", "--help")).to.include("--data");
    expect(await says({ server }, "restore", "menu", "--help")).to.include("--server");
  });

  it("ends with a code that tells what was wrong, and says the server's own", async () => {
    await make();
    const { not_found, already_there, bad_option, file_refused } = exitCodes;
    const at = { server };
    const cases: readonly (readonly [number, string, ...string[]])[] = [
      [not_found, "(forbidden)", "cat", "none"],
      [not_found, "(version_ahead)", "cat", "menu", "--version", "9"],
      [not_found, "There is no file", "create", "new", "no-such-file"],
      [already_there, "(document_exists)", "create", "menu"],
      [bad_option, "(bad_name)", "cat", "no name"],
      [bad_option, "--at takes a time", "cat", "menu", "--at", "7"],
      [bad_option, "exclude each other", "cat", "menu", "--at", "2026-01-01", "--version", "1"],
      [bad_option, 'Give ID FROM [TO], not "menu".', "diff", "menu"],
      [not_found, "The document is at version 1. (version_ahead)", "diff", "menu", "50"],
      [not_found, "The document is at version 1. (version_ahead)", "history", "menu", "--from", "50"],
      [bad_option, "to must not be before from.", "diff", "menu", "50", "2"],
      [bad_option, "The TEXT is empty: there is nothing to append.", "append", "menu", ""],
      [bad_option, 'Give ID [TEXT], not "".', "append", ""],
      [bad_option, "Give ID, not nothing.", "blame"],
      [bad_option, "FROM must be a version", "diff", "menu", "yesterday"],
      [bad_option, "--limit takes a number", "ls", "--limit", "0"],
      [bad_option, "--server takes an address", "ls", "--server", "localhost"],
    ];
    for (const [code, sentence, ...args] of cases)
      expect(await refuses(code, at, ...args)).to.include(sentence);
    const notText = { server, input: new Uint8Array([0xff]) };
    expect(await refuses(file_refused, notText, "create", "new", "-")).to.include("no text in UTF-8");
    const nobody = `http://127.0.0.1:${await freePort()}`;
    expect(await refuses(not_found, {}, "ls", "--server", nobody)).to.equal(
      `No server answers at ${nobody}.`,
    );
  });

  it("asks one below a path of another site, and one at the root, whether or not a slash is at the end", async () => {
    await make();
    const { url, strays } = await site(server.port, "passed");
    for (const path of ["/write", "/write/"]) {
      expect(await says({}, "ls", "--server", url + path)).to.match(/^menu /);
      expect(await says({ env: { INTERLINE_SERVER: url + path } }, "append", "menu", "more")).to.match(
        /^menu is/,
      );
    }
    expect(await says({}, "ls", "--server", `${server.url}/`)).to.match(/^menu /);
    expect(strays).to.deep.equal([]);
    const elsewhere = await refuses(exitCodes.not_found, {}, "ls", "--server", `${url}/elsewhere/`);
    expect(elsewhere).to.match(/does not speak this API/);
    for (const none of ["write.example", "https://write.example/?a", "https://me:secret@write.example"])
      expect(await refuses(exitCodes.bad_option, {}, "ls", "--server", none)).to.match(
        /^--server takes an address/,
      );
    const set = { env: { INTERLINE_SERVER: "nowhere" } };
    expect(await refuses(exitCodes.bad_option, set, "ls")).to.match(/^INTERLINE_SERVER takes an address/);
  });

  it("says with --help what it takes, and which option it does not know", async () => {
    const overview = await says({}, "--help");
    await Promise.all(
      commands.map(async (command) => {
        expect(overview).to.include(`\n  ${command} `);
        const help = await says({}, command, "--help");
        expect(help)
          .to.match(new RegExp(`^interline ${command}\\b`))
          .and.include("--json");
        const sentence = await refuses(exitCodes.bad_option, {}, command, "--surprise");
        expect(sentence).to.equal("Unknown option '--surprise'; --help lists the options.");
      }),
    );
  });

  it("is a program with standard input, an environment and an exit code", async () => {
    const run = async (input: string, ...args: string[]) => {
      const child = spawn(process.execPath, [cli, ...args], {
        env: { ...process.env, INTERLINE_SERVER: server.url },
        stdio: "pipe",
      });
      child.stdin.end(input);
      const [said, complained, [code]] = await Promise.all([
        child.stdout.setEncoding("utf8").toArray(),
        child.stderr.setEncoding("utf8").toArray(),
        once(child, "close"),
      ]);
      return { code, said: said.join(""), complained: complained.join("") };
    };
    expect(await run("Tea é👻", "create", "menu", "-", "--type", "plain")).to.deep.equal({
      ...{ code: exitCodes.stopped, said: "menu is at version 1.\n", complained: "" },
    });
    expect((await server.documents.read("menu"))!.text).to.equal("Tea é👻");
    const refused = await run("", "cat", "none");
    expect(refused).to.include({ code: exitCodes.not_found, said: "" });
    expect(refused.complained).to.match(/^interline: .*\(forbidden\)\n$/);
  });

  it("ends quietly when whoever reads has had enough", async () => {
    await server.documents.create({ id: "menu", type: "plain", text: "Tea\n".repeat(100_000) }, "ada");
    const child = spawn(process.execPath, [cli, "cat", "menu", "--server", server.url], { stdio: "pipe" });
    let complained = "";
    child.stderr.on("data", (chunk) => {
      complained += chunk;
    });
    child.stdout.once("data", () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect({ code, complained }).to.deep.equal({ code: exitCodes.stopped, complained: "" });
  });
});

describe("a token of the command line", () => {
  afterEach(cleanUp);
  const secret = "a secret of thirty-two bytes, or more";
  const signed = (...args: string[]) => says({ env: { INTERLINE_JWT_SECRET: secret } }, "token", ...args);

  it("lets somebody in as who it says, for what it says", async () => {
    const server = await startServer({ auth: "jwt", jwtSecret: secret });
    await server.documents.create({ id: "menu", type: "plain", text: "Tea" }, "ada");
    const token = (await signed("bo", "--name", "Bo", "--role", "menu=viewer", "--role", "b-*=owner")).trim();
    expect(await says({ server, token }, "cat", "menu")).to.equal("Tea");
    await says({ server, token }, "create", "b-1", "--type", "plain");
    expect((await server.documents.history("b-1")).authors)
      .to.have.property("bo")
      .that.includes({ name: "Bo" });
    const sentence = await refuses(exitCodes.bad_option, { server, token }, "append", "menu", "x");
    expect(sentence).to.match(/\(readonly\)$/);
    expect(await refuses(exitCodes.bad_option, { server }, "ls")).to.match(/\(unauthenticated\)$/);
    const other = (await signed("bo", "--access", "own", "--documents", "menu,other*")).trim();
    await says({ server, token: other }, "append", "menu", "x");
    await refuses(exitCodes.not_found, { server, token: other }, "cat", "b-1");
  });

  it("says what is in it and how long it is good", async () => {
    const said = JSON.parse(await signed("bo", "--for", "2h", "--id", "t1", "--json"));
    expect(said).to.include({ sub: "bo", jti: "t1" });
    const { exp, iat } = JSON.parse(Buffer.from(said.token.split(".")[1], "base64url").toString());
    expect(exp - iat).to.equal(7200);
  });

  it("is not made where no server would take it", async () => {
    const env = { INTERLINE_JWT_SECRET: secret };
    const { bad_option } = exitCodes;
    expect(await refuses(bad_option, { env }, "token", "bo", "--role", "menu=king")).to.match(
      /interline claim/,
    );
    expect(await refuses(bad_option, { env }, "token", "bo", "--role", "menu")).to.match(/NAME=ROLE/);
    expect(await refuses(bad_option, { env }, "token", "b\u0001o")).to.match(/sub claim/);
    expect(await refuses(bad_option, { env }, "token")).to.match(/Give one USER/);
    expect(await refuses(bad_option, {}, "token", "bo", "--jwt-secret", "short")).to.match(/at least 32/);
  });
});

describe("what a command says in a terminal", () => {
  const written = (isTTY: boolean, env: NodeJS.ProcessEnv) => {
    const text: string[] = [];
    const output = { isTTY, on: () => {}, write: (more: string) => text.push(more) };
    const on = paper(output, env);
    on.line(on.ink("red", "Tea"));
    return text.join("");
  };

  it("has colours, unless it is none, is a dumb one, or NO_COLOR says no", () => {
    expect(written(true, { TERM: "xterm" })).to.equal("\x1b[31mTea\x1b[0m\n");
    for (const [tty, env] of [
      [false, { TERM: "xterm" }],
      [true, { TERM: "dumb" }],
      [true, { TERM: "xterm", NO_COLOR: "1" }],
    ] as const)
      expect(written(tty, env)).to.equal("Tea\n");
  });

  it("cannot be made to move the cursor or to hide by what a document holds", () => {
    expect(shown("a\x1b[2Jb\x07\x9b\x7f\tc\né👻")).to.equal("a␛[2Jb␇\ufffd␡\tc\né👻");
  });

  it("stands in columns, whatever colours and characters are in it", () => {
    expect(
      columns([
        ["\x1b[31mé👻\x1b[0m", "x"],
        ["abc", "y"],
      ]),
    ).to.deep.equal(["\x1b[31mé👻\x1b[0m   x", "abc  y"]);
  });
});
