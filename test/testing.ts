// The entry point `interline/testing`: what our own suites run on, for those who build on the engine. Needs `fast-check`
// beside it, and for the contracts `chai` and a runner with the words of mocha.
//
//   arbitraries  documents and ops of both types, drawn by fast-check
//   world        a whole system in one thread, with a clock, a network and disks that fail as they are told
//   humans       people who write: bursts, slips, lists, pastes, jumps and second thoughts, with their pauses
//   contracts    what a store and a document type must do, as suites to call in a `describe` of one's own

import { lawsOf } from "./ot/laws.js";
import { storageContract } from "./storage/contract.js";
import { shareDbContract } from "./storage/contract-sharedb.js";

export { MemoryLog } from "../server/storage/memory/log.js";
export * as arbitraries from "./arbitraries/index.js";
export * as humans from "./humans/index.js";
export type { Subject } from "./ot/laws.js";
export type { Implementation } from "./storage/contract-implementation.js";
export * as world from "./world/index.js";

export const contracts = {
  /** For an op log (`OpLog` of `interline/server`), which `createServer` takes as its `database`. */
  storage: storageContract,
  /** ShareDB's own suite for databases, on an op log. */
  shareDb: shareDbContract,
  /** The laws of a document type. */
  type: lawsOf,
} as const;
