// A server in one call: what it is measured and logged by, the database, and the other nodes; all that stands on these and serves
// people and programs is put together in `serving.ts`.
//
//   createServer ─▶ ledger (database) ─▶ cluster (Redis) ─▶ serving ─▶ one port
//
// What fails on the way ends all that was begun before it, with one sentence. A server that lets anybody in listens on
// loopback addresses only. Nothing here reads the environment.

import { systemClock } from "../protocol/index.js";
import { judgeBy } from "./before-commit.js";
import { openCluster } from "./cluster/index.js";
import { type OpenLedger, openLedger } from "./ledger/index.js";
import { limitsOf } from "./limits.js";
import { bounded, createLog } from "./log.js";
import type { Meter } from "./meter.js";
import { createMetrics } from "./metrics/index.js";
import { checkOptions, DEFAULT_DATABASE, DEFAULT_HOST, DEFAULT_PORT, type ServerOptions } from "./options.js";
import type { Relay } from "./ports.js";
import { gaugesOf, type Running } from "./running.js";
import type { Server } from "./server.js";
import { serve } from "./serving.js";
import { startupError } from "./startup.js";
import type { Checkpoints } from "./storage/checkpoint.js";
import { watchStore } from "./store-state.js";
import { mintId, systemRandom } from "./tickets.js";
import { openTracing } from "./tracing.js";
import { version } from "./version.js";

export type { BeforeCommit, CommitContext, Verdict } from "./before-commit.js";
export type { By, Documents, ReadDocument, When } from "./documents/types.js";
export { defaultLimits, type ServerLimits } from "./limits.js";
export type { Log } from "./log.js";
export type { Announcement } from "./news.js";
export type { ServerOptions } from "./options.js";
export type { Action, Claims, DocumentHead, DocumentSummary } from "./ports.js";
export type { Revocation } from "./revocations.js";
export type { Server } from "./server.js";
export { type ExitReason, exitCodes, StartupError } from "./startup.js";
export type { OpLog } from "./storage/op-log.js";
export type { Webhooks } from "./webhooks/index.js";

/**
 * @param checkpoints  for tests: what is called at the points of an op's way
 * @throws StartupError with one sentence and an exit code, before anything listens
 */
export async function createServer(
  options: ServerOptions = {},
  checkpoints: Checkpoints = {},
): Promise<Server> {
  const { port = DEFAULT_PORT, host = DEFAULT_HOST, clock = systemClock } = options;
  const random = systemRandom;
  const node = options.node ?? mintId(random);
  const log = bounded(options.log ?? createLog("warn"), clock, node);
  checkOptions(options);
  const limits = limitsOf(options.limits);

  let relay: Relay = () => {};
  /** What metrics look at, as far as it is there yet. */
  const running: Running = { draining: 0 };
  const metrics = createMetrics(
    version,
    () => performance.now(),
    gaugesOf(running, { clock, nodes: options.redis !== undefined }),
  );
  const tracing = await openTracing(() => performance.now(), clock.now);
  const store = watchStore(metrics.meter, { clock, log });
  running.store = store;
  const meter: Meter = {
    ...store.meter,
    travelled(journey, arrival) {
      store.meter.travelled(journey, arrival);
      tracing.travelled(journey, arrival);
    },
  };
  const judge =
    options.beforeCommit && judgeBy(options.beforeCommit, { clock, log, withinMs: limits.ruleMs });
  try {
    const ledger = await openLedger({
      database: options.database ?? DEFAULT_DATABASE,
      relay: (...commit) => relay(...commit),
      meter,
      clock,
      documentAtoms: limits.documentAtoms,
      log,
      ...(judge === undefined ? {} : { judge }),
      ...checkpoints,
    });
    running.ledger = ledger;
    store.begin(ledger);
    try {
      return await start(ledger);
    } catch (error) {
      store.stop();
      await ledger.close();
      throw error;
    }
  } catch (error) {
    throw startupError(error, { host, port });
  }

  async function start(ledger: OpenLedger): Promise<Server> {
    const cluster = await openCluster({
      redis: options.redis,
      node: mintId(random),
      secret: ledger.secret,
      clock,
      random,
      log,
      meter,
    });
    running.cluster = cluster;
    try {
      return await serve({
        ...{
          options,
          clock,
          random,
          limits,
          log,
          node,
          meter,
          metrics,
          running,
          store,
          judge,
          ledger,
          cluster,
        },
        relayTo(to) {
          relay = to;
        },
      });
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }
}
