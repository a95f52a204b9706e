// The page that shows the trace of a failed run: opened from a file, dropped, or named in the address; stepped through; and
// files that are none.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { momentOf, shownText } from "../../demo/inspector/moments.js";
import { mistakes } from "../fuzz/mistakes.js";
import { parseTrace, traceText } from "../fuzz/trace.js";
import { cleanUp, type RunningServer, startServer, tempFolder } from "../server/harness.js";
import { withBug } from "../teeth/build.js";
import { interline } from "../teeth/call.js";
import { leaveAll, type Visitor, visit } from "./chromium.js";
import { failedTrace, frame } from "./failed-trace.js";

describe("the trace inspector", () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer();
  });
  afterEach(leaveAll);
  after(cleanUp);

  const inspector = () => visit(`${server.url}/inspector`);
  const opensFile = ({ page }: Visitor, text: string) =>
    page
      .getByLabel("Open a trace")
      .setInputFiles({ name: "trace.json", mimeType: "application/json", buffer: Buffer.from(text) });
  const client = ({ page }: Visitor, name: string) => page.getByRole("region", { name, exact: true });
  const document = (visitor: Visitor, name: string) =>
    client(visitor, name).getByLabel("Document").innerText();

  it("shows what was found, where it was found, and how copies differ", async () => {
    const ada = await inspector();
    await ada.page.getByText("Open or drop here").waitFor();
    await opensFile(ada, traceText(failedTrace));
    await ada.page.getByText("Seed 731, round 4").waitFor();
    expect(await ada.page.getByRole("listitem").first().textContent()).to.include("Ada and Bo differ.");
    expect(await ada.page.locator(".inspector-step").textContent()).to.match(
      /^Step 3 of 3 · the server .*restart/,
    );
    expect(await document(ada, "Bo")).to.equal("cats");
    expect(await client(ada, "Bo").locator("mark").textContent()).to.equal("s");
    expect(await client(ada, "Ada").locator("mark").textContent()).to.equal("‸");
    expect(await ada.page.getByRole("region", { name: "Log of the server" }).textContent()).to.include(
      "2 versions",
    );
    await ada.screenshot("inspector");
  });

  it("steps through it, by buttons, by keys and to what was found", async () => {
    const ada = await inspector();
    await opensFile(ada, traceText(failedTrace));
    const step = async () => (await ada.page.locator(".inspector-step").textContent())!.split(" · ")[0];
    await ada.page.getByRole("button", { name: "One step back" }).click();
    expect(await step()).to.equal("Step 2 of 3");
    await ada.page.getByRole("button", { name: "One step back" }).click();
    expect(await client(ada, "Ada").textContent())
      .to.include('"sent":[1,"cat"]')
      .and.include('[[4,"s"]]');
    expect(await client(ada, "Ada").getByRole("heading").first().textContent()).to.include("2 unsaved");
    await ada.page.getByRole("slider", { name: "Step" }).focus();
    await ada.page.keyboard.press("Home");
    expect(await step()).to.equal("Step 0 of 3");
    await ada.page.keyboard.press("ArrowRight");
    expect(await step()).to.equal("Step 1 of 3");
    await ada.page.getByRole("button", { name: "After step 2" }).click();
    expect(await step()).to.equal("Step 2 of 3");
    await ada.page.getByRole("button", { name: "One step on" }).click();
    await ada.page.getByRole("button", { name: "One step on" }).click();
    expect(await step(), "there is no step after the last").to.equal("Step 3 of 3");
  });

  it("shows what interline fuzz writes, step by step as it was, on a telephone too", async () => {
    const folder = await tempFolder();
    const file = join(folder, "undo.trace.json");
    const mistake = mistakes.find(({ kinds }) => kinds.includes("undo"))!;
    const args = [
      "fuzz",
      "--clients",
      "3",
      "--seconds",
      "30",
      "--shrink",
      "6",
      "--trace",
      file,
      ...mistake.args,
    ];
    const { said } = await withBug(mistake, (build) => interline(args, build));
    const text = readFileSync(file, "utf8");
    const trace = parseTrace(text);
    expect(trace.header.virtual, said).not.to.equal(undefined);

    const ada = await inspector();
    await opensFile(ada, text);
    await ada.page.getByText("in virtual time").waitFor();
    await ada.page.getByRole("slider", { name: "Step" }).focus();
    await ada.page.keyboard.press("Home");
    const had = { inflight: 0, pending: 0 };
    for (let step = 0; step <= trace.steps.length; step++) {
      if (step > 0) await ada.page.keyboard.press("ArrowRight");
      await ada.page.getByText(`Step ${step} of ${trace.steps.length} · `).waitFor();
      for (const frame of momentOf(trace, step).clients) {
        if (frame === undefined) continue;
        const { name, inflight, pending } = frame;
        if (inflight !== undefined) had.inflight++;
        if (pending.length > 0) had.pending++;
        // Where a copy has nothing of what differs, a sign stands for that.
        const shown = (await document(ada, name)).replace("‸", "");
        expect(shown, said).to.equal(shownText(trace.header.type, frame.document));
        const codes = client(ada, name).locator("> code");
        expect(await codes.allTextContents()).to.deep.equal([
          inflight === undefined ? "nothing" : JSON.stringify(inflight),
          pending.length === 0 ? "nothing" : JSON.stringify(pending),
        ]);
      }
    }
    expect(had.inflight, said).to.be.greaterThan(0);
    await ada.screenshot("inspector-fuzz");
    await ada.page.setViewportSize({ width: 390, height: 844 });
    const wide = await ada.page.evaluate(() => globalThis.document.documentElement.scrollWidth - innerWidth);
    expect(wide, "nothing sticks out to the side").to.be.at.most(0);
    await ada.screenshot("inspector-fuzz-phone");
  });

  it("says of a file that is none what is wrong with it, and opens the next one", async () => {
    const { steps: _, ...half } = failedTrace;
    const { found: __, ...header } = failedTrace.header;
    const noDocument = { ...failedTrace, frames: [frame(0, 0, [{ x: 1 }])] };
    const wrong: readonly (readonly [string, RegExp])[] = [
      ["not JSON", /it is no JSON/],
      ["[]", /no trace of a run/],
      ['{"format":"interline-trace/9"}', /interline-trace\/9/],
      [JSON.stringify(half), /not whole/],
      [JSON.stringify({ ...failedTrace, header }), /not whole/],
      [JSON.stringify(noDocument), /./],
    ];
    const ada = await inspector();
    for (const [text, why] of wrong) {
      await opensFile(ada, text);
      const alert = ada.page.getByRole("alert").filter({ hasText: why });
      await alert.waitFor();
      expect(await alert.textContent(), text).not.to.match(/undefined|is not a function/);
      await ada.page.getByText("Open or drop here").waitFor();
    }
    await opensFile(ada, traceText(failedTrace));
    await ada.page.getByText("Seed 731, round 4").waitFor();
    expect(await ada.page.getByRole("alert").count()).to.equal(0);
  });

  it("opens what is dropped on it, and what its address names, from this server only", async () => {
    const ada = await inspector();
    const text = traceText(failedTrace);
    expect(parseTrace(text)).to.deep.equal(failedTrace);
    const dropped = await ada.page.evaluateHandle((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], "trace.json"));
      return transfer;
    }, text);
    await ada.page.dispatchEvent("body", "drop", { dataTransfer: dropped });
    await ada.page.getByText("Seed 731, round 4").waitFor();
    const named = await visit(`${server.url}/inspector?trace=/nowhere.json`);
    await named.page.getByText("There is no trace at /nowhere.json.").waitFor();
    named.forgive(/404/);
    const elsewhere = await visit(`${server.url}/inspector?trace=https://example.org/t.json`);
    await elsewhere.page.getByText("from this server only").waitFor();
  });
});
