// What a node needs of Redis to start with it: an address, perhaps a user, a password and certificates, and Redis 7. A
// Redis that is away is no reason not to start; one that will never do is, and says so in a sentence without a password.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { createClient } from "redis";
import { parseRedisAddress } from "../../server/cluster/redis-address.js";
import { checkOptions } from "../../server/options.js";
import { hidePasswords } from "../../server/passwords.js";
import { StartupError } from "../../server/startup.js";
import { selfSigned } from "../server/certificates.js";
import { cleanUp, freePort, onCleanUp, runCli, tempFolder, until } from "../server/harness.js";
import { startChild } from "../services/child.js";
import { startRedis } from "../services/redis.js";
import { type Node, startNode } from "./redis-nodes.js";

const PASSWORD = "a secret: @/?#%é";

describe("a node that is given a Redis", () => {
  afterEach(cleanUp);

  async function talk(...urls: string[]): Promise<void> {
    const nodes: Node[] = [];
    for (const url of urls) nodes.push(await startNode(url));
    const [first, second] = nodes as [Node, Node];
    expect(first.cluster.degraded()).to.equal(undefined);
    const heard: unknown[] = [];
    second.cluster.bus.hear("topic", (message) => heard.push(message));
    await until("it is heard", () => {
      first.cluster.bus.tell("topic", 1);
      return heard.length > 0;
    });
  }

  async function refused(url: string): Promise<string> {
    const lines: string[] = [];
    const keep = (_details: object, message: string) => void lines.push(message);
    try {
      await startNode(url, { log: { info: keep, warn: keep, error: keep } });
    } catch (error) {
      // What ends the start is said once, by whoever it ends; the log promises nothing of when it will be back.
      expect(lines).to.deep.equal([]);
      expect(error).to.be.instanceOf(StartupError);
      expect((error as StartupError).reason).to.equal("bad_option");
      return (error as StartupError).message;
    }
    throw new Error("It started");
  }

  it("speaks to one with a password", async () => {
    const redis = await startRedis({ password: PASSWORD });
    await talk(redis.url, redis.url);
    const wrong = new URL(redis.url);
    wrong.password = "another";
    const sentence = `Redis at 127.0.0.1:${redis.port} refuses the user or the password of --redis.`;
    expect(await refused(wrong.href)).to.equal(sentence);
    expect(await refused(`redis://127.0.0.1:${redis.port}`)).to.equal(sentence);
  });

  it("speaks to one with users, who may do no more than publish and subscribe", async () => {
    const redis = await startRedis();
    const client = createClient({ url: redis.url });
    client.on("error", () => {});
    await client.connect();
    onCleanUp(() => client.destroy());
    const may = ["&interline:*", "+spublish", "+ssubscribe", "+sunsubscribe", "+@connection"];
    await client.sendCommand(["ACL", "SETUSER", "node", "on", `>${PASSWORD}`, ...may]);
    await client.sendCommand(["ACL", "SETUSER", "reader", "on", `>${PASSWORD}`, ...may, "-spublish"]);
    const url = (user: string) => `redis://${user}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${redis.port}/7`;
    await talk(url("node"), url("node"));
    expect(await refused(url("reader"))).to.match(/does not let this user publish and subscribe\.$/);
  });

  it("speaks TLS, to one that somebody vouches for whom it was told to trust", async () => {
    const folder = await tempFolder();
    const { cert, key } = selfSigned(folder);
    const redis = await startRedis({ password: PASSWORD, tls: { cert, key, ca: cert } });
    const trusting = `${redis.url}?ca=${encodeURIComponent(cert)}`;
    await talk(trusting, `${trusting}&cert=${encodeURIComponent(cert)}&key=${encodeURIComponent(key)}`);
    expect(await refused(redis.url)).to.match(
      /is not trusted, or speaks no TLS \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
    );
    expect(await refused(`${redis.url}?ca=${folder}/nothing.pem`)).to.match(
      /^The \?ca of --redis cannot be read/,
    );
    writeFileSync(join(folder, "wrong.pem"), "no certificate");
    expect(await refused(`${redis.url}?ca=${folder}/wrong.pem`)).to.match(/trusted/);
    // A Redis that expects none waits for the rest of what it takes for a word.
    const plain = await startRedis();
    const waiting = await startNode(plain.url.replace("redis:", "rediss:"));
    expect(waiting.cluster.degraded()).to.equal("Redis does not answer.");
  });

  it("says so when it is too old", async () => {
    const port = await freePort();
    const folder = await tempFolder();
    const args = ["--bind", "127.0.0.1", "--port", String(port), "--save", "", "--dir", folder];
    // What the older ones do not know.
    const child = startChild("redis-server", [...args, "--rename-command", "SSUBSCRIBE", ""]);
    onCleanUp(() => child.end("SIGKILL"));
    const sentence = `Redis at 127.0.0.1:${port} is too old: --redis needs Redis 7 or newer.`;
    await until("it listens", () =>
      refused(`redis://127.0.0.1:${port}`).then(
        (said) => said === sentence,
        () => false,
      ),
    );
  });

  it("starts without one that is away, and is whole when it comes", async () => {
    const redis = await startRedis();
    await redis.kill();
    const node = await startNode(redis.url);
    expect(node.cluster.degraded()).to.equal("Redis cannot be reached (ECONNREFUSED).");
    let gaps = 0;
    let hearing = 0;
    const heard: unknown[] = [];
    node.cluster.bus.onGap(() => gaps++);
    node.cluster.bus.hear(
      "topic",
      (message) => heard.push(message),
      () => hearing++,
    );
    node.cluster.bus.tell("topic", "lost");
    await redis.start();
    await until("it is whole", () => node.cluster.degraded() === undefined && gaps === 1 && hearing === 1);
    const other = await startNode(redis.url);
    other.cluster.bus.tell("topic", 1);
    await until("it hears", () => heard.length === 1);
    expect(heard).to.deep.equal([1]);
  });

  it("takes only addresses that mean something, and never repeats them", async () => {
    expect(parseRedisAddress("redis://h")).to.deep.equal({ host: "h", port: 6379 });
    expect(parseRedisAddress("rediss://u:p%40@[::1]:1/3?ca=a")).to.deep.equal({
      host: "::1",
      port: 1,
      username: "u",
      password: "p@",
      tls: { ca: "a" },
    });
    const wrong = [
      ...["", "localhost:6379", "http://h", "redis:", "redis://", "redis://h/name", "redis://h#x"],
      ...[
        "redis://h?ca=x",
        "rediss://h?tls=1",
        "rediss://h?cert=a",
        "redis://:secret%@h",
        "redis://:secret@h/x",
      ],
    ];
    for (const text of wrong) {
      const options = { database: "postgres://h/d", redis: text };
      expect(() => checkOptions(options), text)
        .to.throw(StartupError)
        .with.property("reason", "bad_option");
      expect(() => checkOptions(options), text).to.not.throw(/secret/);
    }
    for (const database of [undefined, "sqlite:x", "memory:"])
      expect(() => checkOptions({ ...(database && { database }), redis: "redis://h" })).to.throw(
        /share a PostgreSQL/,
      );
    expect(() => checkOptions({ database: "postgres://h/d", redis: "redis://h" })).to.not.throw();
    expect(() => checkOptions({ database: "postgres://h/d" })).to.not.throw();
  });

  it("says no password when it cannot start", async () => {
    const child = runCli(["serve", "--port", "0", "--redis", "redis://:secret@127.0.0.1:1/x"]);
    expect(await child.exited).to.equal(2);
    const database = "postgres://ann:secret@127.0.0.1:1/d?password=secret";
    const other = runCli([
      "serve",
      "--port",
      "0",
      "--database",
      database,
      "--redis",
      "redis://:secret@127.0.0.1:1",
    ]);
    await other.exited;
    for (const { output } of [child, other]) {
      expect(output.stderr).to.match(/^interline: /);
      expect(output.stdout + output.stderr).to.not.contain("secret");
    }
  });

  it("hides passwords in whatever is said", () => {
    const cases = {
      "in postgres://ann:secret@h:1/d.": "in postgres://ann:***@h:1/d.",
      "redis://:se:c@r/et@h and redis://h:1": "redis://:***@h and redis://h:1",
      "postgres://h/d?user=a&password=secret&x=1": "postgres://h/d?user=a&password=***&x=1",
      "sqlite:a@b:c@d": "sqlite:a@b:c@d",
      "at http://h:80/a, mail ann@example.org": "at http://h:80/a, mail ann@example.org",
    };
    for (const [said, shown] of Object.entries(cases)) expect(hidePasswords(said)).to.equal(shown);
  });
});
