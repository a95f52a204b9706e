// TLS that this server ends itself: the certificate and its key, read from files at the start, and again when a file
// changes or somebody says so, without a connection noticing.
//
// Files that do not fit together keep the server from starting. When it is running they are logged, and the ones before
// stay in use: whoever replaces two files replaces one of them first.

import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContextOptions, type Server as TlsServer } from "node:tls";
import type { Log } from "./log.js";
import { StartupError } from "./startup.js";

/** Two files in PEM: the certificate, followed by those that vouch for it, and its key. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export interface Certificate {
  /** What a server over HTTPS is made with. */
  readonly options: SecureContextOptions & {
    readonly ALPNProtocols: string[];
    readonly handshakeTimeout: number;
  };
  /** From here on the server has what the files hold. */
  serve(server: TlsServer): void;
  /** Reads the files again. */
  reload(): void;
  stop(): void;
}

/** From the first byte to the end of the handshake, as long as a hello may take. */
const HANDSHAKE_MS = 10_000;
const LOOK_MS = 5_000;

/** @throws StartupError `bad_option` with one sentence */
export function openCertificate(files: TlsFiles, log: Log, lookMs = LOOK_MS): Certificate {
  let server: TlsServer | undefined;
  let timer: NodeJS.Timeout | undefined;
  let seen = contentsOf(files);
  const first = read(files);

  function reload(): void {
    seen = contentsOf(files);
    try {
      server?.setSecureContext(read(files));
      log.info({ cert: files.cert }, "The certificate has been read again.");
    } catch (error) {
      log.error({ err: error }, "The certificate could not be read again; the one before stays in use.");
    }
  }

  return {
    options: { ...first, ALPNProtocols: ["http/1.1"], handshakeTimeout: HANDSHAKE_MS },
    serve(made) {
      server = made;
      // By what they hold: whatever tells of changes may begin to look after one.
      timer = setInterval(() => {
        if (contentsOf(files) !== seen) reload();
      }, lookMs).unref();
    },
    reload,
    stop() {
      clearInterval(timer);
    },
  };
}

/** What stands in both files; a file that cannot be read holds nothing. */
function contentsOf({ cert, key }: TlsFiles): string {
  return [cert, key]
    .map((file) => {
      try {
        return readFileSync(file, "latin1");
      } catch {
        return "";
      }
    })
    .join("\0");
}

/** @throws StartupError `bad_option` */
function read({ cert, key }: TlsFiles): SecureContextOptions {
  const read = {
    cert: contents("--tls-cert", cert),
    key: contents("--tls-key", key),
    minVersion: "TLSv1.2",
  } as const;
  demand(`The --tls-cert ${cert} holds no certificate in PEM.`, { cert: read.cert });
  demand(`The --tls-key ${key} holds no key in PEM that can be read without a password.`, { key: read.key });
  demand(`The --tls-key ${key} is not the key of the certificate in ${cert}.`, read);
  return read;
}

function contents(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new StartupError("bad_option", `The ${option} ${file} cannot be read.`, { cause: error });
  }
}

function demand(otherwise: string, options: SecureContextOptions): void {
  try {
    createSecureContext(options);
  } catch (error) {
    throw new StartupError("bad_option", otherwise, { cause: error });
  }
}
