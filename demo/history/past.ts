// What the page of history knows of its document: how long it is, its sessions as far as they have been loaded, its names and
// who is who. It asks the API, and holds what it was told; nothing of the DOM.

import type { api } from "../../client/api/index.js";
import type { Authors, DocumentType, NamedVersion, Session, Version } from "../../protocol/index.js";
import { Film } from "./film.js";
import { type Shown, shownDiff, shownOp, snapshotOf, unmarked } from "./shown.js";
import type { Loaded, Range } from "./timeline.js";

export type Api = ReturnType<typeof api>;

/** Sessions in a page of the timeline. */
const PAGE = 50;

export class Past implements Loaded {
  sessions: readonly Session[] = [];
  names: readonly NamedVersion[] = [];
  authors: Authors = {};
  head: Version;
  readonly #film: Film;
  #cursor: string | undefined;

  private constructor(
    readonly api: Api,
    readonly id: string,
    readonly type: DocumentType,
    head: Version,
  ) {
    this.head = head;
    this.#film = new Film({
      type,
      snapshot: async (version) => snapshotOf(type, (await api.documents.read(id, { version })).snapshot),
      ops: async (from, to) => {
        const { ops, authors } = await api.ops(id, { from, to });
        this.#know(authors);
        return ops;
      },
    });
  }

  /** @throws Fault */
  static async open(api: Api, id: string): Promise<Past> {
    const { type, version } = await api.documents.read(id);
    const past = new Past(api, id, type, version);
    await past.refresh();
    return past;
  }

  get more(): boolean {
    return this.#cursor !== undefined;
  }

  /** Loads the newest sessions and all names anew. @throws Fault */
  async refresh(): Promise<void> {
    const [history, names] = await Promise.all([
      this.api.history(this.id, { limit: PAGE }),
      this.api.versions(this.id),
    ]);
    this.#know({ ...history.authors, ...names.authors });
    this.sessions = history.sessions;
    this.#cursor = history.cursor;
    this.names = names.versions;
    this.head = Math.max(this.head, history.sessions[0]?.to ?? 0);
  }

  /** Loads the sessions before those that are here. @throws Fault */
  async earlier(): Promise<void> {
    if (this.#cursor === undefined) return;
    const { sessions, authors, cursor } = await this.api.history(this.id, {
      cursor: this.#cursor,
      limit: PAGE,
    });
    this.#know(authors);
    this.sessions = [...this.sessions, ...sessions];
    this.#cursor = cursor;
  }

  /** The document of a range, with what was done in it. @throws Fault */
  async shown({ from, to }: Range): Promise<Shown> {
    // The first op is a document that was made with everything in it.
    if (from === to) return this.shown({ to });
    if (from !== undefined && to - from > 1) {
      const reply = await this.api.diff(this.id, { from, to });
      this.#know(reply.authors);
      return shownDiff(reply);
    }
    const { before, committed, after } = await this.#film.picture(Math.max(1, to), this.head);
    if (from === undefined) return unmarked(after);
    this.#film.prefetch(to, this.head);
    return shownOp(before, committed);
  }

  named(version: Version): NamedVersion | undefined {
    return this.names.find((each) => each.version === version);
  }

  /** The session that made a version, if it has been loaded. */
  sessionOf(version: Version): Session | undefined {
    return this.sessions.find(({ from, to }) => version > from && version <= to);
  }

  #know(authors: Authors): void {
    this.authors = { ...this.authors, ...authors };
  }
}
