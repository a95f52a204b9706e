// Pages as tools photograph them: by a browser whose clock is virtual. It goes on by itself while a page waits for nothing but
// timers and WebSockets, and stands still while a request is on its way.

import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { cleanUp, onCleanUp, type RunningServer, sleep, startServer, tempFolder } from "../server/harness.js";
import { executablePath, flags } from "./chromium.js";
import { freshId } from "./people.js";

/** How long a WebSocket takes to open: as on a busy machine, and for such a clock for ever. */
const OPENING_MS = 1_000;
/** What tools give a page, of its own time. */
const BUDGET_MS = 6_000;
/** Of ours. Without a poll to wait for it takes two seconds. */
const PATIENCE_MS = 30_000;

/** A way to the server on which WebSockets open slowly and all else is as quick as ever. @returns its address */
async function slowlyOpening({ port }: RunningServer): Promise<string> {
  const gate = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const line of [near, far]) line.on("error", () => [near, far].forEach((end) => void end.destroy()));
    near.once("data", async (begun) => {
      near.pause();
      if (/^upgrade: websocket/im.test(String(begun))) await sleep(OPENING_MS);
      far.write(begun);
      near.pipe(far).pipe(near);
    });
  });
  await new Promise<void>((listening) => gate.listen(0, "127.0.0.1", listening));
  onCleanUp(() => void gate.close());
  return `http://127.0.0.1:${(gate.address() as AddressInfo).port}`;
}

describe("a page in a browser with a virtual clock", () => {
  after(cleanUp);

  it("is drawn, however long a WebSocket takes to open", async () => {
    const server = await startServer();
    const address = await slowlyOpening(server);
    const folder = await tempFolder();
    for (const page of ["/", `/d/${freshId()}`]) {
      const picture = join(folder, "page.png");
      const given = [
        ...flags,
        `--user-data-dir=${join(folder, "profile")}`,
        `--virtual-time-budget=${BUDGET_MS}`,
        `--screenshot=${picture}`,
      ];
      await promisify(execFile)(executablePath, [...given, address + page], { timeout: PATIENCE_MS });
      expect((await readFile(picture)).subarray(1, 4).toString(), page).to.equal("PNG");
      await rm(picture);
    }
  }).timeout(3 * PATIENCE_MS);
});
