// In whose name a document's ops are sent: the connection's own, or that of the page before, whose unsent ops we have.
//
// Unsent ops keep one name until nothing is unsent, because some of them may have been sent already: sent again under
// the same name, they are committed once. After that the connection's own name is good enough again. A name that is not
// the connection's goes with its ticket, which proves to the server that it was given to the same user.

import type { ClientName } from "../protocol/index.js";
import type { Seqs } from "./line.js";

export interface OpName {
  readonly src: string;
  readonly seq: number;
}

/** More ops than a page sends that its store did not take: whoever goes on with its record leaves their names out. */
const UNWRITTEN = 2 ** 16;
/** More names than all together leave out and use who go on with one record, one after the other. */
const FAR = 2 ** 32;

export class Names {
  /** Whose name the unsent ops have. */
  #held: ClientName | undefined;
  /**
   * The next seq under a name that was taken over with a record: counted with the record, and not with the connection,
   * because the page that had the name may still use it, far beyond.
   */
  #lineage: number | undefined;
  /** What the server calls our connection, or called the last one. */
  #own: ClientName | undefined;
  /** What the next op would have had when the document was closed. */
  #left: Names["next"] | undefined;

  constructor(
    private readonly seqs: Seqs,
    private readonly doc: string,
  ) {}

  /** Unsent ops of an earlier page are ours now; its next op would have had `nextSeq`, `reserved` more are taken. */
  adopt(client: ClientName | undefined, nextSeq: number, reserved: number): void {
    this.#held = client;
    if (client !== undefined) this.#lineage = nextSeq + reserved + UNWRITTEN;
  }

  /** There is a connection, of this name. */
  up(own: ClientName): void {
    this.#own = own;
  }

  /** A name that no op had before. @throws Error before the first connection */
  take(): OpName {
    if (this.#own === undefined) throw new Error("no server has given us a name yet");
    if (this.#held !== undefined && this.#lineage !== undefined)
      return { src: this.#held.id, seq: this.#lineage++ };
    this.#held ??= this.#own;
    return { src: this.#held.id, seq: this.seqs.take(this.#held.id, this.doc) };
  }

  /** Likewise under the connection's own name: the server does not know the one that was held. */
  takeOwn(): OpName {
    this.#held = this.#own;
    this.#lineage = undefined;
    return this.take();
  }

  /** What goes with an op that is sent under `src`; nothing, if that is the connection's own name. */
  proof(src: string): { readonly client?: ClientName } {
    return this.#held?.id !== src || src === this.#own?.id ? {} : { client: this.#held };
  }

  /**
   * The document is closed. Whoever goes on with its record uses up the seqs after its own; if another page does, and we
   * open the document once more, ours must be others, so they begin far beyond.
   */
  leave(): void {
    this.#left = this.next;
    const { client, nextSeq } = this.#left;
    if (client !== undefined) this.seqs.atLeast(client.id, this.doc, nextSeq + FAR);
  }

  /** Nothing is unsent. */
  release(): void {
    this.#held = undefined;
    this.#lineage = undefined;
  }

  /** The name that the next op will have, and its seq. */
  get next(): { readonly client?: ClientName; readonly nextSeq: number } {
    if (this.#left !== undefined) return this.#left;
    const client = this.#held ?? this.#own;
    if (client === undefined) return { nextSeq: 1 };
    return { client, nextSeq: this.#lineage ?? this.seqs.next(client.id, this.doc) };
  }
}
