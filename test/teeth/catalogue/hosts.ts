// Bugs in what the host kits are to do, as the golden exchanges have it.

import type { Bug } from "../bug.js";

export const hosts: readonly Bug[] = [
  {
    bug: "A host runs a request again that it has run so long ago that it has forgotten the answer.",
    file: "client/webview/answers.ts",
    code: "if (id <= this.forgotten && !spec.safe) {",
    instead: "if (id < 0 && !spec.safe) {",
    caughtBy: "test/hosts/exchanges.test.ts",
    titled: "says expired of a request so old",
  },
  {
    bug: "A host that has given up on a command does not take it back: the page runs it when nobody wants it any more.",
    file: "client/webview/calls.ts",
    code: 'const tell = call.sent && this.open && call.spec.form === "call";',
    instead: "const tell = false;",
    caughtBy: "test/hosts/exchanges.test.ts",
    titled: "until its time is up, and takes it back",
  },
  {
    bug: "What a page had claimed stays claimed when it is loaded anew, and its edits wait for ever.",
    file: "client/webview/host.ts",
    code: `      services.storage?.release?.();
    }
    anyPage = true;`,
    instead: `    }
    anyPage = true;`,
    caughtBy: "test/hosts/exchanges.test.ts",
    titled: "forgets what a page had claimed",
  },
];
