// Puts the parts of `types.ts` together.

import type { Random } from "../../protocol/index.js";
import type { Ledger } from "../ports.js";
import { createContents } from "./contents.js";
import { createCore } from "./core.js";
import { createFollowing } from "./following.js";
import { createHistory } from "./history.js";
import { createNames, createPeople } from "./names.js";
import type { PastLedger } from "./past.js";
import type { Documents } from "./types.js";

export { documentText } from "./text.js";
export type * from "./types.js";

export interface DocumentsOptions {
  readonly ledger: Ledger & PastLedger;
  readonly random: Random;
  /** Is told of every document that is deleted here. */
  readonly deleted?: (doc: string) => void;
}

export function createDocuments({ ledger, random, deleted }: DocumentsOptions): Documents {
  const people = createPeople(ledger);
  const core = createCore(ledger, people, random, deleted);
  const names = createNames(ledger, people);
  return {
    ...core,
    ...createContents(core),
    ...createHistory({ core, ledger, names, people }),
    ...names,
    ...createFollowing(ledger),
    people,
  };
}
