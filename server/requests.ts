// What each request does for somebody who has been welcomed: open, submit, ops, leave, and the presence notice. Bodies
// have been decoded; each function returns the reply or throws the fault.
//
// To open is to enter the room first and to read afterwards, so no op falls between the two; a client copes with an op
// that it gets twice or early. Missing and forbidden documents get one and the same answer.

import {
  type DocumentRequestName,
  type DocumentType,
  Fault,
  type Notices,
  type Op,
  type OpenReply,
  type Requests,
  roleAfter,
  type Version,
} from "../protocol/index.js";
import { readContents, readOps } from "./contents.js";
import type { Shared } from "./gateway.js";
import { createLate } from "./late.js";
import { createMembership, deleted, type Opened } from "./membership.js";
import { demandSimple, sizeOf } from "./op-bounds.js";
import { allowOp, demandMay, forbidden } from "./policy.js";
import type { DocumentHead, Peer } from "./ports.js";
import { roleMay, roleOf } from "./roles.js";
import type { Visitor } from "./standing.js";
import { guestOf } from "./tickets.js";
import { types } from "./types.js";
import { Whereabouts } from "./whereabouts.js";

export interface Requested {
  readonly requests: {
    readonly [K in DocumentRequestName]: (body: Requests[K]["body"]) => Promise<Requests[K]["reply"]>;
  };
  /** Whose requests these are. */
  readonly user: string;
  presence(notice: Notices["presence"]): void;
  /** Tells them again where everybody is, who may have missed the last of it: as much as they do not fall behind by again. */
  tellPresences(): void;
  /** Whether they have that document open. */
  has(doc: unknown): boolean;
  /** Asks again for the rights on every open document, and acts on what has changed. */
  review(): Promise<void>;
  /**
   * The document has been deleted, which made this version: whoever opens it meanwhile is refused. Undefined: whichever is open
   * is no more.
   */
  forget(doc: string, version?: Version): void;
  /** The connection is gone. */
  leaveAll(): void;
}

const epochChanged = () => new Fault("epoch_changed", "The document has begun another life.");

/**
 * @param spend   counts so many ops more against the connection's rate. @throws Fault `rate_limited`
 * @param goesOn  is told of a commit that goes on though its author has been answered
 */
export function createRequests(
  shared: Shared,
  peer: Peer,
  visitor: Visitor,
  spend: (ops: number) => void,
  goesOn: (commit: Promise<unknown>) => void,
): Requested {
  const { ledger, clock, random, limits, roster, tickets, quotas, reads, opened, wrote, meter } = shared;
  const { src } = visitor;
  const members = createMembership({
    ...{ peer, src, roster, random, limits },
    left: (doc) => whereabouts.forget(doc),
  });
  const whereabouts = new Whereabouts({ clock, limits, roster, meter, peer, src, members });

  const late = createLate({ clock, random, limits, goesOn });

  function typeOf(doc: string): DocumentType {
    const opened = members.get(doc);
    if (opened === undefined) throw forbidden();
    return opened.type;
  }

  /** The document's head, if it is theirs to read, made now if it is theirs to make. */
  async function find(doc: string, type: DocumentType, create: boolean): Promise<DocumentHead> {
    const { identity } = visitor;
    // Both are asked in any case, so that the time it takes tells nothing either.
    const [readable, head] = await Promise.all([identity.may("read", doc), ledger.head(doc)]);
    if (!readable) throw forbidden();
    if (head !== undefined) return head;
    if (!create || !(await identity.may("create", doc))) throw forbidden();
    quotas.create(identity.user.id);
    try {
      const beginning = peer.beginning?.(doc) ?? types[type].empty;
      types[type].checkWire(beginning);
      return await ledger.create(doc, type, beginning, identity.user.id);
    } catch (error) {
      // Somebody else made it in the meantime: then it is there.
      const made = error instanceof Fault && error.code === "busy" ? await ledger.head(doc) : undefined;
      if (made === undefined) throw error;
      return made;
    }
  }

  async function open(body: Requests["open"]["body"]): Promise<OpenReply> {
    const { doc, type, create, since, epoch } = body;
    members.demandPlace(doc);
    const { identity } = visitor;
    const found = await find(doc, type, create);
    if (found.type !== type) {
      throw new Fault("type_mismatch", `This is a ${found.type} document.`, {
        details: { type: found.type },
      });
    }
    // Before its versions are looked at: those of another life say nothing.
    if (since !== undefined && epoch !== undefined && epoch !== found.epoch) throw epochChanged();
    const arrival = members.arrive(doc);
    try {
      const role = await roleOf(identity, doc);
      if (role === undefined) throw forbidden();
      const contents = await reads.enter(() => {
        members.demandHere();
        return readContents(shared, body);
      });
      await arrival.known;
      if (since !== undefined && epoch !== undefined && epoch !== contents.epoch) throw epochChanged();
      arrival.enter({ type, answeredTo: contents.head, role, supposed: role }, identity.user);
      opened(peer, doc);
      return {
        writable: roleMay(role, "write"),
        role,
        // As of the moment when the reply is sent: who came or went in the meantime has been told already.
        get people() {
          return roster.people(doc, src);
        },
        ...contents,
      };
    } finally {
      arrival.end();
    }
  }

  async function review(doc: string, opened: Opened): Promise<void> {
    const { identity } = visitor;
    const role = await roleOf(identity, doc);
    // A fresher token, or another opening, has been looked at by itself.
    if (visitor.identity !== identity || members.get(doc) !== opened) return;
    if (role === undefined) {
      members.leave(doc);
      peer.send("fault", { doc, fault: forbidden().toJSON() });
    } else if (role !== opened.role || role !== opened.supposed) {
      opened.role = opened.supposed = role;
      peer.send("access", { doc, writable: roleMay(role, "write"), role });
    }
  }

  /** @returns how many ops it counts as */
  function checkOp(type: DocumentType, op: Op): number {
    const bytes = sizeOf(op, limits);
    const more = Math.floor(bytes / limits.opRateBytes);
    spend(more);
    demandSimple(op, limits);
    types[type].checkOp(op);
    allowOp(type, op);
    return 1 + more;
  }

  /** A guest who comes back is another user, and what they had sent must still be known as the same. */
  const isTheirs = ({ id, ticket }: { readonly id: string; readonly ticket: string }) =>
    [visitor.identity.user.id, guestOf(id)].some((user) => tickets.holds(id, user, ticket));

  return {
    user: visitor.identity.user.id,
    requests: {
      open,

      async submit({ doc, version, seq, op, client, waitedMs }) {
        const { identity } = visitor;
        const since = meter.now();
        if (waitedMs !== undefined) meter.waited(waitedMs);
        const cost = checkOp(typeOf(doc), op);
        const opened = members.get(doc)!;
        if (client !== undefined && !isTheirs(client))
          throw new Fault("client_unknown", "This client id was not given to this user here.");
        await demandMay(identity, doc, op).catch((error) => {
          opened.supposed = (error instanceof Fault ? roleAfter(error.code) : undefined) ?? opened.supposed;
          throw error;
        });
        quotas.op(identity.user.id, peer.address, cost);
        quotas.write(doc, cost);
        wrote(identity.user);
        const name = client?.id ?? src;
        const committed = await late(
          () => JSON.stringify([doc, name, seq, version, op]),
          () =>
            ledger.submit(doc, {
              ...{ version, src: name, seq, op, author: identity.user.id, since },
              made: (units) => quotas.made(identity.user.id, peer.address, doc, units),
            }),
        );
        return { version: committed };
      },

      async ops({ doc, since, packedOps = false }) {
        typeOf(doc);
        const { epoch: _, ...page } = await reads.enter(() => readOps(shared, doc, since, packedOps));
        const opened = members.get(doc);
        const some = page.ops.length > 0 || page.packedOps !== undefined;
        // Whoever asks on for what came before they entered only catches up.
        if (opened !== undefined && some && since >= opened.answeredTo) {
          opened.answeredTo = page.head;
          meter.repaired();
        }
        return page;
      },

      async leave({ doc }) {
        members.leave(doc);
        return {};
      },
    },

    has: (doc) => typeof doc === "string" && members.has(doc),

    presence: (notice) => whereabouts.update(notice),
    tellPresences: () => whereabouts.tellAgain(),

    async review() {
      const reviews = members.all().map(([doc, opened]) => review(doc, opened));
      // One that fails must not keep the others from being acted upon.
      const failed = (await Promise.allSettled(reviews)).find(({ status }) => status === "rejected");
      if (failed?.status === "rejected") throw failed.reason;
    },

    forget(doc, version) {
      if (version !== undefined) members.ends(doc, version);
      const opened = members.get(doc);
      if (opened === undefined || (version !== undefined && opened.answeredTo > version)) return;
      members.leave(doc);
      peer.send("fault", { doc, fault: deleted().toJSON() });
    },

    leaveAll: members.leaveAll,
  };
}
