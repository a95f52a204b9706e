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
  {
    bug: "A WebSocket that nobody answers is waited for until the network gives up.",
    file: "client/socketio.ts",
    code: "stopTimer = clock.after(WEBSOCKET_MS, turnToPolling);",
    instead: "stopTimer = () => {};",
    caughtBy: "test/client/socketio.test.ts",
  },
  {
    bug: "Where WebSockets are refused, polling is not tried.",
    file: "client/socketio.ts",
    code: "if (fault === undefined && turnToPolling()) return;",
    instead: "",
    caughtBy: "test/client/socketio.test.ts",
  },
  {
    bug: "Each connection tries in vain again what did not come through before.",
    file: "client/socketio.ts",
    code: "clock.now() < pollingFirstUntil ? polling : webSocket",
    instead: "webSocket",
    caughtBy: "test/client/socketio.test.ts",
  },
  {
    bug: "Whom polling has led astray goes on with polling.",
    file: "client/socketio.ts",
    code: "if (astray !== undefined) pollingFirstUntil = Number.NEGATIVE_INFINITY;",
    instead: "",
    caughtBy: "test/client/socketio.test.ts",
  },
  {
    bug: "No balancer can tell from a poll which node has its session.",
    file: "server/polling.ts",
    code: "engine.generateId = () => `${node}.${randomBytes(SECRET_BYTES)",
    instead: "engine.generateId = () => `${randomBytes(SECRET_BYTES)",
    caughtBy: "test/client/socketio.test.ts",
  },
  {
    bug: "A client that is asked to move leaves before it has another connection.",
    file: "client/connection.ts",
    code: "if (this.#line?.welcome.protocol === 1) this.#lost();",
    instead: "if (this.#line !== undefined) this.#lost();",
    caughtBy: "test/client/connection.test.ts",
  },
  {
    bug: "A server of the build before is not asked again in its own version.",
    file: "client/call.ts",
    code: "if (this.#welcomed || this.#changed || other === undefined || other === protocol) {",
    instead: "if (true) {",
    caughtBy: "test/client/connection.test.ts",
  },
];
