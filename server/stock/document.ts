// One document of one stock client: which of its versions the client has been sent, and what it does to it.
//
//   absent ──made──▶ followed ──ops, each version once and in order──▶ …      unfollowed: edited or fetched only
//      ▲                │
//      └────deleted─────┘
//
// ShareDB's client drops an op that arrives early and notices no lost last one, so it gets none early and none is lost: a
// hole is read before what comes after it. Its own op comes back in the stream, which acknowledges it.
//
// Not here: whose connection it is and what may be said on it, which is for the gateway as on every other connection.

import {
  type Clock,
  type Epoch,
  Fault,
  type FaultCode,
  type Op,
  type Requests,
  type ToldOp,
  type Version,
} from "../../protocol/index.js";
import { COLLECTION, PLAIN_URI, type Reading, refusal, type StockOp } from "./messages.js";
import type { StockNames } from "./names.js";

export interface StockDocumentOptions {
  readonly doc: string;
  readonly clock: Clock;
  readonly names: StockNames;
  /** Asks the gateway, again and again where it says so. @throws Fault */
  readonly ask: <K extends "open" | "submit" | "ops" | "leave">(
    name: K,
    body: Requests[K]["body"],
  ) => Promise<Requests[K]["reply"]>;
  /** Makes it with this text, if it is not there, and opens it. @throws Fault */
  readonly make: (text: string) => Promise<Requests["open"]["reply"]>;
  /** `asked`: it is the answer to something, and may be large. */
  readonly send: (message: object, asked?: boolean) => void;
  /** Something went wrong that nobody asked for. */
  readonly failed: (error: unknown) => void;
}

export interface StockDocument {
  read(how: Reading, v: Version | undefined): Promise<void>;
  edit(op: StockOp): Promise<void>;
  /** The room was told of commits. */
  committed(ops: readonly ToldOp[], epoch: Epoch | undefined): void;
  head(version: Version, epoch: Epoch): void;
  /** The gateway says that it is not open any more. */
  lost(code: FaultCode, message: string): void;
  /** If it is awaited, looks whether it has been made. */
  look(): Promise<void>;
  readonly awaited: boolean;
  /** Not followed and not awaited: whether it is open in the gateway makes no difference to anybody. */
  readonly idle: boolean;
  leave(): Promise<void>;
  stop(): void;
}

/** ShareDB's client takes its op back and tells nobody: what it says is in the document already. */
const TAKE_BACK = "ERR_OP_SUBMIT_REJECTED";
/** What a room's relay holds back, and some more. */
const OVERDUE_MS = 100;

export function createStockDocument(options: StockDocumentOptions): StockDocument {
  const { doc, clock, names, ask, send, failed } = options;
  const here = { c: COLLECTION, d: doc };
  let open = false;
  /** The life that it is open in. */
  let life: Epoch | undefined;
  let followed = false;
  /** The version of the client, if the document is followed. */
  let at: Version = 0;
  /** The latest version heard of. */
  let known: Version = 0;
  /** Followed, and not there; and the version that the client has of what is not there. */
  let absentAt: Version | undefined;
  let catching: Promise<void> | undefined;
  let cancelOverdue = () => {};

  const error = (a: string, code: string, message: string) =>
    send(refusal({ a, ...here }, { code, message }));

  function tell({ version, src, seq, op }: ToldOp): void {
    const message = { a: "op", ...here, v: version - 1, src: names.shown(src), seq };
    // Its own, too, is told whole: it may have given it up meanwhile.
    if (version === 1) send({ ...message, create: { type: PLAIN_URI, data: textOf(op) } });
    else send({ ...message, op });
  }

  /** Sends the ops after `since`: those given, then page by page up to a head that is not there yet when it is asked. */
  async function tellFrom(since: Version, ops: readonly ToldOp[], head: Version): Promise<void> {
    let page = { ops, head };
    let sent = since;
    for (;;) {
      for (const op of page.ops) tell(op);
      sent = page.ops.at(-1)?.version ?? sent;
      if (sent >= page.head || page.ops.length === 0) return;
      page = await ask("ops", { doc, since: sent });
    }
  }

  async function opened(since?: Version) {
    const reply = await ask("open", {
      doc,
      type: "plain",
      create: false,
      ...(since === undefined ? {} : { since }),
    });
    open = true;
    life = reply.epoch;
    return reply;
  }

  function follow(version: Version): void {
    followed = true;
    absentAt = undefined;
    at = version;
  }

  /** Sends what the client lacks, up to what is known. What arrives meanwhile is known of and read. */
  function catchUp(): Promise<void> {
    catching ??= (async () => {
      while (followed && at < known) {
        const { ops, head } = await ask("ops", { doc, since: at });
        if (!followed) return;
        known = Math.max(known, head);
        for (const op of ops) next(op);
        // This node does not see it yet; it is told of the head again.
        if (ops.length === 0) return;
      }
    })().finally(() => {
      catching = undefined;
    });
    return catching;
  }

  function next(op: ToldOp): void {
    if (op.version !== at + 1) return;
    at = op.version;
    tell(op);
  }

  function behind(): void {
    if (!followed || at >= known) return;
    catchUp().catch((reason: unknown) => {
      if (!followed) return;
      // What can be had later ends the connection, so that the client comes back for it.
      if (reason instanceof Fault && reason.action !== "retry") {
        followed = false;
        error("f", reason.code, reason.message);
      } else failed(reason);
    });
  }

  async function readWhole(how: Reading): Promise<void> {
    try {
      const { head, snapshot } = await opened();
      if (how === "s") follow(head);
      send({ a: how, ...here, data: { v: head, type: PLAIN_URI, data: snapshot } }, true);
      behind();
    } catch (reason) {
      absent(how, 0, reason);
    }
  }

  async function readSince(how: Reading, v: Version): Promise<void> {
    try {
      const { ops = [], head } = open && how === "f" ? await ask("ops", { doc, since: v }) : await opened(v);
      if (how === "f") await tellFrom(v, ops, head);
      else {
        follow(v);
        known = Math.max(known, head);
        for (const op of ops) next(op);
        await catchUp();
      }
      send({ a: how, ...here });
    } catch (reason) {
      if (v > 0) throw reason;
      absent(how, v, reason);
    }
  }

  /** A document that is not to be had looks like one that is not there, so that nobody learns which it is. */
  function absent(how: Reading, v: Version, reason: unknown): void {
    if (!(reason instanceof Fault && reason.code === "forbidden")) throw reason;
    if (how === "s") absentAt = v;
    send({ a: how, ...here, data: { v, type: null } });
  }

  async function leave(): Promise<void> {
    followed = false;
    absentAt = undefined;
    if (!open) return;
    open = false;
    await ask("leave", { doc });
  }

  /** Submits, and gives the version that the op made, now or when it was first sent. */
  async function submit(version: Version, op: Op, { src, seq }: StockOp): Promise<Version> {
    const { as } = names.submitter(src);
    try {
      const client = as === undefined ? {} : { client: as };
      return (await ask("submit", { doc, version, seq, op, ...client })).version;
    } catch (reason) {
      // ShareDB's client moves an op that is on its way past what arrives, so the second time it may read otherwise.
      const made =
        reason instanceof Fault && reason.code === "seq_reused" ? reason.extra.details?.version : undefined;
      if (typeof made !== "number") throw reason;
      return made;
    }
  }

  async function edit(version: Version, op: Op, named: StockOp): Promise<void> {
    if (!open) await opened(version);
    const made = await submit(version, op, named);
    if (version >= made) {
      // It had its own op as somebody else's before it sent it again, so it has it twice.
      error("op", TAKE_BACK, "This op is in the document already.");
    } else if (!followed) {
      const { ops, head } = await ask("ops", { doc, since: version });
      await tellFrom(version, ops, head);
    } else {
      known = Math.max(known, made);
      // It is on its way to the room, unless that has failed.
      cancelOverdue();
      if (at < known) cancelOverdue = clock.after(OVERDUE_MS, behind);
    }
  }

  /** Whoever made it: if it is what this client has, the client has it. */
  async function create(text: string, { src, seq }: StockOp): Promise<void> {
    const mine = names.submitter(src).src;
    const { epoch, head, snapshot } = await options.make(text);
    open = true;
    life = epoch;
    if (snapshot !== text) throw new Fault("document_exists", "There is a document of that name already.");
    send({ a: "op", ...here, v: head - 1, src: names.shown(mine), seq });
    if (absentAt === undefined) return;
    follow(head);
    behind();
  }

  /** It is gone for the client; and if there is another in its place, or will be, the client is given that. */
  function gone(): void {
    followed = false;
    send({ a: "op", ...here, v: at, src: "", seq: 0, del: true });
    absentAt = at + 1;
  }

  return {
    async read(how, v) {
      if (how === "u") {
        await leave();
        send({ a: how, ...here });
      } else if (v === undefined) await readWhole(how);
      else await readSince(how, v);
    },

    async edit(op) {
      const { body, v } = op;
      if ("op" in body) await edit(v!, body.op, op);
      else if ("create" in body) await create(body.create, op);
      else throw new Fault("forbidden", "Documents are deleted over HTTP.");
    },

    committed(ops, epoch) {
      // Told late, of a life that has ended.
      if (epoch !== undefined && life !== undefined && epoch !== life) return;
      for (const op of ops) known = Math.max(known, op.version);
      if (!followed || catching !== undefined) return;
      for (const op of ops) next(op);
      behind();
    },

    head(version, epoch) {
      if (life === undefined || epoch === life) {
        known = Math.max(known, version);
        behind();
      } else if (followed) {
        known = 0;
        // A client goes to no version before its own.
        if (version > at) gone();
        else {
          followed = false;
          error("f", "epoch_changed", "The document has begun another life.");
        }
      }
    },

    lost(code, message) {
      open = false;
      if (!followed) return;
      if (code === "document_deleted") gone();
      else {
        followed = false;
        error("f", code, message);
      }
    },

    async look() {
      const before = absentAt;
      if (before === undefined) return;
      try {
        const reply = await opened(before === 0 ? 0 : undefined);
        if (absentAt === undefined) return;
        known = Math.max(known, reply.head);
        follow(before === 0 ? 0 : reply.head);
        if (before === 0) for (const op of reply.ops ?? []) next(op);
        else send({ a: "f", ...here, data: { v: reply.head, type: PLAIN_URI, data: reply.snapshot } }, true);
        behind();
      } catch (reason) {
        if (reason instanceof Fault && reason.code === "forbidden") return;
        absentAt = undefined;
        if (!(reason instanceof Fault)) throw reason;
        error("f", reason.code, reason.message);
      }
    },

    get awaited() {
      return absentAt !== undefined;
    },
    get idle() {
      return !followed && absentAt === undefined;
    },
    leave,
    stop: () => cancelOverdue(),
  };
}

/** The text that a document begins with, from the op that builds it. */
const textOf = (op: Op): string =>
  op.map((component) => (typeof component === "string" ? component : "")).join("");
