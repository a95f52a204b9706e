// The folder that a database is to stand in.

import { existsSync, mkdirSync, rmdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder, and those above it that are not there: from the top down and each once. Node's own recursive way begins
 * again for ever where the system says that a folder is missing which is there, as below `/proc`.
 *
 * @returns the topmost that was made; undefined if all were there
 * @throws the system's error
 */
export function makeFolder(path: string): string | undefined {
  const missing: string[] = [];
  for (let folder = path; !existsSync(folder) && folder !== dirname(folder); folder = dirname(folder))
    missing.unshift(folder);
  return missing.filter(makeOne)[0];
}

/** Removes a folder, and those above it up to `topmost`, as far as nothing is in them. */
export function unmakeFolder(path: string, topmost: string): void {
  try {
    rmdirSync(path);
  } catch {
    return; // Somebody has put something there.
  }
  if (path !== topmost) unmakeFolder(dirname(path), topmost);
}

/** @returns false if somebody else has made it meanwhile */
function makeOne(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
