// What the ledger reads of a document besides its contents: where its head is, and the ops that led there.
//
// What always holds: ops come oldest first and without holes, in pages of bounded size; what is not there to be read is a
// fault, and never an end of history that is none.

import type ShareDB from "sharedb";
import type { Committed, Version } from "../../protocol/index.js";
import type { DocumentHead } from "../ports.js";
import type { Head, StorageAdapter } from "../storage/index.js";
import { COLLECTION } from "./backend.js";
import { called } from "./called.js";
import { committedFromLog } from "./committed.js";
import { keptType } from "./documents.js";
import { missing, versionAhead, versionUnknown } from "./refusals.js";

/** Ops are read with their metadata, so many characters of JSON at once: a thousand ops can be a thousand pages of text. */
const opsOptions = { metadata: true, characters: 2 ** 20 };

export type Reading = ReturnType<typeof createReading>;

/** @param agent  who ShareDB is told asks */
export function createReading(backend: ShareDB.Backend, agent: ShareDB.Agent, storage: StorageAdapter) {
  /** The ops that made the versions `from` + 1 … `to`, or the first of them. */
  async function read(doc: string, from: Version, to: Version): Promise<Committed[]> {
    const ops = await called<ShareDB.RawOp[]>((done) =>
      backend.getOps(agent, COLLECTION, doc, from, to, { opsOptions }, done),
    );
    return ops.map((op) => {
      const committed = committedFromLog(op);
      if (committed === undefined) throw versionUnknown();
      return committed;
    });
  }

  async function readAll(doc: string, from: Version, to: Version): Promise<Committed[]> {
    const ops: Committed[] = [];
    for (let at = from; at < to; at = ops.at(-1)!.version) {
      const page = await read(doc, at, to);
      if (page.length === 0) throw versionUnknown();
      ops.push(...page);
    }
    return ops;
  }

  const headFrom = (head: Head | undefined): DocumentHead | undefined => {
    const type = keptType(head?.type ?? null);
    return type && { type: type.name, epoch: head!.epoch, version: head!.version };
  };
  /** As it is now, whoever else writes to the database. */
  const currentHead = async (doc: string) => headFrom(await storage.head(COLLECTION, doc));
  /** As it was last seen here. */
  const seenHead = async (doc: string) => headFrom(await storage.seen(COLLECTION, doc));

  /** The head of a document of which the asker wants what came after `since`, and may know of it. */
  async function headAfter(doc: string, since: Version): Promise<DocumentHead> {
    let head = await seenHead(doc);
    if (head === undefined || since > head.version || (storage.shared && since === head.version))
      head = headFrom(await storage.current(COLLECTION, doc));
    if (head === undefined) throw missing();
    if (since > head.version) throw versionAhead();
    return head;
  }

  return { read, readAll, currentHead, seenHead, headAfter };
}
