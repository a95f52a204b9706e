// The contract of outboxes, for those that run in Node. The browser's own runs it in `indexed.test.ts`.

import { cases, type Device } from "./contract.js";
import { hostDevice, memoryDevice, modelDevice } from "./devices.js";

function suite(name: string, device: () => Device, shared: boolean): void {
  describe(name, () => {
    for (const { title, run, shared: needsPages } of cases)
      if (shared || !needsPages) it(title, () => run(device()));
  });
}

describe("an outbox", () => {
  suite("in memory", memoryDevice, false);
  suite("on a shelf", modelDevice, true);
  suite("in an app's storage", hostDevice, true);

  describe("in an app's storage, of a page that came without TLS", () => {
    const missing = ["randomUUID", "subtle"];
    before(() => {
      for (const name of missing)
        Object.defineProperty(crypto, name, { value: undefined, configurable: true });
    });
    after(() => {
      for (const name of missing) Reflect.deleteProperty(crypto, name);
    });
    suite("where the platform makes no names", hostDevice, true);
  });
});
