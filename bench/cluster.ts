// What a connection and an op cost a cluster: two nodes, Redis and PostgreSQL on this machine, all parts real.
//
//     npm run bench:cluster -- [connections] [seconds]
//
// Half of the connections are on each node; ten people have each document open, five of them on each node, and one of
// them writes ten code points a second. Processor time is that of each part's own processes, bytes are counted on the
// wires between them. People are raw sockets in this process, and cost what is not counted here.

import { readdirSync, readFileSync } from "node:fs";
import { type Cluster, startCluster } from "../test/cluster/harness.js";
import { type StoredLog, storedLog } from "../test/cluster/log.js";
import { counting, countStatements, scrape, statements } from "../test/cluster/scrape.js";
import { cleanUp, connectRaw, type RawClient, sleep } from "../test/server/harness.js";
import type { TcpProxy } from "../test/stack/proxy.js";

const connections = Number(process.argv[2] ?? 1000);
const seconds = Number(process.argv[3] ?? 20);
const PER_DOCUMENT = 10;
const WRITES_EACH_MS = 100;
const AT_ONCE = 20;
const TICKS_PER_SECOND = 100;

/** Everything that is counted, in units of its own, since the beginning. */
interface Reading {
  readonly nodeCpuMs: number;
  readonly nodeRss: number;
  readonly databaseCpuMs: number;
  readonly redisCpuMs: number;
  readonly toPeople: number;
  readonly fromPeople: number;
  readonly database: number;
  readonly redis: number;
  readonly redisCommands: number;
  readonly statements: number;
  readonly wal: number;
  readonly stored: number;
  readonly at: number;
}

const cluster = await startCluster({ nodes: 2, args: ["--trust-proxy", "127.0.0.1"], settings: counting });
const log = storedLog(cluster.address);
await countStatements(log);
const ways = await Promise.all(cluster.nodes.map((node) => cluster.wire(node)));
const postmaster = Number(
  (await log.query<{ file: string }>("SELECT pg_read_file('postmaster.pid') AS file"))[0]!.file.split(
    "\n",
  )[0],
);

try {
  const empty = await read(cluster, log, ways);
  const people = await gather();
  const there = await read(cluster, log, ways);
  await sleep(10_000);
  const quiet = await read(cluster, log, ways);
  const committed = await write(people);
  await sleep(2_000);
  const busy = await read(cluster, log, ways);

  report(
    `for each of ${connections} connections that comes and opens a document`,
    empty,
    there,
    connections,
    {
      rss: true,
    },
  );
  report(
    `for each second of ${connections} connections that are quiet`,
    there,
    quiet,
    (quiet.at - there.at) / 1000,
  );
  report(
    `for each of ${committed} ops, ${Math.round(committed / seconds)} a second, each told to ${PER_DOCUMENT} people`,
    quiet,
    busy,
    committed,
  );
  console.log("\nstatements for each op:");
  for (const { query, calls, rows } of (await statements(log)).slice(0, 12)) {
    console.log(
      `  ${(calls / committed).toFixed(3)} (${(rows / committed).toFixed(2)} rows)  ${query.slice(0, 140)}`,
    );
  }
} finally {
  await cleanUp();
}

async function gather(): Promise<RawClient[]> {
  const people: RawClient[] = [];
  while (people.length < connections) {
    const some = Array.from(
      { length: Math.min(AT_ONCE, connections - people.length) },
      (_, each) => people.length + each,
    );
    people.push(...(await Promise.all(some.map(come))));
  }
  return people;
}

async function come(number: number): Promise<RawClient> {
  const headers = { "x-forwarded-for": `10.0.${number >> 8}.${number & 255}` };
  const client = await connectRaw(ways[number % ways.length]!.url, { name: `Person ${number}`, headers });
  await client.request("open", {
    doc: `bench-${Math.floor(number / PER_DOCUMENT)}`,
    type: "plain",
    create: true,
  });
  return client;
}

/** The first of each document's people writes, one op after the other. @returns how many ops were committed */
async function write(people: readonly RawClient[]): Promise<number> {
  const until = Date.now() + seconds * 1000;
  let committed = 0;
  await Promise.all(
    people
      .filter((_, number) => number % PER_DOCUMENT === 0)
      .map(async (client, document) => {
        let version = 1;
        // Spread over the interval, so that not all write in one moment.
        await sleep((document * WRITES_EACH_MS * PER_DOCUMENT) / connections);
        for (let seq = 1; Date.now() < until; seq++) {
          const due = Date.now() + WRITES_EACH_MS;
          const op = version === 1 ? ["a"] : [version - 1, "a"];
          ({ version } = await client.request("submit", { doc: `bench-${document}`, version, seq, op }));
          committed++;
          await sleep(Math.max(0, due - Date.now()));
        }
      }),
  );
  return committed;
}

async function read({ nodes, redis }: Cluster, log: StoredLog, ways: readonly TcpProxy[]): Promise<Reading> {
  const pages = await Promise.all(nodes.map(({ url }) => scrape(url)));
  const sum = (name: string) => pages.reduce((total, page) => total + page.get(name)!, 0);
  const bytes = (wires: readonly TcpProxy[], which: "up" | "down") =>
    wires.reduce((total, { passed }) => total + passed[which], 0);
  const [asked, [size]] = await Promise.all([
    statements(log),
    log.query<{ wal: string; stored: string }>(
      "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS wal, sum(pg_total_relation_size(oid)) AS stored FROM pg_class WHERE relkind = 'r' AND relnamespace = 'interline'::regnamespace",
    ),
  ]);
  const said = await redisSays(redis.url);
  const databases = nodes.map(({ database }) => database);
  const buses = nodes.map((node) => node.redis);
  return {
    nodeCpuMs: sum("process_cpu_seconds_total") * 1000,
    nodeRss: sum("process_resident_memory_bytes"),
    databaseCpuMs: databaseCpuMs(),
    redisCpuMs: said.cpuMs,
    toPeople: bytes(ways, "down"),
    fromPeople: bytes(ways, "up"),
    database: bytes(databases, "up") + bytes(databases, "down"),
    redis: bytes(buses, "up") + bytes(buses, "down"),
    redisCommands: said.commands,
    statements: asked.reduce((total, { calls }) => total + calls, 0),
    wal: Number(size!.wal),
    stored: Number(size!.stored),
    at: Date.now(),
  };
}

async function redisSays(url: string): Promise<{ commands: number; cpuMs: number }> {
  const { createClient } = await import("redis");
  const client = createClient({ url });
  client.on("error", () => {});
  await client.connect();
  const info = await client.info("all");
  client.destroy();
  const of = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, "m").exec(info)![1]);
  return {
    commands: of("total_commands_processed"),
    cpuMs: (of("used_cpu_user") + of("used_cpu_sys")) * 1000,
  };
}

/** Of all of PostgreSQL's processes. */
function databaseCpuMs(): number {
  let ticks = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      // After the name: state, parent, …; the 12th and 13th are its own time, the 14th and 15th its ended children's.
      if (Number(pid) === postmaster)
        ticks += Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]);
      else if (Number(fields[1]) === postmaster) ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // It has ended.
    }
  }
  return (ticks * 1000) / TICKS_PER_SECOND;
}

function report(what: string, before: Reading, after: Reading, per: number, { rss = false } = {}): void {
  const each = (name: keyof Reading) => (after[name] - before[name]) / per;
  console.log(`\n${what}:`);
  const line = (label: string, value: number, unit: string) =>
    console.log(`  ${label.padEnd(44)} ${value.toFixed(value < 10 ? 2 : 0).padStart(8)} ${unit}`);
  line("processor of the nodes", each("nodeCpuMs"), "ms");
  line("processor of PostgreSQL", each("databaseCpuMs"), "ms");
  line("processor of Redis", each("redisCpuMs"), "ms");
  if (rss) line("memory of the nodes", each("nodeRss") / 1024, "KiB");
  line("bytes to people", each("toPeople"), "bytes");
  line("bytes from people", each("fromPeople"), "bytes");
  line("bytes between nodes and PostgreSQL", each("database"), "bytes");
  line("bytes between nodes and Redis", each("redis"), "bytes");
  line("commands to Redis", each("redisCommands"), "");
  line("statements to PostgreSQL", each("statements"), "");
  line("write-ahead log of PostgreSQL", each("wal"), "bytes");
  line("tables and indexes of PostgreSQL", each("stored"), "bytes");
}
