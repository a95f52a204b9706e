// What became of a document, by whom and when, and the ways back.
//
// History is that of the document's present life. Nothing here rewrites it: a way back is one more op, made at the head and
// submitted like anybody's, so those who are typing keep what they type.

import { Fault, type Session, type Version } from "../../protocol/index.js";
import { blameRuns } from "../history/blame.js";
import { diffParts } from "../history/diff.js";
import { revertOp } from "../history/revert.js";
import type { Stamp } from "../history/runs.js";
import { sessionOf, withEarlier } from "../history/sessions.js";
import { demandLife, type Lives } from "./lives.js";
import { opsBackFrom, type PastLedger } from "./past.js";
import { createReaders, type ReadersOptions } from "./readers.js";
import { createStrands, KEPT_BYTES } from "./strands.js";
import { PAGE } from "./submitting.js";
import type { Core, History, Names, People } from "./types.js";

export interface HistoryParts extends ReadersOptions {
  readonly core: Pick<Core, "submit">;
  readonly ledger: PastLedger;
  readonly lives: Pick<Lives, "version" | "began">;
  readonly names: Pick<Names, "versions">;
  readonly people: Pick<People, "authors">;
  /** How much of the past is kept at hand, in bytes; see {@link KEPT_BYTES}. */
  readonly keptBytes?: number;
}

/** Sessions in an answer, if nothing else is asked for, and at most. */
const SESSIONS = 50;
const MOST_SESSIONS = 200;
/** Ops read for one answer; a session that is longer is cut there and goes on in the next one. */
const READ = 50_000;

export function createHistory(parts: HistoryParts): History {
  const { core, ledger, lives, names, people, keptBytes = KEPT_BYTES } = parts;
  const readers = createReaders(parts);
  const strands = createStrands(ledger, readers, keptBytes);

  async function headOf(id: string) {
    const head = await ledger.head(id);
    if (head === undefined) throw new Fault("forbidden", "There is no such document.");
    return head;
  }

  return {
    async history(id, { from = 0, to, epoch, cursor, limit = SESSIONS } = {}) {
      const head = await headOf(id);
      demandLife(head, epoch);
      const end = cursor === undefined ? to : versionIn(cursor);
      demandRange(head, from, end);
      const last = Math.min(end ?? head.version, head.version);
      const wanted = Math.max(1, Math.min(limit, MOST_SESSIONS));
      const { sessions, next } = await readers.enter(id, () =>
        sessionsBefore(ledger, id, from, last, wanted),
      );
      const reached = sessions.at(-1)?.from ?? last;
      const { versions } = await names.versions(id);
      const named = versions.filter(({ version }) => version > reached && version <= last);
      return {
        sessions,
        names: named,
        authors: await people.authors(new Set([...sessions, ...named].map(({ author }) => author))),
        began: await lives.began(id, head),
        ...(next !== undefined && { cursor: String(next) }),
      };
    },

    async diff(id, { from, to, epoch }) {
      const head = await headOf(id);
      demandLife(head, epoch);
      demandRange(head, from, to);
      const last = to ?? head.version;
      if (last > head.version) throw ahead(head.version);
      const parts = await strands.between(id, head, { from, to: last }, diffParts);
      const authors = parts.flatMap(({ author }) => (author === undefined ? [] : [author]));
      return { type: head.type, from, to: last, parts, authors: await people.authors(new Set(authors)) };
    },

    async blame(id, { version, epoch } = {}) {
      const head = await headOf(id);
      demandLife(head, epoch);
      const at = version ?? head.version;
      if (at > head.version) throw ahead(head.version);
      const runs = await strands.whole(id, head, ({ strand, began }) => {
        if (at < Math.max(1, began)) throw unkept();
        return blameRuns(strand, at, began);
      });
      const authors = await people.authors(new Set(runs.map(({ author }) => author)));
      return { type: head.type, version: at, runs, authors };
    },

    async restore(id, when, by) {
      const now = await headOf(id);
      // Nothing leads back into another life, whose rights were others.
      const from = await lives.version(id, now, when);
      // What comes back is what was there, so its authors stay.
      const { version, epoch } = now;
      const range = { from, to: version };
      const op = await strands.between(id, now, range, (strand) => revertOp(strand, () => true));
      return { ...(await core.submit(id, { version, epoch, op }, by)), from };
    },

    async revert(id, { from, to, epoch, author, dryRun }, by) {
      const head = await headOf(id);
      demandLife(head, epoch);
      demandRange(head, from, to);
      if (to > head.version) throw ahead(head.version);
      // That it was made is not taken back: it is deleted for that.
      const first = Math.max(from, 1);
      const taken = (stamp: Stamp) =>
        first < stamp.version && stamp.version <= to && (author === undefined || stamp.author === author);
      const { version, epoch: life } = head;
      const isAll = author === undefined && to === version;
      const range = { from: first, to: version };
      // What stays may have brought back text of before, together with what is taken back: only the whole past knows both.
      const op = isAll
        ? await strands.between(id, head, range, (strand) => revertOp(strand, taken))
        : await strands.whole(id, head, ({ strand, began }) => {
            if (first < began) throw unkept();
            return revertOp(strand, taken);
          });
      return core.submit(id, { version, epoch: life, op, ...(dryRun && { dryRun }) }, by);
    },
  };
}

const unkept = () => new Fault("version_unknown", "History that old is not kept.");

const ahead = (head: Version) => new Fault("version_ahead", `The document is at version ${head}.`);

/** What is wrong with a range is said of what was given: without `to`, that is `from` alone. */
function demandRange(head: { readonly version: Version }, from: Version, to: Version | undefined): void {
  if (to !== undefined && to < from) throw new Fault("message_malformed", "to must not be before from.");
  if (from > head.version) throw ahead(head.version);
}

/** A cursor is the version at which the next page ends. */
function versionIn(cursor: string): Version {
  if (!/^[1-9]\d{0,14}$/.test(cursor))
    throw new Fault("message_malformed", "This cursor is not one that was given out.");
  return Number(cursor);
}

/** The sessions of the versions `from` + 1 … `to`, newest first, and where the next page ends if there are more. */
async function sessionsBefore(
  ledger: PastLedger,
  id: string,
  from: Version,
  to: Version,
  wanted: number,
): Promise<{ readonly sessions: readonly Session[]; readonly next?: Version }> {
  const sessions: Session[] = [];
  let session: Session | undefined;
  for (let end = to; end > from; ) {
    const begin = Math.max(from, end - PAGE);
    const { began, ops } = await opsBackFrom(ledger, id, begin, end);
    for (const committed of ops.toReversed()) {
      const longer = session && withEarlier(session, committed);
      if (longer === undefined && session !== undefined) {
        sessions.push(session);
        if (sessions.length === wanted) return { sessions, next: committed.version };
      }
      session = longer ?? sessionOf(committed);
    }
    // Before it began there is nothing of this life to tell.
    if (began > begin) break;
    end = begin;
    if (to - end >= READ && end > from) return { sessions: [...sessions, session!], next: end };
  }
  return { sessions: session === undefined ? sessions : [...sessions, session] };
}
