// Two nodes behind Debian's HAProxy, which runs on `deploy/haproxy.cfg` with other ports, and nodes on the command lines of
// `deploy/compose.yaml`. People come over WebSocket, and by long polling from networks that let no WebSocket through; nodes
// stop, die and come back. Everybody comes through, and all end with one text.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { SignJWT } from "jose";
import { type Client, connect, type SharedDocument } from "../../client/index.js";
import { figure } from "../figures.js";
import {
  type ChildServer,
  cleanUp,
  freePort,
  listening,
  onCleanUp,
  runCli,
  sleep,
  tempFolder,
  until,
} from "../server/harness.js";
import { type Child, startChild } from "../services/child.js";
import { startPostgres } from "../services/postgres.js";
import { startRedis } from "../services/redis.js";
import { commandsHere, haproxyHere } from "./deployment.js";
import { type NoWebSockets, withoutWebSockets } from "./no-websockets.js";

interface Deployed {
  /** Where people go. */
  readonly url: string;
  readonly port: number;
  readonly secret: string;
  readonly nodes: ReadonlyMap<string, { child: ChildServer; start(): Promise<void> }>;
  /** How many connections a node has, by what the node itself says. */
  connections(name: string): Promise<number>;
  /** Waits until the balancer sends somebody there. */
  inUse(name: string): Promise<void>;
}

async function startHaproxy(config: string, port: number): Promise<Child> {
  const file = join(await tempFolder(), "haproxy.cfg");
  writeFileSync(file, config);
  const child = startChild("haproxy", ["-db", "-f", file]);
  onCleanUp(() => child.end("SIGKILL"));
  await until("the balancer has found a node", async () => {
    if (!child.running) throw new Error(`HAProxy has ended: ${child.output}`);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    return answer?.status === 200;
  });
  return child;
}

async function deploy(): Promise<Deployed> {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis({ password: "a secret" })]);
  const ports = new Map([
    ["node1", await freePort()],
    ["node2", await freePort()],
  ]);
  const portOf = (name: string) => ports.get(name)!;
  const database = await postgres.newDatabase();
  const { commands, secret } = await commandsHere({ database, redis: redis.url }, portOf);
  const nodes: Map<string, { child: ChildServer; start(): Promise<void> }> = new Map();
  for (const [name, args] of commands) {
    const start = () => listening(runCli(args));
    const node = {
      child: await start(),
      async start() {
        node.child = await start();
      },
    };
    nodes.set(name, node);
  }
  const port = await freePort();
  const haproxy = await startHaproxy(haproxyHere(port, portOf), port);
  const metric = async (name: string) => (await fetch(`http://127.0.0.1:${portOf(name)}/metrics`)).text();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    secret,
    nodes,
    async connections(name) {
      const byTransport = (await metric(name)).matchAll(/^ot_connections\{[^}]*\} (\d+)/gm);
      return [...byTransport].reduce((sum, [, count]) => sum + Number(count), 0);
    },
    async inUse(name) {
      await until(`${name} is in use`, () => {
        const said = [...haproxy.output.matchAll(new RegExp(`Server nodes/${name} is (UP|DOWN)`, "g"))];
        return said.at(-1)?.[1] === "UP";
      });
    },
  };
}

/** Somebody who writes all the time; each thing that they write is written by nobody else. */
class Person {
  readonly client: Client;
  readonly doc: SharedDocument;
  readonly written: string[] = [];
  readonly faults: string[] = [];
  #writing = true;
  #done: Promise<void> | undefined;

  constructor(
    readonly name: string,
    url: string,
    token: string,
  ) {
    this.client = connect(url, { token: () => token });
    onCleanUp(() => this.client.close());
    this.client.on("status", ({ fault }) => fault === undefined || this.faults.push(fault.code));
    this.doc = this.client.open("note", { type: "plain" });
  }

  write(): void {
    this.#done = (async () => {
      while (this.#writing) {
        const word = `<${this.name}:${this.written.length}>`;
        this.written.push(word);
        this.doc.submit([word]);
        await sleep(50);
      }
    })();
  }

  async stop(): Promise<void> {
    this.#writing = false;
    await this.#done;
    await this.doc.settled();
  }
}

const tokenOf = (secret: string, name: string) =>
  new SignJWT({ sub: name, name, scope: "write" })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(new TextEncoder().encode(secret));

async function people(where: Deployed, names: readonly string[], url: string): Promise<Person[]> {
  const all = [];
  for (const name of names) all.push(new Person(name, url, await tokenOf(where.secret, name)));
  return all;
}

/** Everything that anybody wrote is in the one text that all have, once. */
async function expectAgreement(all: readonly Person[]): Promise<void> {
  await Promise.all(all.map((person) => person.stop()));
  await until("all have one version", () => new Set(all.map(({ doc }) => doc.version)).size === 1, 20_000);
  const [text = "", ...others] = new Set(all.map(({ doc }) => doc.text));
  expect(others).to.deep.equal([]);
  for (const word of all.flatMap(({ written }) => written)) expect(text.split(word), word).to.have.length(2);
}

const strayed = ({ polls }: NoWebSockets) => polls.filter(({ status, left }) => status >= 400 && !left);

describe("two nodes behind HAProxy", () => {
  afterEach(cleanUp);

  it("take in everybody, stop and die, and nobody is left behind", async () => {
    const where = await deploy();
    const [refused, silent] = [
      await withoutWebSockets(where.port, "refused"),
      await withoutWebSockets(where.port, "silent"),
    ];
    const all = [
      ...(await people(where, ["ann", "bo", "cy", "di"], where.url)),
      ...(await people(where, ["eve", "fay", "guy"], refused.url)),
      ...(await people(where, ["hal", "ida"], silent.url)),
    ];
    await Promise.all(all.map(({ doc }) => doc.ready));
    expect(refused.upgrades, "asked for WebSocket first").to.be.greaterThan(0);
    expect(silent.upgrades).to.be.greaterThan(0);
    for (const person of all) person.write();
    await until("polls are on both nodes", () => {
      const seen = new Set([...refused.polls, ...silent.polls].map(({ node }) => node));
      return seen.has("node1") && seen.has("node2");
    });
    for (const name of ["node1", "node2"]) expect(await where.connections(name)).to.be.greaterThan(1);

    // A node stops: its people move, and not one request of theirs fails on the way.
    const node1 = where.nodes.get("node1")!;
    const polls = () => refused.polls.length + silent.polls.length;
    const before = polls();
    expect(await node1.child.stop()).to.equal(0);
    await until("all are on the other node", async () => (await where.connections("node2")) === all.length);
    expect([strayed(refused), strayed(silent)], "polls that failed").to.deep.equal([[], []]);
    expect(all.flatMap(({ faults }) => faults)).to.deep.equal([]);
    figure(
      "behind-a-balancer",
      "polls that were answered while a node stopped, each as it should be",
      polls() - before,
    );

    // It comes back, and the other one dies.
    await node1.start();
    await where.inUse("node1");
    await where.nodes.get("node2")!.child.kill();
    const since = Date.now();
    await until(
      "all are on the one that is left",
      async () => (await where.connections("node1")) === all.length,
      30_000,
    );
    figure(
      "behind-a-balancer",
      "from a node's death until all of its people were on the other one",
      `${Date.now() - since} ms`,
    );
    expect(all.filter(({ client }) => client.status === "closed")).to.deep.equal([]);
    await expectAgreement(all);
  });

  it("say clearly that a balancer does not keep polls with their nodes, and are not stormed", async () => {
    const where = await deploy();
    const port = await freePort();
    const ports = new Map([...where.nodes].map(([name, { child }]) => [name, child.port]));
    const unkept = haproxyHere(port, (name) => ports.get(name)!)
      .replace(/^ *(use-server|force-persist) .*$/gm, "")
      .replace("balance leastconn", "balance roundrobin");
    await startHaproxy(unkept, port);
    const wrong = await withoutWebSockets(port, "refused");
    const [ann] = await people(where, ["ann"], wrong.url);
    await until("the fault", () => ann!.faults.includes("unavailable"), 20_000);
    const before = wrong.polls.length;
    await sleep(3000);
    expect(wrong.polls.length - before, "polls in three seconds").to.be.lessThan(60);
    const said = () =>
      [...where.nodes.values()].map(({ child }) => child.output).map((o) => o.stdout + o.stderr);
    await until("a node says so", () => said().some((text) => text.includes("the balancer does not keep")));
  });
});
