// The libraries and servers that Interline is measured beside, loaded from `bench/peers`, a package of its own with its own
// lock: who only writes or runs Interline need not fetch them. The scripts of package.json install it before they measure.
//
// A peer's types are not known where the project is built, so each adapter states the few calls that it makes.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The built file lies in `dist/bench`, the package beside the sources. */
const folder = fileURLToPath(new URL("../../bench/peers/", import.meta.url));
const resolver = createRequire(`${folder}package.json`);

/**
 * A module of a peer, by the name that it has in an import.
 *
 * @param T what the caller uses of it
 * @throws Error if it is not installed: `npm ci --prefix bench/peers`
 */
export async function peer<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(resolver.resolve(name)).href)) as T;
}

/** The version of a peer that is installed, for the tables. */
export function peerVersion(name: string): string {
  const paths = resolver.resolve.paths(name) ?? [];
  for (const path of paths) {
    try {
      return (JSON.parse(readFileSync(`${path}/${name}/package.json`, "utf8")) as { version: string })
        .version;
    } catch {
      // Not in this folder; the next one above.
    }
  }
  throw new Error(`${name} is not installed in ${dirname(folder)}: npm ci --prefix bench/peers`);
}
