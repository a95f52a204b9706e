// What the kits are checked with: the real types of React Native, and grammars of Swift, Kotlin and Dart. They are big and
// of no use to anybody else, so they are not among this package's own dependencies: they come by `npm ci` from the lock
// file in demo/hosts, once, into node_modules/.cache.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { setFlagsFromString } from "node:v8";

const run = promisify(execFile);
export const root = fileURLToPath(new URL("../../../", import.meta.url));
export const kits = join(root, "demo/hosts");

/** @returns the folder with the checkers' node_modules, in which `interline` is this package */
export async function checkers(): Promise<string> {
  const lock = readFileSync(join(kits, "package-lock.json"));
  const name = createHash("sha256").update(lock).digest("hex").slice(0, 16);
  const cache = join(root, "node_modules/.cache/interline-hosts");
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  const making = join(cache, `${name}.${process.pid}`);
  mkdirSync(making, { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) cpSync(join(kits, file), join(making, file));
  await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], {
    cwd: making,
  });
  symlinkSync(root, join(making, "node_modules/interline"));
  // Whoever else has made it meanwhile has made the same.
  if (existsSync(folder)) rmSync(making, { recursive: true });
  else renameSync(making, folder);
  return folder;
}

/** Type-checks the React Native kit against the real packages. @returns what the compiler says, and where it put the code */
export async function compileReactNative(
  change: (source: string, file: string) => string = (source) => source,
) {
  const folder = await checkers();
  const copy = join(folder, `react-native.${process.pid}`);
  rmSync(copy, { recursive: true, force: true });
  cpSync(join(kits, "react-native"), copy, { recursive: true });
  for (const file of readdirSync(copy).filter((name) => /\.tsx?$/.test(name))) {
    writeFileSync(join(copy, file), change(readFileSync(join(copy, file), "utf8"), file));
  }
  // The code that comes out is for Node.
  writeFileSync(join(copy, "package.json"), `{ "type": "module" }`);
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const said = await run(process.execPath, [tsc, "-p", copy]).then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  );
  return { said, built: join(copy, "built"), remove: () => rmSync(copy, { recursive: true }) };
}

interface Node {
  readonly type: string;
  readonly text: string;
  readonly isError: boolean;
  readonly isMissing: boolean;
  readonly hasError: boolean;
  readonly startPosition: { readonly row: number };
  readonly children: readonly Node[];
}
interface Grammar {
  readonly Parser: {
    new (): { setLanguage(language: unknown): void; parse(text: string): { readonly rootNode: Node } };
    init(): Promise<void>;
  };
  readonly Language: { load(file: string): Promise<unknown> };
}

const grammars: Readonly<Record<string, string>> = {
  swift: "@repomix/tree-sitter-wasms/out/tree-sitter-swift.wasm",
  kt: "@tree-sitter-grammars/tree-sitter-kotlin/tree-sitter-kotlin.wasm",
  dart: "@repomix/tree-sitter-wasms/out/tree-sitter-dart.wasm",
};

type Syntax = (text: string) => string[];
/** Each grammar is compiled once. */
const loaded = new Map<string, Promise<Syntax>>();

/** @returns a parser of one language: text in, the lines that are no such language out */
export function syntaxOf(extension: string): Promise<Syntax> {
  const syntax = loaded.get(extension) ?? load(extension);
  loaded.set(extension, syntax);
  return syntax;
}

async function load(extension: string): Promise<Syntax> {
  // A grammar that reads a dozen files is not worth what it takes to make it fast: seconds, for each of them.
  setFlagsFromString("--liftoff-only");
  const modules = join(await checkers(), "node_modules");
  const file = pathToFileURL(join(modules, "web-tree-sitter/web-tree-sitter.js")).href;
  const { Parser, Language } = (await import(file)) as Grammar;
  await Parser.init();
  const language = await Language.load(join(modules, grammars[extension]!));
  const parser = new Parser();
  parser.setLanguage(language);
  return (text) => wrong(parser.parse(text).rootNode);
}

function wrong(node: Node): string[] {
  if (node.isError || node.isMissing) {
    return [
      `line ${node.startPosition.row + 1}: ${node.isMissing ? `no ${node.type}` : node.text.slice(0, 60)}`,
    ];
  }
  return node.children.filter((child) => child.hasError || child.isMissing || child.isError).flatMap(wrong);
}

/** Every source file of the kits with this extension, and its text. */
export function sourcesOf(extension: string): { readonly file: string; readonly text: string }[] {
  return readdirSync(kits, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(`.${extension}`) && !file.includes("node_modules"))
    .map((file) => ({ file, text: readFileSync(join(kits, file), "utf8") }));
}
