// Numbers for new documents. They come from the server a handful at a time, so that making a document costs no question more
// than an edit does; those that a node does not use are left out.

import type { Session } from "./connections.js";

const HANDFUL = 32;

export interface Keys {
  /** A number that no document has. */
  next(): Promise<number>;
}

export function createKeys(session: Session): Keys {
  const kept: number[] = [];
  let asking: Promise<void> | undefined;
  async function ask(): Promise<void> {
    const rows = await session.query<{ readonly key: number }>(
      `SELECT nextval('interline.document_keys') AS key FROM generate_series(1, ${HANDFUL})`,
    );
    kept.push(...rows.map(({ key }) => key));
  }
  return {
    async next() {
      for (;;) {
        const key = kept.shift();
        if (key !== undefined) return key;
        asking ??= ask().finally(() => {
          asking = undefined;
        });
        await asking;
      }
    },
  };
}
