// The version of this package, as its package.json says it.

import { readFileSync } from "node:fs";

interface Package {
  readonly name: string;
  readonly version: string;
}

// This file runs as `dist/server/version.js`, two folders below the package's.
const { name, version } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as Package;

export { name, version };
