// The address of a PostgreSQL database: what of it goes to `pg` as it is, and what of it may be told.
//
// It holds a password, so no message shows it: messages say the host, the port and the database's name. TLS is what `pg`
// makes of `?sslmode=`, `?sslrootcert=` and so on.
//
// What `pg` does not know it leaves out without a word, and connects in plaintext where `?sslmod=` was asked for. So all that
// follows the `?` is something that is known here, said once, with a value that means something.

import { addressParameters } from "../../address-parameters.js";
import { StorageError } from "../errors.js";

export interface Address {
  /** As given; holds the password. */
  readonly connectionString: string;
  /** The database as messages call it. */
  readonly where: string;
  /** How many connections a node may hold; `?pool=`. */
  readonly connections: number;
  /** How long to wait for a connection at most, in milliseconds; `?connect_timeout=`, which is in seconds. */
  readonly connectMs: number;
}

/** Each commit holds one for as long as the server takes to sync, so ten carry a few thousand commits a second. */
const CONNECTIONS = 10;
const MOST_CONNECTIONS = 500;

const anything = /./s;

/** What may follow the `?`, and what each may be. */
const parameters: Readonly<Record<string, RegExp>> = {
  pool: anything,
  sslmode: /^(disable|no-verify|prefer|require|verify-ca|verify-full)$/,
  sslrootcert: anything,
  sslcert: anything,
  sslkey: anything,
  sslnegotiation: /^(postgres|direct)$/,
  ssl: /^(true|1|0|no-verify)$/,
  uselibpqcompat: /^(true|false)$/,
  host: anything,
  port: /^\d+$/,
  user: anything,
  password: anything,
  application_name: anything,
  options: anything,
  connect_timeout: /^\d{1,6}$/,
  // `pg` binds nothing by itself, which is what `prefer` leaves open.
  channel_binding: /^(disable|prefer|require)$/,
};

/** @throws StorageError `unsupported` */
export function readAddress(given: string): Address {
  const url = parsed(given);
  const refuse = (sentence: string) => new StorageError("unsupported", sentence);
  // What stands behind a # reaches nobody.
  if (url.hash !== "")
    throw refuse(
      "The database's address has a # in it, which ends it. In a user, password or name, # is %23.",
    );
  addressParameters("The database's address", url.searchParams, parameters, refuse);
  // `pg` goes on without it where the server offers none, and nobody would know.
  if (url.searchParams.get("channel_binding") === "require")
    throw refuse(
      "The database's address has ?channel_binding=require, which cannot be kept. Leave it out; with ?sslmode=verify-full nobody in between is taken for the database.",
    );
  const asked = url.searchParams.get("pool");
  const connections = asked === null ? CONNECTIONS : Number(asked);
  if (!Number.isInteger(connections) || connections < 1 || connections > MOST_CONNECTIONS) {
    const sentence = `The pool of the database's address must be a number from 1 to ${MOST_CONNECTIONS}.`;
    throw refuse(sentence);
  }
  const host = url.searchParams.get("host") ?? (url.hostname || "localhost");
  const name = decoded(url.pathname.slice(1)) || "the user's own";
  const where = `the database ${name} at ${decoded(host)}:${url.searchParams.get("port") ?? (url.port || "5432")}`;
  // 0 is for ever, and nobody waits so long here.
  const connectMs = Number(url.searchParams.get("connect_timeout") ?? 0) * 1000 || Number.POSITIVE_INFINITY;
  return { connectionString: given, where, connections, connectMs };
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
