// Runs every example of README.md and docs/ as a reader would. Programs for Node run in Node; modules of a page are
// built with Vite and opened by two people in Chromium, on an origin of their own, against a server started by the very
// command line that the page gives; `npx interline` lines run with the built command line, as it is where the package is
// installed; suites run with mocha, and find what the page says they find. All of them are type-checked.
//
// The files stand inside the package, so that `interline/…` is looked up as in a project that depends on it.

import { execFile, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { build, type PreviewServer, preview, transformWithOxc } from "vite";
import { leaveAll, visit } from "../browser/chromium.js";
import {
  type ChildServer,
  cleanUp,
  freePort,
  listening,
  onCleanUp,
  runProgram,
  startChild,
  tempFolder,
  until,
} from "../server/harness.js";
import { builtCli } from "../services/program.js";
import { type Example, examples, root } from "./examples.js";

/** Where the documentation lets servers listen, and the page be served from. */
const DOCUMENTED_SERVER = "127.0.0.1:8080";
const DOCUMENTED_ORIGIN = "http://127.0.0.1:5173";

/** What the examples of a page print, where that is not left to the reader. Those that are not here end by themselves. */
const prints: Readonly<Record<string, readonly string[]>> = {
  "README.md": ["Bo reads: Dear Bo,\n"],
  "docs/access.md": ["Ada is told: forbidden\n", "policy_refused: A haiku has 3 lines.\n"],
  "docs/client.md": ["All read the same.\n"],
  "docs/history.md": [
    'cy 6, ada 8, bo 3\ninserted "Green ", kept "Tea for ", deleted "one", inserted "two"\nGreen Tea for one\nTea for two\n',
  ],
  "docs/integrate.md": [
    "Green Tea, hot, for two\nCake\nstale 5\nTea, hot, for two\nmenu Green Tea, hot, for two\nundefined\n",
    "1 For two\nkept Tea for , deleted one, inserted two\n0+8 by 1, 8+3 by 2\nversion 4 is what version 2 was\n",
    '2: [3," for one"]\n',
  ],
  "docs/integrate-sharedb.md": ["ShareDB reads: Hello world\n"],
  "docs/ot.md": ['true ["\\nGreen ",{"i":"Tea","a":{"b":1}}," for two"]\n', "\nTeafifty- 18\n"],
  "docs/rich-text.md": ["**Tea**\n\n- green\n  - hot\n\n"],
  "docs/test-kit.md": ["Both read the same.\n"],
  "docs/webhooks.md": ["minutes-1 was created, 0 to 1\n"],
};

/** What the suites of a page find, which are there to show it: the titles of the tests that fail, or the first of them. */
const finds: Readonly<Record<string, readonly RegExp[]>> = {
  "docs/test-kit.md": [/commits leave no version out/, /tells with a conflict/],
};

/** Command lines that a run of the tests is itself: `.ci/run` calls them on a fresh clone. */
const ranByCi = new Set(["npm ci && npm start", "npm ci && npm test"]);

/** Blocks that nobody runs: pictures, and settings of other programs. */
const pictures: Readonly<Record<string, number>> = {
  ...{ "README.md": 1, "docs/embed.md": 1, "docs/fuzz.md": 1, "docs/operate.md": 2, "docs/ot.md": 3 },
};

const folder = join(root, "dist/examples");
const all = examples();
const ofKind = (kind: string) => all.filter((example) => example.kind === kind);
const slug = ({ file }: Example) => file.replace(/\W+/g, "-").toLowerCase();
/** Guides whose commands go on from each other: `test/commands/operate.test.ts` and `guide.test.ts` run them from top to bottom. */
const told = new Set(["docs/operate.md", "docs/integrate.md"]);
const lines = ofKind("sh").flatMap(({ file, code }) =>
  code
    .split("\n")
    .map((line) => line.replace(/\s#.*/, "").trim())
    .filter((line) => line !== "")
    .map((line) => ({ file, line })),
);
const commands = lines.filter(({ file }) => !told.has(file));

describe("the examples in the documentation", () => {
  before(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  });
  afterEach(async () => {
    await leaveAll().finally(cleanUp);
  });

  it("are all of a kind that is run here, or pictures", () => {
    const known = new Set(["sh", "ts node", "ts mocha", "ts browser"]);
    const others = all.filter(({ kind }) => !known.has(kind));
    expect(
      others.filter(({ kind }) => kind !== "").map(({ file, kind }) => `${file}: ${kind}`),
    ).to.deep.equal([]);
    const found: Record<string, number> = {};
    for (const { file } of others) found[file] = (found[file] ?? 0) + 1;
    expect(found).to.deep.equal(pictures);
    for (const kind of known) expect(ofKind(kind), kind).not.to.deep.equal([]);
  });

  it("have the types that they are shown with", async () => {
    for (const [at, example] of [
      ...ofKind("ts node"),
      ...ofKind("ts mocha"),
      ...ofKind("ts browser"),
    ].entries()) {
      writeFileSync(join(folder, `${at}-${slug(example)}.ts`), example.code);
    }
    const compilerOptions = {
      target: "ES2023",
      lib: ["ES2024", "DOM", "DOM.Iterable"],
      module: "NodeNext",
      strict: true,
      skipLibCheck: true,
      noEmit: true,
      types: ["node", "mocha", "vite/client"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", folder]).catch(
      (error) => error,
    );
    expect(stdout).to.equal("");
  });

  for (const [at, example] of ofKind("ts node").entries()) {
    it(`run in Node: ${example.file}, program ${at + 1}`, async () => {
      const program = await withoutTypes(`${at}-${slug(example)}`, await served(example));
      const nth = ofKind("ts node")
        .slice(0, at)
        .filter(({ file }) => file === example.file).length;
      await expectPrints(program, prints[example.file]?.[nth]);
    });
  }

  for (const [at, example] of ofKind("ts mocha").entries()) {
    it(`find with mocha what they are to find: ${example.file}, suite ${at + 1}`, async () => {
      const program = await withoutTypes(`${at}-suite-${slug(example)}`, example.code);
      const mocha = join(root, "node_modules/mocha/bin/mocha.js");
      const args = [mocha, "--no-config", "--timeout", "60000", "--reporter", "json", program];
      const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 }).catch(
        (error) => error as { stdout: string },
      );
      const told = JSON.parse(stdout.slice(stdout.indexOf("{"))) as { failures: { fullTitle: string }[] };
      const found = told.failures.map(({ fullTitle }) => fullTitle);
      for (const wanted of finds[example.file] ?? [])
        expect(
          found.filter((title) => wanted.test(title)),
          found.join("\n"),
        ).not.to.deep.equal([]);
    });
  }

  // What several pages say alike is run once.
  for (const line of new Set(
    commands.map(({ line }) => line).filter((line) => line.startsWith("npx interline")),
  )) {
    const files = commands.filter((command) => command.line === line).map(({ file }) => file);
    it(`run as a command: ${files.join(", ")}, ${line}`, async () => {
      const args = line.split(/\s+/).slice(2);
      if (args[0] === "serve") {
        const at = ["--port", "0", "--data", await tempFolder()];
        const server = await listening(runProgram(builtCli, ["serve", ...at, ...args.slice(1)]));
        expect((await fetch(`${server.url}/readyz`)).status).to.equal(200);
      } else {
        const { exited, output } = runProgram(builtCli, args);
        expect(await exited, output.stderr).to.equal(0);
      }
    });
  }

  it("name no other command than those which a run of the tests is itself", () => {
    const others = commands.filter(({ line }) => !line.startsWith("npx interline") && !ranByCi.has(line));
    expect(others).to.deep.equal([]);
  });

  for (const [at, example] of ofKind("ts browser").entries()) {
    it(`run in two browsers: ${example.file}, page ${at + 1}`, async () => {
      const serve = commands.find(
        ({ file, line }) => file === example.file && line.startsWith("npx interline serve"),
      );
      expect(serve, "the page says how to start its server").not.to.equal(undefined);
      const pagePort = await freePort();
      const origin = `http://127.0.0.1:${pagePort}`;
      const server = await startDocumented(serve!.line.replace(DOCUMENTED_ORIGIN, origin));
      expect(example.code).to.contain(DOCUMENTED_SERVER);
      await buildPage(example.code.replace(DOCUMENTED_SERVER, `127.0.0.1:${server.port}`), example, pagePort);
      await expectSharedEditor(origin, example);
    });
  }
});

/** A program that works on the documentation's server gets one. */
async function served({ file, code }: Example): Promise<string> {
  const serve = lines.find((one) => one.file === file && one.line.startsWith("npx interline serve"));
  if (serve === undefined || !code.includes(DOCUMENTED_SERVER)) return code;
  const { port } = await startDocumented(serve.line);
  return code.replace(DOCUMENTED_SERVER, `127.0.0.1:${port}`);
}

/** Starts a server by a command line of the documentation, on a port and with data of the test's own. */
function startDocumented(line: string): Promise<ChildServer> {
  const args = line.split(/\s+/);
  expect(args.slice(0, 3)).to.deep.equal(["npx", "interline", "serve"]);
  return startChild(args.slice(3));
}

/** Takes the types away; what the program imports stays an import, which Node will resolve. */
async function withoutTypes(name: string, code: string): Promise<string> {
  const file = join(folder, `${name}.js`);
  writeFileSync(file, (await transformWithOxc(code, `${name}.ts`, { lang: "ts", sourcemap: false })).code);
  return file;
}

/** Runs a program until it has printed that, or to its end if nothing is expected of what it prints. */
async function expectPrints(file: string, expected: string | undefined): Promise<void> {
  const child = spawn(process.execPath, [file], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  onCleanUp(() => void child.kill("SIGKILL"));
  let [printed, complained] = ["", ""];
  child.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  child.stderr.on("data", (chunk) => {
    complained += chunk;
  });
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  const enough = () => ended() || (expected !== undefined && printed.length >= expected.length);
  await until("the program has printed what it should", enough, 20_000);
  expect(complained).to.equal("");
  if (expected === undefined) expect(child.exitCode).to.equal(0);
  else expect(printed).to.equal(expected);
}

async function buildPage(code: string, example: Example, port: number): Promise<PreviewServer> {
  const page = join(folder, slug(example));
  mkdirSync(page, { recursive: true });
  writeFileSync(join(page, "main.ts"), code);
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Example</title>
    <link rel="icon" href="data:,"></head>
    <body><div id="editor"></div><script type="module" src="./main.ts"></script></body></html>`;
  writeFileSync(join(page, "index.html"), html);
  const shared = { root: page, configFile: false, logLevel: "warn" } as const;
  await build({ ...shared, build: { emptyOutDir: true, reportCompressedSize: false } });
  const server = await preview({ ...shared, preview: { port, strictPort: true, host: "127.0.0.1" } });
  onCleanUp(() => server.close());
  return server;
}

/** Two people write on the page; each reads the other, and what the page says of its status is true at the end. */
async function expectSharedEditor(origin: string, { code }: Example): Promise<void> {
  const [ada, bo] = await Promise.all([visit(origin), visit(origin)]);
  const said: string[] = [];
  ada.page.on("console", (message) => said.push(message.text()));
  const editors = [ada, bo].map(({ page }) =>
    page.locator(
      "#editor .ProseMirror[contenteditable=true], #editor .cm-content:not([aria-readonly]), textarea#editor:not([readonly])",
    ),
  );
  const text = (at: number) =>
    editors[at]!.evaluate((element) => ("value" in element ? String(element.value) : element.textContent));
  for (const editor of editors) await editor.waitFor();

  await editors[0]!.click();
  await ada.page.keyboard.type("Dear Bo, ");
  // With its last space: what comes after the caret has been put behind it would stand behind what is typed there.
  await until("the other has all of it", async () => (await text(1)) === "Dear Bo, ");
  await editors[1]!.press("Control+End");
  await bo.page.keyboard.type("dear Ada.");
  await until(
    "both have both",
    async () => (await text(0)) === "Dear Bo, dear Ada." && (await text(1)) === "Dear Bo, dear Ada.",
  );

  if (code.includes("saved at version")) {
    await until("the page says that it is saved", () => /^saved at version \d+$/.test(said.at(-1) ?? ""));
  }
}
