// A build with a bug in it: the project once more, in a folder of its own, in which one module and its source are others.
//
//   dist/bugs/XXXXXX/      what a root is: dist/, the sources beside it and the files that stand above them
//       node_modules ──▶   those of the project
//
// Files are second names of the same files, so that a build costs a tenth of a second and no room, and it is used again. Processes and
// threads, and pages that are bundled, have the bug by loading what is there, and nobody has to be told of it. Nothing in
// the project changes, so that any number of these live beside each other and beside anything.

import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformWithOxc } from "vite";
import type { Bug } from "./bug.js";

/** Of the project, or of the build with a bug that this is part of. */
export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** What is loaded of the project, by way of `dist/` and by Vite. The other folders are read only, and there as a whole. */
const LINKED = new Set(["dist", "client", "demo", "ot", "protocol", "server", "test"]);
/** In `dist/`, what others make of it; and what is for people and editors. */
const LEFT_OUT = /^(bugs|joined(-next)?)$|\.d\.ts$|\.js\.map$/;

export type Mistake = Pick<Bug, "file" | "code" | "instead">;

/** @throws Error unless what the bug replaces stands in its file exactly once */
export function sourceWith({ file, code, instead }: Mistake): string {
  const source = readFileSync(join(root, file), "utf8");
  const found = source.split(code).length - 1;
  if (found !== 1) throw new Error(`${file} has this ${found} times and not once:\n${code}`);
  // A function, so that `$` in the replacement means nothing.
  return source.replace(code, () => instead);
}

/** Those that have no bug at the moment, and wait for one. */
const spare: string[] = [];

/** Does something with a build that has a bug. @param work  is given its root */
export async function withBug<T>(bug: Mistake, work: (root: string) => Promise<T>): Promise<T> {
  const source = sourceWith(bug);
  const { code } = await transformWithOxc(source, join(root, bug.file), { lang: "ts", sourcemap: false });
  const others: readonly (readonly [string, string])[] = [
    [bug.file, source],
    [join("dist", bug.file.replace(/\.ts$/, ".js")), code],
  ];
  const build = spare.pop() ?? newBuild();
  for (const [file, content] of others) {
    // The name goes, and not the file, which has another one in the project.
    rmSync(join(build, file));
    writeFileSync(join(build, file), content);
  }
  try {
    return await work(build);
  } finally {
    for (const [file] of others) {
      rmSync(join(build, file));
      linkSync(join(root, file), join(build, file));
    }
    spare.push(build);
  }
}

/** One without a bug, which is gone at the end of this process. */
function newBuild(): string {
  const builds = join(root, "dist/bugs");
  mkdirSync(builds, { recursive: true });
  const build = mkdtempSync(join(builds, "build-"));
  process.once("exit", () => rmSync(build, { recursive: true, force: true }));
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    const [from, to] = [join(root, entry.name), join(build, entry.name)];
    if (!entry.isDirectory() || LINKED.has(entry.name)) link(from, to, entry.isDirectory());
    else if (!entry.name.startsWith(".")) symlinkSync(from, to);
  }
  return build;
}

function link(from: string, to: string, isFolder: boolean): void {
  if (!isFolder) linkSync(from, to);
  else if (basename(from) === "node_modules") symlinkSync(from, to);
  else {
    mkdirSync(to);
    for (const entry of readdirSync(from, { withFileTypes: true }))
      if (!LEFT_OUT.test(entry.name)) link(join(from, entry.name), join(to, entry.name), entry.isDirectory());
  }
}
