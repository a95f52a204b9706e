// Where chance in the tests begins: one number for all that is drawn, here and by fast-check (`setup.ts`).
//
//   SEED=123       what that drew
//   SEED=random    something new
//   otherwise      what belongs to the commit: whoever tests it draws the same, and the next commit draws anew
//
// Real sockets, processes and browsers still interleave as they like; what is asked of them is the same.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Below 2³¹. */
export const seed: number = chosen(ofCommit);

/** For tests that draw the same at every commit, unless they are asked for something else. */
export const seedOr = (usual: number): number => chosen(() => usual);

/** How often something is tried: in `npm test`, and where more of it is asked for (`promises/run.ts`). */
export const tries = (usual: number, more: number): number =>
  (process.env.CHECKS ?? "") === "" ? usual : more;

function chosen(usual: () => number | undefined): number {
  const { SEED: given = "" } = process.env;
  if (given === "random") return Date.now() % 2 ** 31;
  if (given === "") return usual() ?? Date.now() % 2 ** 31;
  const seed = Number(given);
  if (Number.isInteger(seed)) return seed;
  throw new Error(`SEED is a whole number or random, and not ${given}.`);
}

/** The first 31 bits of the commit's name; undefined where there is no git. */
function ofCommit(): number | undefined {
  try {
    const cwd = fileURLToPath(new URL(".", import.meta.url));
    const name = execFileSync("git", ["rev-parse", "HEAD"], {
      ...{ cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    });
    return Number.parseInt(name.slice(0, 8), 16) >>> 1;
  } catch {
    return undefined;
  }
}
