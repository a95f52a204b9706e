// What the program that has made a server holds of it. Nothing else of the server is anybody's to touch.

import type { Documents } from "./documents/types.js";
import type { Announcement } from "./news.js";
import type { Revocation } from "./revocations.js";
import type { Webhooks } from "./webhooks/index.js";

export interface Server {
  readonly url: string;
  readonly port: number;
  /** The documents, for code in this process. Everything is allowed here. */
  readonly documents: Documents;
  /** Programs elsewhere that are told what happens to documents. Everything is allowed here. */
  readonly webhooks: Omit<Webhooks, "naming" | "stop">;
  /**
   * Takes back tokens, or what they say of one document, and acts on it at once: `{ user }`, `{ user, doc }`, or
   * `{ token }` by its `jti`. Tokens that are issued afterwards hold. Rights that the `authorize` rule has taken away need
   * no call; one makes it quicker. Resolves when it is durable.
   *
   * @throws Fault `message_malformed` for what would take nothing back
   */
  revoke(what: Revocation): Promise<void>;
  /**
   * Tells everybody something, those who are connected to any node and those who connect while it lasts. Resolves with its
   * id when it is durable.
   */
  announce(announcement: Announcement): Promise<string>;
  /** Takes back what was announced, or all of it, and resolves with how much that was. */
  takeBack(id?: string): Promise<number>;
  /** What a user, by their id, is called in the log. */
  pseudonym(user: string): string;
  /** Reads the TLS files again, as it does by itself when they change. */
  reloadCertificate(): void;
  /**
   * Tells everybody to come back later, finishes what was taken, and closes, within 25 seconds whatever clients do. A node
   * among others has its clients move to them first, while it goes on serving. Calling
   * it again waits for the same end; with `now` it waits for nobody but the database. What was acknowledged is durable in
   * any case. Rejects if the database does not close.
   */
  close(how?: { readonly now?: boolean }): Promise<void>;
}
