// The address of a PostgreSQL database: what of it goes to `pg` as it is, and what of it may be told.
//
// It holds a password, so no message shows it: messages say the host, the port and the database's name. TLS is what `pg`
// makes of `?sslmode=`, `?sslrootcert=` and so on.

import { StorageError } from "../errors.js";

export interface Address {
  /** As given; holds the password. */
  readonly connectionString: string;
  /** The database as messages call it. */
  readonly where: string;
  /** How many connections a node may hold; `?pool=`. */
  readonly connections: number;
}

/** Each commit holds one for as long as the server takes to sync, so ten carry a few thousand commits a second. */
const CONNECTIONS = 10;
const MOST_CONNECTIONS = 500;

/** @throws StorageError `unsupported` */
export function readAddress(given: string): Address {
  const url = parsed(given);
  const asked = url.searchParams.get("pool");
  const connections = asked === null ? CONNECTIONS : Number(asked);
  if (!Number.isInteger(connections) || connections < 1 || connections > MOST_CONNECTIONS) {
    const sentence = `The pool of the database's address must be a number from 1 to ${MOST_CONNECTIONS}.`;
    throw new StorageError("unsupported", sentence);
  }
  const host = url.searchParams.get("host") ?? (url.hostname || "localhost");
  const name = decoded(url.pathname.slice(1)) || "the user's own";
  const where = `the database ${name} at ${decoded(host)}:${url.port || "5432"}`;
  return { connectionString: given, where, connections };
}

function parsed(given: string): URL {
  try {
    // What names a socket's folder has no host.
    return new URL(given.replace("@/", "@localhost/"));
  } catch {
    // Without the cause: Node's error repeats what it was given, password and all.
    throw new StorageError(
      "unsupported",
      "The database's address cannot be read; it must be like postgres://USER:PASSWORD@HOST:5432/NAME.",
    );
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
