// What the types throw at a caller's contents, edits and ops, as the fault that the caller is told.

import { OtError } from "../../ot/index.js";
import { Fault } from "../../protocol/index.js";

/** @throws what is neither a fault nor an error of the types */
export function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof OtError) return new Fault(error.code, error.message);
  throw error;
}

/** What `work` gives. @throws Fault where the types refuse */
export async function spoken<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asFault(error);
  }
}
