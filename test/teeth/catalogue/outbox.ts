// Bugs in what is kept on the device.

import type { Bug } from "../bug.js";

export const outbox: readonly Bug[] = [
  {
    bug: "An op goes out before its name is stored.",
    file: "client/sender.ts",
    code: "    this.#storing = true;\n",
    instead: "    this.pump();\n",
    caughtBy: "test/client/lifetime.test.ts",
  },
  {
    bug: "What is unsent is forgotten when its document is closed.",
    file: "client/document.ts",
    code: "this.#storing.leave(this.unsaved > 0, gone)",
    instead: "this.#storing.leave(false, gone)",
    caughtBy: "test/client/lifetime.test.ts",
  },
  {
    bug: "The op on its way is not in the record.",
    file: "client/keeper.ts",
    code: "      ...(inflight && { inflight: sentOf(inflight) }),\n",
    instead: "",
    caughtBy: "test/client/lifetime.test.ts",
  },
];
