// Three nodes over Redis and PostgreSQL, people in documents of a few each, wires that are never quite well, and one thing
// after another that breaks: nodes, Redis, PostgreSQL, and the ways between them. After each is mended, how long it takes
// until everybody has everything is measured; at the end nothing that was acknowledged is missing and nothing is there
// twice.
//
// `npm test` lets every kind of thing happen once, to 24 people. With CLUSTER=whole, as `npm run promises` sets it, there are
// sixty, Redis is gone for a minute, and it all goes on for three.

import { expect } from "chai";
import { figure } from "../figures.js";
import { seed } from "../seed.js";
import { cleanUp, sleep } from "../server/harness.js";
import { random } from "../stack/draws.js";
import { type Crowd, converge, gather, quantile } from "./crowd.js";
import { BadWires, befall, type Fault, kinds, schedule } from "./faults.js";
import { type Cluster, startCluster } from "./harness.js";
import { holdAgainst, type StoredLog, storedLog, verified } from "./log.js";

const whole = process.env.CLUSTER === "whole";
const FOR_MS = whole ? 180_000 : 0;
const REDIS_GONE_MS = whole ? 60_000 : 4_000;
const PEOPLE = whole ? 60 : 24;
const DOCUMENTS = whole ? 20 : 8;
const WIRES = whole ? 10 : 6;
/** Before it counts as hanging. A machine that does everything else at once may take long; what it took is a figure. */
const AT_MOST_MS = 120_000;
/** For all but a hundredth. */
const SOON_MS = 30_000;

describe(`a cluster in which one thing after another breaks (SEED=${seed})`, function () {
  this.timeout(600_000);
  const draw = random(seed);
  let cluster: Cluster;
  let crowd: Crowd;
  let log: StoredLog;
  let wires: BadWires;

  before(async () => {
    cluster = await startCluster({ nodes: 3 });
    log = storedLog(cluster.address);
    const ways = await Promise.all(Array.from({ length: WIRES }, () => cluster.wire()));
    crowd = await gather({
      people: PEOPLE,
      wires: ways,
      seed,
      // One document each; every third person has another one open.
      writes: (person) => [person % DOCUMENTS, ...(person % 3 === 0 ? [(person / 3 + 7) % DOCUMENTS] : [])],
    });
    crowd.start(1_000);
    wires = new BadWires(ways, random(seed + 1));
  });

  after(async () => {
    await wires?.stop();
    for (const client of crowd?.clients ?? []) client.close();
    await cleanUp();
  });

  it("has everybody current soon after each, loses nothing and has nothing twice", async () => {
    const all: number[] = [];
    const counts = new Map<string, number>();
    const began = Date.now();
    const faults = schedule(draw, cluster.nodes.length, REDIS_GONE_MS);

    async function one(fault: Fault): Promise<void> {
      const mend = await befall(cluster, fault);
      wires.calm();
      const took = await converge(crowd, log, AT_MOST_MS);
      all.push(...took);
      counts.set(fault.kind, (counts.get(fault.kind) ?? 0) + 1);
      process.stdout.write(
        `    ${fault.kind} (node ${fault.node}, ${fault.forMs} ms): all current after ${quantile(took, 0.5)} ms, the last after ${quantile(took, 1)}\n`,
      );
      await mend();
      wires.resume();
      await sleep(500);
    }

    while (counts.size < kinds.length || Date.now() - began < FOR_MS) await one(faults.next().value);

    await wires.stop();
    await crowd.finish();
    await converge(crowd, log, AT_MOST_MS);
    let [ops, acknowledged] = [0, 0];
    for (const [doc, writers] of crowd.byDocument) {
      const counted = await holdAgainst(log, doc, writers);
      ops += counted.ops;
      acknowledged += counted.acknowledged;
    }
    expect(cluster.unexpected).to.deep.equal([]);
    expect(cluster.uncaught()).to.deep.equal([]);
    expect(await verified(cluster.address)).to.equal(ops);

    const [p50, p99] = [quantile(all, 0.5), quantile(all, 0.99)];
    process.stdout.write(`    ${ops} ops; current again after ${p50} ms (p50), ${p99} ms (p99)\n`);
    expect(p99).to.be.at.most(SOON_MS);
    for (const [kind, times] of counts) figure("cluster-chaos", `times that ${kind}`, times);
    figure("cluster-chaos", "people in twenty documents on three nodes", PEOPLE);
    figure("cluster-chaos", "seconds that it went on", Math.round((Date.now() - began) / 1000));
    figure("cluster-chaos", "edits acknowledged, none lost and none twice", acknowledged);
    figure("cluster-chaos", "processes that ended without being killed", cluster.unexpected.length);
    figure("cluster-chaos", "ms until somebody had everything after it was mended, at the median", p50);
    figure("cluster-chaos", "ms until somebody had everything after it was mended, p99", p99);
    figure("cluster-chaos", "such waits measured", all.length);
  });
});
