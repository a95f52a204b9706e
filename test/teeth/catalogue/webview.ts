// Bugs of a page inside an app.

import type { Bug } from "../bug.js";

export const webview: readonly Bug[] = [
  {
    bug: "What one person wrote is sent as whoever signs in after them.",
    file: "client/in-app.ts",
    code: "(next != null && next.id !== user?.id ? changed() : anew())",
    instead: "(next === null ? changed() : anew())",
    caughtBy: "test/webview/in-app.test.ts",
    titled: "is dropped when the person signs out, and the page begins anew for another person",
  },
  {
    bug: "A page in which nobody is signed in stays closed when somebody signs in.",
    file: "client/in-app.ts",
    code: 'throw new Error("Nobody is signed in to the app.");',
    instead:
      'throw new (await import("../protocol/index.js")).Fault("unauthenticated", "Nobody is signed in.");',
    caughtBy: "test/webview/in-app.test.ts",
    titled: "waits while nobody is signed in, and comes back with whoever signs in",
  },
  {
    bug: "After a long sleep a page trusts a socket that is dead.",
    file: "client/in-app.ts",
    code: "if (hiddenAt !== undefined && clock.now() - hiddenAt >= ASLEEP_MS) anew();",
    instead: "if (hiddenAt === undefined) connection.retryNow();",
    caughtBy: "test/webview/in-app.test.ts",
    titled: "is made anew after a long sleep",
  },
  {
    bug: "A page that is loaded anew is told that the person from before is signed in.",
    file: "client/webview/host.ts",
    code: "      if (next !== undefined) user = next ?? undefined;\n",
    instead: "",
    caughtBy: "test/webview/in-app.test.ts",
    titled: "tells a page that comes later who has signed in since",
  },
  {
    bug: "Colours of the theme before stay when a theme has none of them.",
    file: "client/webview/page.ts",
    code: "    if (!Object.hasOwn(tokens, name)) element.style.removeProperty(name);",
    instead: "    if (!name.startsWith('--')) element.style.removeProperty(name);",
    caughtBy: "test/webview/channels.test.ts",
    titled: "puts theme and insets into custom properties",
  },
  {
    bug: "What a bridge has lost several times is sent again after half a minute.",
    file: "client/webview/calls.ts",
    code: "const MAX_REPEAT_MS = 2_000;",
    instead: "const MAX_REPEAT_MS = 30_000;",
    caughtBy: "test/webview/opening.test.ts",
    titled: "within ten seconds",
  },
];
