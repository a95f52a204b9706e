// One roster over real nodes: three processes on one Redis and one PostgreSQL, and people who look on from each of them.

import { expect } from "chai";
import type { ClientName, Person } from "../../protocol/index.js";
import { figure } from "../figures.js";
import { cleanUp, connectRaw, PATIENCE_MS, type RawClient, sleep, until } from "../server/harness.js";
import { type Cluster, startCluster } from "./harness.js";

/** A client with the document open, and the people as it would show them. */
interface Looker {
  readonly client: RawClient;
  readonly src: string;
  /** The list, and what was told since. */
  readonly people: () => ReadonlyMap<string, Person>;
  /** How often it heard that somebody came who was not there, and that somebody left. */
  readonly count: (name: "joined" | "left", src: string) => number;
}

interface Guest {
  readonly token?: string;
  readonly client?: ClientName;
}

describe("the people of a document on three nodes", () => {
  let cluster: Cluster;

  before(async () => {
    cluster = await startCluster({ nodes: 3 });
  });
  after(cleanUp);

  async function look(node: number, doc: string, guest: Guest = {}): Promise<Looker> {
    const client = await connectRaw(cluster.nodes[node]!.url, guest);
    const reply = await client.request("open", { doc, type: "plain", create: true });
    const replay = () => {
      const people = new Map(reply.people.map((person) => [person.src, person]));
      const joins: string[] = [];
      for (const { name, body } of client.seen) {
        if (!("doc" in body) || body.doc !== doc) continue;
        if (name === "joined" && "person" in body) {
          if (!people.has(body.person.src)) joins.push(body.person.src);
          people.set(body.person.src, body.person);
        } else if (name === "left" && "src" in body) people.delete(body.src);
        else if (name === "presence" && "n" in body) {
          const { doc: _doc, src, ...presence } = body;
          const known = people.get(src);
          if (known !== undefined) people.set(src, { ...known, presence });
        }
      }
      return { people, joins };
    };
    return {
      client,
      src: client.welcome.client.id,
      people: () => replay().people,
      count: (name, src) =>
        name === "joined"
          ? replay().joins.filter((each) => each === src).length
          : client.told("left").filter((left) => left.doc === doc && left.src === src).length,
    };
  }

  const srcs = ({ people }: Looker) => [...people().keys()].sort();

  /** What everybody sees is these and no others, in the same colours. */
  async function agree(all: readonly Looker[], withinMs = PATIENCE_MS): Promise<void> {
    const truth = all.map(({ src }) => src).sort();
    await until(
      "everybody sees everybody in one colour",
      () => {
        const seen = all.map(({ people }) =>
          [...people().values()]
            .map(({ src, user, color }) => `${src} ${user.id} ${color}`)
            .sort()
            .join(),
        );
        return new Set(seen).size === 1 && srcs(all[0]!).join() === truth.join();
      },
      withinMs,
    );
  }

  async function newToken(name: string): Promise<string> {
    const answer = await fetch(`${cluster.nodes[0]!.url}/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name }),
    });
    return ((await answer.json()) as { token: string }).token;
  }

  it("are in the list of whoever comes, with where they are, on a node that had nobody there", async () => {
    const ann = await look(0, "latecomer");
    const where = { version: 1, seq: 0, selection: { anchor: 0, head: 0 }, activity: "typing" } as const;
    ann.client.notify("presence", { doc: "latecomer", n: 7, ...where });
    // A position is taken or not by the time that the same connection is answered.
    await ann.client.request("ops", { doc: "latecomer", since: 1 });
    const bo = await look(1, "latecomer");
    // At once, but for a node that is so busy that it does not answer in time; then a moment later.
    await until("the list has both", () => srcs(bo).join() === [ann.src, bo.src].sort().join());
    expect(bo.people().get(ann.src)!.presence).to.deep.equal({ n: 7, ...where });
    ann.client.notify("presence", { doc: "latecomer", n: 8, ...where });
    await until("it moves", () => bo.people().get(ann.src)!.presence?.n === 8);
    const cy = await look(2, "latecomer");
    await until("it is known there", () => cy.people().get(ann.src)?.presence?.n === 8);
    await agree([ann, bo, cy]);
  });

  it("have one colour each, also with tabs on two nodes, and also when they come at one moment", async () => {
    const token = await newToken("Ann");
    const come = (index: number) => look(index % 3, "colours", index < 3 ? { token } : {});
    const all = await Promise.all(Array.from({ length: 12 }, (_, index) => come(index)));
    await agree(all);
    const colors = new Map([...all[0]!.people().values()].map(({ user, color }) => [user.id, color]));
    expect([colors.size, new Set(colors.values()).size]).to.deep.equal([10, 10]);
    figure("one-roster", "users who came to 3 nodes at one moment, and had a colour each", colors.size);
  });

  it("are heard coming and going once by everybody", async () => {
    const lookers = await Promise.all([0, 1, 2].map((node) => look(node, "busy")));
    const visits: string[] = [];
    const visitor = async (node: number, index: number) => {
      for (let visit = 0; visit < 2; visit++) {
        await sleep((index * 37) % 400);
        const one = await look(node, "busy");
        visits.push(one.src);
        await sleep((index * 53) % 300);
        if (index % 2 === 0) await one.client.request("leave", { doc: "busy" });
        one.client.close();
      }
    };
    await Promise.all(Array.from({ length: 90 }, (_, index) => visitor(index % 3, index)));
    await agree(lookers);
    let [missed, twice] = [0, 0];
    for (const looker of lookers) {
      for (const src of visits) {
        const counts = [looker.count("joined", src), looker.count("left", src)];
        missed += counts.filter((count) => count === 0).length;
        twice += counts.filter((count) => count > 1).length;
      }
    }
    expect(visits).to.have.length(180);
    expect([missed, twice]).to.deep.equal([0, 0]);
    const heard = visits.length * 2 * lookers.length;
    figure("one-roster", "comings and goings told to people on 3 nodes, none missed, none twice", heard);
  });

  it("stay while Redis is away, come and go on their own node, and nobody is told nonsense when it is back", async () => {
    const stay = await Promise.all([0, 1, 2].map((node) => look(node, "away")));
    await agree(stay);
    await cluster.redis.kill();
    const bo = await look(0, "away");
    const cy = await look(1, "away");
    await until("those on the node see it", () => stay[0]!.people().has(bo.src));
    cy.client.close();
    await until("and hear them go", () => stay[1]!.count("left", cy.src) === 1);
    await sleep(3000);
    await cluster.redis.start();
    const since = Date.now();
    await agree([...stay, bo], 20_000);
    const took = Date.now() - since;
    for (const one of stay) {
      for (const other of stay) expect(one.count("left", other.src)).to.equal(0);
      expect(one.client.told("joined").filter(({ person }) => person.src === bo.src)).to.have.length(1);
    }
    for (const one of [stay[0]!, stay[2]!]) expect(one.count("joined", cy.src)).to.equal(0);
    figure("one-roster", "milliseconds from Redis back to one roster again", took);
  });

  it("are gone 45 s after their node was killed at the latest, unless they are back on another", async () => {
    const [ann, bo] = [await look(0, "killed"), await look(1, "killed")];
    const lost = await Promise.all(Array.from({ length: 10 }, () => look(2, "killed")));
    await agree([ann, bo, ...lost]);
    await cluster.nodes[2]!.kill();
    const since = Date.now();
    const [back, ...gone] = lost;
    const again = await look(0, "killed", { client: back!.client.welcome.client });
    expect(again.src).to.equal(back!.src);
    await until("they are gone", () => gone.every(({ src }) => bo.count("left", src) === 1), 60_000);
    const took = Date.now() - since;
    await agree([ann, bo, again]);
    for (const one of [ann, bo]) {
      expect(gone.map(({ src }) => one.count("left", src))).to.deep.equal(gone.map(() => 1));
      expect([one.count("joined", back!.src), one.count("left", back!.src)]).to.deep.equal([
        one.client.told("joined").some(({ person }) => person.src === back!.src) ? 1 : 0,
        0,
      ]);
    }
    expect(took).to.be.at.most(45_000);
    figure(
      "one-roster",
      "seconds until the people of a killed node are gone everywhere",
      Math.round(took / 1000),
    );
  });
});
