// Whole servers on one PostgreSQL and one Redis: what editors on different nodes see of each other, with Redis there, on
// its way, and away; and what a node says of itself meanwhile.

import { expect } from "chai";
import { createServer, type Server } from "../../server/index.js";
import { figure } from "../figures.js";
import {
  cleanUp,
  connectRaw,
  keptLog,
  listening,
  onCleanUp,
  type RawClient,
  runCli,
  sleep,
  until,
} from "../server/harness.js";
import { type Postgres, startPostgres } from "../services/postgres.js";
import { startRedis } from "../services/redis.js";
import { proxyTo } from "../stack/proxy.js";

describe("servers that meet at Redis", () => {
  const unhandled: unknown[] = [];
  const keep = (error: unknown) => void unhandled.push(error);
  let postgres: Postgres;
  before(async () => {
    process.on("unhandledRejection", keep);
    postgres = await startPostgres();
  });
  after(async () => {
    await cleanUp();
    process.removeListener("unhandledRejection", keep);
    expect(unhandled).to.deep.equal([]);
  });

  async function start(...urls: string[]): Promise<Server[]> {
    const database = await postgres.newDatabase();
    const servers: Server[] = [];
    for (const redis of urls) {
      const server = await createServer({ port: 0, database, redis, log: keptLog() });
      onCleanUp(() => server.close());
      servers.push(server);
    }
    return servers;
  }

  async function open(server: Server, create: boolean): Promise<RawClient> {
    const client = await connectRaw(server.url);
    await client.request("open", { doc: "note", type: "plain", create });
    return client;
  }

  /** Commits an op at this version. */
  const write = (client: RawClient, version: number, seq: number) =>
    client.request("submit", { doc: "note", version, seq, op: ["x"] });

  const hasVersion = (client: RawClient, version: number) =>
    client.told("ops").some(({ ops }) => ops.some((op) => op.version === version));
  const knowsHead = (client: RawClient, version: number) =>
    client.told("head").some((head) => head.version >= version);

  const ready = async ({ url }: Server) => {
    const response = await fetch(`${url}/readyz`);
    return { status: response.status, body: (await response.json()) as { ready: true; degraded?: string } };
  };

  it("show an op to editors on the other node, and say so when Redis is away", async () => {
    const redis = await startRedis({ password: "secret" });
    const [a, b] = (await start(redis.url, redis.url)) as [Server, Server];
    const [ann, bo] = [await open(a, true), await open(b, false)];
    let version = 1;
    let seq = 1;
    await until("ops come by Redis", async () => {
      await write(ann, version++, seq++);
      await sleep(50);
      return hasVersion(bo, version);
    });
    expect(await ready(a)).to.deep.equal({ status: 200, body: { ready: true } });
    expect(await (await fetch(`${a.url}/metrics`)).text()).to.match(/^ot_bus_up 1$/m);

    await redis.kill();
    // Commits go on, and the others hear of them by the heads, from the database.
    const waits: number[] = [];
    for (let round = 0; round < 3; round++) {
      const begun = performance.now();
      await write(ann, version++, seq++);
      await until("the other node tells its head", () => knowsHead(bo, version));
      waits.push(performance.now() - begun);
    }
    // Two seconds and an answer, as the figure shows; machines that do much else take longer.
    expect(Math.max(...waits)).to.be.lessThan(30_000);
    const { status, body } = await ready(b);
    expect(status).to.equal(200);
    expect(body).to.deep.equal({ ready: true, degraded: "Redis cannot be reached (ECONNREFUSED)." });
    const metrics = await (await fetch(`${a.url}/metrics`)).text();
    expect(metrics).to.match(/^ot_bus_up 0$/m);
    expect(metrics).to.match(/^ot_bus_messages_total\{what="dropped"\} [1-9]/m);
    expect(metrics).to.match(/^ot_bus_queued 0$/m);
    expect(metrics).to.not.contain("secret");

    const begun = performance.now();
    await redis.start();
    await until("ops come by Redis again", async () => {
      await write(ann, version++, seq++);
      await sleep(50);
      return hasVersion(bo, version);
    });
    const back = performance.now() - begun;
    await until("it is well", async () => (await ready(a)).body.degraded === undefined);
    // The other one hears already, but its line to publish may still wait for its next try: only then is the gap over.
    await until("the other one counts the gap", async () =>
      /^ot_bus_gap_total [1-9]/m.test(await (await fetch(`${b.url}/metrics`)).text()),
    );
    figure(
      "rooms-across-nodes",
      "editors on another node knew of an op while Redis was away, at most after",
      `${Math.max(...waits).toFixed(0)} ms (n = ${waits.length})`,
    );
    figure("rooms-across-nodes", "ops came by Redis again, after it was started", `${back.toFixed(0)} ms`);
  });

  it("show what was committed before a node heard the room, by the heads", async () => {
    const redis = await startRedis();
    const wire = await proxyTo(redis.port);
    onCleanUp(() => wire.close());
    const url = `redis://127.0.0.1:${wire.port}`;
    const [a, b] = (await start(redis.url, url)) as [Server, Server];
    const ann = await open(a, true);
    // The other node's subscription is on its way for longer than it takes to commit.
    wire.hold();
    const bo = await open(b, false);
    await write(ann, 1, 1);
    await until("the head is told", () => knowsHead(bo, 2));
    expect(hasVersion(bo, 2)).to.equal(false);
    expect((await bo.request("ops", { doc: "note", since: 1 })).ops).to.have.length(1);
    wire.release();
  });

  it("are all it takes on the command line, which shows no password", async () => {
    const redis = await startRedis({ password: "secret" });
    const database = (await postgres.newDatabase()).replace("interline@", "interline:secret@");
    const args = ["serve", "--port", "0", "--database", database, "--redis", redis.url];
    const servers = [await listening(runCli(args)), await listening(runCli(args))] as const;
    const [ann, bo] = [await connectRaw(servers[0].url), await connectRaw(servers[1].url)];
    await ann.request("open", { doc: "note", type: "plain", create: true });
    await bo.request("open", { doc: "note", type: "plain", create: false });
    await write(ann, 1, 1);
    await until("the other node knows of it", () => hasVersion(bo, 2) || knowsHead(bo, 2));
    ann.close();
    bo.close();
    for (const { output, stop } of servers) {
      expect(output.stdout).to.match(/its documents in postgres:\/\/interline:\*\*\*@127/);
      expect(await stop()).to.equal(0);
      expect(output.stdout + output.stderr).to.not.contain("secret");
    }
  });
});
