// Documents made, read, changed by ops, listed and deleted.
//
// Always holds: what is asked for under a key is answered from the log if it is there already, before and after it is
// tried; a refusal is never told for what has been done.

import { setImmediate } from "node:timers/promises";
import {
  badName,
  copied,
  type Epoch,
  Fault,
  isDocumentId,
  type Random,
  type SubmitReply,
  type Version,
} from "../../protocol/index.js";
import type { AnySnapshot } from "../ledger/documents.js";
import type { OpenLedger } from "../ledger/index.js";
import type { ServerLimits } from "../limits.js";
import { allowOp } from "../policy.js";
import type { DocumentHead, Judge } from "../ports.js";
import { mintDocumentId, mintId } from "../tickets.js";
import type { Forming } from "./forming/index.js";
import { createKeys, type KeyName, unconditional } from "./keys.js";
import { demandHead, demandLife, type Lives, unlessGone } from "./lives.js";
import { spoken } from "./spoken.js";
import { asOne, PAGE, preview } from "./submitting.js";
import { documentText } from "./text.js";
import type { By, Core, People, ReadDocument, When } from "./types.js";

const LISTED = 50;
/** Components from which on others go first between two looks at an op. */
const LONG_OP = 1000;
/**
 * So many ops are committed before others go first: in memory nothing waits for a disk, and a program that submits one after the
 * other would keep everybody else from their turn until it has done with all of them.
 */
const SUBMITTED_AT_ONCE = 32;
const PROGRAM = "program";
const authorOf = (by: By | string | undefined) => (typeof by === "string" ? by : by?.author) ?? PROGRAM;
const missing = () => new Fault("forbidden", "There is no such document.");

export interface CoreOptions {
  readonly ledger: OpenLedger;
  readonly people: People;
  readonly lives: Lives;
  readonly forming: Forming;
  readonly random: Random;
  readonly limits: Pick<ServerLimits, "documentAtoms">;
  /** The one that the ledger asks, for what is not committed. */
  readonly judge?: Judge | undefined;
  /** Is told of every document that is deleted here. */
  readonly deleted?: (doc: string, version: Version) => void;
}

/** A document, with its snapshot as the ledger holds it: an immutable value. */
type Held = DocumentHead & { readonly snapshot: AnySnapshot };

/** For the other parts, which need no copy of a document to work on it. */
export interface HoldingCore extends Core {
  /** What {@link Core.read} would read. */
  held(id: string, when?: When): Promise<Held | undefined>;
}

export function createCore(options: CoreOptions): HoldingCore {
  const { ledger, people, lives, forming, random, limits, judge, deleted = () => {} } = options;
  // Ops of programs are named like any client's: an id of this run, and a count.
  const src = mintId(random);
  let [seq, submitted] = [0, 0];
  const keys = createKeys(ledger.secret);

  function keyName(by: By | string | undefined, asked: object): KeyName | undefined {
    const key = typeof by === "object" ? by.key : undefined;
    return key === undefined ? undefined : keys.name(authorOf(by), key, asked);
  }

  async function headOf(id: string): Promise<DocumentHead> {
    const head = await ledger.head(id);
    if (head === undefined) throw missing();
    return head;
  }

  async function held(id: string, when?: When): Promise<Held | undefined> {
    const head = (await ledger.read(id)) as Held | undefined;
    if (head === undefined || when === undefined) return head;
    const version = await lives.version(id, head, when);
    if (version === head.version) return head;
    const { type, epoch } = head;
    const { snapshot } = await ledger.past(id, { version });
    await demandStill(id, epoch);
    return { type, epoch, version, snapshot };
  }

  /** Demands that what was read meanwhile was read of that life. @throws Fault `epoch_changed` | `forbidden` */
  async function demandStill(id: string, epoch: Epoch): Promise<void> {
    demandLife(await headOf(id), epoch);
  }

  /** The op that made a version, as it was committed; nothing where history that old is not kept. */
  async function opOf(id: string, version: Version): Promise<Pick<SubmitReply, "op">> {
    const [committed] = (await unlessGone(ledger.ops(id, version - 1, 1))) ?? [];
    return committed === undefined ? {} : { op: committed.op };
  }

  async function answeredBefore(id: string, name: KeyName | undefined): Promise<SubmitReply | undefined> {
    const version = name && (await ledger.answered(id, { ...name, op: [] }));
    if (version === undefined) return undefined;
    // Its name outlives it: that it was done is true when its op is not kept any more.
    const op = await opOf(id, version);
    const head = await headOf(id);
    const isOfThisLife = await lives.holds(id, head, version);
    return { version, ...op, ...(isOfThisLife && { epoch: head.epoch }) };
  }

  /** Of a document that was made under a key: what was answered when it was. */
  async function madeBefore(id: string, name: KeyName | undefined) {
    const version = name && (await ledger.answered(id, { ...name, op: [] }));
    if (version === undefined) return undefined;
    const head = await ledger.head(id);
    // What has its name by now is another document.
    if (head === undefined || (await lives.ended(id, head, version)))
      throw new Fault("document_deleted", "It was made, and deleted since.");
    return { id, type: head.type, epoch: head.epoch, version };
  }

  return {
    async list({ search, owner, cursor, limit = LISTED, may } = {}) {
      return ledger.list({
        limit,
        ...(search === undefined ? {} : { search }),
        ...(owner === undefined ? {} : { owner }),
        ...(cursor === undefined ? {} : { cursor }),
        ...(may === undefined ? {} : { may }),
      });
    },

    async create({ id: given, type, ...contents }, by) {
      // Nobody could open or delete it: every other way in asks this before anything else.
      if (given !== undefined && !isDocumentId(given)) throw badName(given);
      const name = keyName(by, { create: { id: given, type, ...contents } });
      const key = typeof by === "object" ? by.key : undefined;
      const id = given ?? (key === undefined ? mintDocumentId(random) : keys.document(authorOf(by), key));
      const before = await madeBefore(id, name);
      if (before !== undefined) return before;
      // What the program goes on to do with what it gave is no edit.
      const wire = copied(await forming.read(type, contents));
      try {
        return { id, ...(await ledger.create(id, type, wire, authorOf(by), name)) };
      } catch (error) {
        const made = await madeBefore(id, name);
        if (made !== undefined) return made;
        if (!(error instanceof Fault && error.code === "busy" && (await ledger.head(id)) !== undefined))
          throw error;
        throw new Fault("document_exists", "There is a document of that name already.");
      }
    },

    async head(id, when) {
      const head = await ledger.head(id);
      if (head === undefined || when === undefined) return head;
      return { ...head, version: await lives.version(id, head, when) };
    },

    held,

    async read(id, when) {
      const found = await held(id, when);
      return found && shown(found, forming);
    },

    async submit(id, request, by) {
      const { version, epoch, op, ops, dryRun } = request;
      const head = await headOf(id);
      const one = await spoken(() => asOne(head.type, op, ops));
      allowOp(head.type, one);
      // What one of them does and the next one takes back is looked at, too.
      await by?.allow?.(ops?.flat() ?? one);
      const base = version ?? head.version;
      if (dryRun === true) {
        demandLife(head, epoch);
        demandHead(head, by);
        const at = { id, version: base, op: one, user: authorOf(by), src, made: by?.made };
        return await spoken(() => preview(ledger, at, { ...limits, judge }));
      }
      const name = keyName(by, by?.asked ?? { submit: unconditional(request) });
      const before = await answeredBefore(id, name);
      if (before !== undefined) return before;
      demandLife(head, epoch);
      demandLife(head, by?.ifEpoch);
      if (one.length === 0) {
        demandHead(head, by);
        return { version: head.version, op: [], epoch: head.epoch };
      }
      // To check a long op took a while, and to commit it takes as long again.
      if (one.length > LONG_OP) await setImmediate();
      const made = await ledger.submit(id, {
        ...(name ?? { src, seq: ++seq }),
        ...(by?.ifVersion === undefined ? {} : { ifVersion: by.ifVersion }),
        // Whoever named no life means the one that was looked at.
        ifEpoch: head.epoch,
        version: base,
        op: one,
        author: authorOf(by),
        ...(by?.made === undefined ? {} : { made: by.made }),
      });
      if (++submitted % SUBMITTED_AT_ONCE === 0) await setImmediate();
      return { version: made, ...(await opOf(id, made)), epoch: head.epoch };
    },

    async answered(id, by) {
      return answeredBefore(id, keyName(by, by?.asked ?? {}));
    },

    async ops(id, { from = 0, to, epoch } = {}) {
      const head = await headOf(id);
      demandLife(head, epoch);
      const last = Math.min(to ?? head.version, head.version);
      if (to !== undefined && to < from) throw new Fault("message_malformed", "to must not be before from.");
      await lives.demandAfter(id, head, from);
      const ops =
        last <= from && from <= head.version
          ? []
          : await ledger.ops(id, from, Math.min(PAGE, Math.max(1, last - from)));
      if (ops.length > 0) await demandStill(id, head.epoch);
      return {
        ops,
        head: head.version,
        epoch: head.epoch,
        authors: await people.authors(new Set(ops.map(({ author }) => author))),
      };
    },

    async delete(id, by) {
      deleted(id, await ledger.delete(id, authorOf(by), typeof by === "object" ? by : {}));
    },
  };
}

/** A document may be large: each form is made when it is asked for, and is the program's own from then on. */
function shown({ type, epoch, version, snapshot }: Held, forming: Pick<Forming, "write">): ReadDocument {
  return {
    type,
    epoch,
    version,
    get snapshot() {
      return copied(snapshot.toJSON());
    },
    get text() {
      return documentText(type, snapshot);
    },
    as: (format) => forming.write(type, snapshot, format),
  };
}
