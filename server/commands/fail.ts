// How a command ends that could not do its work: a sentence and an exit code of `startup.ts`; a stack is for what nobody
// thought of.

import { exitCodes, StartupError } from "../startup.js";

export function fail(error: unknown): never {
  if (error instanceof StartupError) {
    console.error(`interline: ${error.message}`);
    process.exit(error.exitCode);
  }
  console.error("interline: something went wrong that should not have.", error);
  process.exit(exitCodes.unexpected);
}
