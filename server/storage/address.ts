// What is said to whoever gives a database by an address that is none. The address itself is said again only where it can be
// nothing but a file's name, for others may have a password in them.

import { StorageError } from "./errors.js";

/** @param forms  the addresses that there are, in words */
export function unknownAddress(address: string, forms: string): StorageError {
  const isName = /^[\w./ -]{1,200}$/.test(address);
  const hint = isName ? ` For the file ${address}, that is sqlite:${address}.` : "";
  // What stands before the :// is no password.
  const scheme = /^([a-z][a-z\d+.-]{0,19}:)\/\//i.exec(address)?.[1];
  const given = scheme === undefined ? "" : ` What was given begins with ${scheme}//.`;
  return new StorageError("unsupported", `The database must be given as ${forms}.${given}${hint}`);
}
