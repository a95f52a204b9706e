// What one stock client calls itself, over all its connections, and what the gateway calls it: the id that it is given is
// `<client id>.<ticket>`. It presents it again when it comes back, which proves that it is its own, so its ops keep their names
// and nobody can speak in another's. Others see the client id alone.

import { Fault, type Requests, type Welcome } from "../../protocol/index.js";

/** As many ids of its own earlier connections does a client go by. */
const MOST = 32;

export class StockNames {
  /** Its client id on this connection; there from the welcome on. */
  #self: string | undefined;
  /** What it calls itself, by client id. */
  readonly #shown = new Map<string, string>();

  /** Its name on this connection; undefined before the welcome. */
  get own(): string | undefined {
    return this.#self === undefined ? undefined : this.#shown.get(this.#self);
  }

  welcomed({ id, ticket }: Welcome["client"]): void {
    this.#self = id;
    this.#remember(id, `${id}.${ticket}`);
  }

  /** The gateway's name for an op's client. To be asked after the welcome. @throws Fault `client_unknown` */
  submitter(given: string | undefined): {
    readonly src: string;
    readonly as: Requests["submit"]["body"]["client"];
  } {
    if (given === undefined || given === this.own) return { src: this.#self!, as: undefined };
    const as = clientOf(given);
    if (as === undefined)
      throw new Fault("client_unknown", "This client id was not given to this user here.");
    this.#remember(as.id, given);
    return { src: as.id, as };
  }

  /** What this client calls the one of that client id: itself by its own name. */
  shown(src: string): string {
    return this.#shown.get(src) ?? src;
  }

  #remember(id: string, name: string): void {
    this.#shown.set(id, name);
    if (this.#shown.size <= MOST) return;
    for (const old of this.#shown.keys()) {
      if (old === this.#self) continue;
      this.#shown.delete(old);
      break;
    }
  }
}

/** A client id and its ticket, as they are in the id of a stock client. */
export function clientOf(name: string): { readonly id: string; readonly ticket: string } | undefined {
  const [, id, ticket] = /^([A-Za-z0-9_-]{12})\.([A-Za-z0-9_-]{43})$/.exec(name) ?? [];
  return id === undefined || ticket === undefined ? undefined : { id, ticket };
}
