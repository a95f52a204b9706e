// A rolling deploy: three nodes behind a balancer, people of two builds who never stop typing, and others who just come.
// One node after the other is told to stop and is started again. Nobody sees an error, nothing that was acknowledged is
// lost or there twice, and everybody ends with everything.
//
// Pages of our build move over while they are served, so they are not without a server for a moment; pages of the build
// before are sent away and come back, as that build does. With CLUSTER=whole every node is exchanged three times, and there
// are sixty people.

import { expect } from "chai";
import type { Client, SharedDocument } from "../../client/index.js";
import { figure } from "../figures.js";
import { seed } from "../seed.js";
import { cleanUp, sleep, until } from "../server/harness.js";
import { type Balancer, balance } from "./balancer.js";
import { type Crowd, converge, documentName, gather, quantile } from "./crowd.js";
import { type Generation, newer, olderGeneration } from "./generations.js";
import { type Cluster, startCluster } from "./harness.js";
import { holdAgainst, type StoredLog, storedLog } from "./log.js";

const whole = process.env.CLUSTER === "whole";
const ROUNDS = whole ? 3 : 1;
const PEOPLE = whole ? 60 : 24;
const DOCUMENTS = whole ? 10 : 4;
/** Every third person's page was loaded from the build before. */
const isOld = (person: number) => person % 3 === 0;
const CONVERGE_MS = 120_000;
/** A node is gone by then; so long an orchestrator waits before it kills. */
const EXIT_MS = 25_000;

/** One person's client, watched: what it saw of the nodes' going. */
class Watch {
  /** Everything that a page would show as an error. */
  readonly errors: string[] = [];
  /** Milliseconds without a connection, all in all. */
  awayMs = 0;
  #since: number | undefined;

  constructor(client: Client, doc: SharedDocument) {
    client.on("status", ({ status, fault }) => {
      if (status === "closed") this.errors.push(`closed: ${fault?.code}`);
      if (status === "online") this.#back();
      else this.#since ??= performance.now();
    });
    doc.on("status", ({ status }) => {
      if (status === "fault" || status === "readonly" || status === "loading") this.errors.push(status);
    });
    doc.on("refused", ({ fault }) => this.errors.push(`refused: ${fault.code}`));
    doc.on("recovered", ({ length }) => {
      if (length > 0) this.errors.push(`${length} recovered edits`);
    });
    doc.on("notice", ({ kind }) => this.errors.push(kind));
  }

  #back(): void {
    if (this.#since !== undefined) this.awayMs += performance.now() - this.#since;
    this.#since = undefined;
  }
}

describe("nodes that are exchanged one by one", function () {
  this.timeout(600_000);
  let cluster: Cluster;
  let balancer: Balancer;
  let log: StoredLog;
  let crowd: Crowd;
  let older: Generation;

  before(async () => {
    older = await olderGeneration();
    cluster = await startCluster({ nodes: 3 });
    log = storedLog(cluster.address);
    balancer = await balance(cluster.nodes);
    crowd = await gather({
      people: PEOPLE,
      wires: [balancer.way],
      seed,
      writes: (person) => [person % DOCUMENTS],
      connects: (url, person) => (isOld(person) ? older : newer).connect(url, { name: `Person ${person}` }),
    });
  });
  after(async () => {
    for (const client of crowd?.clients ?? []) client.close();
    await cleanUp();
  });

  it("are noticed by nobody, lose nothing and have nothing twice", async () => {
    const watches = crowd.clients.map((client, person) => new Watch(client, crowd.byPerson[person]![0]!.doc));
    const rejected: string[] = [];
    const kept = (promise: Promise<unknown>) =>
      promise.catch((error: unknown) => void rejected.push(String(error)));
    let rolling = true;

    /** Everybody asks now and then to be told when all is saved. */
    const settling = crowd.writers.map(async ({ doc }) => {
      while (rolling) {
        await kept(doc.settled());
        await sleep(500);
      }
    });
    let came = 0;
    /** Somebody new comes, looks and goes again, all the time. */
    const coming = (async () => {
      while (rolling) {
        const newcomer = (came % 2 === 0 ? newer : older).connect(balancer.way.url, { name: "Newcomer" });
        const doc = newcomer.open(documentName(1), { type: "plain" });
        await kept(doc.ready);
        if (doc.status === "fault") rejected.push(`newcomer: ${doc.fault?.code}`);
        newcomer.close();
        came++;
        await sleep(200);
      }
    })();

    crowd.start(1_000);
    const exits: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const node of cluster.nodes) {
        const since = performance.now();
        expect(await node.stop(), `node ${node.number}: ${node.child.output.stderr}`).to.equal(0);
        exits.push(performance.now() - since);
        await node.start();
        await until("the balancer has it back", () => balancer.ready.has(node), 30_000);
      }
    }
    rolling = false;
    await Promise.all([...settling, coming]);
    await crowd.finish();
    const took = await converge(crowd, log, CONVERGE_MS);

    let acknowledged = 0;
    for (const [doc, writers] of crowd.byDocument) {
      acknowledged += (await holdAgainst(log, doc, writers)).acknowledged;
    }
    expect(
      watches.flatMap(({ errors }, person) => errors.map((error) => `${person}: ${error}`)),
      "errors that a page would show",
    ).to.deep.equal([]);
    expect(rejected, "promises that were rejected").to.deep.equal([]);
    expect(cluster.unexpected).to.deep.equal([]);
    expect(cluster.uncaught()).to.deep.equal([]);
    expect(Math.max(...exits), "ms until a node had ended").to.be.at.most(EXIT_MS);
    const away = (old: boolean) =>
      watches.filter((_, person) => isOld(person) === old).map(({ awayMs }) => Math.round(awayMs));
    const [news, olds] = [away(false), away(true)];
    const three = (values: readonly number[]) =>
      [0.5, 0.99, 1].map((share) => quantile(values, share)).join(" / ");
    process.stdout.write(
      `    exits ${exits.map(Math.round).join(", ")} ms; without connection, ms, p50 / p99 / max: new ${three(news)}, old ${three(olds)}; ${came} newcomers; converged after ${quantile(took, 1)} ms\n`,
    );
    // Pages of our build move beside the connection that they have. One or two may be late where everything is slow.
    expect(quantile(news, 0.5), "ms without connection of most new pages").to.equal(0);

    figure("rolling-deploy", "nodes stopped and started again, of three", exits.length);
    figure("rolling-deploy", "people who typed all the time", PEOPLE);
    figure("rolling-deploy", "of them with pages of the build before", olds.length);
    figure("rolling-deploy", "newcomers meanwhile", came);
    figure("rolling-deploy", "edits acknowledged, none lost and none twice", acknowledged);
    figure("rolling-deploy", "errors that a page would show, and promises rejected", rejected.length);
    figure(
      "rolling-deploy",
      "ms without connection in all, page of this build, p50 / p99 / max",
      three(news),
    );
    figure(
      "rolling-deploy",
      "ms without connection in all, page of the build before, p50 / p99 / max",
      three(olds),
    );
    figure("rolling-deploy", "ms until a node had ended, at most", Math.round(Math.max(...exits)));
  });
});
