// Calls the built command line, with a mistake in it (`withBug`) or without.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { program } from "../services/program.js";
import { environment } from "./run.js";

export interface Called {
  readonly code: number | null;
  /** On both streams. */
  readonly said: string;
}

/** @param build  the root of one that has a mistake */
export async function interline(args: readonly string[], build?: string): Promise<Called> {
  const cli = build === undefined ? program("server/cli") : join(build, "dist/server/cli.js");
  const child = spawn(process.execPath, [cli, ...args], {
    env: environment(),
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
