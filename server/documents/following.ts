// Every op of a document as it is committed, wherever that is.

import { Fault } from "../../protocol/index.js";
import type { Ledger } from "../ports.js";
import type { Following } from "./types.js";

export function createFollowing(_ledger: Ledger): Following {
  return {
    follow() {
      throw new Fault("unavailable", "Not built yet.");
    },
  };
}
