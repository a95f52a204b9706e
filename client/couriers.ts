// Sends what pages that are gone have left unsent on this device: in the background, one record after the other, each
// over a connection of its own. A courier is a document like any other that nobody looks at.
//
// Only while our own connection is online: a record that cannot be sent is left for whoever opens its document, who must
// see it also without a network. For the same reason a courier gives way at once to a page that opens its document.
// Edits that a courier could not send are handed to the open document of that id, or wait in their record.

import type { DocumentType } from "../protocol/index.js";
import type { Connection } from "./connection.js";
import type { Elsewhere, Outbox } from "./outbox.js";
import type { Stay } from "./stay.js";
import type { RecoveredEdit, SharedDocument } from "./types.js";

/** A document as the couriers use it. */
export interface Carried
  extends Pick<SharedDocument, "type" | "status" | "unsaved" | "version" | "recovered" | "on"> {
  discard(id: string): boolean;
  inherit(edits: readonly RecoveredEdit[], version: number): boolean;
  close(): void;
  readonly stay: Pick<Stay, "left" | "leaving">;
}

export interface CouriersOptions {
  readonly outbox: Outbox;
  /** Our own connection. */
  readonly connection: Connection;
  /** Another one, for one courier. */
  readonly dial: () => Connection;
  readonly open: (connection: Connection, id: string, type: DocumentType) => Carried;
  /** The document of this id that is open on our own connection. */
  readonly shown: (id: string) => Carried | undefined;
}

export class Couriers {
  /** The courier on its way. */
  #courier: { readonly id: string; look(): void; stop(): Promise<void> } | undefined;
  /** Documents that are being opened, and have not chosen their record yet. */
  readonly #opening = new Map<string, number>();
  /** Documents that could not be sent: not tried again by this page. */
  readonly #failed = new Set<string>();
  #looking = false;
  #closed = false;
  readonly #stopListening: readonly (() => void)[];

  constructor(private readonly options: CouriersOptions) {
    const { outbox, connection } = options;
    const look = () => void this.#look();
    this.#stopListening = [
      outbox.onElsewhere?.(look) ?? (() => {}),
      connection.on("status", ({ status }) => (status === "online" ? look() : void this.#courier?.stop())),
    ];
  }

  /** A page opens this document: its record is free when the promise resolves, if there is one. */
  giveWay(id: string): Promise<void> | undefined {
    this.#opening.set(id, (this.#opening.get(id) ?? 0) + 1);
    return this.#courier?.id === id ? this.#courier.stop() : undefined;
  }

  /** It has chosen one. */
  placed(id: string): void {
    this.#opening.set(id, this.#opening.get(id)! - 1);
    this.#look();
  }

  /** An open document has gone: no courier waits for it. */
  left(id: string): void {
    if (this.#courier?.id === id) this.#courier.look();
  }

  /** @returns when the courier on its way has given its record back */
  async close(): Promise<void> {
    this.#closed = true;
    for (const stop of this.#stopListening) stop();
    await this.#courier?.stop();
  }

  async #look(): Promise<void> {
    const { outbox, connection } = this.options;
    const idle = () => !this.#closed && this.#courier === undefined && connection.status === "online";
    if (this.#looking || outbox.elsewhere === undefined || !idle()) return;
    this.#looking = true;
    const found = await outbox.elsewhere().catch((): Elsewhere[] => []);
    this.#looking = false;
    const next = found.find(
      ({ doc, live, unsaved }) =>
        !live && unsaved > 0 && !this.#failed.has(doc) && !((this.#opening.get(doc) ?? 0) > 0),
    );
    if (next !== undefined && idle()) this.#send(next);
  }

  #send({ doc: id, type }: Elsewhere): void {
    const { dial, open, shown } = this.options;
    const connection = dial();
    const document = open(connection, id, type);
    const listening: (() => void)[] = [];
    let stopped: Promise<void> | undefined;
    const stop = () => {
      stopped ??= document.stay.left.finally(() => {
        this.#courier = undefined;
        this.#look();
      });
      for (const end of listening.splice(0)) end();
      document.close();
      connection.close();
      return stopped;
    };
    const look = () => {
      const { status, unsaved, version, recovered } = document;
      if (status === "fault") this.#failed.add(id);
      else if (unsaved > 0 || (status !== "saved" && status !== "readonly")) return;
      const heir = shown(id);
      // One that is closed to us, or of another kind, takes nothing: what was given back waits in its record.
      if (heir?.type === type && heir.status !== "fault" && recovered.length > 0) {
        // When it stands where ours does, the edits fit it as they are.
        if (heir.inherit(recovered, version)) for (const edit of recovered) document.discard(edit.id);
        else if (status !== "fault") return;
      }
      stop();
    };
    this.#courier = { id, look, stop };
    listening.push(document.on("status", look), shown(id)?.on("status", look) ?? (() => {}));
    look();
  }
}
