// A hello: who comes, and under which client id. An id with the ticket that we gave for it is theirs again; without one nobody
// gets the id they ask for, since it could be somebody else's.

import { decodeHello, type Hello, type Random } from "../protocol/index.js";
import type { Authenticator } from "./auth.js";
import { admitted, type Visitor } from "./standing.js";
import { mintId, type Tickets } from "./tickets.js";

export interface Door {
  readonly authenticator: Authenticator;
  readonly tickets: Tickets;
  readonly random: Random;
}

/** @param says  is told what they say, before it is known who they are. @throws Fault */
export async function arrive(
  { authenticator, tickets, random }: Door,
  hello: unknown,
  says: (hello: Pick<Hello, "protocol" | "opens">) => void,
): Promise<Visitor> {
  const decoded = decodeHello(hello);
  says(decoded);
  const { client, token, name } = decoded;
  const admission = await authenticator.authenticate({
    ...(token === undefined ? {} : { token }),
    ...(name === undefined ? {} : { name }),
  });
  if (client !== undefined) {
    const identity = await admitted(admission, client.id);
    if (tickets.holds(client.id, identity.user.id, client.ticket)) return { src: client.id, identity };
  }
  const src = mintId(random);
  return { src, identity: await admitted(admission, src) };
}
