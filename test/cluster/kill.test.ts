// A node that dies by kill -9 exactly between two steps of an op's way, while others live and its people come back to
// them: what it acknowledged is in the log, what it did not acknowledge is there once when it has been sent again, and
// everybody has everything soon after.

import { expect } from "chai";
import { ledgerPoints, statementPoints } from "../../server/storage/checkpoint.js";
import { figure } from "../figures.js";
import { seed } from "../seed.js";
import { cleanUp, sleep } from "../server/harness.js";
import { program } from "../services/program.js";
import { between, random } from "../stack/draws.js";
import type { TcpProxy } from "../stack/proxy.js";
import { type Crowd, converge, gather, quantile } from "./crowd.js";
import { type Cluster, startCluster } from "./harness.js";
import { holdAgainst, type StoredLog, storedLog, verified } from "./log.js";
import type { DieAt } from "./node.js";

const whole = process.env.CLUSTER === "whole";
const points = [...ledgerPoints, ...statementPoints];
const TRIALS_EACH = whole ? Math.ceil(105 / points.length) : 1;
const PEOPLE = 12;
const DOCUMENTS = 3;
/** Before it counts as hanging. */
const AT_MOST_MS = 120_000;
/** For all but a hundredth. */
const SOON_MS = 30_000;
/** A node to which nobody writes does not die; then everybody changes places. */
const PATIENCE_MS = 3_000;

describe(`a node that dies between two steps of an op's way (SEED=${seed})`, function () {
  this.timeout(600_000);
  const draw = random(seed);
  const took: number[] = [];
  let cluster: Cluster;
  let crowd: Crowd;
  let log: StoredLog;
  let ways: readonly TcpProxy[];
  let kills = 0;

  before(async () => {
    cluster = await startCluster({ nodes: 3, program: program("test/cluster/node") });
    log = storedLog(cluster.address);
    ways = [await cluster.wire()];
    const writes = (person: number) => [person % DOCUMENTS];
    crowd = await gather({ people: PEOPLE, wires: ways, seed, writes });
    crowd.start(whole ? 150 : 300);
  });

  after(async () => {
    for (const client of crowd?.clients ?? []) client.close();
    await cleanUp();
  });

  async function trial(dieAt: DieAt): Promise<void> {
    const victim = cluster.nodes[kills++ % cluster.nodes.length]!;
    const dead = victim.dies();
    victim.child.process.send(dieAt);
    let done = false;
    dead.then(() => {
      done = true;
    });
    while (!done) {
      await Promise.race([dead, sleep(PATIENCE_MS)]);
      if (!done) for (const way of ways) way.cut();
    }
    expect(await dead, `at ${dieAt.point}`).to.equal("SIGKILL");
    took.push(...(await converge(crowd, log, AT_MOST_MS)));
    await victim.start();
  }

  for (const point of points) {
    it(`${point}, ${TRIALS_EACH} times over, has everybody current soon on the others`, async () => {
      for (let each = 0; each < TRIALS_EACH; each++) await trial({ point, passes: between(draw, 1, 20) });
    });
  }

  it("has lost nothing that it acknowledged, and has nothing twice", async () => {
    await crowd.finish();
    await converge(crowd, log, AT_MOST_MS);
    let acknowledged = 0;
    for (const [doc, writers] of crowd.byDocument) {
      acknowledged += (await holdAgainst(log, doc, writers)).acknowledged;
    }
    expect(cluster.unexpected).to.deep.equal([]);
    expect(cluster.uncaught()).to.deep.equal([]);
    await verified(cluster.address);
    expect(kills).to.equal(points.length * TRIALS_EACH);
    const [p50, p99] = [quantile(took, 0.5), quantile(took, 0.99)];
    process.stdout.write(`    ${kills} kills; current again after ${p50} ms (p50), ${p99} ms (p99)\n`);
    expect(p99).to.be.at.most(SOON_MS);
    figure("cluster-kills", "kills of a node at a named point, others alive", kills);
    figure("cluster-kills", "points between receiving an op and acknowledging it", points.length);
    figure("cluster-kills", "edits acknowledged, none lost and none twice", acknowledged);
    figure("cluster-kills", "ms until somebody had everything again, at the median", p50);
    figure("cluster-kills", "ms until somebody had everything again, p99", p99);
  });
});
