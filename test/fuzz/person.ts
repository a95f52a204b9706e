// One of the people of a run: a real client on a wire of its own, who does steps, and is watched. What is sent and answered
// is seen at the transport, what is in flight and pending at the outbox; so nothing of the client's inside is touched.

import {
  type Change,
  type Client,
  connect,
  memoryOutbox,
  type Outbox,
  type OutboxRecord,
  type SharedDocument,
  type Transport,
} from "../../client/index.js";
import { type RichSnapshot, richOp } from "../../ot/index.js";
import type { Clock, DocumentType, Random } from "../../protocol/index.js";
import { type Intent, Writer } from "../humans/index.js";
import type { Markers } from "../world/markers.js";
import type { Wire } from "./ground.js";
import type { Deed } from "./steps.js";
import type { ViolationKind } from "./trace.js";

/** Atoms that are given an attribute at once. */
const DRESSED = 5;

export interface PersonOptions {
  readonly name: string;
  readonly wire: Wire;
  readonly document: string;
  readonly type: DocumentType;
  readonly clock: Clock;
  readonly random: Random;
  /** Who they are, also after a `leave`. */
  readonly token?: string;
  readonly markers: Markers;
  readonly found: (kind: ViolationKind, message: string) => void;
}

export class Person {
  readonly name: string;
  readonly wire: Wire;
  client!: Client;
  doc!: SharedDocument;
  /** What the outbox was last given. */
  record: OutboxRecord | undefined;
  /** Names that the server said it has committed, with their versions. */
  readonly answered = new Map<string, number>();
  #writer: Writer | undefined;
  readonly #store: Outbox;
  #away = false;
  #over = false;

  constructor(private readonly options: PersonOptions) {
    this.name = options.name;
    this.wire = options.wire;
    this.#store = this.#watchedStore();
    this.#come();
  }

  /** Whether the document is there to be written in. */
  get ready(): boolean {
    return this.#writer !== undefined && this.doc.writable;
  }

  does(deed: Deed): void {
    if (deed.do === "leave") this.#comeBack();
    if (!this.ready || this.#writer === undefined) return;
    if (deed.do === "waver") this.#waver();
    else if (deed.do === "sign") {
      const { name } = this.options;
      const text = this.options.markers.type({ by: name, tab: name, undoable: true }, 1);
      this.#writer.does({ do: "write", text });
    } else if (deed.do === "embed" || deed.do === "dress" || deed.do === "label") this.#adds(deed);
    else if (deed.do !== "leave") this.#writer.does(deed satisfies Intent);
  }

  /** Something of a schema of one's own, which documents of type rich can hold. */
  #adds(deed: Extract<Deed, { do: "embed" | "dress" | "label" }>): void {
    const snapshot = this.doc.snapshot as RichSnapshot;
    if (this.doc.type !== "rich") return;
    const { anchor, head } = this.#writer!.selection;
    const to = Math.max(anchor, head);
    // Where nothing is selected, it is what stands before the caret.
    const from = anchor === head ? Math.max(1, head - DRESSED) : Math.min(anchor, head);
    if (deed.do === "embed") this.doc.submit(richOp().skip(to).insert(deed.embed).done());
    else if (deed.do === "dress" && from < to) {
      const had = snapshot.attributesAt(from);
      const change = Object.entries(deed.attributes).map(([key, value]) => [key, key in had ? null : value]);
      this.doc.submit(
        richOp()
          .skip(from)
          .retain(to - from, Object.fromEntries(change))
          .done(),
      );
    } else if (deed.do === "label") {
      const marker = Math.max(0, snapshot.markerAtOrBefore(Math.max(0, to - 1)));
      this.doc.submit(richOp().skip(marker).retain(1, undefined, deed.attributes).done());
    }
  }

  /** Where the caret is, and telling the others so. */
  look(): SharedDocument["presence"]["people"][number]["selection"] {
    const selection = this.#writer!.selection;
    this.doc.presence.update(selection, "active");
    return selection;
  }

  /** For good. */
  async leave(): Promise<void> {
    this.#over = true;
    await this.#go();
  }

  async #go(): Promise<void> {
    this.#away = true;
    this.#writer?.leave();
    this.#writer = undefined;
    await this.client.close();
  }

  #comeBack(): void {
    if (this.#away) return;
    void this.#go().then(() => this.#over || this.#come());
  }

  #come(): void {
    const { name, wire, document, type, clock, random, token, found } = this.options;
    this.#away = false;
    // Whoever loses the server ten times a minute backs off to half a minute; here luck keeps the waits short.
    this.client = connect(wire.url, {
      name,
      clock,
      random: () => random() / 20,
      store: this.#store,
      transport: this.#watched(wire.transport()),
      ...(token === undefined ? {} : { token }),
    });
    const doc = (type === "rich"
      ? this.client.open(document, { type })
      : this.client.open(document, { type })) as unknown as SharedDocument;
    this.doc = doc;
    doc.on("change", (change) => this.#changed(change));
    doc.on("recovered", (edits) => {
      const kept = edits.at(-1);
      if (kept !== undefined)
        found("fault", `${name} was given an edit back (${kept.reason}: ${kept.fault.code}).`);
    });
    doc.on("status", ({ status, unsaved }) => {
      const held =
        this.record !== undefined && (this.record.inflight !== undefined || this.record.pending.length > 0);
      if (status === "saved" && (unsaved > 0 || held))
        found("untruthful", `${name} shows saved with something unsent.`);
      if (status === "fault") found("fault", `${name} was refused: ${doc.fault?.code} ${doc.fault?.message}`);
    });
    doc.ready.then(
      () => {
        if (!this.#away && doc === this.doc) this.#writer = new Writer(doc);
      },
      () => {},
    );
  }

  #changed(change: Change): void {
    if (!change.local) return;
    const { markers, name, found } = this.options;
    const out = markers.changed(change);
    const others = out.filter(
      (character) => markers.typed.get(character)?.by !== name && markers.typed.has(character),
    );
    if (change.origin === "undo" && others.length > 0)
      found("undo", `${name}'s undo took out what others typed.`);
  }

  #waver(): void {
    const before = JSON.stringify(this.doc.snapshot);
    if (!this.doc.undo()) return;
    this.doc.redo();
    if (JSON.stringify(this.doc.snapshot) !== before)
      this.options.found("undo", `Undo and redo did not bring ${this.name} back to where they were.`);
  }

  #watched(inner: Transport): Transport {
    return {
      open: (hello, listener) => {
        let src = "";
        const channel = inner.open(hello, {
          event: (name, body) => {
            if (name === "welcome" && "client" in body) src = (body.client as { id: string }).id;
            listener.event(name, body);
          },
          closed: (reason, fault) => listener.closed(reason, fault),
        });
        return {
          request: (name, body, answer) =>
            channel.request(name, body, (reply) => {
              if (name === "submit" && "seq" in body && "ok" in reply && "version" in reply.ok) {
                const of = "client" in body && body.client !== undefined ? body.client.id : src;
                this.answered.set(`${of} ${body.seq}`, reply.ok.version);
              }
              answer(reply);
            }),
          notify: (name, body) => channel.notify(name, body),
          close: () => channel.close(),
        };
      },
    };
  }

  #watchedStore(): Outbox {
    const inner = memoryOutbox();
    return {
      state: inner.state,
      onState: (listener) => inner.onState(listener),
      open: (doc, type) => {
        const place = inner.open(doc, type);
        if ("then" in place) throw new Error("the memory's outbox answers at once");
        this.record = place.found;
        return {
          found: place.found,
          save: (record, steps) => {
            this.record = record;
            return place.save(record, steps);
          },
          leave: (keep, gone) => place.leave(keep, gone),
        };
      },
    };
  }
}
