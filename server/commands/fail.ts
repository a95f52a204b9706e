// How a command ends that could not do its work: a sentence and an exit code of `startup.ts`; a stack is for what nobody
// thought of.

import { inspect } from "node:util";
import { hidePasswords } from "../passwords.js";
import { exitCodes, ofStorage, StartupError } from "../startup.js";
import { StorageError } from "../storage/errors.js";

/** What is said of it, and what is exited with. */
export function failureOf(error: unknown): { readonly said: string; readonly code: number } {
  const known = error instanceof StorageError ? ofStorage(error) : error;
  if (known instanceof StartupError)
    return { said: `interline: ${hidePasswords(known.message)}`, code: known.exitCode };
  const details = hidePasswords(inspect(error));
  return {
    said: `interline: something went wrong that should not have. ${details}`,
    code: exitCodes.unexpected,
  };
}

export function fail(error: unknown): never {
  const { said, code } = failureOf(error);
  console.error(said);
  process.exit(code);
}
