// What a session must be before a document is trusted to it: durable, of a server that is new enough, in UTF-8, and bounded
// in time. It is asked for and read back, on every connection, because a server's settings can change while it runs.

import type pg from "pg";
import { StorageError } from "../errors.js";
import { SAY_NEW } from "./generation.js";

/** What the server reported of a session. */
export interface Settings {
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly synchronous_commit: string;
  readonly server_encoding: string;
  readonly version: number;
  readonly standby: boolean;
}

const OLDEST_VERSION = 13;

/** A transaction whose node has gone holds its locks no longer than this. */
const ABANDONED_MS = 10_000;

/**
 * Stronger than `on` is what also waits until a standby shows it. Plans are kept as long as a connection lives, so one that
 * was made while a table was small must find its rows by index as well. Where there is none, as of the one row of `news`, the
 * planner then takes the reading for endless, and would compile it for 100 ms each time: nothing of ours is worth compiling.
 */
const ASK = (statementTimeoutMs: number) => `
  SELECT set_config('synchronous_commit',
    CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false),
    set_config('default_transaction_isolation', 'read committed', false),
    set_config('statement_timeout', '${statementTimeoutMs}', false),
    set_config('idle_in_transaction_session_timeout', '${ABANDONED_MS}', false),
    set_config('client_min_messages', 'warning', false),
    set_config('enable_seqscan', 'off', false), set_config('jit', 'off', false), ${SAY_NEW}`;

const READ = `
  SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
    current_setting('synchronous_commit') AS synchronous_commit,
    current_setting('server_encoding') AS server_encoding,
    current_setting('server_version_num')::integer / 10000 AS version, pg_is_in_recovery() AS standby`;

/** @throws StorageError, or the driver's error if the server could not be asked */
export async function prepareSession(
  client: pg.ClientBase,
  where: string,
  statementTimeoutMs: number,
): Promise<Settings> {
  await client.query(ASK(statementTimeoutMs));
  const { rows } = await client.query<Settings>(READ);
  const settings = rows[0]!;
  demandTrustworthy(settings, where);
  return settings;
}

/** @throws StorageError `unsupported` | `not_durable` | `unreachable` */
export function demandTrustworthy(settings: Settings, where: string): void {
  const refuse = (code: "unsupported" | "not_durable" | "unreachable", sentence: string) => {
    throw new StorageError(code, sentence);
  };
  const { version, server_encoding: encoding, standby } = settings;
  if (version < OLDEST_VERSION)
    refuse(
      "unsupported",
      `PostgreSQL ${OLDEST_VERSION} or newer is needed; ${where} is of version ${version}.`,
    );
  if (encoding !== "UTF8") refuse("unsupported", `${where} is in ${encoding}, and must be in UTF8.`);
  if (standby) refuse("unreachable", `${where} takes no writes: it is a standby.`);
  for (const [name, expected] of [
    ["fsync", ["on"]],
    ["full_page_writes", ["on"]],
    ["synchronous_commit", ["on", "remote_apply"]],
  ] as const) {
    const found = settings[name];
    if ((expected as readonly string[]).includes(found)) continue;
    const sentence = `PostgreSQL's ${name} is ${found}, and must be ${expected[0]}`;
    refuse("not_durable", `Documents cannot be kept durably in ${where}: ${sentence}.`);
  }
}
