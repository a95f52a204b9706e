// Everybody comes back at once: a server with hundreds of people in one document is killed and started again.

import { expect } from "chai";
import { type Client, connect, type SharedDocument } from "../../client/index.js";
import { figure } from "../figures.js";
import { cleanUp, sleep, until } from "./harness.js";
import { startWatched, type Watched } from "./watched.js";

/** The default limits let a thousand in from one address. */
const PEOPLE = 800;
const WRITERS = 200;
const WITHIN_MS = 120_000;

describe("a storm of people who come back", () => {
  const clients: Client[] = [];
  after(async () => {
    for (const client of clients) client.close();
    await cleanUp();
  });

  it("is let in within two minutes, keeps the server awake, and loses nothing", async () => {
    let server: Watched = await startWatched();
    const { folder, port } = server;
    const docs: SharedDocument[] = [];
    for (let each = 0; each < PEOPLE; each++) {
      const client = connect(server.url, { name: `Person ${each}` });
      clients.push(client);
      docs.push(client.open("storm", { type: "plain" }));
      // They come in the course of an hour; only the way back is a storm.
      if (each % 20 === 19) await Promise.all(docs.slice(-20).map((doc) => doc.ready));
    }
    await server.kill();
    await until("everybody has noticed", () => docs.every(({ status }) => status === "offline"));
    for (const [each, doc] of docs.slice(0, WRITERS).entries()) doc.submit([`(${each})`]);

    const since = Date.now();
    server = await startWatched({ folder, port });
    let lag = 0;
    const isBack = ({ status }: SharedDocument) => status === "saved";
    await until(
      "everybody is back",
      async () => {
        const { lagMs, ownMs } = await server.health();
        // What it waited for a processor that others had is not the people's doing.
        lag = Math.max(lag, Math.min(lagMs, ownMs));
        await sleep(50);
        return docs.every(isBack);
      },
      WITHIN_MS,
    );
    const tookMs = Date.now() - since;
    const answer = await fetch(`${server.url}/v1/documents/storm`);
    const { version, snapshot } = (await answer.json()) as { version: number; snapshot: string };
    await until("everybody has it all", () => docs.every((doc) => doc.version === version));
    for (const doc of docs) expect(doc.text).to.equal(snapshot);
    const written = [...snapshot.matchAll(/\((\d+)\)/g)].map(([, who]) => Number(who)).sort((a, b) => a - b);
    expect(written).to.deep.equal(Array.from({ length: WRITERS }, (_, each) => each));
    expect(lag).to.be.below(2000);
    expect(server.log.includes('"level":50')).to.equal(false);

    process.stdout.write(
      `    ${PEOPLE} people back in ${tookMs} ms, the loop at most ${Math.round(lag)} ms late\n`,
    );
    figure("storm", "people in one document who came back at once", PEOPLE);
    figure(
      "storm",
      "ms until all of them had everything again, of which the server took part to start",
      tookMs,
    );
    figure("storm", "ms that the event loop was late at most", Math.round(lag));
    figure("storm", "edits made meanwhile, none lost and none twice", WRITERS);
  });
});
