// What `interline/webview` is made of: it must load in a page and in React Native as it is, and its core must be free
// of clocks, chance and the DOM, so that all of the other tests here mean something.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import * as webview from "interline/webview";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Compiles only while the platform's own objects fit; it is never called. */
function fits(page: Window, frame: HTMLIFrameElement, element: HTMLElement) {
  webview.findChannel(page, { parentOrigins: ["https://app.example"] });
  webview.frameChannel(page, frame, "https://docs.example");
  webview.applyTheme(element, { tokens: {} });
  return webview.pageSid(page);
}

/** Every file that `file` pulls in, itself included, and every target outside the repository. */
function reach(file: string, files = new Set<string>(), outside = new Set<string>()) {
  if (files.has(file)) return { files, outside };
  files.add(file);
  const source = readFileSync(join(root, file), "utf8");
  for (const [statement, target] of source.matchAll(/^(?:import|export)\b[^;]*?\bfrom "([^"]+)";/gms)) {
    if (/^(?:import|export) type\b/.test(statement)) continue;
    if (target!.startsWith("."))
      reach(normalize(join(dirname(file), target!.replace(/\.js$/, ".ts"))), files, outside);
    else outside.add(target!);
  }
  return { files, outside };
}

describe("interline/webview", () => {
  it("is exported by the package, with its types", () => {
    const made: typeof webview.newSid = webview.newSid;
    expect(made(webview.secureBytes)).to.match(/^[0-9a-f]{32}$/);
    expect(made(webview.secureBytes)).not.to.equal(made(webview.secureBytes));
    expect(typeof fits).to.equal("function");
    expect([typeof webview.guest, typeof webview.host]).to.deep.equal(["function", "function"]);
  });

  it("brings no library and nothing of Node, and of the engine only a clock, an emitter and names", () => {
    const { files, outside } = reach("client/webview/index.ts");
    const others = [...files].filter((file) => !file.startsWith("client/webview/"));
    expect([...outside]).to.deep.equal([]);
    expect(others.sort()).to.deep.equal(["client/emitter.ts", "client/ids.ts", "protocol/clock.ts"]);
  });

  it("names the platform in `channels.ts` alone", () => {
    const impure =
      /\b(window|document|globalThis|navigator|Date\.now|Math\.random|setTimeout|setInterval|crypto|process)\b/;
    const found = readdirSync(join(root, "client/webview")).filter((file) => {
      const code = readFileSync(join(root, "client/webview", file), "utf8").replace(
        /\/\/.*|\/\*[\s\S]*?\*\//g,
        "",
      );
      return impure.test(code.replace(/"[^"\n]*"|`[^`]*`/g, ""));
    });
    expect(found).to.deep.equal(["channels.ts"]);
  });
});
