// Calls the built command line, with a mistake in it (`environmentWith`) or without.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { preloading } from "./run.js";

/** Its file. */
export const cli = fileURLToPath(new URL("../../server/cli.js", import.meta.url));

export interface Called {
  readonly code: number | null;
  /** On both streams. */
  readonly said: string;
}

export async function interline(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Called> {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...preloading(), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      said += chunk;
    });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, said };
}
