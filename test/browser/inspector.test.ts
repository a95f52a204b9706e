// The page that shows the trace of a failed run: opened from a file, dropped, or named in the address; stepped through; and
// files that are none.

import { expect } from "chai";
import { parseTrace, traceText } from "../fuzz/trace.js";
import { cleanUp, type RunningServer, startServer } from "../server/harness.js";
import { leaveAll, type Visitor, visit } from "./chromium.js";
import { failedTrace, frame } from "./failed-trace.js";

describe("the trace inspector", function () {
  this.timeout(60_000);
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
