// Bugs in asking until there is an answer, and in coming back.

import type { Bug } from "../bug.js";

export const wire: readonly Bug[] = [
  {
    bug: "A request whose answer is lost is not sent again.",
    file: "client/line.ts",
    code: "        else send();\n",
    instead: "",
    caughtBy: "test/client/acknowledgement.test.ts",
  },
  {
    bug: "One number is given to every op.",
    file: "client/line.ts",
    code: "    this.#next.set(`${src} ${doc}`, seq + 1);",
    instead: "",
    caughtBy: "test/client/acknowledgement.test.ts",
  },
  {
    bug: "Whoever comes back is somebody else: the client id is not shown again.",
    file: "client/connection.ts",
    code: "      ...(this.#client === undefined ? {} : { client: this.#client }),\n",
    instead: "",
    caughtBy: "test/client/catch-up.test.ts",
  },
  {
    bug: "A server that asks to be left alone for a while is called again at once.",
    file: "client/connection.ts",
    code: "Math.max(this.#notBefore - now, fault?.extra.retryAfterMs ?? 0)",
    instead: "0",
    caughtBy: "test/client/connection.test.ts",
  },
  {
    bug: "The version that the server tells is not listened to, so that a lost last op stays lost.",
    file: "client/document.ts",
    code: 'else if (name === "head") this.#sync?.head(body.epoch, body.version);',
    instead: "",
    caughtBy: "test/client/catch-up.test.ts",
  },
  {
    bug: "A fresh token is asked for when the old one has ended.",
    file: "client/renewal.ts",
    code: "const EARLIEST_PART = 0.6;\nconst LATEST_PART = 0.8;",
    instead: "const EARLIEST_PART = 1;\nconst LATEST_PART = 1.1;",
    caughtBy: "test/client/renewal.test.ts",
  },
];
