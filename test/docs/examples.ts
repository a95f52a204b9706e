// Finds the examples in README.md and docs/: fenced blocks, whose info string says how a test runs them.
//
//   ```ts node      a program for Node          ```ts browser    a module of a page
//   ```ts browser+  goes on after the block before it             ```sh  a command line
//
// A block of another language is a picture or a listing; `examples.test.ts` names those it accepts.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

export interface Example {
  readonly file: string;
  /** The fence's info string, such as `ts node`. */
  readonly kind: string;
  readonly code: string;
}

export function examples(): Example[] {
  const files = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)];
  const found: Example[] = [];
  for (const file of files.filter((name) => name.endsWith(".md"))) {
    const text = readFileSync(join(root, file), "utf8");
    for (const [, kind, code] of text.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)) {
      const last = found.at(-1);
      if (kind === "ts browser+" && last?.file === file)
        found[found.length - 1] = { ...last, code: last.code + code };
      else found.push({ file, kind: kind!.trim(), code: code! });
    }
  }
  return found;
}
