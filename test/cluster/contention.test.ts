// Fifty writers on one document, spread over three nodes, each of which sends the next op as soon as the last is
// acknowledged: how much is committed, how often a node has to try again because another one was first, and whether
// everybody gets their turn.

import { expect } from "chai";
import type { ShortOps } from "../../protocol/index.js";
import { figure } from "../figures.js";
import { cleanUp, connectRaw, type RawClient } from "../server/harness.js";
import { quantile } from "./crowd.js";
import { startCluster } from "./harness.js";
import { storedLog } from "./log.js";
import { scrape, sumOf } from "./scrape.js";

const whole = process.env.CLUSTER === "whole";
const WRITERS = 50;
const NODES = 3;
/** It ends when this many are committed, however long that takes. */
const COMMITS = whole ? 12_000 : 3_000;
const DOC = "contended";

describe("fifty writers on one document across three nodes", () => {
  after(cleanUp);

  it("all get their turn, and each op is committed once", async () => {
    const cluster = await startCluster({ nodes: NODES });
    const log = storedLog(cluster.address);
    const clients: RawClient[] = [];
    for (let each = 0; each < WRITERS; each++) {
      const client = await connectRaw(cluster.nodes[each % NODES]!.url, { name: `Writer ${each}` });
      await client.request("open", { doc: DOC, type: "plain", create: true });
      clients.push(client);
    }
    const pages = () => Promise.all(cluster.nodes.map(({ url }) => scrape(url)));
    const before = await pages();

    let committed = 0;
    const waits: number[] = [];
    async function write(client: RawClient, number: number): Promise<number> {
      let known = 1;
      client.socket.on("ops", ([, first, ...ops]: ShortOps) => {
        known = Math.max(known, first + ops.length - 1);
      });
      let seq = 0;
      while (committed < COMMITS) {
        const asked = Date.now();
        seq++;
        const { version } = await client.request("submit", {
          doc: DOC,
          version: known,
          seq,
          op: [String.fromCodePoint(0x4e00 + number)],
        });
        committed++;
        known = Math.max(known, version);
        waits.push(Date.now() - asked);
      }
      return seq;
    }
    const began = Date.now();
    const counts = await Promise.all(clients.map(write));
    const seconds = (Date.now() - began) / 1000;
    const after = await pages();

    const commits = counts.reduce((sum, count) => sum + count, 0);
    const ops = await log.ops(DOC);
    expect(ops.length).to.equal(commits + 1);
    const bySrc = clients.map(({ welcome }) => ops.filter(({ src }) => src === welcome.client.id).length);
    expect(bySrc).to.deep.equal(counts);
    expect(cluster.unexpected).to.deep.equal([]);

    const retries = sumOf(after, "ot_commit_retries_total") - sumOf(before, "ot_commit_retries_total");
    const [slowest, median] = [Math.min(...counts), quantile(counts, 0.5)];
    const rate = Math.round(commits / seconds);
    const perCommit = Math.round((retries / commits) * 1000) / 1000;
    process.stdout.write(
      `    ${rate} commits/s, ${perCommit} retries each; the slowest writer ${slowest}, the median ${median}; answered after ${quantile(waits, 0.5)} ms (p50), ${quantile(waits, 0.99)} ms (p99)\n`,
    );
    expect(slowest).to.be.at.least(median / 2);
    figure("cluster-contention", "writers on one document, across three nodes", WRITERS);
    figure("cluster-contention", "commits a second", rate);
    figure("cluster-contention", "commits in all, each once in the log", commits);
    figure("cluster-contention", "retries for each commit", perCommit);
    figure("cluster-contention", "commits of the slowest writer", slowest);
    figure("cluster-contention", "commits of the median writer", median);
    figure("cluster-contention", "ms until a commit was answered, at the median", quantile(waits, 0.5));
    figure("cluster-contention", "ms until a commit was answered, p99", quantile(waits, 0.99));
  });
});
