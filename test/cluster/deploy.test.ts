// `deploy/` held to the repository and to itself: command lines are read by the real options, names, ports and addresses agree
// wherever they stand, and what the Dockerfile copies is enough to build and to run.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { isIPv4 } from "node:net";
import { basename, join } from "node:path";
import { expect } from "chai";
import { chosenBy, readArguments } from "../../server/commands/serve.js";
import { defaultLimits } from "../../server/limits.js";
import { root } from "../docs/examples.js";
import { cleanUp, tempFolder } from "../server/harness.js";
import { compose, folder, newSecrets, nodes, readDeployed, SECRETS } from "./deployment.js";

const haproxy = readDeployed("haproxy.cfg");
const dockerfile = readDeployed("Dockerfile");
const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, first]) => first!);

/** The instructions of the Dockerfile of one name, without that name. */
const instructions = (name: string) => found(dockerfile, new RegExp(`^${name} (.*)$`, "gm"));
const asList = (text: string) => JSON.parse(text) as string[];

/** What `interline serve` makes of a container's command. */
function read(command: readonly string[], secrets: string) {
  const [serve, ...args] = command.map((arg) => arg.replace(SECRETS, `${secrets}/`));
  expect(serve).to.equal("serve");
  const { values, positionals } = readArguments(args);
  expect(positionals).to.deep.equal([]);
  return chosenBy(values);
}

const seconds = (text: string) => Number(/^(\d+)s$/.exec(text)?.[1]);

describe("the compose file", () => {
  afterEach(cleanUp);

  it("starts nodes with options that serve takes, which differ in their names alone", async () => {
    const secrets = await newSecrets();
    const chosen = nodes.map(([, { command = [] }]) => read(command, secrets));
    expect(chosen.map(({ node }) => node)).to.deep.equal(nodes.map(([name]) => name));
    expect(chosen.length).to.be.greaterThan(1);
    const others = chosen.map(({ node: _node, log: _log, ...rest }) => rest);
    for (const other of others) expect(other).to.deep.equal(others[0]);
    const { image, stop_grace_period, secrets: given = [] } = nodes[0]![1];
    expect(image).to.equal("interline");
    // 25 s, which `interline serve` promises.
    expect(seconds(stop_grace_period!)).to.be.greaterThan(25);
    const files = nodes.flatMap(([, { command = [] }]) =>
      found(command.join("\n"), /\/run\/secrets\/(\S+)/g),
    );
    expect(new Set(files)).to.deep.equal(new Set(given));
  });

  it("has no secret on a command line or in itself, and each that is used is made", async () => {
    const made = await newSecrets();
    const used = Object.values(compose.services).flatMap(({ secrets = [] }) => secrets);
    expect(new Set(used)).to.deep.equal(new Set(Object.keys(compose.secrets)));
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      expect(file).to.equal(`./secrets/${name}`);
      expect(existsSync(join(made, basename(file))), name).to.equal(true);
    }
    expect(statSync(made).mode & 0o077).to.equal(0);
    expect(readDeployed("compose.yaml")).not.to.match(
      /:\/\/[^\s/]*:[^\s/]*@|--jwt-secret=|--database=|--redis=/,
    );
    const again = await newSecrets();
    const secretIn = (where: string) => readFileSync(join(where, "jwt-secret"), "utf8");
    expect(secretIn(made)).not.to.equal(secretIn(again));
    // Run again on the same folder, it changes nothing.
    const before = secretIn(made);
    execFileSync("sh", [join(folder, "secrets.sh"), made], { stdio: "pipe" });
    expect(secretIn(made)).to.equal(before);
    expect(readFileSync(join(root, ".gitignore"), "utf8").split("\n")).to.include("deploy/secrets/");
  });

  it("names in its secrets the services, users, ports and passwords that it starts", async () => {
    const made = await newSecrets();
    const secret = (name: string) => readFileSync(join(made, name), "utf8");
    const database = new URL(secret("database"));
    const { postgres, redis } = compose.services;
    expect(database.hostname).to.equal("postgres");
    expect(database.port).to.equal("5432");
    expect(database.username).to.equal(postgres!.environment!.POSTGRES_USER);
    expect(database.pathname).to.equal(`/${postgres!.environment!.POSTGRES_DB}`);
    expect(database.password).to.equal(secret("postgres"));
    expect(postgres!.environment!.POSTGRES_PASSWORD_FILE).to.equal(`${SECRETS}postgres`);
    const meeting = new URL(secret("redis"));
    expect(meeting.hostname).to.equal("redis");
    expect(meeting.port).to.equal("6379");
    expect(secret("redis.conf")).to.match(new RegExp(`^requirepass ${meeting.password}$`, "m"));
    expect(redis!.command).to.deep.equal(["redis-server", `${SECRETS}redis.conf`]);
    const major = (image: string | undefined) => Number(image?.split(":")[1]);
    expect(major(postgres!.image)).to.be.at.least(13);
    expect(major(redis!.image)).to.be.at.least(7);
  });

  it("gives what must be kept a volume, and waits for services that there are", () => {
    const { services, volumes } = compose;
    expect(services.postgres!.volumes).to.deep.equal(["documents:/var/lib/postgresql/data"]);
    expect(Object.keys(volumes)).to.deep.equal(["documents"]);
    for (const [name, { depends_on = [] }] of Object.entries(services)) {
      const waits = Array.isArray(depends_on) ? depends_on : Object.keys(depends_on);
      for (const other of waits) expect(services, name).to.have.property(other);
    }
    for (const [, { healthcheck }] of nodes)
      expect(healthcheck!.test.join(" ")).to.include("http://127.0.0.1:8080/readyz");
  });

  it("has the balancer where the nodes believe it, and the balancer knows each node by its name", async () => {
    const secrets = await newSecrets();
    const { networks, volumes, ports } = compose.services.balancer!;
    const address = networks!.default.ipv4_address;
    expect(isIPv4(address)).to.equal(true);
    const [config] = compose.networks.default.ipam.config;
    expect(config!.subnet).to.match(/^172\.30\.80\.0\/24$/);
    expect(config!.ip_range).to.equal("172.30.80.128/25");
    expect(address).to.match(/^172\.30\.80\.([1-9]|[1-9]\d|1[01]\d)$/);
    expect(volumes).to.deep.equal(["./haproxy.cfg:/usr/local/etc/haproxy/haproxy.cfg:ro"]);
    const [bound] = found(haproxy, /^ +bind :(\d+)$/gm);
    expect(ports).to.deep.equal([`8080:${bound}`]);
    const names = nodes.map(([name]) => name);
    for (const [, { command = [] }] of nodes) {
      const { trustProxy, port, host } = read(command, secrets);
      expect(trustProxy).to.deep.equal([address]);
      expect(host).to.equal("0.0.0.0");
      expect(port).to.equal(Number(instructions("EXPOSE")[0]));
    }
    expect(found(haproxy, /^ +(server .*)$/gm)).to.deep.equal(
      names.map((name) => `server ${name} ${name}:${instructions("EXPOSE")[0]}`),
    );
    expect(found(haproxy, /^ +(use-server .*)$/gm)).to.deep.equal(
      names.map((name) => `use-server ${name} if { urlp(sid) -m beg ${name}. }`),
    );
  });
});

describe("the guide to several nodes", () => {
  it("calls Compose with files and services that there are, and commands that the image has", () => {
    const guide = readFileSync(join(root, "docs/operate.md"), "utf8");
    const lines = found(guide, /`(docker compose [^`]+)`/g);
    expect(lines.length).to.be.greaterThan(2);
    for (const line of lines) {
      expect(line).to.match(/^docker compose --file deploy\/compose\.yaml (up|exec) /);
      for (const name of found(line, /\b(node\d)\b/g)) expect(nodes.map(([node]) => node)).to.include(name);
    }
    const [command] = found(guide, /exec node1 ([^`]+)`/g);
    expect(command!.split(" ").slice(0, 2)).to.deep.equal(asList(instructions("ENTRYPOINT")[0]!));
    expect(found(command!, /\/run\/secrets\/(\S+)/g)).to.deep.equal(["database"]);
    expect(found(guide, /`sh (deploy\/\S+)`/g).map((file) => existsSync(join(root, file)))).to.deep.equal([
      true,
    ]);
  });
});

describe("haproxy.cfg", () => {
  it("waits longer than a ping takes, and looks often enough to see a node that is about to stop", () => {
    const { pingIntervalMs, pingTimeoutMs, noticeMs } = defaultLimits;
    for (const what of ["client", "server", "tunnel"]) {
      const [given] = found(haproxy, new RegExp(`^ +timeout ${what} (\\d+)s$`, "gm"));
      expect(Number(given) * 1000, what).to.be.greaterThan(pingIntervalMs + pingTimeoutMs);
    }
    const [, inter, fall] = /check inter (\d+)ms fall (\d+)/.exec(haproxy)!;
    expect(Number(inter) * (Number(fall) + 1)).to.be.at.most(noticeMs);
    expect(haproxy).to.match(/http-check send meth GET uri \/readyz /);
  });
});

/**
 * Builds what was copied. It takes the compiler half a minute, and it has compiled the same files here already: all that it is
 * told to compile is copied, and `../repository/imports.test.ts` says that nothing imports anything else. So what it has made
 * is taken from here, and the pages, which are made of more than imports, are built.
 */
function build(image: string, sources: readonly string[]): void {
  const inImage = (...command: readonly [string, ...string[]]) =>
    execFileSync(command[0], command.slice(1), { cwd: image, stdio: "pipe" });
  if (process.env.CLUSTER === "whole") return void inImage("npm", "run", "build", "--silent");
  const { build } = JSON.parse(readFileSync(join(image, "package.json"), "utf8")).scripts;
  const [compiler, pages] = build.split(" && ");
  expect(compiler).to.equal("tsc");
  const { include } = JSON.parse(readFileSync(join(image, "tsconfig.json"), "utf8"));
  expect(sources).to.include.members(include);
  for (const name of ["ot", "protocol", "server", "client"])
    cpSync(join(root, "dist", name), join(image, "dist", name), { recursive: true });
  const [program, ...args] = pages.split(" ");
  inImage(join(image, "node_modules/.bin", program), ...args);
}

describe("the Dockerfile", () => {
  afterEach(cleanUp);

  it("is of a Node that the package takes, of one kind for building and running", () => {
    const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const [, least] = /^>=(\d+)\.\d+$/.exec(engines.node)!;
    const majors = found(dockerfile, /^FROM node:(\d+)-bookworm/gm).map(Number);
    expect(majors).to.have.length(2);
    // An even one gets its newest minor version with the image; the least one has been at that for long.
    expect(new Set(majors).size).to.equal(1);
    expect(majors[0]! >= Number(least) && majors[0]! % 2 === 0).to.equal(true);
  });

  it("builds and runs from what it copies, which Docker is given", async () => {
    const image = await tempFolder();
    const sent = new Set(found(readFileSync(join(root, ".dockerignore"), "utf8"), /^!(.+)$/gm));
    const copied = instructions("COPY").filter((copy) => !copy.startsWith("--from"));
    const sources = copied.flatMap((copy) => copy.split(" ").slice(0, -1));
    expect(new Set(sources)).to.deep.equal(sent);
    for (const source of sources) cpSync(join(root, source), join(image, source), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(image, "node_modules"));
    const steps = instructions("RUN");
    expect(steps.slice(0, 3)).to.deep.equal(["npm ci", "npm run build", "npm prune --omit=dev"]);
    build(image, sources);
    const kept = instructions("COPY").filter((copy) => copy.startsWith("--from=build "));
    const places = kept.map((copy) => /\/interline\/(\S+) /.exec(copy)![1]!);
    expect(places).to.deep.equal(["package.json", "node_modules", "dist"]);

    const run = await tempFolder();
    for (const place of places) symlinkSync(join(image, place), join(run, place));
    const [program, ...args] = asList(instructions("ENTRYPOINT")[0]!);
    expect(program).to.equal("node");
    const said = execFileSync(process.execPath, [...args, "--version"], { cwd: run, encoding: "utf8" });
    expect(said.trim()).to.equal(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version);
    expect(existsSync(join(run, "dist/pages/index.html"))).to.equal(true);
  });

  it("runs as nobody in particular, with a command that serve takes, and stops as serve does", async () => {
    const lines = dockerfile.split("\n");
    expect(lines.indexOf("USER node")).to.be.greaterThan(
      lines.findIndex((line) => /bookworm-slim$/.test(line)),
    );
    expect(instructions("STOPSIGNAL")).to.deep.equal(["SIGTERM"]);
    const { port, host, database } = read(asList(instructions("CMD")[0]!), await newSecrets());
    expect([host, String(port)]).to.deep.equal(["0.0.0.0", instructions("EXPOSE")[0]]);
    const [workdir] = instructions("WORKDIR").slice(-1);
    expect(join(workdir!, String(database).slice("sqlite:".length))).to.equal(
      join(instructions("VOLUME")[0]!, "interline.sqlite"),
    );
    const [health] = found(dockerfile, /^HEALTHCHECK .*CMD (\[.*\])$/gm);
    const [program, flag, code] = asList(health!);
    expect([program, flag]).to.deep.equal(["node", "-e"]);
    expect(code).to.include(`http://127.0.0.1:${port}/livez`);
  });

  it("has health checks that run, and fail where nothing answers", async () => {
    const [health] = found(dockerfile, /^HEALTHCHECK .*CMD (\[.*\])$/gm);
    const checks = [asList(health!)[2]!, ...nodes.map(([, { healthcheck }]) => healthcheck!.test[3]!)];
    for (const check of new Set(checks)) {
      // A port that nobody can listen on.
      const run = () =>
        execFileSync(process.execPath, ["-e", check.replace(":8080", ":1")], { stdio: "pipe" });
      expect(run).to.throw().with.property("status", 1);
    }
  });
});
