// PostgreSQL under the contract of all op logs. What only a server can do to it stands in the files beside this one.

import type { OpLog } from "../../server/storage/op-log.js";
import { PostgresLog } from "../../server/storage/postgres/log.js";
import { storageContract } from "./contract.js";
import { emptyDatabasesForAll } from "./postgres.js";
import { quietLog } from "./support.js";

describe("the PostgreSQL log", () => {
  const empty = emptyDatabasesForAll();
  const addresses = new Map<OpLog, string>();

  async function open(address?: string): Promise<PostgresLog> {
    const at = address ?? (await empty());
    const log = await PostgresLog.open(at, quietLog);
    addresses.set(log, at);
    return log;
  }

  describe("keeps the contract:", () => {
    storageContract({ open: () => open(), reopen: (closed) => open(addresses.get(closed)), runs: 15 });
  });
});
