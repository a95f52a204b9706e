// Versions of the protocol side by side: pages of the builds before and of this one write one document on servers of
// this build, and a page of this build writes on a server of the build before. Where two have no version in common, the
// page says so with the range that is served, and keeps what it has not sent.

import { expect } from "chai";
import { type Client, connect } from "../../client/index.js";
import { OLDEST_PROTOCOL, PROTOCOL_VERSION } from "../../protocol/index.js";
import { figure } from "../figures.js";
import { hostDevice } from "../outbox/devices.js";
import { seed } from "../seed.js";
import { cleanUp, onCleanUp, until } from "../server/harness.js";
import { converge, documentName, gather } from "./crowd.js";
import { type Generation, listening, newer, olderGeneration, type Spoken } from "./generations.js";
import { type Cluster, startCluster } from "./harness.js";
import { holdAgainst, storedLog } from "./log.js";
import { otherServer } from "./other-server.js";

const PEOPLE = 16;
/** Nodes take turns by one, documents by two: so each kind is on each node and in each document. */
const speaks = (person: number) => ([3, 5, 2, 4] as const)[Math.floor(person / 4) % 4]!;
const AT_MOST_MS = 120_000;

describe(`versions of the protocol (SEED=${seed})`, () => {
  let cluster: Cluster;
  let older: Generation;
  let generations: { readonly [protocol in 2 | 3 | 4 | 5]: Generation };

  before(async () => {
    older = await olderGeneration();
    generations = { 2: older, 3: await olderGeneration(3), 4: await olderGeneration(4), 5: newer };
    cluster = await startCluster({ nodes: 2 });
  });
  after(cleanUp);

  function open(client: Client, doc: string) {
    onCleanUp(() => client.close());
    return client.open(doc, { type: "plain" });
  }

  it("write one document together, while the servers die and come back", async () => {
    const spoken: Spoken[] = [];
    const log = storedLog(cluster.address);
    const crowd = await gather({
      people: PEOPLE,
      wires: await Promise.all(cluster.nodes.map((node) => cluster.wire(node))),
      seed,
      // One rich document and one plain.
      writes: (person) => [Math.floor(person / 2) % 2],
      connects(url, person) {
        const wire = listening(generations[speaks(person)], url, {
          name: `Person ${person}`,
          random: () => 0.1,
        });
        spoken.push(wire.spoken);
        return wire.client;
      },
    });
    crowd.start(600);
    for (const node of cluster.nodes) {
      await node.kill();
      await converge(crowd, log, AT_MOST_MS);
      await node.start();
      await converge(crowd, log, AT_MOST_MS);
    }
    await crowd.finish();
    await converge(crowd, log, AT_MOST_MS);

    let acknowledged = 0;
    for (const [doc, writers] of crowd.byDocument) {
      expect(writers.length).to.equal(PEOPLE / 2);
      acknowledged += (await holdAgainst(log, doc, writers)).acknowledged;
    }
    expect(acknowledged).to.be.above(PEOPLE);
    spoken.forEach(({ asked, had }, person) => {
      expect(new Set([...asked, ...had]), `person ${person}`).to.deep.equal(new Set([speaks(person)]));
    });
    expect(spoken.filter(({ had }) => had.length > 1).length, "people who changed nodes").to.be.above(0);
    const [first, ...others] = crowd.byDocument.get(documentName(0))!.map(({ doc }) => doc);
    await until(
      "everybody sees people of every kind",
      () => {
        const names = new Set(first!.presence.people.map(({ user }) => user.name));
        return names.size === others.length;
      },
      AT_MOST_MS,
    );
    expect(cluster.unexpected).to.deep.equal([]);
    expect(cluster.uncaught()).to.deep.equal([]);
    for (const client of crowd.clients) client.close();
    figure(
      "rolling-deploy",
      "edits of pages of both builds in the same documents, none lost and none twice",
      acknowledged,
    );
  });

  it("has a page of this build write on a server of the build before, and nobody hears of it", async () => {
    const old = await otherServer({ supported: 2, oldest: 1 }, cluster.nodes[0]!.url);
    const { client, spoken } = listening(newer, old.url, { random: () => 0 });
    const faults: unknown[] = [];
    client.on("status", ({ fault }) => fault && faults.push(fault.code));
    const doc = open(client, "on-an-old-server");
    doc.on("status", ({ status }) => status === "fault" && faults.push(doc.fault?.code));
    await doc.ready;
    doc.submit(["cat"]);
    await doc.settled();
    expect(spoken).to.deep.equal({ asked: [5, 2], had: [2] });

    // It comes back at once in the version that was found, and hears what another one has written meanwhile.
    old.cut();
    const other = open(connect(cluster.nodes[1]!.url), doc.id);
    await other.ready;
    other.submit([3, "s"]);
    await other.settled();
    await until("the page is current", () => doc.text === "cats", AT_MOST_MS);
    expect(spoken).to.deep.equal({ asked: [5, 2, 2], had: [2, 2] });
    expect([faults, doc.recovered]).to.deep.equal([[], []]);
  });

  const served = { supported: PROTOCOL_VERSION, oldest: OLDEST_PROTOCOL };
  for (const [what, generation, range] of [
    [
      "a server that is newer altogether",
      "new",
      { supported: PROTOCOL_VERSION + 2, oldest: PROTOCOL_VERSION + 1 },
    ],
    ["a server that is older altogether", "new", { supported: OLDEST_PROTOCOL - 1 }],
    [
      "the page of the build before, and a server that has left it behind",
      "old",
      { supported: 5, oldest: 4 },
    ],
  ] as const) {
    it(`tells the range served, and keeps what is unsent: ${what}`, async () => {
      const server = await otherServer(served, cluster.nodes[0]!.url);
      const device = hostDevice();
      const page = device.page();
      const client = (generation === "old" ? older : newer).connect(server.url, { store: page.outbox });
      const doc = open(client, `kept-${range.supported}-${generation}`);
      await doc.ready;
      doc.submit(["typed before"]);
      await doc.settled();
      server.range = range;
      server.cut();
      doc.submit([12, ", and in vain?"]);
      await until("the page is told", () => doc.status === "fault");
      expect([client.status, doc.fault?.code, doc.fault?.extra.details]).to.deep.equal([
        "closed",
        "protocol_unsupported",
        range,
      ]);
      expect([doc.text, doc.unsaved, doc.recovered]).to.deep.equal(["typed before, and in vain?", 1, []]);
      client.close();
      page.kill();

      // The page is loaded anew, in a build that both know.
      const later = connect(cluster.nodes[0]!.url, { store: device.page().outbox });
      const again = open(later, doc.id);
      await again.ready;
      await again.settled();
      expect([again.text, again.status]).to.deep.equal(["typed before, and in vain?", "saved"]);
      const reader = open(connect(cluster.nodes[1]!.url), doc.id);
      await reader.ready;
      expect(reader.text).to.equal(again.text);
    });
  }

  for (const protocol of [OLDEST_PROTOCOL - 1, PROTOCOL_VERSION + 1]) {
    it(`tells a page that speaks ${protocol} alone what is served here`, async () => {
      const { client } = listening(newer, cluster.nodes[0]!.url, {}, (hello) => ({ ...hello, protocol }));
      const doc = open(client, "spoken-to-in-vain");
      await until("the page is told", () => doc.status === "fault");
      expect(doc.fault).to.deep.include({ code: "protocol_unsupported" });
      expect(doc.fault!.extra.details).to.deep.equal({
        supported: PROTOCOL_VERSION,
        oldest: OLDEST_PROTOCOL,
      });
    });
  }
});
