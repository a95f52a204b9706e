// ShareDB's own suite on each of our op logs; and on a cache that holds nothing with a snapshot every other op, so that every
// read goes through the rows, and through pages of two ops as soon as they are behind two snapshots.

import { shareDbContract } from "./contract-sharedb.js";
import { emptyDatabasesForAll } from "./postgres.js";
import { temporaryFolder } from "./support.js";
import { openUnthreaded } from "./unthreaded.js";

describe("ShareDB's own suite", () => {
  const cold = {
    cache: { documents: 0, bytes: 0 },
    snapshots: { ops: 2, characters: 1000 },
    folding: { ops: 2, characters: 1000 },
  };

  describe("on memory", () => {
    shareDbContract(() => "memory:");
  });

  describe("on memory, with nothing cached", () => {
    shareDbContract(() => "memory:", cold);
  });

  describe("on SQLite", () => {
    const file = temporaryFolder();
    let files = 0;
    shareDbContract(() => openUnthreaded(file(`${files++}.db`)));
  });

  describe("on PostgreSQL", () => {
    shareDbContract(emptyDatabasesForAll());
  });
});
