// What is counted over many connections: by user, by document, by address. One connection's own rates are its own
// (`carrying.ts`); these hold however many somebody opens.
//
//   address ── connections, new connections, ops, API requests,        an IPv6 address counts as its /64
//              bytes of answers that are not read yet
//   user ───── connections, ops, other requests, documents created
//   document ─ ops; of those who may write it, so that nobody else can use them up
//
// Who is refused is told when to come back. Where many share a limit, the waits are spread, or all would come back in
// the same millisecond and be refused again. Memory is bounded: counts of live connections, and buckets that are
// forgotten when they are full again.

import { isIPv6 } from "node:net";
import { type Clock, Fault, type Random } from "../protocol/index.js";
import { createBuckets, takeFromAll } from "./bucket.js";
import type { ServerLimits } from "./limits.js";
import type { Meter } from "./meter.js";

/** Whose limit it was. */
export type Scope = "connection" | "user" | "document" | "address";

export interface Quotas {
  /** A new connection. @returns gives it back. @throws Fault `too_many_connections` | `rate_limited` */
  arrive(address: string): () => void;
  /** Whether so many connections of this address are there that it is not even told so. */
  crowded(address: string): boolean;
  /** A connection turned out to be this user's. @returns gives it back. @throws Fault `too_many_connections` */
  enter(user: string): () => void;
  /** Anything but an op. @throws Fault `rate_limited` */
  request(user: string): void;
  /** An op that counts as `cost`. @throws Fault `rate_limited` */
  op(user: string, address: string | undefined, cost: number): void;
  /** The same op, by somebody who may write this document. @throws Fault `rate_limited` */
  write(doc: string, cost: number): void;
  /** An op of theirs has made so much of this document anew, in UTF-16 units as JSON: what it cost is owed, and their next waits. */
  made(user: string, address: string | undefined, doc: string, units: number): void;
  /** A document is about to be made. @throws Fault `rate_limited` */
  create(user: string): void;
  /** A request of the HTTP API, whoever asks. @throws Fault `rate_limited` */
  http(address: string): void;
  /** Before something is read that may be long. @throws Fault `busy` while too much is unread that was read before */
  read(address: string | undefined): void;
  /**
   * A long answer is on its way; if it takes longer than on any line that is of use, it is cut.
   *
   * @returns to be called when it has been read, or never will be
   */
  answering(address: string | undefined, bytes: number, cut: () => void): () => void;
}

export interface QuotasOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: ServerLimits;
  readonly meter: Pick<Meter, "limited">;
}

/** So many above the limit are taken in, to be told that there are too many. */
const TOLD = 100;
/** When somebody else may have gone. */
const LATER_MS = 15_000;
/** Whoever reads takes the first of a long answer within it. */
const BEGIN_MS = 30_000;
/** Those who share a limit come back over so long. */
const SPREAD_MS = 1000;

export function createQuotas({ clock, random, limits, meter }: QuotasOptions): Quotas {
  const buckets = (perSecond: number, burst: number) =>
    createBuckets(clock, perSecond, burst, limits.namesRemembered);
  const userOps = buckets(limits.userOpsPerSecond, limits.userOpsBurst);
  const userRequests = buckets(limits.userRequestsPerSecond, limits.userRequestsBurst);
  const created = buckets(limits.createdPerHour / 3600, limits.createdPerHour);
  const documentOps = buckets(limits.documentOpsPerSecond, limits.documentOpsBurst);
  const connects = buckets(limits.addressConnectsPerSecond, limits.addressConnectsBurst);
  const addressOps = buckets(limits.addressOpsPerSecond, limits.addressOpsBurst);
  const addressHttp = buckets(limits.addressHttpPerSecond, limits.addressHttpBurst);
  const byAddress = new Map<string, number>();
  const byUser = new Map<string, number>();
  /** Bytes of long answers on their way, by address. */
  const unread = new Map<string, number>();
  let unreadInAll = 0;

  function limited(waitMs: number, scope: Scope): void {
    if (waitMs === 0) return;
    meter.limited(scope);
    const spread = scope === "user" ? 0 : Math.floor(random() * SPREAD_MS);
    throw tooMany(waitMs + spread, scope);
  }

  /** Counts one in. @returns counts it out, once */
  function count(counts: Map<string, number>, who: string, most: number, scope: Scope): () => void {
    const there = counts.get(who) ?? 0;
    if (there >= most) {
      meter.limited(scope);
      throw new Fault("too_many_connections", "Too many connections are open from there.", {
        retryAfterMs: LATER_MS + Math.floor(random() * LATER_MS),
        details: { scope, connections: most },
      });
    }
    counts.set(who, there + 1);
    let out = false;
    return () => {
      if (out) return;
      out = true;
      const left = counts.get(who)! - 1;
      if (left === 0) counts.delete(who);
      else counts.set(who, left);
    };
  }

  return {
    arrive(address) {
      const network = networkOf(address);
      limited(connects.take(network), "address");
      return count(byAddress, network, limits.connectionsPerAddress, "address");
    },
    crowded: (address) => (byAddress.get(networkOf(address)) ?? 0) >= limits.connectionsPerAddress + TOLD,
    enter: (user) => count(byUser, user, limits.connectionsPerUser, "user"),
    request: (user) => limited(userRequests.take(user), "user"),
    op(user, address, cost) {
      const own = userOps.of(user);
      limited(own.wait(cost), "user");
      limited(
        takeFromAll(address === undefined ? [own] : [own, addressOps.of(networkOf(address))], cost),
        "address",
      );
    },
    write: (doc, cost) => limited(documentOps.take(doc, cost), "document"),
    made(user, address, doc, units) {
      const cost = Math.floor(units / limits.opRateBytes);
      if (cost === 0) return;
      userOps.of(user).owe(cost);
      documentOps.of(doc).owe(cost);
      if (address !== undefined) addressOps.of(networkOf(address)).owe(cost);
    },
    create: (user) => limited(created.take(user), "user"),
    http: (address) => limited(addressHttp.take(networkOf(address)), "address"),

    read(address = "") {
      const there = unread.get(networkOf(address)) ?? 0;
      const isTooMuch = there >= limits.unreadBytesPerAddress || unreadInAll >= limits.unreadBytes;
      if (isTooMuch)
        throw new Fault("busy", "Too much waits to be read.", {
          retryAfterMs: SPREAD_MS + Math.floor(random() * SPREAD_MS),
        });
    },

    answering(address = "", bytes, cut) {
      const network = networkOf(address);
      const add = (more: number) => {
        const there = (unread.get(network) ?? 0) + more;
        if (there === 0) unread.delete(network);
        else unread.set(network, there);
        unreadInAll += more;
      };
      add(bytes);
      const late = clock.after(BEGIN_MS + (bytes * 1000) / limits.readBytesPerSecond, cut);
      let over = false;
      return () => {
        if (over) return;
        over = true;
        late();
        add(-bytes);
      };
    },
  };
}

export const tooMany = (retryAfterMs: number, scope: Scope) =>
  new Fault("rate_limited", "Too many messages.", { retryAfterMs, details: { scope } });

/** What counts as one address: an IPv6 line is given a /64, and whoever has it can come from any address in it. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  // An IPv4 address at the end stands for two groups.
  const length = before.length + after.length + (address.includes(".") ? 1 : 0);
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - length)).fill("0");
  const groups = [...before, ...zeros, ...after].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/64`;
}
