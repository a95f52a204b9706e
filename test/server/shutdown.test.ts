// Stopping: readiness goes first, what was begun is finished and acknowledged, everybody is told when to return, and it is
// over in time whatever clients, rules and disks do. However it ends, what was acknowledged is on the disk.

import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { exitCodes } from "../../server/index.js";
import { figure } from "../figures.js";
import { seed } from "../seed.js";
import { slowSync } from "../stack/disk.js";
import { between, random } from "../stack/draws.js";
import { codeOf, op, refused } from "./fakes.js";
import {
  type ChildServer,
  cleanUp,
  connectRaw,
  onCleanUp,
  type RawClient,
  sleep,
  startChild,
  startServer,
  tempFolder,
  until,
} from "./harness.js";

const PROMISED_MS = 25_000;
const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A plain connection that says `text` and then nothing more, and never reads. */
async function mute(port: number, text: string): Promise<Socket> {
  const socket = connectTcp({ port, host: "127.0.0.1" });
  socket.on("error", () => {});
  onCleanUp(() => void socket.destroy());
  await new Promise((resolve) => socket.once("connect", resolve));
  socket.pause();
  socket.write(text);
  return socket;
}

const upload = "POST /v1/documents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
const upgrade =
  "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

/** Those who would keep a server for ever, if it let them. */
async function clingers(port: number): Promise<void> {
  await mute(port, "");
  await mute(port, "GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n");
  await mute(port, `${upload}Content-Length: 1000000\r\n\r\n{"type":`);
  await mute(port, `${upload}Transfer-Encoding: chunked\r\n\r\n5\r\n{"typ`);
  await mute(port, upgrade);
  const polling = await connectRaw(`http://127.0.0.1:${port}`, { transports: ["polling"] });
  await polling.request("open", { doc: "clung", type: "plain", create: true });
  // Has documents open, is told much, and reads nothing of it.
  const deaf = await connectRaw(`http://127.0.0.1:${port}`);
  await deaf.request("open", { doc: "clung", type: "plain", create: true });
  const { ws } = deaf.socket.io.engine.transport as unknown as { ws: { _socket: Socket } };
  ws._socket.pause();
}

/** Somebody who writes as fast as answers come and goes on whatever they are told; `acknowledged` grows. */
function writes(client: RawClient, name: string): { readonly acknowledged: string[] } {
  const acknowledged: string[] = [];
  let version = 1;
  const write = async (seq: number): Promise<void> => {
    const text = `${name}.${seq};`;
    const answer = await client.ask("submit", op("note", version, seq, text));
    if ("ok" in answer) {
      acknowledged.push(text);
      version = (answer.ok as { version: number }).version;
      return write(seq + 1);
    }
    await sleep(5);
    return client.socket.connected ? write(seq) : undefined;
  };
  write(1).catch(() => {});
  return { acknowledged };
}

async function textOf(folder: string): Promise<string> {
  const server = await startServer({ folder });
  const document = await server.documents.read("note");
  await server.close();
  return document?.text ?? "";
}

/** What was acknowledged and is not there, or there twice. */
function wrong(text: string, acknowledged: readonly string[]): string[] {
  const count = new Map<string, number>();
  for (const part of text.split(";")) count.set(`${part};`, (count.get(`${part};`) ?? 0) + 1);
  return acknowledged.filter((part) => count.get(part) !== 1);
}

async function busy(child: ChildServer, run: string) {
  const people = await Promise.all(
    ["ann", "bo", "cy", "di"].map(async (name) => {
      const client = await connectRaw(child.url, { name });
      await client.request("open", { doc: "note", type: "plain", create: true });
      return writes(client, `${run}${name}`);
    }),
  );
  const acknowledged = () => people.flatMap((person) => person.acknowledged);
  await until("some of it is acknowledged", () => acknowledged().length > 40);
  return acknowledged;
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly result: T }> {
  const since = Date.now();
  const result = await work();
  return { ms: Date.now() - since, result };
}

describe("stopping", () => {
  afterEach(cleanUp);

  it("turns readiness off at once, refuses newcomers, and finishes and acknowledges what was begun", async () => {
    let decide = () => {};
    const decided = new Promise<void>((resolve) => (decide = resolve));
    const server = await startServer({
      authorize: async (_user, action) => {
        if (action === "write" && asking) await decided;
        return true;
      },
    });
    let asking = false;
    const ann = await connectRaw(server.url);
    await ann.request("open", { doc: "note", type: "plain", create: true });
    asking = true;
    const begun = ann.request("submit", op("note", 1, 1, "begun"));
    await sleep(50);
    const closed = server.close();
    const ready = await fetch(`${server.url}/readyz`);
    expect([ready.status, ready.headers.get("retry-after")]).to.deep.equal([503, "2"]);
    expect((await fetch(`${server.url}/livez`)).status).to.equal(200);
    const refusal = await refused(connectRaw(server.url));
    expect(refusal.code).to.equal("unavailable");
    expect(refusal.extra.retryAfterMs).to.be.greaterThan(0);
    expect(await codeOf(ann.request("submit", op("note", 1, 2, "late")))).to.equal("unavailable");
    decide();
    expect(await begun).to.deep.equal({ version: 2 });
    await closed;
    await ann.ended;
    expect(await textOf(server.folder)).to.equal("begun");
  });

  it("tells everybody when to return, not all at the same moment", async () => {
    const server = await startServer({ database: "memory:" });
    const people = await Promise.all(Array.from({ length: 40 }, () => connectRaw(server.url)));
    const closed = server.close();
    const told = await Promise.all(people.map(({ next }) => next("draining")));
    await closed;
    const times = told.map(({ returnAfterMs }) => returnAfterMs).sort((a, b) => a - b);
    expect(times[0]).to.be.within(0, 500);
    expect(times.at(-1)).to.be.within(1500, 2000);
    expect(new Set(times).size).to.be.greaterThan(30);
  });

  it("waits for no client for long, whatever it does", async () => {
    const folder = await tempFolder();
    const child = await startChild([], folder);
    await clingers(child.port);
    const acknowledged = await busy(child, "");
    const { ms, result } = await timed(() => child.stop());
    expect(result, child.output.stderr).to.equal(exitCodes.stopped);
    expect(ms).to.be.below(PROMISED_MS);
    expect(wrong(await textOf(folder), acknowledged())).to.deep.equal([]);
    figure("shutdown", "ms to stop with seven clients who would not go", ms);
  });

  it("waits for no rule that never answers", async () => {
    let asked = false;
    const server = await startServer({
      database: "memory:",
      authorize: (_user, action) => action !== "write" || !asked || new Promise(() => {}),
    });
    const ann = await connectRaw(server.url);
    await ann.request("open", { doc: "note", type: "plain", create: true });
    asked = true;
    void ann.ask("submit", op("note", 1, 1, "never")).catch(() => {});
    void fetch(`${server.url}/v1/documents`, { method: "POST", body: "{" }).catch(() => {});
    await sleep(50);
    const { ms } = await timed(() => server.close());
    expect(ms).to.be.below(PROMISED_MS);
  });

  it("waits for nobody when it is told to be quick", async () => {
    const server = await startServer({ database: "memory:" });
    await clingers(server.port);
    const closed = server.close();
    await sleep(100);
    const { ms } = await timed(() => server.close({ now: true }));
    await closed;
    expect(ms).to.be.below(2000);
  });

  it("leaves a database whose log has been written back", async () => {
    const folder = await tempFolder();
    const child = await startChild([], folder);
    await busy(child, "");
    await child.stop();
    expect(readdirSync(folder).filter((name) => /-(wal|shm)$/.test(name))).to.deep.equal([]);
  });

  it(`is safe under a second signal or a kill at any moment of it (SEED=${seed})`, async () => {
    const draw = random(seed);
    const rounds = { second: 0, killed: 0, kept: 0 };
    const codes: (number | string)[] = [];
    async function lane(first: number): Promise<void> {
      const folder = await tempFolder();
      const all: string[] = [];
      for (let round = first; round < 20; round += 2) {
        const child = await startChild([], folder);
        // Keeps it stopping for three seconds, so that there is a moment to be hit.
        await mute(child.port, `${upload}Content-Length: 1000000\r\n\r\n{"type":`);
        const acknowledged = await busy(child, `r${round}`);
        child.process.kill(round % 4 < 2 ? "SIGTERM" : "SIGINT");
        if (round % 3 === 0) {
          await sleep(between(draw, 0, 1500));
          child.process.kill("SIGKILL");
          rounds.killed++;
        } else {
          await sleep(between(draw, 550, 2050));
          child.process.kill(round % 2 === 0 ? "SIGTERM" : "SIGINT");
          rounds.second++;
        }
        const { ms, result } = await timed(() => child.exited);
        expect(ms).to.be.below(PROMISED_MS);
        codes.push(result);
        await sleep(0);
        all.push(...acknowledged());
      }
      const text = await textOf(folder);
      expect(wrong(text, all)).to.deep.equal([]);
      rounds.kept += all.length;
    }
    await Promise.all([lane(0), lane(1)]);
    for (const code of codes) expect(code).to.be.oneOf([exitCodes.cut_short, "SIGKILL", exitCodes.stopped]);
    expect(codes.filter((code) => code === exitCodes.cut_short).length).to.be.greaterThan(5);
    figure("shutdown", "stops cut short by a second signal", rounds.second);
    figure("shutdown", "stops cut short by SIGKILL", rounds.killed);
    figure("shutdown", "acknowledged edits, none lost and none twice", rounds.kept);
  });

  it("is over in time when the disk answers no more", async () => {
    const folder = await tempFolder();
    const child = await startChild([], folder);
    const acknowledged = await busy(child, "");
    // From here on each sync takes longer than anybody waits.
    const { pid } = child.process;
    const strace = spawn("strace", [
      ...[
        "-f",
        "-qq",
        "-p",
        String(pid),
        "-e",
        "trace=fsync,fdatasync",
        "-e",
        "signal=none",
        "-o",
        "/dev/null",
      ],
      ...["-e", `inject=${slowSync(120_000)}`],
    ]);
    // It lets go of what it holds by dying; asked to, it would wait for the sync.
    onCleanUp(() => void strace.kill("SIGKILL"));
    let before = -1;
    await until(
      "nothing is acknowledged any more",
      async () => {
        const now = acknowledged().length;
        await sleep(500);
        const still = acknowledged().length === now && now === before;
        before = now;
        return still;
      },
      20_000,
    );
    const kept = [...acknowledged()];
    const { ms } = await timed(async () => {
      child.process.kill("SIGTERM");
      // Dead, though the system keeps it for as long as strace holds the thread that syncs.
      const dead = () => /^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
      await until("the process is dead", dead, PROMISED_MS);
    });
    strace.kill("SIGKILL");
    expect(await child.exited).to.equal("SIGKILL");
    expect(child.output.stderr).to.match(/What was acknowledged is on the disk/);
    expect(ms).to.be.below(PROMISED_MS);
    figure("shutdown", "ms to stop when the disk answers no more", ms);
    expect(wrong(await textOf(folder), kept)).to.deep.equal([]);
  });

  it("does not happen because a terminal or a reader of what it says has gone", async () => {
    const child = await startChild(["--database", "memory:", "--log", "info"]);
    child.process.stdout!.destroy();
    child.process.stderr!.destroy();
    child.process.kill("SIGHUP");
    child.process.kill("SIGPIPE");
    // A token that does not hold is logged or told; a failing request is logged.
    await connectRaw(child.url, { token: "nonsense" }).catch(() => {});
    for (let time = 0; time < 5; time++) {
      child.process.kill("SIGHUP");
      expect((await fetch(`${child.url}/livez`)).status).to.equal(200);
    }
    expect(await child.stop()).to.equal(exitCodes.stopped);
  });

  it("happens when `npm start` is told to, and leaves nothing running", async () => {
    // A copy without a build, since others are using what has been built.
    const folder = await tempFolder();
    const { scripts, type } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
      type: string;
    };
    const copied = { name: "copy", type, scripts: { start: scripts.start, build: "node --version" } };
    writeFileSync(join(folder, "package.json"), JSON.stringify(copied));
    mkdirSync(join(folder, "scripts"));
    cpSync(join(root, "scripts/start.mjs"), join(folder, "scripts/start.mjs"));
    symlinkSync(join(root, "dist"), join(folder, "dist"));
    const npm = spawn("npm", ["start", "--", "--port", "0", "--database", "memory:"], { cwd: folder });
    onCleanUp(() => void npm.kill("SIGKILL"));
    let said = "";
    npm.stdout.on("data", (chunk) => {
      said += chunk;
    });
    const url = await until("it says where it is", () => /http:\/\/\S+?:\d+/.exec(said)?.[0], 45_000);
    expect((await fetch(`${url}/livez`)).status).to.equal(200);
    npm.kill("SIGTERM");
    await new Promise((resolve) => npm.once("close", resolve));
    await until("nobody answers any more", () =>
      fetch(`${url}/livez`).then(
        () => false,
        () => true,
      ),
    );
  });
});
