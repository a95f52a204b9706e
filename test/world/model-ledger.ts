// The model core behind the ledger's port: the product's gateway runs on it in many schedules. Promises, no time.

import type { Committed, DocumentType, Version } from "../../protocol/index.js";
import type { DocumentHead, Ledger, Submission } from "../../server/ports.js";
import type { Core } from "./core.js";

export class ModelLedger implements Ledger {
  constructor(private readonly core: Core) {}

  async head(doc: string): Promise<DocumentHead | undefined> {
    const record = this.core.documents.get(doc);
    return record && { type: record.kind, epoch: record.epoch, version: record.log.length };
  }

  async heads(docs: readonly string[]) {
    const found = docs.flatMap((doc) => {
      const record = this.core.documents.get(doc);
      return record === undefined
        ? []
        : [[doc, { epoch: record.epoch, version: record.log.length }] as const];
    });
    return new Map(found);
  }

  async read(doc: string) {
    const record = this.core.documents.get(doc);
    if (record === undefined) return undefined;
    const { kind: type, epoch, log, snapshots } = record;
    return { type, epoch, version: log.length, snapshot: snapshots[log.length]! };
  }

  async create(doc: string, type: DocumentType, wire: unknown, author: string): Promise<DocumentHead> {
    const { epoch, log } = this.core.create(doc, type, wire, author);
    return { type, epoch, version: log.length };
  }

  async delete(doc: string): Promise<Version> {
    return this.core.delete(doc);
  }

  async ops(doc: string, since: Version, limit: number): Promise<readonly Committed[]> {
    return this.core.ops(doc, since, limit);
  }

  async submit(doc: string, submission: Submission): Promise<Version> {
    return this.core.submit(doc, submission).committed.version;
  }

  async list() {
    return { documents: [] };
  }

  async close(): Promise<void> {}
}
