// Keeps the present build's client for Node as one self-contained module, so that tests of later builds can run it
// against their servers: `npm run build && node scripts/keep-client.mjs`, once, before the protocol's version is raised.
//
//   dist/client ─▶ test/fixtures/client-N/client.mjs     N is the protocol's version; a folder that is there stays as it is
//
// With an argument, the client of another build: the folder that holds its `dist` and its `node_modules`.

import { execFileSync } from "node:child_process";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("../", import.meta.url));
const from = resolve(process.argv[2] ?? root);
const { PROTOCOL_VERSION } = await import(pathToFileURL(join(from, "dist/protocol/index.js")).href);
const folder = join(root, `test/fixtures/client-${PROTOCOL_VERSION}`);
const kept = join(folder, "client.mjs");

if (existsSync(kept)) {
  console.error(`${folder} is kept already, and a kept client is never changed.`);
  process.exit(1);
}
await build({
  root: from,
  configFile: false,
  logLevel: "warn",
  // Everything but Node's own, and what ws would like to have and does without.
  ssr: { noExternal: true, external: ["bufferutil", "utf-8-validate"] },
  build: {
    ssr: join(from, "dist/client/index.js"),
    outDir: folder,
    emptyOutDir: false,
    minify: true,
    target: "node20",
    copyPublicDir: false,
    rolldownOptions: { output: { entryFileNames: "client.mjs", codeSplitting: false } },
  },
});
const commit = execFileSync("git", ["rev-parse", "--short=7", "HEAD"], {
  cwd: from,
  encoding: "utf8",
}).trim();
writeFileSync(
  join(folder, "README.md"),
  `The client for Node of build ${commit}, which speaks protocol ${PROTOCOL_VERSION}, with everything it needs in one module. Made by
\`scripts/keep-client.mjs\`, never edited, never made anew: newer servers are tested with it for as long as they serve it.
`,
);
console.log(`${kept}: ${statSync(kept).size} bytes`);
