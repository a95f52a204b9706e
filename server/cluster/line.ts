// One lasting connection to Redis: made again whenever it is gone, for ever, each time with a new client of the library,
// so that nothing is left over from the last one.
//
//   away ──connected, checked──▶ up ──an error, an end, silence──▶ away ──a random pause──▶ …
//
// A Redis that holds its connections and answers nothing is noticed by a ping each second: two in a row without an
// answer end the line. Nothing waits here for a line that is away.

import { createClient } from "redis";
import type { Clock, Random } from "../../protocol/index.js";
import type { RedisAddress } from "./redis-address.js";
import { Silence } from "./trouble.js";

export type Client = ReturnType<typeof newClient>;

export interface LineOptions {
  /** How the connection is called in Redis's own list of clients. */
  readonly name: string;
  readonly address: RedisAddress;
  /** The files of the address, read. */
  readonly tls: Readonly<Record<string, Buffer>> | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** Resolves when the new connection can do what it is for. */
  readonly check: (client: Client) => Promise<unknown>;
  readonly up: (client: Client) => void;
  /** It went, or could not be had; said once for each attempt. */
  readonly down: (error: unknown) => void;
  /** A ping was answered. */
  readonly well: () => void;
}

export interface Line {
  /** Undefined: it is away. */
  readonly client: Client | undefined;
  /** Something was heard, which counts like an answer. */
  heard(): void;
  /** Ends this connection because of what it said; another one is tried. */
  fail(error: unknown): void;
  close(): void;
}

/** Commands that may wait in one client, whatever they are. */
export const QUEUED_COMMANDS = 10_000;
const CONNECT_MS = 2000;
/** To be connected, let in and checked. */
const READY_MS = 4000;
const PING_MS = 1000;
/** So many pings in a row without an answer. One may be this process's own fault, when it stood still. */
const SILENT_PINGS = 2;
const LONGEST_PAUSE_MS = 2000;

function newClient({ name, address, tls }: LineOptions) {
  const { host, port, username, password } = address;
  return createClient({
    name,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    socket: {
      host,
      port,
      connectTimeout: CONNECT_MS,
      reconnectStrategy: false,
      ...(tls === undefined ? {} : { ...tls, tls: true as const }),
    },
    // A timer for each command would cost as much as the command; the line ends as a whole when Redis is silent.
    commandOptions: { timeout: 0 },
    disableOfflineQueue: true,
    commandsQueueMaxLength: QUEUED_COMMANDS,
    maintNotifications: "disabled",
  });
}

export function keepLine(options: LineOptions): Line {
  const { clock, random, check, up, down, well } = options;
  let closed = false;
  let attempt = 0;
  let current: { client: Client; heard: boolean; end: (error: unknown) => void } | undefined;
  let giveUp = () => {};

  function connect(): void {
    const client = newClient(options);
    let ended = false;
    let cancel = clock.after(READY_MS, () => end(new Silence()));

    function end(error: unknown): void {
      if (ended) return;
      ended = true;
      cancel();
      current = undefined;
      client.destroy();
      if (closed) return;
      down(error);
      const longest = Math.min(LONGEST_PAUSE_MS, 100 * 2 ** Math.min(attempt++, 10));
      giveUp = clock.after(longest * (0.5 + random() / 2), connect);
    }

    function watch(live: NonNullable<typeof current>): void {
      let silent = 0;
      const ping = () => {
        silent = live.heard ? 0 : silent + 1;
        if (silent >= SILENT_PINGS) return end(new Silence());
        live.heard = false;
        cancel = clock.after(PING_MS, ping);
        client.sendCommand(["PING"]).then(
          () => {
            if (ended) return;
            live.heard = true;
            attempt = 0;
            well();
          },
          // Whatever kept it from being answered ends the line by itself, or does not matter.
          () => {},
        );
      };
      ping();
    }

    client.on("error", end);
    client.on("end", () => end(new Error("The connection has ended")));
    // Redis took a channel away by itself, as a cluster of it does; it is asked for again on a new connection.
    client.on("sharded-channel-moved", () => end(new Error("A channel was taken away")));
    // It was given up while it was being made: the library has a socket only now.
    client.on("connect", () => ended && client.destroy());
    giveUp = () => end(undefined);
    client
      .connect()
      .then(() => check(client))
      .then(() => {
        if (ended) return;
        cancel();
        current = { client, heard: true, end };
        watch(current);
        up(client);
      })
      .catch(end);
  }

  connect();
  return {
    get client() {
      return current?.client;
    },
    heard() {
      if (current !== undefined) current.heard = true;
    },
    fail: (error) => current?.end(error),
    close() {
      closed = true;
      if (current === undefined) giveUp();
      else current.end(undefined);
    },
  };
}
