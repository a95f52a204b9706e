// What a channel asks to be given packed, and what it was given, unpacked in its turn (`packed.ts`): a document, or the ops
// after a version. Which of it a server takes, its protocol and its welcome say.

import {
  type Answer,
  type Events,
  type Hello,
  type OpenReply,
  opensInHello,
  type RequestName,
  type Requests,
  servesPacked,
  type Version,
  type Welcome,
} from "../protocol/index.js";
import { canUnpack, InOrder, unpack, unpackOps } from "./packed.js";

export class Packing {
  readonly #order = new InOrder();
  readonly #documents: boolean;
  /** Whether ops may come packed. Whoever understands what is to be opened in a hello takes that too, and need not have said so. */
  #ops: boolean;
  /** After which version each document was asked for in the hello. */
  readonly #said = new Map<string, Version | undefined>();

  /** @param garbled  what has come is not what was asked for */
  constructor(
    protocol: number,
    private readonly garbled: () => void,
  ) {
    this.#documents = canUnpack && servesPacked(protocol);
    this.#ops = canUnpack && opensInHello(protocol);
  }

  welcomed({ packsOps }: Welcome): void {
    this.#ops = canUnpack && packsOps === true;
  }

  /** A request, asking for what may come packed. */
  asking<K extends RequestName>(name: K, body: Requests[K]["body"]): Requests[K]["body"] {
    const since = sinceOf(name, body);
    const forDocument = this.#documents && name === "open" && since === undefined;
    // The ops after it, or of a packed document those that came since it was packed.
    const forOps = this.#ops && (since !== undefined || forDocument);
    return { ...body, ...(forDocument && { packed: true }), ...(forOps && { packedOps: true }) };
  }

  /** The hello, as it is at this moment, asking for what may come packed. */
  saying(hello: Hello): Hello {
    const { opens, ...rest } = hello;
    if (opens === undefined) return rest;
    this.#said.clear();
    for (const { doc, since } of opens) this.#said.set(doc, since);
    return { ...rest, opens: opens.map((body) => this.asking("open", body)) };
  }

  /** Runs it when all that came before has been told. */
  next(run: () => void): void {
    this.#order.next(run);
  }

  /** Tells an answer, unpacked, when all that came before has been told. */
  answered<K extends RequestName>(
    name: K,
    body: Requests[K]["body"],
    said: Answer<K>,
    tell: (answer: Answer<K>) => void,
  ): void {
    this.#answered(said, sinceOf(name, body), tell as (answer: Answer<RequestName>) => void);
  }

  /** As {@link answered}, for what was asked in the hello. */
  opened({ doc, ...said }: Events["opened"], tell: (event: Events["opened"]) => void): void {
    this.#answered(said, this.#said.get(doc), (answer) => tell({ doc, ...(answer as Answer<"open">) }));
  }

  /** Forgets what waits. */
  stop(): void {
    this.#order.stop();
  }

  #answered(
    said: Answer<RequestName>,
    since: Version | undefined,
    tell: (answer: Answer<RequestName>) => void,
  ): void {
    let told: Answer<RequestName> | undefined = said;
    const unpacked = ("ok" in said ? unpackedIn(said.ok, since ?? 0) : undefined)?.then(
      (ok) => {
        told = { ok };
      },
      () => {
        told = undefined;
      },
    );
    this.#order.next(() => {
      if (told === undefined) this.garbled();
      else tell(told);
    }, unpacked);
  }
}

/** The version after which ops are asked for, if that is what is asked. */
const sinceOf = (name: RequestName, body: object): Version | undefined =>
  name === "open" || name === "ops" ? (body as { readonly since?: Version }).since : undefined;

/** A reply with what is packed in it unpacked; undefined: nothing is. */
function unpackedIn(ok: object, since: Version): Promise<OpenReply> | undefined {
  const { packed, packedOps, ...reply } = ok as OpenReply;
  if (packed !== undefined)
    return unpack(packed as Uint8Array<ArrayBuffer>).then((snapshot) => ({ ...reply, snapshot }));
  if (packedOps !== undefined)
    return unpackOps(packedOps as Uint8Array<ArrayBuffer>, since).then((ops) => ({ ...reply, ops }));
  return undefined;
}
