// What is asked for under a key is done once. The key becomes the name of the op, so that the commit itself refuses it a
// second time, on every node and for ever (names outlive the ops that history forgets), and there is no other list to keep:
//
//   src = HMAC-SHA256(secret, author and key), seq = 1          beside it, the hash of what was asked
//
// Keys are told apart by author and by document; a document that is made without a name is named after the key.
// Not held: what changes nothing commits nothing, so it is worked out again.

import { createHmac } from "node:crypto";
import type { Epoch } from "../../protocol/index.js";
import { purposeKey } from "../tickets.js";

/** The name of what an author asks for under a key. */
export interface KeyName {
  readonly src: string;
  readonly seq: 1;
  readonly asked: object;
}

export interface Keys {
  /** @param asked  all of it */
  name(author: string, key: string, asked: object): KeyName;
  /** What a document is called that is made under that key. */
  document(author: string, key: string): string;
}

/** What is asked for, without the life that it is asked for in: that decides whether it is done, and not what. */
export function unconditional<Asked extends { readonly epoch?: Epoch }>({ epoch: _, ...asked }: Asked) {
  return asked;
}

export function createKeys(secret: Uint8Array): Keys {
  const derived = (purpose: string) => {
    const own = purposeKey(secret, purpose);
    return (author: string, key: string) =>
      createHmac("sha256", own)
        .update(JSON.stringify([author, key]))
        .digest("base64url");
  };
  const src = derived("idempotency key");
  const id = derived("idempotent document");
  return {
    name: (author, key, asked) => ({ src: src(author, key), seq: 1, asked }),
    document: (author, key) => id(author, key).slice(0, 22).replace(/^[-_]/, "0"),
  };
}
