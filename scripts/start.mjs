// `npm start`: builds, then serves in this very process, and stops when whoever started it is gone.
//
// npm passes signals on to the shell that it runs scripts in, and a shell does not: SIGTERM to npm would leave the server
// running with nobody to stop it. That the shell has ended is seen by having another parent.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const LOOK_MS = 500;
const root = new URL("../", import.meta.url);

const { status, signal } = spawnSync("npm", ["run", "build", "--silent"], {
  cwd: fileURLToPath(root),
  stdio: "inherit",
  shell: process.platform === "win32",
});
if (status !== 0) {
  console.error(`The build has failed (${status ?? signal}).`);
  process.exit(status ?? 1);
}

const parent = process.ppid;
const look = setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGTERM");
}, LOOK_MS).unref();
// Told already, as by Ctrl+C, which everybody hears: a second time would mean to hurry.
for (const told of ["SIGTERM", "SIGINT"]) process.once(told, () => clearInterval(look));

process.argv.splice(2, 0, "serve");
await import(new URL("dist/server/cli.js", root).href);
