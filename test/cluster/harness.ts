// A cluster of real parts: N nodes as processes of their own over one PostgreSQL and one Redis, which each node reaches
// through wires of its own, so that one node can be cut off from one of them and nothing else happens.
//
//   clients ──▶ wires (they cut, stall, delay) ──▶ the next node that runs ──▶ wire ──▶ PostgreSQL
//                                                                      └────▶ wire ──▶ Redis
//
// A client that comes back is on another node than before. Nodes keep their ports over all their lives. Everything that
// ends other than by `kill` and `stop` is counted, and what nodes say on their way is kept.

import {
  type ChildServer,
  freePort,
  listening,
  onCleanUp,
  runCli,
  runProgram,
  tempFolder,
} from "../server/harness.js";
import { type Postgres, startPostgres } from "../services/postgres.js";
import { type Redis, startRedis } from "../services/redis.js";
import { proxyTo, type TcpProxy } from "../stack/proxy.js";

export interface Node {
  readonly number: number;
  readonly url: string;
  readonly port: number;
  readonly running: boolean;
  /** Its ways to the services. */
  readonly database: TcpProxy;
  readonly redis: TcpProxy;
  /** The present life's process; the last one's, if it is dead. */
  readonly child: ChildServer;
  start(): Promise<void>;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<number | string>;
  /** It is about to end by itself, and is meant to. Resolves with how it did. */
  dies(): Promise<number | string>;
}

export interface Cluster {
  readonly nodes: readonly Node[];
  readonly postgres: Postgres;
  readonly redis: Redis;
  /** The database, past the nodes' wires. */
  readonly address: string;
  /** A way in: every connection goes to the next node that runs, or to `first` as long as that does. */
  wire(first?: Node): Promise<TcpProxy>;
  /** How nodes ended that nobody had killed or stopped. */
  readonly unexpected: readonly string[];
  /** Lines that tell of an error that nobody caught, in all lives of all nodes. */
  uncaught(): readonly string[];
  /** What all lives of all nodes wrote to stderr. */
  log(): string;
}

export interface ClusterOptions {
  readonly nodes: number;
  /** Further arguments of `interline serve`. */
  readonly args?: readonly string[];
  /** Another program than `interline serve`, which takes the same arguments and can be sent messages. */
  readonly program?: string;
  /** Of `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { settings = {}, args = [], program } = options;
  const [postgres, redis] = await Promise.all([startPostgres(settings), startRedis()]);
  const address = await postgres.newDatabase();
  const children: ChildServer[] = [];
  const unexpected: string[] = [];
  let turn = 0;

  async function node(number: number): Promise<Node> {
    const [database, toRedis, port, data] = await Promise.all([
      ownProxy(postgres.port),
      ownProxy(redis.port),
      freePort(),
      tempFolder(),
    ]);
    const all = ["serve", "--port", String(port), "--data", data];
    all.push("--database", postgres.through(address, database.port));
    all.push("--redis", redis.url.replace(String(redis.port), String(toRedis.port)), ...args);
    let child: ChildServer;
    let running = false;
    let meant = false;

    async function start(): Promise<void> {
      meant = false;
      const started =
        program === undefined ? runCli(all) : runProgram(program, all.slice(1), { messages: true });
      child = await listening(started);
      children.push(child);
      running = true;
      child.exited.then((how) => {
        running = false;
        if (!meant) unexpected.push(`node ${number} ended with ${how}: ${child.output.stderr.slice(-1000)}`);
      });
    }

    await start();
    // What the test's end ends is not counted.
    onCleanUp(() => {
      meant = true;
    });
    return {
      number,
      port,
      url: `http://127.0.0.1:${port}`,
      database,
      redis: toRedis,
      start,
      get running() {
        return running;
      },
      get child() {
        return child;
      },
      async kill() {
        meant = true;
        await child.kill();
      },
      stop() {
        meant = true;
        return child.stop();
      },
      dies() {
        meant = true;
        return child.exited;
      },
    };
  }

  // One after the other: the first makes the tables.
  const nodes: Node[] = [];
  for (let number = 0; number < options.nodes; number++) nodes.push(await node(number));

  function next(): number {
    const alive = nodes.filter(({ running }) => running);
    return (alive.length === 0 ? nodes[0]! : alive[turn++ % alive.length]!).port;
  }

  const log = () => children.map(({ output }) => output.stderr).join("");
  return {
    nodes,
    postgres,
    redis,
    address,
    unexpected,
    wire: (first) => ownProxy(() => (first?.running ? first.port : next())),
    log,
    uncaught: () =>
      log()
        .split("\n")
        .filter((line) => /unhandledRejection|uncaughtException|UnhandledPromise|ERR_UNHANDLED/i.test(line)),
  };
}

async function ownProxy(target: number | (() => number)): Promise<TcpProxy> {
  const proxy = await proxyTo(target);
  onCleanUp(() => proxy.close());
  return proxy;
}
