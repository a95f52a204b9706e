// Certificates for tests, made by the openssl program, which every Debian has.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { TlsFiles } from "../../server/tls.js";

/** A certificate for this machine that vouches for itself, in files called `name`. */
export function selfSigned(folder: string, name = "server"): TlsFiles {
  const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const of = ["-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-days", "30"];
  execFileSync("openssl", [...made, ...of, "-keyout", key, "-out", cert], { stdio: "pipe" });
  return { cert, key };
}
