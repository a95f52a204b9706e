// The ledger: documents and their history over ShareDB's Backend and a storage adapter, as `ports.ts` describes it.
//
//   submit ──▶ the document's turn ──▶ Backend: transform, apply, policy ──▶ storage: commit ──▶ relay ──▶ answer
//
// What always holds:
//   - one op of a document at a time is transformed and applied, on top of those that are on their way to the database
//     (`submits.ts`), so N writers cost N commits and not N², and many of them one fsync;
//   - an op that is sent again waits for the answer to the first;
//   - an op is committed once, however often it is sent: the commit itself refuses its name a second time, and whatever
//     went wrong, the name is looked up before anybody is told so;
//   - the relay hears of an op after it is durable, in version order, before its submitter;
//   - only faults come out.

import type ShareDB from "sharedb";
import type { Version } from "../../protocol/index.js";
import type { NewsStore } from "../news.js";
import type { Beside, Ledger, Submission } from "../ports.js";
import {
  dataOf,
  fingerprint,
  foldTitle,
  isSameOp,
  type StorageAdapter,
  type Vitals,
} from "../storage/index.js";
import { createTurns } from "../turns.js";
import { types } from "../types.js";
import { type BackendOptions, COLLECTION, createBackend } from "./backend.js";
import { called } from "./called.js";
import { cursorOf, placeOf } from "./cursor.js";
import { type AnySnapshot, demandFit, demandMarker, keptType, keptTypes } from "./documents.js";
import { createReading } from "./reading.js";
import { crowded, faultOf, missing, seqReused, unavailable } from "./refusals.js";
import { type Moment, type PastDocument, pastDocument } from "./restore.js";
import { type Begun, createSubmitting, fingerprintOf, Refused } from "./submitting.js";

export interface OpenLedger extends Ledger {
  /** 32 random bytes that stay the same as long as the documents do. */
  readonly secret: Buffer;
  /** The document as it was; as {@link pastDocument} says. */
  past(doc: string, moment: Moment): Promise<PastDocument>;
  /**
   * The version that was made by what was submitted under that name; undefined if nothing was.
   *
   * @throws Fault `seq_reused` if that was something else
   */
  answered(
    doc: string,
    submission: Pick<Submission, "src" | "seq" | "op" | "asked">,
  ): Promise<Version | undefined>;
  /** How the database is, for whoever operates it. */
  vitals(): Promise<Vitals>;
  /** Writes so many bytes, or a few, to find out whether writing works. @throws Fault `unavailable` | `storage_full` */
  ready(bytes?: number): Promise<void>;
  readonly beside: Beside;
  /** What has been taken back of tokens and what is announced, kept beside the documents. @throws Fault `unavailable` */
  readonly news: NewsStore;
}

/** Submits that may wait for one document; each writer has one op in flight, so honest ones never come near. */
const WAITING_SUBMITS = 1000;
const LIST_LIMIT = 200;

export function createLedger(storage: StorageAdapter, options: BackendOptions): OpenLedger {
  const { log, documentAtoms } = options;
  const backend = createBackend(storage, options);
  /** ShareDB wants to know who asks; all that is asked here is asked by the server. */
  const connection = backend.connect();
  const { agent } = connection;
  const reading = createReading(backend, agent, storage);
  const { read, readAll, currentHead, headAfter } = reading;
  const turns = createTurns();
  /** How many submits wait for each document. */
  const waiting = new Map<string, number>();
  const working = new Set<Promise<unknown>>();
  /** How many bytes → who writes so many just now. */
  const probing = new Map<number, Promise<void>>();
  let closing: Promise<void> | undefined;

  /** Runs a call to its end; whatever it throws comes out as a fault. */
  function work<Result>(doc: string | undefined, run: () => Promise<Result>): Promise<Result> {
    if (closing !== undefined) return Promise.reject(unavailable());
    const running: Promise<Result> = run().then(
      (result) => {
        working.delete(running);
        return result;
      },
      (error) => {
        working.delete(running);
        throw faultOf(error, doc === undefined ? { log } : { log, doc });
      },
    );
    working.add(running);
    return running;
  }

  /** Runs it, unless too many go on for that document already. */
  async function bounded<Result>(doc: string, run: () => Promise<Result>): Promise<Result> {
    const ahead = waiting.get(doc) ?? 0;
    if (ahead >= WAITING_SUBMITS) throw crowded();
    waiting.set(doc, ahead + 1);
    try {
      return await run();
    } finally {
      const left = waiting.get(doc)! - 1;
      if (left === 0) waiting.delete(doc);
      else waiting.set(doc, left);
    }
  }

  /** @returns the version that `op` made. @throws Refused, with what ShareDB knew */
  function commit(doc: string, op: ShareDB.RawOp, commitOptions: ShareDB.Options): Promise<Version> {
    return new Promise((resolve, reject) => {
      backend.submit(agent, COLLECTION, doc, op, commitOptions, (error, _missed, request) => {
        if (error) return reject(new Refused(error, request));
        options.checkpoint?.("after-relay-before-answer");
        resolve(op.v! + 1);
      });
    });
  }

  /** Begins what concerns a document in the order in which it came, and ends when that ends. */
  async function inOrder<Result>(doc: string, begin: () => Promise<Begun<Result>>): Promise<Result> {
    const { end } = await turns.next(doc, begin);
    return end;
  }

  const submit = createSubmitting({ storage, backend: options, reading, commit, inOrder });

  return {
    secret: Buffer.from(storage.secret),

    head: (doc) => work(doc, () => currentHead(doc)),

    heads: (docs) => work(undefined, () => storage.heads(COLLECTION, docs)),

    read: (doc) =>
      work(doc, async () => {
        const head = await storage.head(COLLECTION, doc);
        const type = keptType(head?.type ?? null);
        if (type === undefined) return undefined;
        const { epoch, version, held } = head!;
        return { type: type.name, epoch, version, snapshot: dataOf(held) as AnySnapshot };
      }),

    create: (doc, type, wire, author, name) =>
      work(doc, async () => {
        const kept = keptTypes[type];
        const snapshot = kept.create(wire ?? types[type].empty);
        demandMarker(kept, snapshot);
        demandFit(undefined, snapshot, documentAtoms);
        const create = { type: kept.uri, data: snapshot.toJSON() };
        const epoch = storage.mintEpoch();
        const op = name === undefined ? { create } : { create, src: name.src, seq: name.seq };
        const submitted = name === undefined ? {} : { submitted: fingerprint(name.asked) };
        const version = await bounded(doc, () => commit(doc, op, { author, epoch, ...submitted })).catch(
          (error) => {
            throw error instanceof Refused ? faultOf(error.cause, { log, doc }, error.request) : error;
          },
        );
        return { type, epoch, version };
      }),

    ops: (doc, since, limit) =>
      work(doc, async () => {
        const head = await headAfter(doc, since);
        return read(doc, since, Math.min(head.version, since + limit));
      }),

    run: (doc, since, most) => work(doc, () => storage.run(COLLECTION, doc, since, most)),

    submit: (doc, submission) =>
      work(doc, async () => {
        const { src, seq } = submission;
        return bounded(doc, () => turns.next(JSON.stringify([doc, src, seq]), () => submit(doc, submission)));
      }),

    delete: (doc, author, { ifVersion, ifEpoch } = {}) =>
      work(doc, () =>
        bounded(doc, () =>
          inOrder(doc, async () => {
            const head = await currentHead(doc);
            if (head === undefined) throw missing();
            // With its version, so that it never deletes a life that it did not mean.
            return { end: commit(doc, { v: head.version, del: true }, { author, ifVersion, ifEpoch }) };
          }),
        ).catch((error) => {
          throw error instanceof Refused ? faultOf(error.cause, { log, doc }, error.request) : error;
        }),
      ),

    answered: (doc, submission) =>
      work(doc, async () => {
        const receipt = await storage.receipt(COLLECTION, doc, submission.src, submission.seq);
        if (receipt === undefined) return undefined;
        if (!isSameOp(receipt.hash, fingerprintOf(submission))) throw seqReused(receipt.version, submission);
        return receipt.version;
      }),

    past: (doc, moment) => work(doc, () => pastDocument(storage, doc, moment)),

    beside: {
      shared: storage.shared,
      record: (name) => work(undefined, () => storage.beside.record(named(name))),
      records: (query) => work(undefined, () => storage.beside.records(named(query))),
      put: (row, condition = {}) => work(undefined, () => storage.beside.putRecord(named(row), condition)),
      delete: (name, condition = {}) =>
        work(undefined, () => storage.beside.deleteRecord(named(name), condition)),
      changed: (after, limit) => work(undefined, () => storage.beside.changed(COLLECTION, after, limit)),
      lastChange: (doc) => work(doc, () => storage.beside.lastChange(COLLECTION, doc)),
      began: (doc) => work(doc, () => storage.began(COLLECTION, doc)),
      turns: (doc, from, to) => work(doc, () => storage.turns(COLLECTION, doc, from, to)),
      ops: (doc, from, to) => work(doc, () => readAll(doc, from, to)),
      versionAt: (doc, time) => work(doc, () => storage.versionAt(COLLECTION, doc, time)),
    },

    list: ({ search = "", owner, cursor, limit, may }) =>
      work(undefined, async () => {
        const wanted = Math.max(1, Math.min(limit, LIST_LIMIT));
        const found = await storage.list(
          {
            collection: COLLECTION,
            search: foldTitle(search),
            ...(owner === undefined ? {} : { owner }),
            after: cursor === undefined ? undefined : placeOf(cursor),
            limit: wanted + 1,
          },
          may,
        );
        const page = found.documents.slice(0, wanted);
        const documents = page.flatMap(({ place: _, type, owner, ...document }) => {
          const kept = keptType(type);
          return kept === undefined
            ? []
            : [{ ...document, type: kept.name, ...(owner === null ? {} : { owner }) }];
        });
        const next = found.documents.length > wanted ? page.at(-1)!.place : found.next;
        return { documents, ...(next === undefined ? {} : { cursor: cursorOf(next) }) };
      }),

    news: {
      shared: storage.shared,
      revoke: (row) => work(undefined, () => storage.news.revoke(row)),
      announce: (row) => work(undefined, () => storage.news.announce(row)),
      news: (since) => work(undefined, () => storage.news.news(since)),
    },

    vitals: () => work(undefined, () => storage.vitals()),

    ready(bytes = 0) {
      // There may be room for few and not for many.
      let probe = probing.get(bytes);
      if (probe === undefined) {
        probe = work(undefined, () => storage.probe(bytes)).finally(() => probing.delete(bytes));
        probing.set(bytes, probe);
      }
      return probe;
    },

    close() {
      closing ??= Promise.allSettled(working).then(() => {
        connection.close();
        return called<void>((done) => backend.close(done));
      });
      return closing;
    },
  };
}

/** All records here are of the documents' collection. */
const named = <Name extends object>(name: Name) => ({ ...name, collection: COLLECTION });
