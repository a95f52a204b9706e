// The documents of one stock client: as many as may be open on a connection, of which those that make no difference to it make
// room for others; and a look, now and then, whether those that it waits for have been made.
//
// A document leaves only in its turn, after all that was asked of it before.

import { type Clock, Fault } from "../../protocol/index.js";
import type { Turns } from "../turns.js";
import type { StockDocument } from "./document.js";

export interface StockDocumentsOptions {
  readonly clock: Clock;
  readonly turns: Turns;
  readonly most: number;
  readonly create: (doc: string) => StockDocument;
  readonly failed: (error: unknown) => void;
}

/** How often it is looked whether documents that a client waits for have been made, and how many of them each time. */
const LOOK_MS = 1000;
const LOOKED_AT = 10;

export class StockDocuments {
  readonly #documents = new Map<string, StockDocument>();
  #cancelLook: (() => void) | undefined;
  #ended = false;

  constructor(private readonly options: StockDocumentsOptions) {}

  get(doc: string): StockDocument | undefined {
    return this.#documents.get(doc);
  }

  /** The document of that name, there from now on if it was not. @throws Fault `too_many_documents` */
  async named(doc: string): Promise<StockDocument> {
    const { most, turns, create } = this.options;
    const documents = this.#documents;
    const there = documents.get(doc);
    if (there !== undefined) return there;
    if (documents.size >= most) {
      const [name, idle] = [...documents].find(([, document]) => document.idle) ?? [];
      if (idle === undefined)
        throw new Fault("too_many_documents", "Too many documents are open on this connection.", {
          details: { documentsPerConnection: most },
        });
      await turns.next(name, async () => {
        // What has been asked of it before its turn came may be to follow it.
        if (documents.get(name!) !== idle || !idle.idle) return;
        documents.delete(name!);
        await idle.leave();
      });
      return this.named(doc);
    }
    const document = create(doc);
    documents.set(doc, document);
    return document;
  }

  /** Looks, as long as it makes sense, whether a document that the client waits for has been made. */
  watch(): void {
    if (this.#ended || ![...this.#documents.values()].some(({ awaited }) => awaited)) return;
    this.#cancelLook ??= this.options.clock.after(LOOK_MS, () => {
      this.#cancelLook = undefined;
      void Promise.all(this.#looks()).then(() => this.watch());
    });
  }

  stop(): void {
    this.#ended = true;
    this.#cancelLook?.();
    for (const document of this.#documents.values()) document.stop();
  }

  #looks(): Promise<void>[] {
    const { turns, failed } = this.options;
    return [...this.#documents]
      .filter(([, { awaited }]) => awaited)
      .slice(0, LOOKED_AT)
      .map(([doc, document]) => {
        // The one looked at last stands last.
        this.#documents.delete(doc);
        this.#documents.set(doc, document);
        return turns.next(doc, () => document.look()).catch(failed);
      });
  }
}
