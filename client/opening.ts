// What a document is opened with: what it is, and what it stands on.

import type { Snapshot, TextType } from "../ot/index.js";
import type { Clock, DocumentType, Random } from "../protocol/index.js";
import type { Connection } from "./connection.js";
import type { Outbox } from "./outbox.js";
import type { Op } from "./types.js";

export interface DocumentOptions<S extends Snapshot, O extends Op> {
  readonly id: string;
  readonly kind: DocumentType;
  readonly type: TextType<S, O>;
  /** The op between two snapshots, for when their history is gone. */
  readonly difference: (from: S, to: S) => O;
  /** Make the document, if there is none. */
  readonly create: boolean;
  readonly connection: Connection;
  readonly outbox: Outbox;
  /** Asked once the document has its name on the connection: what is to be waited for before taking a place in the outbox. */
  readonly after?: () => Promise<unknown> | undefined;
  readonly clock: Clock;
  readonly random: Random;
}
