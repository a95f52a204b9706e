// Keeps a document's session in its place in the outbox: written whenever it has changed, one write at a time, of which
// only the latest matters; and read back by the next document of that id.

import type { Snapshot, TextType } from "../ot/index.js";
import type { DocumentType } from "../protocol/index.js";
import type { OutboxPlace, OutboxRecord } from "./outbox.js";
import { inflightOf, pendingOf, restore, type Session } from "./session.js";
import type { Op } from "./types.js";

export class Keeper<S extends Snapshot, O extends Op> {
  /** As last written. */
  #written: Session<S, O> | undefined;
  #writing: Promise<void> | undefined;
  /** What is to be written when that is done. */
  #latest: Session<S, O> | undefined;
  /** The client id we last had. */
  #src = "";
  /** What was left is of another type: not ours to read, and not ours to overwrite. */
  #foreign = false;

  constructor(
    private readonly kind: DocumentType,
    private readonly place: OutboxPlace,
    private readonly nextSeq: (src: string) => number,
  ) {}

  /** The session that an earlier document left, if it is one of this type. */
  adopt(
    type: TextType<S, O>,
  ): { readonly session: Session<S, O>; readonly record: OutboxRecord } | undefined {
    const record = this.place.found;
    if (record === undefined) return undefined;
    if (record.type !== this.kind) {
      this.#foreign = true;
      return undefined;
    }
    const { version, confirmed, inflight, pending } = record;
    const own = inflight && { ...inflight, sent: inflight.sent as O, op: inflight.op as O };
    const session = restore(type, version, type.create(confirmed), own, pending as readonly O[]);
    this.#written = session;
    return { session, record };
  }

  /**
   * @param src  the client id we have, if there is a line
   * @returns when what is here now has been written, if that is not at once
   */
  store(session: Session<S, O>, src: string | undefined): Promise<void> | undefined {
    if (this.#foreign) return undefined;
    this.#latest = session;
    this.#src = src ?? this.#src;
    if (session === this.#written) return this.#writing;
    if (this.#writing !== undefined) return this.#writing.then(() => this.store(this.#latest!, undefined));
    this.#written = session;
    // A store that fails once may have room the next time; what is in memory is sent all the same.
    const done = () => {
      this.#writing = undefined;
    };
    this.#writing = this.place.save(this.#record(session))?.then(done, done);
    return this.#writing;
  }

  /** The document has been closed; with `keep`, its record waits for the next. */
  leave(keep: boolean): void {
    if (this.#writing === undefined) this.place.leave(keep || this.#foreign);
    else this.#writing.then(() => this.leave(keep));
  }

  #record(session: Session<S, O>): OutboxRecord {
    const inflight = inflightOf(session);
    const src = this.#src;
    return {
      type: this.kind,
      epoch: "1",
      recovered: [],
      unsaved: 0,
      version: session.version,
      confirmed: session.confirmed,
      ...(inflight && { inflight }),
      pending: pendingOf(session).map(({ op }) => op),
      client: { id: src, ticket: "" },
      nextSeq: this.nextSeq(src),
    };
  }
}
