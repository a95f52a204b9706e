// How a command ends that could not do its work: a sentence and an exit code of `startup.ts`; a stack is for what nobody
// thought of.

import { exitCodes, ofStorage, StartupError } from "../startup.js";
import { StorageError } from "../storage/errors.js";

export function fail(error: unknown): never {
  const known = error instanceof StorageError ? ofStorage(error) : error;
  if (known instanceof StartupError) {
    console.error(`interline: ${known.message}`);
    process.exit(known.exitCode);
  }
  console.error("interline: something went wrong that should not have.", error);
  process.exit(exitCodes.unexpected);
}
