// The memory log under the contract of all op logs.

import { MemoryLog } from "../../server/storage/memory/log.js";
import { storageContract } from "./contract.js";

describe("the memory log", () => {
  storageContract({ open: async () => new MemoryLog(), runs: 200 });
});
