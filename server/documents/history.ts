// What became of a document, by whom and when, and the ways back.

import { Fault } from "../../protocol/index.js";
import type { Ledger } from "../ports.js";
import type { Core, History, Names, People } from "./types.js";

export interface HistoryParts {
  readonly core: Core;
  readonly ledger: Ledger;
  readonly names: Names;
  readonly people: People;
}

export function createHistory(_parts: HistoryParts): History {
  const unbuilt = async () => {
    throw new Fault("unavailable", "Not built yet.");
  };
  return { history: unbuilt, diff: unbuilt, blame: unbuilt, restore: unbuilt, revert: unbuilt };
}
