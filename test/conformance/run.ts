// Makes the cases anew and says where they differ from the file: `npm run conformance`. With `--write` it writes them.
//
// Exits with 1 where there is a difference. An answer that changes is a new version (`README.md`), not a file written over.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cases, fileName, text } from "./generate.js";

const path = fileURLToPath(new URL(`../../../test/conformance/${fileName}`, import.meta.url));
const now = text(cases());
const before = existsSync(path) ? readFileSync(path, "utf8") : "";

const [old, lines] = [before.split("\n"), now.split("\n")];
const [known, made] = [new Set(old), new Set(lines)];
for (const line of old) if (!made.has(line)) console.log(`- ${line.trim()}`);
for (const line of lines) if (!known.has(line)) console.log(`+ ${line.trim()}`);

if (process.argv.includes("--write")) {
  writeFileSync(path, now);
  console.log(`${fileName}: ${lines.length} lines, ${Buffer.byteLength(now)} bytes written`);
} else {
  console.log(
    now === before ? `${fileName} is what the code makes` : `${fileName} is not what the code makes`,
  );
  process.exitCode = now === before ? 0 : 1;
}
