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
const own = createRequire(import.meta.url);

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
export const peerVersion = (name: string): string => versionFrom(resolver, name);

/** The version of a package of the project itself that we are measured beside. */
export const installedVersion = (name: string): string => versionFrom(own, name);

function versionFrom(from: NodeJS.Require, name: string): string {
  for (const path of from.resolve.paths(name) ?? []) {
    try {
      return (JSON.parse(readFileSync(`${path}/${name}/package.json`, "utf8")) as { version: string })
        .version;
    } catch {
      // Not in this folder; the next one above.
    }
  }
  throw new Error(`${name} is not installed in ${dirname(folder)}: npm ci --prefix bench/peers`);
}

/** The path of a file in a peer's package that no import reaches. */
export const peerFile = (name: string, file: string): string => `${dirname(resolver.resolve(name))}/${file}`;
