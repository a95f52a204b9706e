// The document as the ledger committed it, version by version: what everybody's copy is compared with.

import type { Op } from "../../client/types.js";
import type { Snapshot } from "../../ot/index.js";
import type { Committed, DocumentType } from "../../protocol/index.js";
import { type AnyType, typeOf } from "./core.js";

export class Truth {
  readonly type: AnyType;
  readonly log: Committed[] = [];
  readonly #snapshots: Snapshot[];
  readonly #wires: string[] = [];
  readonly #names = new Map<string, string>();

  constructor(kind: DocumentType) {
    this.type = typeOf(kind);
    this.#snapshots = [this.type.create()];
  }

  get version(): number {
    return this.log.length;
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
    this.#snapshots.push(this.type.apply(this.#snapshots[this.version]!, op as Op));
    this.log.push(committed);
  }

  /** The wire form at a version, as text. */
  wire(version = this.version): string {
    this.#wires[version] ??= JSON.stringify(this.#snapshots[version]);
    return this.#wires[version];
  }
}
