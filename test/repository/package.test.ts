// What a project that installs the package gets: every entry point, and everything those reach.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  exports: Record<string, string | { types: string; default: string }>;
  bin: Record<string, string>;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
};

/** What npm would pack: by the part of it that says so, or, where that is not to be found, from a dry run, which packs it. */
async function files(): Promise<readonly string[]> {
  const npm = process.env.npm_execpath ?? execFileSync("sh", ["-c", "command -v npm"], { encoding: "utf8" });
  try {
    const list = createRequire(realpathSync(npm.trim()))("npm-packlist") as (
      tree: object,
    ) => Promise<string[]>;
    return await list({ path: root, package: manifest, isProjectRoot: true, edgesOut: new Map() });
  } catch {
    const options = ["pack", "--dry-run", "--json", "--ignore-scripts"];
    const told = execFileSync("npm", options, {
      ...{ cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    });
    return (JSON.parse(told) as [{ files: { path: string }[] }])[0].files.map(({ path }) => path);
  }
}
const packed = new Set(await files());

const entries = [
  ...Object.values(manifest.exports).flatMap((target) =>
    typeof target === "string" ? [target] : Object.values(target),
  ),
  ...Object.values(manifest.bin),
].map((path) => normalize(path));

/** All files that a module and what it imports consist of, and the outside packages they name. */
function reach(files: readonly string[]): { readonly files: Set<string>; readonly packages: Set<string> } {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const queue = [...files];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    if (!/\.js$/.test(file)) continue;
    const code = readFileSync(join(root, file), "utf8");
    for (const [, target] of code.matchAll(/(?:^(?:import|export)\b[^"']*?from\s*|\bimport\()"([^"]+)"/gm)) {
      if (target!.startsWith(".")) queue.push(normalize(join(dirname(file), target!)));
      else if (!target!.startsWith("node:")) {
        packages.add(target!.split("/", target!.startsWith("@") ? 2 : 1).join("/"));
      }
    }
  }
  return { files: seen, packages };
}

describe("the package", () => {
  it("has an entry point for each part the design names", () => {
    expect(Object.keys(manifest.exports)).to.include.members([
      "./ot",
      "./server",
      "./client",
      "./prosemirror",
      "./webview",
      "./testing",
    ]);
  });

  it("contains whatever its entry points reach, and the pages the server serves", () => {
    const missing = [...reach(entries).files].filter((file) => !packed.has(file));
    expect(missing).to.deep.equal([]);
    expect(packed).to.include("dist/pages/index.html");
    expect(packed).to.include("dist/server/storage/sqlite/worker.js");
  });

  it("has types for every entry point", () => {
    const untyped = entries.filter(
      (file) => file.endsWith(".js") && !packed.has(file.replace(/\.js$/, ".d.ts")),
    );
    expect(untyped).to.deep.equal([]);
  });

  it("has types that a strict project takes, which checks declarations and brings only Node's", () => {
    // Within the package its own name leads where it leads those who install it.
    const folder = join(root, "dist/test/repository/consumer");
    mkdirSync(folder, { recursive: true });
    const lines = Object.keys(manifest.exports).map((name, at) =>
      name.endsWith(".css")
        ? `import "interline${name.slice(1)}";`
        : `export * as entry${at} from "interline${name.slice(1)}";`,
    );
    writeFileSync(join(folder, "all.ts"), lines.join("\n"));
    const compilerOptions = {
      ...{ target: "ES2023", lib: ["ES2024", "DOM", "DOM.Iterable"], module: "NodeNext" },
      ...{ strict: true, skipLibCheck: false, noEmit: true, types: ["node"] },
      noUncheckedSideEffectImports: true,
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["all.ts"] }));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", folder, "--pretty", "false", "--listFiles"], {
      encoding: "utf8",
    });
    const told = stdout.split("\n");
    const wrong = told.filter((line) => /: error TS/.test(line) && !/^\S*node_modules\//.test(line));
    expect(wrong).to.deep.equal([]);
    expect(told.filter((line) => line.endsWith(".d.ts") && !line.includes("node_modules"))).not.to.be.empty;
    // Types that only we have installed.
    const found = told.flatMap((line) => /node_modules\/@types\/([^/]+)/.exec(line)?.[1] ?? []);
    expect([...new Set(found)]).to.deep.equal(["node"]);
  });

  it("brings a page that shows an editor nothing that it does not use, and nothing of Node's", async () => {
    const folder = join(root, "dist/test/repository/consumer");
    mkdirSync(folder, { recursive: true });
    const page = join(folder, "page.js");
    writeFileSync(
      page,
      `import { connect } from "interline/client";
       import { collab, editorKeymap, presenceCursors, schema } from "interline/prosemirror";
       const doc = connect("/").open("note", { type: "rich" });
       console.log(schema, [collab(doc), presenceCursors(doc), editorKeymap()]);`,
    );
    const made = await rolldown({ input: page, platform: "browser", logLevel: "silent" });
    const { output } = await made.generate({ format: "esm" });
    await made.close();
    const modules = output.flatMap((part) => (part.type === "chunk" ? Object.keys(part.modules) : []));
    expect(modules.filter((id) => /prosemirror-view/.test(id))).not.to.be.empty;
    expect(modules.filter((id) => /markdown|^node:/.test(id))).to.deep.equal([]);
  });

  it("declares whatever outside package its code names", () => {
    const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
    expect([...reach(entries).packages].filter((name) => !(name in declared))).to.deep.equal([]);
  });

  it("brings none of our own tests along", () => {
    expect([...packed].filter((path) => /\.test\./.test(path))).to.deep.equal([]);
  });
});
