// What nobody else on a machine should read, and a list of processes shows to everybody: a secret, or an address with a
// password in it. Each option that takes one has a sister, --NAME-file, which takes the file where it stands.

import { readFileSync } from "node:fs";
import { StartupError } from "../startup.js";

/**
 * What `--NAME` says, or the file that `--NAME-file` names, without the end of its line.
 *
 * @throws StartupError `bad_option`, which never repeats what the file holds
 */
export function secretOf(
  name: string,
  value: string | undefined,
  file: string | undefined,
): string | undefined {
  if (file === undefined) return value;
  const refuse = (sentence: string, cause?: unknown) => new StartupError("bad_option", sentence, { cause });
  if (value !== undefined) throw refuse(`Give either --${name} or --${name}-file.`);
  const text = read(file, (cause) => refuse(`The --${name}-file cannot be read: ${file}.`, cause));
  const line = text.replace(/\r?\n$/, "");
  if (line === "" || /[\r\n]/.test(line)) throw refuse(`The --${name}-file must hold one line: ${file}.`);
  return line;
}

function read(file: string, refused: (cause: unknown) => StartupError): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw refused(error);
  }
}
