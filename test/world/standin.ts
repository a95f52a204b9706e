// A thin stand-in for the gateway, over the ordering core: everything at once, nothing refused but what the core
// refuses. It lets clients be tested on their own, synchronously; the world runs on the real gateway as well.

import type { Hello, Limits, OpenReply, Person, PresenceUpdate, Role, User } from "../../protocol/index.js";
import {
  type Answer,
  Fault,
  isCommentOp,
  PROTOCOL_VERSION,
  type RequestName,
  type Requests,
} from "../../protocol/index.js";
import type { Peer, Rooms } from "../../server/ports.js";
import { roleMay } from "../../server/roles.js";
import type { Core } from "./core.js";

/** One connection, as the server sees it: the part of the gateway's handle that wires use. */
export interface Served {
  request(name: RequestName, body: unknown, answer: (answer: Answer<RequestName>) => void): void;
  notice(name: string, body: unknown): void;
  closed(): void;
}

/** What a wire leads to. */
export interface Server {
  accept(peer: Peer, hello: unknown): Served;
}

export interface StandInOptions {
  readonly limits?: Partial<Limits>;
  /** Ops in a page of history. */
  readonly pageOps?: number;
  /** What this user is to the document. Default: an owner. */
  readonly role?: (user: User, doc: string) => Role;
  /** A fault to answer a request with instead of carrying it out. */
  readonly refuse?: (name: RequestName, body: Requests[RequestName]["body"], user: User) => Fault | undefined;
  /** Is told of every submission when it goes to the core and when it comes back. */
  readonly submitting?: (src: string, seq: number, done: boolean) => void;
  /** Somebody else tells the rooms of commits. */
  readonly relayed?: boolean;
}

const LIMITS: Limits = {
  opBytes: 65_536,
  opComponents: 5_000,
  documentAtoms: 1e7,
  documentsPerConnection: 100,
};

interface Visitor {
  readonly src: string;
  readonly user: User;
  readonly presence: Map<string, PresenceUpdate>;
}

export const roomOf = (doc: string) => `doc:${doc}`;

export class StandIn implements Server {
  /** Who is in each document. */
  readonly #inside = new Map<string, Map<Peer, Visitor>>();

  constructor(
    readonly core: Core,
    private readonly rooms: Rooms,
    readonly options: StandInOptions = {},
  ) {}

  accept(peer: Peer, raw: unknown): Served {
    const { name, client, opens = [] } = raw as Hello;
    const src =
      client !== undefined && client.ticket === `ticket for ${client.id}` ? client.id : this.#mint();
    const user = { id: name ?? src, name: name ?? src };
    const visitor: Visitor = { src, user, presence: new Map() };
    peer.send("welcome", {
      protocol: PROTOCOL_VERSION,
      client: { id: src, ticket: `ticket for ${src}` },
      user,
      limits: { ...LIMITS, ...this.options.limits },
    });
    const served: Served = {
      request: (name, body, answer) => {
        try {
          const refusal = this.options.refuse?.(name, body as Requests[RequestName]["body"], user);
          if (refusal !== undefined) throw refusal;
          answer({ ok: this.#carryOut(name, body, peer, visitor) } as Answer<RequestName>);
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
          answer({ fault: error.toJSON() });
        }
      },
      notice: (_name, body) => {
        const { doc, ...update } = body as { doc: string } & PresenceUpdate;
        visitor.presence.set(doc, update);
        this.rooms.tell(
          roomOf(doc),
          "presence",
          { doc, src, ...update },
          { volatile: true, except: peer.id },
        );
      },
      closed: () => {
        for (const doc of [...this.#inside.keys()]) this.#leave(doc, peer, visitor);
      },
    };
    for (const body of opens)
      served.request("open", body, (answer) =>
        peer.send("opened", { doc: body.doc, ...(answer as Answer<"open">) }),
      );
    return served;
  }

  /** Tells everybody the heads of their documents, as the real one does by the clock. */
  beat(): void {
    for (const doc of this.#inside.keys()) {
      const record = this.core.documents.get(doc);
      if (record === undefined) this.#gone(doc);
      else {
        const { epoch, log } = record;
        this.rooms.tell(roomOf(doc), "head", { doc, epoch, version: log.length });
      }
    }
  }

  #gone(doc: string): void {
    const fault = new Fault("document_deleted", "deleted");
    this.rooms.tell(roomOf(doc), "fault", { doc, fault: fault.toJSON() });
    for (const [peer, visitor] of this.#inside.get(doc) ?? []) this.#leave(doc, peer, visitor);
  }

  #mint(): string {
    return `client-${++this.core.minted}`;
  }

  #carryOut(name: RequestName, body: unknown, peer: Peer, visitor: Visitor): unknown {
    if (name === "open") return this.#open(body as Requests["open"]["body"], peer, visitor);
    if (name === "submit") return this.#submit(body as Requests["submit"]["body"], visitor);
    if (name === "ops") {
      const { doc, since } = body as Requests["ops"]["body"];
      return this.#page(doc, since);
    }
    this.#leave((body as Requests["leave"]["body"]).doc, peer, visitor);
    return {};
  }

  #page(doc: string, since: number) {
    return { ops: this.core.ops(doc, since, this.options.pageOps), head: this.core.get(doc).log.length };
  }

  #open(
    { doc, type, create, since, epoch: known }: Requests["open"]["body"],
    peer: Peer,
    visitor: Visitor,
  ): OpenReply {
    if (!this.core.documents.has(doc) && create) {
      this.core.create(doc, type, type === "rich" ? ["\n"] : "", visitor.user.id);
    }
    const { kind, epoch, snapshots, log } = this.core.get(doc);
    if (since !== undefined && known !== undefined && known !== epoch)
      throw new Fault("epoch_changed", `this is ${epoch}`);
    if (kind !== type) throw new Fault("type_mismatch", `this is a ${kind} document`);
    const contents =
      since === undefined
        ? { head: log.length, snapshot: snapshots[log.length]!.toJSON() }
        : this.#page(doc, since);
    const inside = this.#inside.get(doc) ?? new Map<Peer, Visitor>();
    this.#inside.set(doc, inside);
    const again = [...inside.values()].some(({ src }) => src === visitor.src);
    inside.set(peer, visitor);
    peer.join(roomOf(doc));
    const person = this.#person(doc, visitor);
    if (!again) this.rooms.tell(roomOf(doc), "joined", { doc, person }, { except: peer.id });
    const people = [...inside.values()].map((one) => this.#person(doc, one));
    const role = this.#role(visitor.user, doc);
    return { writable: roleMay(role, "write"), role, people, epoch, ...contents };
  }

  #submit({ doc, version, seq, op, client }: Requests["submit"]["body"], { src: own, user }: Visitor) {
    if (client !== undefined && client.ticket !== `ticket for ${client.id}`)
      throw new Fault("client_unknown", "not a client of ours");
    const src = client?.id ?? own;
    const role = this.#role(user, doc);
    if (role === "viewer") throw new Fault("readonly", "you may only read this");
    if (role === "commenter" && !isCommentOp(op))
      throw new Fault("comment_only", "you may only comment on this");
    this.options.submitting?.(src, seq, false);
    const { committed, fresh } = this.core.submit(doc, { version, src, seq, op, author: user.id });
    this.options.submitting?.(src, seq, true);
    if (fresh && this.options.relayed !== true)
      this.rooms.tell(roomOf(doc), "ops", { doc, epoch: this.core.get(doc).epoch, ops: [committed] });
    return { version: committed.version };
  }

  #role(user: User, doc: string): Role {
    return this.options.role?.(user, doc) ?? "owner";
  }

  #leave(doc: string, peer: Peer, { src }: Visitor): void {
    const inside = this.#inside.get(doc);
    if (inside?.delete(peer) !== true) return;
    peer.leave(roomOf(doc));
    if ([...inside.values()].some((other) => other.src === src)) return;
    this.rooms.tell(roomOf(doc), "left", { doc, src }, { except: peer.id });
  }

  #person(doc: string, { src, user, presence }: Visitor): Person {
    return { src, user, color: user.id.length % 12, presence: presence.get(doc) ?? null };
  }
}
