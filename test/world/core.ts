// The server's ordering core as a model: each document's whole history in memory, and nothing else.
//
// Slow and obvious on purpose: every version's snapshot is kept, every submission is transformed past what it missed
// one op at a time, and the same (src, seq) is answered with the version it made. What the real ledger promises, this
// does in forty lines; the simulated world compares everything that clients show with it.

import type { Op as AnyOp } from "../../client/types.js";
import { plainText, richText, type Snapshot, type TextType } from "../../ot/index.js";
import {
  type Committed,
  type DocumentType,
  type Epoch,
  Fault,
  type Op,
  type Version,
} from "../../protocol/index.js";

/** A type whose ops and snapshots are not told apart: the core does the same with both. */
export type AnyType = TextType<Snapshot, AnyOp>;

export const typeOf = (kind: DocumentType): AnyType =>
  (kind === "rich" ? richText : plainText) as unknown as AnyType;

export interface Record {
  readonly kind: DocumentType;
  readonly epoch: Epoch;
  readonly type: AnyType;
  /** `log[v - 1]` made version v. */
  readonly log: Committed[];
  /** `snapshots[v]` is the document at version v; at 0 it is empty. */
  readonly snapshots: Snapshot[];
  /** What was submitted under each name: another op under it is refused. */
  readonly submitted: Map<string, string>;
  /** History before this version is gone. */
  oldest: Version;
}

export interface CoreSubmission {
  readonly version: Version;
  readonly src: string;
  readonly seq: number;
  readonly op: Op;
  readonly author: string;
}

export class Core {
  readonly documents = new Map<string, Record>();
  /** Client ids given out; nodes come and go, and must not give one twice. */
  minted = 0;
  /** Set: the next submission is answered with this. */
  refuseNext: Fault | undefined;
  #lives = 0;
  /** Ops that were refused for what they are, by name. */
  readonly #refused = new Map<string, Fault>();

  constructor(
    private readonly now: () => number,
    /** Told of every commit. */
    private readonly onCommit: (committed: Committed) => void = () => {},
  ) {}

  /** @throws Fault `forbidden` */
  get(doc: string): Record {
    const record = this.documents.get(doc);
    if (record === undefined) throw new Fault("forbidden", "no such document");
    return record;
  }

  /** @throws Fault `busy` if it is there already */
  create(doc: string, kind: DocumentType, wire: unknown, author: string): Record {
    if (this.documents.has(doc)) throw new Fault("busy", "just made by somebody else");
    const type = typeOf(kind);
    const snapshot = type.create(wire);
    const op = (typeof wire === "string" ? [wire].filter((text) => text !== "") : wire) as Op;
    const log = [{ version: 1, src: "", seq: 0, op, author, time: this.now() }];
    const record = {
      kind,
      epoch: `life-${++this.#lives}`,
      type,
      log,
      snapshots: [type.create(), snapshot],
      submitted: new Map<string, string>(),
      oldest: 1,
    };
    this.documents.set(doc, record);
    this.onCommit(log[0]!);
    return record;
  }

  /** The ops after `since`. @throws Fault `version_ahead` | `version_unknown` */
  ops(doc: string, since: Version, limit = Number.POSITIVE_INFINITY): readonly Committed[] {
    const { log, oldest } = this.get(doc);
    if (since > log.length) throw new Fault("version_ahead", `head is ${log.length}`);
    if (since < oldest) throw new Fault("version_unknown", `history begins at ${oldest}`);
    return log.slice(since, since + limit);
  }

  /** @returns the op as committed, and whether that is new */
  submit(
    doc: string,
    { version, src, seq, op, author }: CoreSubmission,
  ): { committed: Committed; fresh: boolean } {
    const { type, log, snapshots, submitted, oldest } = this.get(doc);
    const known = log.find((one) => one.src === src && one.seq === seq);
    const wire = JSON.stringify(op);
    if (known !== undefined && submitted.get(`${src} ${seq}`) !== wire)
      throw new Fault("seq_reused", "another op had this name");
    if (known !== undefined) return { committed: known, fresh: false };
    // As of any server: nobody is told that an op was refused before its name has been looked up.
    this.#refuse(`${doc} ${src} ${seq}`);
    if (version > log.length) throw new Fault("version_ahead", `head is ${log.length}`);
    if (version < oldest) throw new Fault("version_unknown", `history begins at ${oldest}`);
    const moved = log
      .slice(version)
      .reduce((mine, over) => type.transform(mine, over.op as AnyOp, "left"), op as AnyOp);
    snapshots.push(type.apply(snapshots[log.length]!, moved));
    const committed = { version: log.length + 1, src, seq, op: moved, author, time: this.now() };
    log.push(committed);
    submitted.set(`${src} ${seq}`, wire);
    this.onCommit(committed);
    return { committed, fresh: true };
  }

  /** What is wrong with an op is wrong with it whenever it comes; what is wrong with the moment or its sender is not. */
  #refuse(name: string): void {
    const refusal = this.#refused.get(name) ?? this.refuseNext;
    if (refusal === undefined) return;
    if (refusal === this.refuseNext) this.refuseNext = undefined;
    if (refusal.action === "drop" || refusal.action === "reopen") this.#refused.set(name, refusal);
    throw refusal;
  }

  /** @throws Fault `forbidden` */
  delete(doc: string): Version {
    const { log } = this.get(doc);
    this.documents.delete(doc);
    return log.length + 1;
  }

  /** Everything as it is now, to come back to with {@link rewind}. */
  copy(): ReadonlyMap<string, Record> {
    return new Map([...this.documents].map(([doc, record]) => [doc, copied(record, record.epoch)]));
  }

  /** An older copy is put back: every document in it begins another life where it was then. */
  rewind(copy: ReadonlyMap<string, Record>): void {
    this.documents.clear();
    for (const [doc, record] of copy) this.documents.set(doc, copied(record, `life-${++this.#lives}`));
  }

  /** Forgets all history up to the head. */
  prune(): void {
    for (const record of this.documents.values()) record.oldest = record.log.length;
  }
}

const copied = (record: Record, epoch: Epoch): Record => ({
  ...record,
  epoch,
  log: [...record.log],
  snapshots: [...record.snapshots],
  submitted: new Map(record.submitted),
});
