// Puts the parts of `types.ts` together.

import type { Clock } from "../../protocol/index.js";
import type { Log } from "../log.js";
import { createContents } from "./contents.js";
import { type CoreOptions, createCore } from "./core.js";
import { createFollowing, type FollowingOptions } from "./following.js";
import { createHistory } from "./history.js";
import { createLives } from "./lives.js";
import { createNames, type NamesOptions } from "./names.js";
import { once } from "./once.js";
import { createPeople } from "./people.js";
import type { ReadersOptions } from "./readers.js";
import type { Documents } from "./types.js";

export { documentText } from "./text.js";
export type * from "./types.js";

export interface DocumentsOptions
  extends Omit<FollowingOptions, "ledger">,
    Pick<NamesOptions, "naming">,
    Omit<CoreOptions, "people" | "lives" | "limits"> {
  readonly limits: CoreOptions["limits"] & ReadersOptions["limits"];
  readonly clock: Clock;
  readonly log: Log;
}

export function createDocuments(options: DocumentsOptions): Documents {
  const { ledger } = options;
  const people = createPeople({ ...options, beside: ledger.beside });
  const lives = createLives(ledger.beside);
  const holding = createCore({ ...options, people, lives });
  const { held: _, ...core } = holding;
  const names = createNames({ ...options, people });
  return {
    ...core,
    ...once(core, {
      ...createContents(holding, options.forming),
      ...createHistory({ ...options, core, lives, names, people }),
    }),
    ...names,
    ...createFollowing(options),
    people,
  };
}
