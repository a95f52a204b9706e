// What a command is to write: what it was given, a file, or standard input.

import { readFile } from "node:fs/promises";
import { StartupError } from "../../server/startup.js";

/** Standard input to its end. @throws StartupError `bad_option` if a person sits there, or `file_refused` */
export async function fromStandardInput(instead: string): Promise<string> {
  if (process.stdin.isTTY)
    throw new StartupError("bad_option", `Give ${instead}, or send it to standard input.`);
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return decoded(Buffer.concat(parts), "What came by standard input");
}

/** @throws StartupError `not_found` | `file_refused` */
export async function fromFile(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new StartupError("not_found", `There is no file ${path} that can be read.`, { cause });
  });
  return decoded(bytes, path);
}

function decoded(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new StartupError("file_refused", `${what} is no text in UTF-8.`, { cause });
  }
}

/** Files end with a line feed that is not meant as one more line. */
export const withoutLastLineFeed = (text: string): string => text.replace(/\r?\n$/, "");
