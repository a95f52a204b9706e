// Pages for tests alone: one script of the test's own, bundled as the demo's are, on an otherwise empty page with as strict
// a content policy as the server's.

import { readFileSync } from "node:fs";
import type { BrowserContext } from "playwright-core";
import { build } from "vite";

const root = new URL("../../../", import.meta.url);

/** Each is built once in a run, whichever suites ask for it. */
const built = new Map<string, Promise<string>>();

/**
 * A script with all that it imports.
 *
 * @param entry  a path from the root of the repository
 * @param define  what stands for names of the build
 */
export function bundled(entry: string, define: Readonly<Record<string, string>> = {}): Promise<string> {
  const key = JSON.stringify([entry, define]);
  const script = built.get(key) ?? bundle(entry, define);
  built.set(key, script);
  return script;
}

async function bundle(entry: string, define: Readonly<Record<string, string>>): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: "error",
    define: { ...define },
    build: {
      write: false,
      minify: false,
      lib: { entry: new URL(entry, root).pathname, formats: ["iife"], name: "page" },
    },
  });
  const [bundle] = [output].flat();
  if (bundle === undefined || !("output" in bundle)) throw new Error("Vite built nothing");
  return bundle.output[0].code;
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https:; connect-src 'self'";

/** Serves `script` to `context` as the page `<origin>/kit/`, with the style sheet of the editor binding. */
export async function servePage(
  context: BrowserContext,
  origin: string,
  script: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const style = readFileSync(new URL("client/prosemirror/style.css", root), "utf8");
  await context.route(`${origin}/kit/**`, (route) => {
    const path = new URL(route.request().url()).pathname;
    if (path.endsWith(".js")) return route.fulfill({ contentType: "text/javascript", body: script });
    if (path.endsWith(".css")) return route.fulfill({ contentType: "text/css", body: style });
    if (path.endsWith(".svg"))
      return route.fulfill({
        contentType: "image/svg+xml",
        body: '<svg xmlns="http://www.w3.org/2000/svg"/>',
      });
    return route.fulfill({
      contentType: "text/html",
      headers: { "Content-Security-Policy": policy, ...headers },
      body: `<!doctype html><meta charset="utf-8"><title>kit</title><link rel="icon" href="/kit/icon.svg"><link rel="stylesheet" href="/kit/kit.css"><body><script src="/kit/kit.js"></script>`,
    });
  });
  return `${origin}/kit/`;
}
