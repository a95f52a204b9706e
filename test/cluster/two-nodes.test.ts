// What two nodes over one database must never do, each shown alone: believe what they had of a document, call an op lost
// that is there, or there that is lost, and leave somebody behind because nobody told them.

import { expect } from "chai";
import { cleanUp, connectRaw, type RawClient, until } from "../server/harness.js";
import { type Cluster, startCluster } from "./harness.js";
import { type StoredLog, storedLog } from "./log.js";

/** So long after the relay has lost something everybody is current: the heartbeat is a second. */
const HEALED_MS = 30_000;

describe("two nodes over one database", () => {
  let cluster: Cluster;
  let log: StoredLog;
  let documents = 0;

  before(async () => {
    cluster = await startCluster({ nodes: 2 });
    log = storedLog(cluster.address);
  });
  afterEach(() => {
    for (const { redis, database } of cluster.nodes) {
      redis.open = database.open = true;
      redis.release();
      database.release();
    }
  });
  after(cleanUp);

  /** Two people in one new document, one on each node. */
  async function pair(): Promise<{ doc: string; here: RawClient; there: RawClient }> {
    const doc = `pair-${documents++}`;
    const people: RawClient[] = [];
    for (const { url } of cluster.nodes) {
      const client = await connectRaw(url);
      await client.request("open", { doc, type: "plain", create: true });
      people.push(client);
    }
    return { doc, here: people[0]!, there: people[1]! };
  }

  const submit = (client: RawClient, doc: string, version: number, seq: number) =>
    client.request("submit", { doc, version, seq, op: [`${seq}`] });

  /** The second node hears nothing of the first one any more, and does not know that it does not. */
  const deaf = () => cluster.nodes[1]!.redis.hold();

  it("takes an op at a version that it has not heard of", async () => {
    const { doc, here, there } = await pair();
    deaf();
    for (let seq = 1; seq <= 3; seq++) await submit(here, doc, seq, seq);
    expect(await submit(there, doc, 4, 1)).to.deep.equal({ version: 5 });
  });

  it("opens a document where it is, not where it had it", async () => {
    const { doc, here } = await pair();
    deaf();
    await submit(here, doc, 1, 1);
    const late = await connectRaw(cluster.nodes[1]!.url);
    const opened = await late.request("open", { doc, type: "plain", create: false });
    expect(opened).to.include({ head: 2, snapshot: "1" });
    await submit(here, doc, 2, 2);
    expect((await late.request("ops", { doc, since: 2 })).head).to.equal(3);
  });

  it("moves an op past what the other node has committed meanwhile", async () => {
    const { doc, here, there } = await pair();
    deaf();
    await submit(here, doc, 1, 1);
    expect(await submit(there, doc, 1, 2)).to.deep.equal({ version: 3 });
    const opened = await here.request("open", { doc, type: "plain", create: false });
    expect(opened).to.include({ head: 3, snapshot: "21" });
  });

  it("has everybody current though the relay was lost", async () => {
    const { doc, here, there } = await pair();
    deaf();
    await submit(here, doc, 1, 1);
    await until(
      "the head is told",
      () => there.told("head").some(({ doc: of, version }) => of === doc && version === 2),
      HEALED_MS,
    );
    expect(there.told("ops").filter((told) => told.doc === doc)).to.deep.equal([]);
  });

  it("tells the other node's people an op within moments while Redis is well", async () => {
    const { doc, here, there } = await pair();
    await submit(here, doc, 1, 1);
    const { ops } = await there.next("ops", (told) => told.doc === doc);
    expect(ops.map(({ version }) => version)).to.deep.equal([2]);
  });

  it("answers a commit of which it lost the answer with the version that it made, and commits nothing twice", async () => {
    const { doc, here } = await pair();
    const { database } = cluster.nodes[0]!;
    database.hold("answers");
    const answer = submit(here, doc, 1, 1);
    await until("the op is in the log", async () => (await log.heads()).get(doc) === 2);
    database.cut();
    database.release();
    expect(await answer).to.deep.equal({ version: 2 });
    expect(await log.ops(doc)).to.have.length(2);
    expect(await submit(here, doc, 2, 2)).to.deep.equal({ version: 3 });
  });

  it("does not say of an op that it is committed because another one has its version", async () => {
    const { doc, here, there } = await pair();
    const asked = [submit(here, doc, 1, 1), submit(there, doc, 1, 1)];
    const versions = (await Promise.all(asked)).map(({ version }) => version);
    expect(versions.sort()).to.deep.equal([2, 3]);
    const ops = await log.ops(doc);
    expect(new Set(ops.slice(1).map(({ src }) => src)).size).to.equal(2);
  });

  it("commits an op once that is sent to both", async () => {
    const { doc, here } = await pair();
    const { version } = await submit(here, doc, 1, 1);
    const again = await connectRaw(cluster.nodes[1]!.url, { client: here.welcome.client });
    await again.request("open", { doc, type: "plain", create: false });
    expect(await submit(again, doc, 1, 1)).to.deep.equal({ version });
    expect(await log.ops(doc)).to.have.length(2);
  });

  it("has ended no process", () => {
    expect(cluster.unexpected).to.deep.equal([]);
    expect(cluster.uncaught()).to.deep.equal([]);
  });
});
