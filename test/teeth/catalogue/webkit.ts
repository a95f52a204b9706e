// Bugs of an app around a page, which a real page in a real WebKit notices.

import type { Bug } from "../bug.js";

export const webkit: readonly Bug[] = [
  {
    bug: "An app does not tell its page that the theme has changed.",
    file: "client/webview/host.ts",
    code: '    setTheme: (value) => set(theme, "theme.set", value),',
    instead: "    setTheme: () => {},",
    caughtBy: "test/webkit/webview.test.ts",
    titled: "shakes hands, is dressed by the app",
  },
  {
    bug: "What a page had claimed stays claimed when the app closes it.",
    file: "client/webview/host.ts",
    code: "      link.close(fault);\n      services.storage?.release?.();",
    instead: "      link.close(fault);",
    caughtBy: "test/webkit/webview.test.ts",
    titled: "goes offline, is killed there",
  },
  {
    bug: "A page is not told that somebody else has signed in.",
    file: "client/webview/host.ts",
    code: '      if (link.isOpen) link.insist("auth.changed"',
    instead: '      if (!link.isOpen) link.insist("auth.changed"',
    caughtBy: "test/webkit/webview.test.ts",
    titled: "uses the app's token",
  },
];
