// Pages may come without TLS, such as from a server in somebody's own network or from an app: what browsers keep from those is used
// nowhere, or only where its absence has been thought of.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** What pages without TLS do not have, and the files that do without it where it is not there. */
const mayName: readonly (readonly [RegExp, ...(readonly string[])])[] = [
  // Of `crypto` they have one function, which one file calls.
  [/\bcrypto\b/, "client/ids.ts"],
  [/\brandomUUID\b|\bsubtle\b/],
  [/\bnavigator\W+clipboard\b/, "demo/shared/frame.ts", "demo/shared/tray.ts"],
  [/\bnavigator\W+locks\b/, "client/outbox/indexed.ts"],
  [/\bnavigator\W+storage\b/, "client/outbox/indexed.ts"],
  [/\bnavigator\W+serviceWorker\b/, "demo/shared/offline.ts"],
  // A service worker runs nowhere else.
  [/\bcaches\b|\bCacheStorage\b|\bcookieStore\b/, "demo/offline/worker.ts"],
  [
    /\bnavigator\W+(geolocation|mediaDevices|wakeLock|credentials|permissions|share|canShare|userAgentData)\b|\bNotification\b|\bPushManager\b/,
  ],
];

/** Without comments. The apps' own code and the command line run in no page. */
const code = ["client", "demo"]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  )
  .filter((file) => file.endsWith(".ts") && !/^demo\/hosts\/|^client\/commands\//.test(file))
  .map((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return { file, text: text.replace(/(^|\s)\/\/.*|\/\*[\s\S]*?\*\//gm, "") };
  });

describe("what pages without TLS do not have", () => {
  for (const [named, ...files] of mayName)
    it(`is named ${files.length === 0 ? "nowhere" : `in ${files.join(" and ")} only`}: ${named.source}`, () => {
      const found = code.filter(({ text }) => named.test(text)).map(({ file }) => file);
      expect(found.sort()).to.deep.equal([...files].sort());
    });
});
