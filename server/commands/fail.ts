// How a command ends that could not do its work: a sentence and an exit code of `startup.ts`; a stack is for what nobody
// thought of.

import { inspect } from "node:util";
import { hidePasswords } from "../passwords.js";
import { exitCodes, ofStorage, StartupError } from "../startup.js";
import { StorageError } from "../storage/errors.js";

export function fail(error: unknown): never {
  const known = error instanceof StorageError ? ofStorage(error) : error;
  if (known instanceof StartupError) {
    console.error(`interline: ${hidePasswords(known.message)}`);
    process.exit(known.exitCode);
  }
  const details = hidePasswords(inspect(error));
  console.error("interline: something went wrong that should not have.", details);
  process.exit(exitCodes.unexpected);
}
