// Where the programs are that tests start: as they were built or, where INTERLINE_JOINED is set, each joined in one file with
// all that it loads (`scripts/join.mjs`), which starts in a quarter of the time. `scripts/test.sh` sets it.
//
// Joined, a program cannot have one of its modules exchanged: whoever puts a bug in (`../teeth`) starts what was built.

import { fileURLToPath } from "node:url";

const dist = new URL("../../", import.meta.url);

/** Whether what tests start is joined. */
export const joined = (process.env.INTERLINE_JOINED ?? "") !== "";

/** @param name  its file in `dist/`, without the ending */
export function program(name: string): string {
  return fileURLToPath(new URL(joined ? `joined/${name}.cjs` : `${name}.js`, dist));
}

/** The command line as it was built, always. */
export const builtCli = fileURLToPath(new URL("server/cli.js", dist));
