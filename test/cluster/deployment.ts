// What `deploy/` says, as the tests need it: the compose file with its anchors resolved, the command lines in it, and the same
// for this machine, where nodes have free ports, Redis and PostgreSQL are the tests' own, and secrets are in a folder.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "../docs/examples.js";
import { tempFolder } from "../server/harness.js";

export interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly secrets?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly stop_grace_period?: string;
  readonly networks?: { readonly default: { readonly ipv4_address: string } };
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: {
    readonly default: {
      readonly ipam: { readonly config: readonly { readonly subnet: string; readonly ip_range: string }[] };
    };
  };
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

export const folder = join(root, "deploy");
export const readDeployed = (name: string) => readFileSync(join(folder, name), "utf8");
export const compose = parse(readDeployed("compose.yaml"), { merge: true }) as Compose;
/** The services that are nodes: those that are built here. */
export const nodes = Object.entries(compose.services).filter(([, { build }]) => build !== undefined);

/** Where containers find their secrets. */
export const SECRETS = "/run/secrets/";

/** The secrets as `deploy/secrets.sh` makes them, in a folder of the test's. */
export async function newSecrets(): Promise<string> {
  const made = join(await tempFolder(), "secrets");
  execFileSync("sh", [join(folder, "secrets.sh"), made]);
  return made;
}

export interface Here {
  readonly database: string;
  readonly redis: string;
}

/** What the nodes are started with, by the compose file but for where they are; and the secret of their tokens. */
export async function commandsHere(
  { database, redis }: Here,
  portOf: (name: string) => number,
): Promise<{
  readonly commands: readonly (readonly [string, readonly string[]])[];
  readonly secret: string;
}> {
  const secrets = await newSecrets();
  writeFileSync(join(secrets, "database"), database);
  writeFileSync(join(secrets, "redis"), `${redis}\n`);
  const balancer = compose.services.balancer!.networks!.default.ipv4_address;
  const commands = nodes.map(([name, { command = [] }]) => {
    const args = command.map((arg) =>
      arg
        .replace(SECRETS, `${secrets}/`)
        .replace("--port=8080", `--port=${portOf(name)}`)
        .replace("--host=0.0.0.0", "--host=127.0.0.1")
        .replace(balancer, "127.0.0.1"),
    );
    return [name, args] as const;
  });
  return { commands, secret: readFileSync(join(secrets, "jwt-secret"), "utf8") };
}

/** `haproxy.cfg` for this machine. */
export function haproxyHere(port: number, portOf: (name: string) => number): string {
  return readDeployed("haproxy.cfg")
    .replace("bind :8080", `bind 127.0.0.1:${port}`)
    .replace(/^( +server (\w+)) \w+:8080/gm, (_, server, name) => `${server} 127.0.0.1:${portOf(name)}`);
}
