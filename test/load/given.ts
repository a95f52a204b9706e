// What `interline load` and `interline fuzz` are given on the command line, and that it holds.

import { Fault } from "../../protocol/index.js";
import { StartupError } from "../../server/startup.js";

/** A server that takes longer to say that it lives is not there. */
const ANSWER_MS = 5_000;

/** @throws StartupError `bad_option` */
export function numberOf(
  name: string,
  text: string,
  { from, to, whole = true }: { readonly from: number; readonly to: number; readonly whole?: boolean },
): number {
  const value = Number(text);
  if (text.trim() !== "" && (!whole || Number.isInteger(value)) && value >= from && value <= to) return value;
  throw new StartupError("bad_option", `--${name} takes a number from ${from} to ${to}, not ${text}.`);
}

/** Demands that somebody answers there. @throws StartupError `not_found` */
export async function demandServer(url: string): Promise<void> {
  const answer = await fetch(new URL("livez", url), { signal: AbortSignal.timeout(ANSWER_MS) }).catch(
    () => undefined,
  );
  if (answer?.ok !== true) throw new StartupError("not_found", `No server answers at ${url}.`);
}

/** What a server says to whoever comes, in a sentence. */
export function explained(error: unknown): never {
  if (!(error instanceof Fault)) throw error;
  const reason = error.action === "authenticate" ? "bad_option" : "not_found";
  throw new StartupError(reason, `The server says: ${error.message} (${error.code})`, { cause: error });
}
