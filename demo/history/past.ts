// What the page of history knows of its document: where its history begins and how long it is, its sessions as far as they
// have been loaded, its names, who is who, and what we may do. It asks the API, and holds what it was told; nothing of the DOM.
//
// Always holds: `sessions` are without a gap from the newest that is known on.

import type { api } from "../../client/api/index.js";
import { titleOf } from "../../client/words.js";
import {
  type Authors,
  type DocumentType,
  Fault,
  type HistoryReply,
  type NamedVersion,
  type Role,
  type Session,
  type Version,
} from "../../protocol/index.js";
import { toldApart } from "../shared/authors.js";
import { Film } from "./film.js";
import { type Shown, shownDiff, shownOp, snapshotOf, unmarked } from "./shown.js";
import type { Loaded, Range } from "./timeline.js";

export type Api = ReturnType<typeof api>;

/** Sessions in the first page of the timeline, and in each that is asked for. */
const PAGE = 50;
const MORE = 200;

/** What of a document stays the same. */
interface Known {
  readonly id: string;
  readonly type: DocumentType;
  /** Its first line, as it was when the page was opened. */
  readonly title: string;
  /** The version that its history begins with; see {@link HistoryReply}. */
  readonly began: Version;
}

export class Past {
  sessions: readonly Session[] = [];
  names: readonly NamedVersion[] = [];
  authors: Authors = {};
  readonly #film: Film;
  #cursor: string | undefined;
  #role: Role = "viewer";

  private constructor(
    readonly api: Api,
    readonly known: Known,
    public head: Version,
  ) {
    const { id, type, began } = known;
    this.#film = new Film({
      type,
      began,
      snapshot: async (version) => snapshotOf(type, (await api.documents.read(id, { version })).snapshot),
      ops: async (from, to) => {
        const { ops, authors } = await api.ops(id, { from, to });
        this.#know(authors);
        return ops;
      },
    });
  }

  /**
   * @param seen  in which colours people were seen in the document; they keep them
   * @throws Fault
   */
  static async open(api: Api, id: string, seen: Authors = {}): Promise<Past> {
    const [{ type, version, snapshot }, history] = await Promise.all([
      api.documents.read(id),
      api.history(id, { limit: PAGE }),
    ]);
    const title = titleOf(snapshotOf(type, snapshot).toString());
    const past = new Past(api, { id, type, title, began: history.began }, version);
    past.authors = seen;
    await past.#refreshed(history);
    return past;
  }

  get more(): boolean {
    return this.#cursor !== undefined;
  }

  /** The first version that can be shown. */
  get first(): Version {
    return Math.max(1, this.known.began);
  }

  /** What is known now, for the timeline; it does not change afterwards. */
  get loaded(): Loaded {
    const { sessions, names, authors, head, more } = this;
    return { sessions, names, authors, head, more };
  }

  /** Whether we may give names and restore. */
  get mayWrite(): boolean {
    return this.#role === "editor" || this.#role === "owner";
  }

  /** Loads the newest sessions, all names and what we may do anew; what was loaded before them stays. @throws Fault */
  async refresh(): Promise<void> {
    await this.#refreshed(await this.api.history(this.known.id, { limit: PAGE }));
  }

  async #refreshed({ sessions, authors, cursor }: HistoryReply): Promise<void> {
    const { id } = this.known;
    const [names, role] = await Promise.all([this.api.versions(id), this.api.documents.role(id)]);
    this.#know({ ...authors, ...names.authors });
    const reached = sessions.at(-1)?.from ?? 0;
    const older = this.sessions.filter(({ to }) => to <= reached);
    if (older[0]?.to === reached) this.sessions = [...sessions, ...older];
    else {
      this.sessions = sessions;
      this.#cursor = cursor;
    }
    this.names = names.versions;
    this.#role = role;
    this.head = Math.max(this.head, sessions[0]?.to ?? 0);
  }

  /** Loads the sessions before those that are here. @throws Fault */
  async earlier(): Promise<void> {
    if (this.#cursor === undefined) return;
    const { sessions, authors, cursor } = await this.api.history(this.known.id, {
      cursor: this.#cursor,
      limit: MORE,
    });
    this.#know(authors);
    this.sessions = [...this.sessions, ...sessions];
    this.#cursor = cursor;
  }

  /** The document of a range, with what was done in it. @throws Fault */
  async shown({ from, to }: Range): Promise<Shown> {
    const { id, began } = this.known;
    if (to > this.head) throw new Fault("version_ahead", `The document is at version ${this.head}.`);
    if (to < this.first) throw new Fault("version_unknown", "History that old is not kept.");
    const since = from === undefined ? to : Math.max(from, began);
    if (to - since > 1) {
      const reply = await this.api.diff(id, { from: since, to });
      this.#know(reply.authors);
      return shownDiff(reply);
    }
    if (since === to) return unmarked(await this.#film.document(to, this.head));
    const { before, committed } = await this.#film.picture(to, this.head);
    this.#film.prefetch(to, this.head);
    return shownOp(before, committed);
  }

  named(version: Version): NamedVersion | undefined {
    return this.names.find((each) => each.version === version);
  }

  /** The session that made a version, if it has been loaded. */
  sessionOf(version: Version): Session | undefined {
    return sessionAt(this.sessions, version);
  }

  #know(authors: Authors): void {
    this.authors = toldApart(this.authors, authors);
  }
}

/** The session that made a version, of sessions that come newest first. */
export function sessionAt(sessions: readonly Session[], version: Version): Session | undefined {
  let [low, high] = [0, sessions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sessions[middle]!.from < version) high = middle;
    else low = middle + 1;
  }
  const found = sessions[low];
  return found !== undefined && version <= found.to ? found : undefined;
}
