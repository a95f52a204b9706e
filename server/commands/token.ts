// `interline token`: who somebody is and what they may do, signed with the server's secret. It asks no server.

import { Fault, systemClock } from "../../protocol/index.js";
import { signToken } from "../auth-signing.js";
import { SECRET_BYTES } from "../options.js";
import { StartupError } from "../startup.js";
import { choice, parse } from "./arguments.js";
import { durationMs } from "./moment.js";
import { secretOf } from "./secrets.js";

const help = `interline token USER: a token that a server takes which was started with --auth jwt and this secret

  --jwt-secret SECRET, --jwt-secret-file FILE  the server's             (INTERLINE_JWT_SECRET)
  --name NAME           what others see                                 (USER)
  --for TIME            how long it is good, such as 90s, 10m, 2h or 30d  (1h)
  --access ACCESS       read, comment, write or own                     (write)
  --documents NAME[,NAME…]  to which documents; a beginning of names ends with a *  (all)
  --role NAME=ROLE      viewer, commenter, editor or owner of these; may be given again. With roles alone, of no others
  --id ID               the token's own name, by which it alone can be revoked
  --jwt-issuer TEXT, --jwt-audience TEXT  if the server demands them
  --json                say it for a program
  --help
`;

const options = {
  "jwt-secret": { type: "string" },
  "jwt-secret-file": { type: "string" },
  name: { type: "string" },
  for: { type: "string" },
  access: { type: "string" },
  documents: { type: "string" },
  role: { type: "string", multiple: true },
  id: { type: "string" },
  "jwt-issuer": { type: "string" },
  "jwt-audience": { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args, options);
  if (values.help) return console.log(help);
  const [sub] = positionals;
  if (sub === undefined || positionals.length > 1)
    throw new StartupError("bad_option", "Give one USER: the id that ops are signed with for ever.");
  const secret =
    secretOf("jwt-secret", values["jwt-secret"], values["jwt-secret-file"]) ??
    process.env.INTERLINE_JWT_SECRET ??
    "";
  if (Buffer.byteLength(secret) < SECRET_BYTES)
    throw new StartupError("bad_option", `--jwt-secret must have at least ${SECRET_BYTES} bytes.`);
  const lifeMs = durationMs("for", values.for ?? "1h");
  const { name, id: jti, "jwt-issuer": iss, "jwt-audience": aud } = values;
  const interline = grantsOf(values.access, values.documents, values.role);
  const claims = {
    sub,
    ...(name === undefined ? {} : { name }),
    ...(jti === undefined ? {} : { jti }),
    ...(iss === undefined ? {} : { iss }),
    ...(aud === undefined ? {} : { aud }),
    ...(interline === undefined ? {} : { interline }),
  };
  const now = systemClock.now();
  const token = await signToken(secret, claims, lifeMs, systemClock).catch((cause: unknown) => {
    if (!(cause instanceof Fault)) throw cause;
    throw new StartupError("bad_option", `No server would take it: ${cause.message}`, { cause });
  });
  console.log(values.json ? JSON.stringify({ token, ...claims, expiresAt: now + lifeMs }) : token);
}

/** The `interline` claim of docs/access.md. @throws StartupError `bad_option` */
function grantsOf(access: string | undefined, documents: string | undefined, roles: readonly string[] = []) {
  if (access === undefined && documents === undefined && roles.length === 0) return undefined;
  const named = roles.map((text) => {
    const [, pattern, role] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (pattern === undefined || role === undefined)
      throw new StartupError("bad_option", `--role takes NAME=ROLE, as in minutes=owner, not ${text}.`);
    return [pattern, role] as const;
  });
  return {
    ...(access === undefined
      ? {}
      : { access: choice("access", access, ["read", "comment", "write", "own"]) }),
    ...(documents === undefined ? {} : { documents: documents.split(",") }),
    ...(named.length === 0 ? {} : { roles: Object.fromEntries(named) }),
  };
}
