// Puts the parts of `types.ts` together.

import type { Clock, Random } from "../../protocol/index.js";
import type { OpenLedger } from "../ledger/index.js";
import type { Log } from "../log.js";
import { createContents } from "./contents.js";
import { createCore } from "./core.js";
import { createFollowing, type FollowingOptions } from "./following.js";
import { createHistory } from "./history.js";
import { createNames, type NamesOptions } from "./names.js";
import { once } from "./once.js";
import { createPeople } from "./people.js";
import type { Documents } from "./types.js";

export { documentText } from "./text.js";
export type * from "./types.js";

export interface DocumentsOptions extends Omit<FollowingOptions, "ledger">, Pick<NamesOptions, "naming"> {
  readonly ledger: OpenLedger;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Is told of every document that is deleted here. */
  readonly deleted?: (doc: string) => void;
}

export function createDocuments(options: DocumentsOptions): Documents {
  const { ledger, random, deleted } = options;
  const people = createPeople({ ...options, beside: ledger.beside });
  const core = createCore(ledger, people, random, deleted);
  const names = createNames({ ...options, people });
  return {
    ...core,
    ...once(core, { ...createContents(core), ...createHistory({ core, ledger, names, people }) }),
    ...names,
    ...createFollowing(options),
    people,
  };
}
