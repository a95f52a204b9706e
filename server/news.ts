// What every node must hear of: what was revoked, and what is announced to everybody. The database is the authority, the
// bus only makes it quick.
//
//   told here ──▶ in force here ──▶ the database ◀──"what is newer than 17?"── every node, each interval
//                       └─────bus: look!──────────────────────▲
//
// A node asks while somebody is connected, and before it lets somebody in after a time in which it did not ask. With the
// database away, what is known holds. A database that only this process writes to is not asked.

import { type Clock, type Events, Fault, isStorable, type Random, steadyMs } from "../protocol/index.js";
import type { Bus } from "./cluster/bus.js";
import { openRevocations, type Revocation, type Revocations, rowOf } from "./revocations.js";
import type { AnnouncementRow, News } from "./storage/news.js";
import type { RevocationRow } from "./storage/revocation.js";
import { mintId } from "./tickets.js";

export interface NewsStore {
  /** Whether other processes may write to it too. */
  readonly shared: boolean;
  /** Durable when it resolves. @throws Fault `unavailable` */
  revoke(row: RevocationRow): Promise<void>;
  announce(row: AnnouncementRow): Promise<void>;
  /** What came after that piece of news; -1: all. */
  news(since: number): Promise<News>;
}

export interface NewsOptions {
  readonly store: NewsStore;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly intervalMs: number;
  /** Whether somebody is connected here. */
  readonly connected: () => boolean;
  /** Something was revoked: those whom it concerns are to be looked at. Resolves when that is done. */
  readonly revoked: (rows: readonly RevocationRow[]) => Promise<void>;
  /** Something is announced, or has been taken back. */
  readonly announced: (announcement: Events["announcement"]) => void;
  readonly failed: (error: unknown) => void;
}

/** What to tell everybody. */
export interface Announcement {
  /** At most 500 characters. */
  readonly text: string;
  /** When it ends, in milliseconds since the Unix epoch. Default: when it is taken back. */
  readonly until?: number;
}

export interface NewsDesk {
  readonly revocations: Revocations;
  /** In force here at once and on the other nodes soon; resolves when it is durable and those here have been looked at. */
  revoke(what: Revocation): Promise<void>;
  /** @returns its id, to take it back by. @throws Fault `message_malformed` | `bad_unicode` | `unavailable` */
  announce(announcement: Announcement): Promise<string>;
  /** Takes an announcement back, or all of them. @returns how many there were */
  takeBack(id?: string): Promise<number>;
  /** What whoever connects now is told. */
  announcements(): readonly Events["announcement"][];
  /** Resolves when what others have revoked is known here, or cannot be for now; undefined: it is. Never rejects. */
  fresh(): Promise<void> | undefined;
  /** Somebody connects. */
  wake(): void;
  stop(): void;
}

const TOPIC = "news";
const TEXT_LENGTH = 500;
/** An announcement that ended so long ago is known no more: whoever heard of it has heard of its end. */
const ENDED_MS = 60_000;
/** Whoever is let in waits no longer than this for news. */
const PATIENCE_MS = 1000;

/** @throws Fault `unavailable` if the database does not say what is revoked */
export async function openNews(options: NewsOptions): Promise<NewsDesk> {
  const { store, bus, clock, random, intervalMs, connected, revoked, announced, failed } = options;
  const all = await store.news(-1);
  const revocations = await openRevocations({
    revoke: (row) => store.revoke(row),
    revocations: async () => all.revocations,
  });
  const announcements = new Map(all.announcements.map((row) => [row.id, row]));
  let { last } = all;
  let looking: Promise<void> | undefined;
  /** When the database was asked last, and when it last answered. */
  let askedAt = steadyMs(clock);
  let answeredAt = askedAt;
  let cancel: (() => void) | undefined;
  let stopped = false;

  const lasts = ({ until }: AnnouncementRow) => until === null || until > clock.now();

  function eventOf(row: AnnouncementRow): Events["announcement"] {
    const { id, text, until } = row;
    if (!lasts(row)) return { id, text: null };
    return { id, text, ...(until === null ? {} : { endsInMs: until - clock.now() }) };
  }

  function forgetEnded(): void {
    const now = clock.now();
    for (const [id, { until }] of announcements)
      if (until !== null && until < now - ENDED_MS) announcements.delete(id);
  }
  forgetEnded();

  function hearAnnouncement(row: AnnouncementRow): void {
    const before = announcements.get(row.id);
    announcements.set(row.id, row);
    forgetEnded();
    if (before?.text === row.text && before.until === row.until) return;
    // What ended before it was heard of is nobody's business.
    if (lasts(row) || (before !== undefined && lasts({ ...before, until: null }))) announced(eventOf(row));
  }

  async function hearRevocations(rows: readonly RevocationRow[]): Promise<void> {
    const changed = revocations.hear(rows);
    if (changed.length > 0) await revoked(changed);
  }

  async function ask(): Promise<void> {
    askedAt = steadyMs(clock);
    let news = await store.news(last);
    // A database that was set back has begun to count again.
    if (news.last < last) news = await store.news(-1);
    last = news.last;
    answeredAt = askedAt;
    for (const row of news.announcements) hearAnnouncement(row);
    await hearRevocations(news.revocations);
  }

  function look(): Promise<void> {
    looking ??= ask()
      .catch((error: unknown) => {
        if (!stopped) failed(error);
      })
      .finally(() => {
        looking = undefined;
      });
    return looking;
  }

  function wait(): void {
    cancel = clock.after(intervalMs, () => {
      cancel = undefined;
      if (!connected()) return;
      void look();
      wait();
    });
  }

  async function put(row: AnnouncementRow): Promise<void> {
    await store.announce(row);
    hearAnnouncement(row);
    bus.tell(TOPIC, {});
  }

  const stopHearing = bus.hear(TOPIC, (message) => {
    const row = revocationOf(message);
    if (row !== undefined) hearRevocations([row]).catch(failed);
    else void look();
  });
  const forgetGaps = bus.onGap(() => {
    if (store.shared) void look();
  });

  return {
    revocations,

    async revoke(what) {
      const row = rowOf(what, clock.now());
      const written = revocations.add(what, row.before);
      bus.tell(TOPIC, { revocation: row });
      await Promise.all([written, revoked([row])]);
    },

    async announce(announcement) {
      const { text, until } = Object(announcement) as Announcement;
      const made = clock.now();
      checkText(text);
      if (until !== undefined && !(Number.isFinite(until) && until > made))
        throw new Fault("message_malformed", "An announcement ends later than now.");
      const id = mintId(random);
      await put({ id, text, made, until: until === undefined ? null : Math.ceil(until) });
      return id;
    },

    async takeBack(id) {
      if (store.shared) await ask();
      const meant = [...announcements.values()].filter((row) => lasts(row) && (id ?? row.id) === row.id);
      const now = clock.now();
      for (const row of meant) await put({ ...row, until: now });
      return meant.length;
    },

    announcements: () => [...announcements.values()].filter(lasts).map(eventOf),

    fresh() {
      const now = steadyMs(clock);
      // What was asked a moment ago in vain is not asked again for everybody who comes.
      if (
        !store.shared ||
        now - answeredAt <= 2 * intervalMs ||
        (looking === undefined && now - askedAt < intervalMs)
      )
        return undefined;
      return new Promise((resolve) => {
        const cancelPatience = clock.after(PATIENCE_MS, resolve);
        void look().then(() => {
          cancelPatience();
          resolve();
        });
      });
    },

    wake() {
      if (store.shared && !stopped && cancel === undefined) wait();
    },

    stop() {
      stopped = true;
      cancel?.();
      stopHearing();
      forgetGaps();
    },
  };
}

function checkText(text: string): void {
  if (typeof text !== "string" || text.trim() === "" || text.length > TEXT_LENGTH)
    throw new Fault("message_malformed", `An announcement is a text of 1 to ${TEXT_LENGTH} characters.`);
  if (!isStorable(text)) throw new Fault("bad_unicode", "Text holds half a character or U+0000.");
}

/** What another node says that it has revoked. */
function revocationOf(message: unknown): RevocationRow | undefined {
  const { revocation } = Object(message) as { revocation?: unknown };
  const { user, doc, token, before } = Object(revocation) as Record<string, unknown>;
  if (typeof user !== "string" || typeof doc !== "string" || typeof token !== "string") return undefined;
  return typeof before === "number" ? { user, doc, token, before } : undefined;
}
