// One life of the document as the ledger committed it, version by version: what everybody's copy is compared with.

import type { Op } from "../../client/types.js";
import type { Snapshot } from "../../ot/index.js";
import type { Committed, DocumentType } from "../../protocol/index.js";
import { type AnyType, typeOf } from "./core.js";

export class Truth {
  readonly type: AnyType;
  readonly log: Committed[] = [];
  /** Nobody adds to it any more. */
  over = false;
  readonly #snapshots: Snapshot[];
  readonly #wires: string[] = [];
  readonly #names = new Map<string, string>();

  /** @param before  the version before the one that begins this life */
  constructor(
    private readonly kind: DocumentType,
    readonly before = 0,
  ) {
    this.type = typeOf(kind);
    this.#snapshots = [this.type.create()];
  }

  get version(): number {
    return this.before + this.log.length;
  }

  /** What had been committed at `version`, as the beginning of another life. */
  fork(version: number): Truth {
    const fork = new Truth(this.kind, this.before);
    for (const one of this.log.slice(0, Math.max(0, version - this.before))) fork.committed(one);
    return fork;
  }

  /** A commit, as the ledger tells of it. @throws Error if history has a hole, or one name two ops */
  committed(committed: Committed): void {
    const { version, src, seq, op } = committed;
    if (version !== this.version + 1) throw new Error(`committed ${version} after ${this.version}`);
    const name = `${src} ${seq}`;
    const twice = this.#names.get(name);
    if (twice !== undefined)
      throw new Error(`${name} was committed twice: ${twice} and ${JSON.stringify(op)}`);
    this.#names.set(name, JSON.stringify(op));
    this.#snapshots.push(this.type.apply(this.#snapshots.at(-1)!, op as Op));
    this.log.push(committed);
  }

  has(src: string, seq: number): boolean {
    return this.#names.has(`${src} ${seq}`);
  }

  /** Whether it has this version, and as the op of this name. */
  made(version: number, src: string, seq: number): boolean {
    const one = this.log[version - this.before - 1];
    return one?.src === src && one.seq === seq;
  }

  /** Whether it ever was like this. */
  was(version: number, wire: string): boolean {
    return version > this.before && version <= this.version && this.wire(version) === wire;
  }

  get text(): string {
    return String(this.#snapshots.at(-1));
  }

  /** The wire form at a version, as text. */
  wire(version = this.version): string {
    const at = version - this.before;
    this.#wires[at] ??= JSON.stringify(this.#snapshots[at]);
    return this.#wires[at];
  }
}
