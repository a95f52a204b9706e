// `interline load` as it is called: that its figures add up, that its report opens, and that it says no when it must.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { exitCodes } from "../../server/startup.js";
import { leaveAll, visit } from "../browser/chromium.js";
import { cleanUp, freePort, startServer, until } from "../server/harness.js";
import { site } from "../server/site.js";
import { program } from "../services/program.js";
import type { Second, TimingSummary } from "./measure.js";

const cli = program("server/cli");
const call = promisify(execFile);

interface Told {
  readonly good: boolean;
  readonly timings: { readonly [name: string]: TimingSummary };
  readonly errors: object;
  readonly seconds: readonly Second[];
}

async function load(...args: readonly string[]) {
  return call(process.execPath, [
    cli,
    "load",
    "--clients",
    "12",
    "--writers",
    "4",
    "--seconds",
    "3",
    ...args,
  ]);
}

describe("interline load", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "interline-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  afterEach(cleanUp);

  it("starts a server of its own, and everything that was due is acknowledged and seen", async () => {
    const report = join(folder, "report.html");
    const file = join(folder, "load.prom");
    const options = ["--documents", "3", "--report", report, "--prometheus", file, "--json"];
    const { stdout } = await load(...options);
    const { good, timings, errors, seconds } = JSON.parse(stdout) as Told;
    const sum = (of: "sent" | "acknowledged" | "seen") =>
      seconds.reduce((all, second) => all + second[of], 0);
    expect(good).to.equal(true);
    expect(errors).to.deep.equal({});
    expect(seconds).to.have.length(3);
    const acknowledged = timings["until acknowledged"]!;
    expect(acknowledged.count).to.be.at.least(sum("sent"));
    expect(acknowledged.count).to.be.greaterThan(20);
    // Four people are in each document, so three others see what one of them writes.
    expect(timings["until in others' copies"]!.count).to.equal(3 * acknowledged.count);
    for (const { p50, p90, p95, p99, "p99.9": last, max } of Object.values(timings)) {
      const rising = [0, p50, p90, p95, p99, last, max];
      expect(rising).to.deep.equal(rising.toSorted((a, b) => a - b));
    }
    const exposed = await readFile(file, "utf8");
    expect(exposed).to.match(
      new RegExp(`^interline_load_keystrokes_acknowledged_total ${acknowledged.count}$`, "m"),
    );

    const { page, screenshot } = await visit(pathToFileURL(report).href);
    await page.locator("canvas").nth(3).waitFor();
    expect(await page.locator("canvas").count()).to.equal(4);
    expect(await page.locator(".verdicts .bad").count()).to.equal(0);
    await screenshot("load-report");
    await leaveAll();
  });

  it("leaves nothing behind on a server that is not its own, also below a path, and serves figures while it runs", async () => {
    const server = await startServer({ database: "memory:" });
    const port = await freePort();
    const { url } = await site(server.port, "passed");
    const running = load("--server", `${url}/write`, "--type", "plain", "--prometheus", String(port));
    await until("it says how it goes", async () =>
      fetch(`http://127.0.0.1:${port}/metrics`).then(
        async (answer) =>
          (await answer.text()).includes('interline_load_acknowledged_seconds{quantile="0.99"}'),
        () => false,
      ),
    );
    const { stdout } = await running;
    expect(stdout).to.include("All copies of each document are the same.");
    expect((await server.documents.list()).documents).to.deep.equal([]);
  });

  it("says no when it takes too long", async () => {
    const failure = await load("--max-p99", "0.1").catch((error: unknown) => error);
    expect(failure).to.include({ code: exitCodes.demand_unmet });
    expect((failure as { stdout: string }).stdout).to.match(
      /✗ p99 until acknowledged is .* 0\.1 ms were asked for/,
    );
  });

  it("says in a sentence that nobody is there, or that a token does not hold", async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const strict = await startServer({ database: "memory:", auth: "jwt", jwtSecret: "0".repeat(32) });
    for (const [args, code, says] of [
      [["--server", nobody], exitCodes.not_found, /No server answers at http/],
      [["--server", strict.url, "--token", "wrong"], exitCodes.bad_option, /\(unauthenticated\)/],
    ] as const) {
      const failure = await load(...args).catch((error: unknown) => error);
      expect(failure).to.include({ code });
      const { stderr } = failure as { stderr: string };
      expect(stderr.trim().split("\n")).to.have.length(1);
      expect(stderr).to.match(says);
    }
  });

  it("takes no more documents than people, if it is not told how many", async () => {
    const { stdout } = await load("--clients", "3", "--writers", "1", "--seconds", "1");
    expect(stdout).to.include("in 3 rich documents");
  });

  for (const [wrong, args] of [
    ["more writers than people", ["--writers", "13"]],
    ["no number", ["--rate", "fast"]],
    ["no address", ["--server", "here"]],
    ["a word", ["now"]],
  ] as const)
    it(`refuses ${wrong} with one sentence`, async () => {
      const failure = await load(...args).catch((error: unknown) => error);
      expect(failure).to.include({ code: exitCodes.bad_option });
      expect((failure as { stderr: string }).stderr.trim().split("\n")).to.have.length(1);
    });
});
