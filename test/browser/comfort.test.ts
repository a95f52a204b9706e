// What people have asked their system for, and what the pages make of it: no motion, and the system's own colours. Also the
// signs of who is idle or away, and the bare text area.

import { expect } from "chai";
import { cleanUp, type RunningServer, startServer, until } from "../server/harness.js";
import { violations } from "./axe.js";
import { leaveAll } from "./chromium.js";
import { crowd, joins } from "./crowd.js";
import { comes, freshId, opens, written } from "./people.js";

describe("the pages, as people have asked their system", () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer();
  });
  after(cleanUp);
  afterEach(leaveAll);

  it("move nothing for those who want no motion", async () => {
    const id = await written(server, "one two three four");
    const { page } = await opens("Ada", server, id);
    await page.emulateMedia({ reducedMotion: "reduce" });
    await crowd(server, id, ["Bo", "Cy"]);
    await page.locator(".interline-caret").nth(1).waitFor();
    const moving = await page.evaluate(() => {
      const seconds = (times: string) => times.split(",").map((time) => Number.parseFloat(time));
      return [...document.querySelectorAll("*")].flatMap((element) =>
        [undefined, "::before", "::after"].flatMap((part) => {
          const { transitionDuration, animationName, animationDuration } = getComputedStyle(element, part);
          const moves =
            seconds(transitionDuration).some((time) => time > 0.001) ||
            (animationName !== "none" && seconds(animationDuration).some((time) => time > 0.001));
          return moves ? [`${element.tagName}.${element.className}${part ?? ""}`] : [];
        }),
      );
    });
    expect(moving).to.deep.equal([]);
  });

  it("outline carets and pressed buttons, and underline selections, in the system's own colours", async () => {
    const id = await written(server, "one two three four");
    const ada = await opens("Ada", server, id);
    const { page } = ada;
    await page.emulateMedia({ forcedColors: "active" });
    const bo = await joins(server, id, "Bo");
    bo.at(3, 8);
    await page.locator(".interline-caret").waitFor();
    await ada.caretAt("four");
    await ada.press("Control+b");
    await page.locator('.toolbar button[aria-pressed="true"]').waitFor();
    const seen = await page.evaluate(() => {
      const outline = (selector: string) => getComputedStyle(document.querySelector(selector)!).outlineStyle;
      const color = [...CSS.highlights].find(([, ranges]) => ranges.size > 0)?.[0];
      const editor = document.querySelector(".ProseMirror p")!;
      return {
        caret: outline(".interline-caret"),
        pressed: outline('.toolbar button[aria-pressed="true"]'),
        selection: getComputedStyle(editor, `::highlight(${color})`).textDecorationLine,
      };
    });
    await ada.screenshot("forced-colours");
    expect(seen).to.deep.equal({ caret: "solid", pressed: "solid", selection: "underline" });
  });

  it("show who is idle and who is away, and that without a colour", async () => {
    const id = await written(server, "one two three four");
    const { page } = await opens("Ada", server, id);
    const [bo] = await crowd(server, id, ["Bo"]);
    for (const activity of ["idle", "away"] as const) {
      bo!.doc.presence.update({ anchor: 3, head: 3 }, activity);
      await page.locator(`.interline-caret[data-activity="${activity}"]`).waitFor({ state: "attached" });
      await until(`Bo is said to be ${activity}`, async () =>
        (await page.locator(".roster").textContent())!.includes(`Bo, ${activity}`),
      );
    }
  });

  it("have nothing that axe complains of in a text area", async () => {
    const { page } = await comes("Ada", server, `/p/${freshId()}?editor=textarea`);
    await page.locator("textarea:not([readonly])").waitFor();
    expect(await violations(page)).to.deep.equal([]);
  });
});
