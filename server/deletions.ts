// Documents that have been deleted: whoever has one open hears of it at once, on every node, and whoever is opening
// it is refused.
//
// A document may be made anew before the word of its end is everywhere. Versions go on from life to life, so the deletion's
// says whom it concerns: who has read a later one has the next life open. Nodes of older builds tell the name alone; then
// the database is asked, as it is by the heads in any case. They take no notice of what is told here, and ask a second later.

import type { Version } from "../protocol/index.js";
import type { Bus } from "./cluster/bus.js";

export interface Deletions {
  /** A document was deleted here, which made this version. */
  deleted(doc: string, version: Version): void;
  stop(): void;
}

export interface DeletionsOptions {
  readonly bus: Bus;
  /** Closes the document for those who have it open as it was up to this version. */
  readonly close: (doc: string, version: Version) => void;
  /** Asks the database how things stand. */
  readonly look: () => void;
}

/** Where nodes tell each other. */
const DELETED = "deleted";

export function createDeletions({ bus, close, look }: DeletionsOptions): Deletions {
  const stop = bus.hear(DELETED, (message) => {
    if (typeof message === "string") return look();
    const { doc, version } = Object(message) as { readonly doc?: unknown; readonly version?: unknown };
    if (typeof doc === "string" && typeof version === "number") close(doc, version);
  });

  return {
    deleted(doc, version) {
      close(doc, version);
      bus.tell(DELETED, { doc, version });
    },
    stop,
  };
}
