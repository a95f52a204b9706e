// Many people in a document without a browser for each: clients in the test's own process, who say where they are and
// write. For tests about what one person's page shows of a crowd.

import { type Client, connect, type SharedDocument } from "../../client/index.js";
import type { RichOp, RichSnapshot } from "../../ot/index.js";
import { onCleanUp } from "../server/harness.js";
import type { Where } from "./people.js";

export interface InCrowd {
  readonly name: string;
  readonly client: Client;
  readonly doc: SharedDocument<RichSnapshot, RichOp>;
  /** Puts their caret there, in atoms. */
  at(anchor: number, head?: number): void;
  leave(): void;
}

/** One who comes to a rich document. @param token of somebody who is here already: another tab of theirs */
export async function joins(server: Where, id: string, name: string, token?: string): Promise<InCrowd> {
  const client = connect(`http://127.0.0.1:${server.port}`, {
    name,
    ...(token === undefined ? {} : { token }),
  });
  onCleanUp(() => client.close());
  const doc = client.open(id, { type: "rich" });
  await doc.ready;
  return {
    name,
    client,
    doc,
    at: (anchor, head = anchor) => doc.presence.update({ anchor, head }),
    leave: () => client.close(),
  };
}

/** They come one after the other, so that everybody sees them in this order, each with a caret further down. */
export async function crowd(server: Where, id: string, names: readonly string[]): Promise<InCrowd[]> {
  const people: InCrowd[] = [];
  for (const [at, name] of names.entries()) {
    const person = await joins(server, id, name);
    person.at(Math.min(2 + at * 4, person.doc.text.length));
    people.push(person);
  }
  return people;
}
