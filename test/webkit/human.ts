// The hands of who writes by chance (`humans/keyboard.ts`), in WebKit and in Chromium.

import type { Random } from "../../protocol/index.js";
import type { Person } from "../browser/people.js";
import type { Hands } from "../humans/keyboard.js";
import type { WebKitView } from "./webkit.js";

const isInText = (): boolean => document.activeElement?.classList.contains("ProseMirror") === true;

export function handsInWebKit(view: WebKitView, draw: Random): Hands {
  return {
    type: (text) => view.type(text),
    press: (...keys) => view.press(...keys),
    async compose(growing, written) {
      for (const text of growing) await view.compose(text);
      if (written === null) await view.cancel();
      else await view.commit(written, { clear: draw() < 0.5 });
    },
    async click(right, down, count) {
      const [width, height] = await view.evaluate(() => [innerWidth, innerHeight] as const);
      await view.click(Math.round(width * right), Math.round(height * down), { count });
    },
    areInText: () => view.evaluate(isInText),
  };
}

export async function handsInChromium({ page, devtools, type, press }: Person): Promise<Hands> {
  const cdp = await devtools();
  return {
    type,
    press,
    async compose(growing, written) {
      for (const text of growing)
        await cdp.send("Input.imeSetComposition", {
          text,
          selectionStart: text.length,
          selectionEnd: text.length,
        });
      if (written === null)
        await cdp.send("Input.imeSetComposition", { text: "", selectionStart: 0, selectionEnd: 0 });
      else await cdp.send("Input.insertText", { text: written });
    },
    async click(right, down, count) {
      const { width, height } = page.viewportSize()!;
      await page.mouse.click(width * right, height * down, { clickCount: count });
    },
    areInText: () => page.evaluate(isInText),
  };
}
