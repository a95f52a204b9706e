// Two nodes with half of the people each, and one of them is killed: its people all come back to the other one, where
// nobody has had their documents open, and ask for them whole. How fast they are in, what it costs the node that lives,
// and that each document is read from the database once and not once for each of them.
//
// People are raw sockets in two processes of their own, each from an address of its own, as a load balancer would tell.

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { figure } from "../figures.js";
import { cleanUp, onCleanUp, sleep } from "../server/harness.js";
import { quantile } from "./crowd.js";
import { startCluster } from "./harness.js";
import { storedLog } from "./log.js";
import { counting, countStatements, scrape, statements } from "./scrape.js";
import type { Place } from "./storm-people.js";

const whole = process.env.CLUSTER === "whole";
/** On each of the two nodes. */
const PEOPLE = whole ? 2_500 : 60;
const DOCUMENTS = whole ? 100 : 10;
const PROMISED_MS = 30_000;
const PROMISED_RATE = 400;
const PROMISED_LAG_MS = 250;

describe("a storm of people whose node was killed", function () {
  this.timeout(600_000);
  after(cleanUp);

  /** People in a process of their own; resolves when all have their documents. */
  async function come(place: Place) {
    const child = fork(fileURLToPath(new URL("./storm-people.js", import.meta.url)), [JSON.stringify(place)]);
    onCleanUp(() => void child.kill("SIGKILL"));
    const next = async <Said>() => (await once(child, "message"))[0] as Said;
    const { here } = await next<{ here: number }>();
    return {
      here,
      async back(lost: number): Promise<readonly number[]> {
        child.send({ lost });
        return (await next<{ took: number[] }>()).took;
      },
    };
  }

  it("is let in by the other one, which reads each document once", async () => {
    const args = ["--trust-proxy", "127.0.0.1"];
    const cluster = await startCluster({ nodes: 2, args, settings: counting });
    const log = storedLog(cluster.address);
    const [dying, living] = cluster.nodes as [(typeof cluster.nodes)[0], (typeof cluster.nodes)[0]];
    const empty = await scrape(living.url);
    const rssOf = (page: ReadonlyMap<string, number>) => page.get("process_resident_memory_bytes")! / 2 ** 20;

    const names = (of: string) => Array.from({ length: DOCUMENTS }, (_, each) => `storm-${of}-${each}`);
    const wires = [await cluster.wire(dying), await cluster.wire(living)];
    const [theirs, others] = await Promise.all(
      wires.map((wire, which) => {
        const documents = names(which === 0 ? "dying" : "living");
        return come({ url: wire.url, people: PEOPLE, documents, first: which * PEOPLE });
      }),
    );
    expect([theirs!.here, others!.here]).to.deep.equal([PEOPLE, PEOPLE]);
    const settled = await scrape(living.url);
    await countStatements(log);
    await sleep(2_000);
    const [idle, before] = [await statements(log), await scrape(living.url)];
    await countStatements(log);

    const since = Date.now();
    await dying.kill();
    const took = await theirs!.back(PEOPLE);
    const allMs = Date.now() - since;
    const after = await scrape(living.url);
    const asked = await statements(log);

    const cpu = after.get("process_cpu_seconds_total")! - before.get("process_cpu_seconds_total")!;
    const rate = Math.round(PEOPLE / cpu);
    const lag = Math.round(after.get("nodejs_eventloop_lag_p99_seconds")! * 1000);
    const reads = asked.filter(({ query }) => /\bsnapshots\b/.test(query));
    const readTimes = reads.reduce((sum, { calls }) => sum + calls, 0);
    const perPerson = ((rssOf(settled) - rssOf(empty)) * 1024) / PEOPLE;
    process.stdout.write(
      `    ${PEOPLE} people back in ${allMs} ms (each ${quantile(took, 0.5)} ms p50, ${quantile(took, 0.99)} ms p99), ${rate}/s per core of the node, its loop ${lag} ms late (p99), ${readTimes} reads of ${DOCUMENTS} documents, ${Math.round(rssOf(after))} MiB\n`,
    );
    if (process.env.CLUSTER_STATEMENTS !== undefined) console.log({ idle, asked });
    expect(after.get("ot_connections")).to.equal(2 * PEOPLE);
    expect(readTimes).to.equal(DOCUMENTS);
    expect(cluster.unexpected).to.deep.equal([]);
    expect(cluster.uncaught()).to.deep.equal([]);
    expect(allMs).to.be.at.most(PROMISED_MS);
    if (whole) {
      expect(rate).to.be.at.least(PROMISED_RATE);
      expect(lag).to.be.at.most(PROMISED_LAG_MS);
    }
    figure("cluster-storm", "people on two nodes, half of whom lost theirs", 2 * PEOPLE);
    figure("cluster-storm", "ms until all of them had their documents again", allMs);
    figure("cluster-storm", "of them a second for each second of the node's processor", rate);
    figure("cluster-storm", "ms that the event loop of the living node was late, p99", lag);
    figure("cluster-storm", "documents that they came back to", DOCUMENTS);
    figure("cluster-storm", "reads of those from the database", readTimes);
    figure("cluster-storm", "MiB that the living node held in the end", Math.round(rssOf(after)));
    figure("cluster-storm", "KiB of it for each person", Math.round(perPerson));
  });
});
