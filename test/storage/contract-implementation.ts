// What the contract of op logs is asked of: an op log, by the ways to have one. Here by itself, for it is all of the contract
// that the types of `interline/testing` tell.

import type { OpLog } from "../../server/storage/op-log.js";

export interface Implementation {
  /** A new, empty log. */
  open(): Promise<OpLog>;
  /** The log of a closed one once more; absent where closing means forgetting. */
  reopen?(closed: OpLog): Promise<OpLog>;
  /** How many generated histories to try. */
  readonly runs: number;
}
