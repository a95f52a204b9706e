// What the users of a store are called: remembered by every node that sees them write, read by whoever shows authors.
//
// A name is written when it is new or has changed, some at a time and a moment later, so that no commit waits for it. What
// could not be written is remembered here all the same and tried again when the user comes again. Other nodes write as well,
// so what is remembered here is looked up again after a while, and that nobody knows a name is not remembered. Memory is
// bounded: who has not been seen for long is read again.

import type { Authors, Clock } from "../../protocol/index.js";
import { colorOfUser } from "../cluster/palette.js";
import type { Log } from "../log.js";
import type { Beside } from "../ports.js";
import { isStorable } from "../storage/name.js";
import type { People } from "./types.js";

const PERSON = "person";
/** How long names are gathered, and how many are written at once. */
const GATHER_MS = 1000;
const AT_ONCE = 50;
/** For how long what is remembered here is taken for what other nodes know: so old a name may be shown. */
const FRESH_MS = 30_000;
/** Users that are kept in memory. */
const REMEMBERED = 10_000;

interface Seen {
  readonly name: string;
  /** When it is to be looked up again. */
  readonly until: number;
}

export interface PeopleOptions {
  readonly beside: Pick<Beside, "record" | "put">;
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
}

export function createPeople({ beside, clock, log }: PeopleOptions): People {
  /** User id → name, the one seen last at the end. */
  const names = new Map<string, Seen>();
  const unwritten = new Map<string, string>();
  /** Ends the wait for more to write. */
  let stopWaiting: (() => void) | undefined;
  /** What is being written. */
  let writing: Promise<void> = Promise.resolve();

  const freshOf = (id: string): Seen | undefined => {
    const seen = names.get(id);
    return seen !== undefined && clock.now() < seen.until ? seen : undefined;
  };

  function keep(id: string, name: string, until = clock.now() + FRESH_MS): void {
    names.delete(id);
    names.set(id, { name, until });
    if (names.size > REMEMBERED) names.delete(names.keys().next().value!);
  }

  const named = (key: string) => ({ kind: PERSON, document: "", key });

  async function write(id: string, name: string): Promise<void> {
    const value = JSON.stringify({ name });
    if ((await beside.record(named(id)))?.value === value) return;
    await beside.put({ ...named(id), value, time: clock.now() });
  }

  async function writeSome(): Promise<void> {
    const some = [...unwritten].slice(0, AT_ONCE);
    for (const [id] of some) unwritten.delete(id);
    const written = await Promise.allSettled(some.map(([id, name]) => write(id, name)));
    written.forEach((outcome, at) => {
      if (outcome.status === "fulfilled") return;
      names.delete(some[at]![0]);
      log.warn({ err: outcome.reason }, "The name of a user could not be kept");
    });
  }

  /** One write of some at a time. */
  function writeNext(): Promise<void> {
    stopWaiting?.();
    stopWaiting = undefined;
    writing = writing.then(writeSome);
    return writing;
  }

  function waitForMore(): void {
    if (unwritten.size === 0) return;
    stopWaiting ??= clock.after(GATHER_MS, () => void writeNext().then(waitForMore));
  }

  async function nameOf(id: string): Promise<string | undefined> {
    const known = freshOf(id);
    if (known !== undefined) return known.name;
    if (!isStorable(id)) return names.get(id)?.name;
    const found = await beside.record(named(id));
    // Who was seen meanwhile is known better.
    const seen = freshOf(id);
    if (seen !== undefined || found === undefined) return seen?.name;
    const { name } = JSON.parse(found.value) as { readonly name: string };
    keep(id, name);
    return name;
  }

  return {
    remember({ id, name }) {
      const known = freshOf(id);
      const isKnown = known?.name === name;
      if (!isKnown && isStorable(id)) unwritten.set(id, name);
      keep(id, name, isKnown ? known.until : undefined);
      waitForMore();
    },

    async authors(ids): Promise<Authors> {
      const users = [...new Set(ids)];
      const found = await Promise.all(users.map(nameOf));
      return Object.fromEntries(
        users.map((id, at) => [id, { name: found[at] ?? id, color: colorOfUser(id) }]),
      );
    },

    async written() {
      do await writeNext();
      while (unwritten.size > 0);
    },
  };
}
