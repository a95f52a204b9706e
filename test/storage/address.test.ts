// Addresses of databases that cannot be opened, in one sentence each.

import { expect } from "chai";
import { openStorage } from "../../server/storage/index.js";
import { failure } from "./documents.js";
import { manualClock, quietLog } from "./support.js";

describe("a database address", () => {
  for (const [address, message] of [
    ["postgres://localhost/interline", "PostgreSQL is not supported yet. Use sqlite:PATH or memory:."],
    ["postgresql://localhost/interline", "PostgreSQL is not supported yet. Use sqlite:PATH or memory:."],
    ["interline.db", "The database must be given as sqlite:PATH or memory:."],
    ["sqlite:", "The database must be given as sqlite:PATH or memory:."],
  ] as const) {
    it(`that cannot be used is refused: ${address}`, async () => {
      const error = await failure(openStorage(address, { types: [], clock: manualClock(), log: quietLog }));
      expect(error).to.include({ name: "StorageError", code: "unsupported", message });
    });
  }
});
