// Where Redis is, as `--redis` says it: redis://USER:PASSWORD@HOST:PORT, or rediss:// over TLS, where ?ca=FILE names
// whose certificates are trusted (PEM), and ?cert=FILE&key=FILE who this node is. A database number is taken and means
// nothing, because channels belong to no database.

import { readFileSync } from "node:fs";
import { addressParameters } from "../address-parameters.js";
import { StartupError } from "../startup.js";

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  /** Absent: no TLS. The values are names of files. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

const FILES = { ca: /./s, cert: /./s, key: /./s };

/** Reads no file. @throws StartupError `bad_option`, which does not repeat the address: it may hold a password */
export function parseRedisAddress(text: string): RedisAddress {
  const refuse = (sentence: string) => new StartupError("bad_option", sentence);
  const shape = "--redis takes redis://HOST:PORT, or rediss://HOST:PORT for TLS.";
  if (!URL.canParse(text)) throw refuse(shape);
  const { protocol, hostname, port, username, password, pathname, searchParams, hash } = new URL(text);
  const secure = protocol === "rediss:";
  if ((!secure && protocol !== "redis:") || hostname === "" || hash !== "") throw refuse(shape);
  if (!/^\/?\d*$/.test(pathname)) throw refuse(`${shape} A path has no meaning.`);
  addressParameters("The address of --redis", searchParams, FILES, refuse);
  const files: { ca?: string; cert?: string; key?: string } = Object.fromEntries(searchParams);
  if (!secure && searchParams.size > 0)
    throw refuse("--redis takes certificates with rediss:// only, not redis://.");
  if ((files.cert === undefined) !== (files.key === undefined))
    throw refuse("In --redis, ?cert and ?key go together.");
  try {
    return {
      host: hostname.replace(/^\[(.*)\]$/, "$1"),
      port: port === "" ? 6379 : Number(port),
      ...(username === "" ? {} : { username: decodeURIComponent(username) }),
      ...(password === "" ? {} : { password: decodeURIComponent(password) }),
      ...(secure ? { tls: files } : {}),
    };
  } catch {
    throw refuse("The user or password in --redis is not percent-encoded as an address demands.");
  }
}

/** The contents of the files that the address names. @throws StartupError `bad_option` */
export function readTlsFiles({ tls }: RedisAddress): Readonly<Record<string, Buffer>> | undefined {
  if (tls === undefined) return undefined;
  const read = ([name, file]: [string, string]) => {
    try {
      return [name, readFileSync(file)];
    } catch (error) {
      throw new StartupError("bad_option", `The ?${name} of --redis cannot be read: ${file}.`, {
        cause: error,
      });
    }
  };
  return Object.fromEntries(Object.entries(tls).map(read));
}
