// An empty page in Chromium with the editors of `page.ts` in it.

import type { Page } from "playwright-core";
import { kitPage } from "../browser/kit.js";

export async function plainPage(): Promise<Page> {
  // CodeMirror puts its styles into the page; where none are allowed, it is given a shadow root (see the demo).
  const policy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'";
  return (await kitPage("test/plain/page.ts", { policy })).page;
}
