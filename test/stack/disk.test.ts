// The real server on a disk that is full, that may not be written, that is slow: nothing that was acknowledged is lost,
// what was refused waits with its author and is saved as soon as it can be, and nobody has to start anything again.

import { join } from "node:path";
import { expect } from "chai";
import { type Client, connect } from "../../client/index.js";
import type { Fault } from "../../protocol/index.js";
import { offlineTypes } from "../../server/ledger/offline.js";
import { verifyStore } from "../../server/storage/index.js";
import { SqliteLog } from "../../server/storage/sqlite/log.js";
import { figure } from "../figures.js";
import { seed } from "../seed.js";
import {
  type ChildServer,
  cleanUp,
  connectRaw,
  type RawClient,
  sleep,
  startChild,
  tempFolder,
  until,
} from "../server/harness.js";
import { inject, readOnlyDisk, slowSync, smallDisk } from "./disk.js";
import { random } from "./draws.js";
import { notOnce, Typist } from "./typist.js";

describe(`the disk under a server (SEED=${seed})`, () => {
  let server: ChildServer;
  let clients: Client[] = [];
  let typists: Typist[];

  async function begin(folder: string): Promise<void> {
    server = await startChild([], folder);
    // Whoever is refused again and again would back off; here luck keeps the waits short.
    clients = ["Ada", "Bo"].map((name) => connect(server.url, { name, random: () => random(seed)() / 20 }));
    typists = clients.map(
      (client, at) => new Typist(client.open("note", { type: "plain" }), at, random(seed + at)),
    );
    await Promise.all(typists.map(({ doc }) => doc.ready));
    for (const typist of typists) typist.start(40);
    await acknowledged(20);
  }
  afterEach(async () => {
    for (const client of clients) client.close();
    clients = [];
    await cleanUp();
  });

  const count = () => typists.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
  /** So many more keystrokes are acknowledged. @returns milliseconds that it took */
  async function acknowledged(more: number): Promise<number> {
    const [begun, before] = [performance.now(), count()];
    await until(`${more} more keystrokes are acknowledged`, () => count() >= before + more, 30_000);
    return performance.now() - begun;
  }

  /** What its log has said, by code. */
  const lines = ({ output }: ChildServer) =>
    output.stderr
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => (JSON.parse(line) as { readonly code?: string }).code);

  /** Stops everybody and the server, and holds the file against what was typed. */
  async function expectAllThere(folder: string): Promise<number> {
    await Promise.all(typists.map((typist) => typist.stop()));
    await Promise.all(typists.map(({ doc }) => doc.settled()));
    expect(await server.stop()).to.equal(0);
    const log = await SqliteLog.open(join(folder, "interline.sqlite"));
    for await (const { findings } of verifyStore(log, { types: offlineTypes(), deep: true }))
      expect(findings).to.deep.equal([]);
    const { head } = (await log.load("documents", "note"))!;
    await log.close();
    for (const { doc } of typists) {
      expect(doc.version).to.equal(head.version);
      expect(notOnce(doc.text, typists)).to.deep.equal([]);
    }
    return typists.reduce((sum, { typed }) => sum + typed.length, 0);
  }

  /** Somebody who sends one op after the other, and hears what is said to each. */
  function asker({ request }: RawClient) {
    let seq = 0;
    let version = 1;
    let next = true;
    return async (): Promise<string> => {
      if (next) seq++;
      try {
        ({ version } = await request("submit", { doc: "note", version, seq, op: ["👻"] }));
        next = true;
        return "saved";
      } catch (error) {
        next = false; // The same one again.
        const { code, action, extra } = error as Fault;
        expect([action, typeof extra.retryAfterMs]).to.deep.equal(["retry", "number"]);
        return code;
      }
    };
  }

  async function refusedAndSavedAgain(
    folder: string,
    spoil: () => Promise<() => Promise<void>>,
    code: string,
  ): Promise<number> {
    const raw = await connectRaw(server.url, { name: "Cy" });
    await raw.request("open", { doc: "log", type: "plain", create: true });
    const ask = asker({
      ...raw,
      request: (name, body) => raw.request(name, { ...body, doc: "log" }),
    } as RawClient);
    expect(await ask()).to.equal("saved");
    const ready = () => fetch(`${server.url}/readyz`).then((answer) => answer.json());
    expect(await ready()).to.deep.equal({ ready: true });
    const heal = await spoil();
    await until(`an op is refused as ${code}`, async () => (await ask()) === code, 20_000);
    const wrong = code === "storage_full" ? "The disk of the store is full" : "The store takes no writes";
    const degraded = { ready: true, degraded: `${wrong}; what is written is refused.` };
    // Also after what waits in the store's log has been taken in, which makes room for what is small.
    for (let asked = 0; asked < 20; asked++)
      expect(await ready(), `asked ${asked} times`).to.deep.equal(degraded);
    const before = count();
    await sleep(1_000);
    // What was already on its way has been answered; now everybody holds what they type.
    expect(typists.every(({ doc }) => doc.unsaved > 0)).to.equal(true);
    expect(typists.some(({ doc }) => doc.status === "saved")).to.equal(false);
    expect(count() - before).to.be.lessThan(20);
    expect(await ask()).to.equal(code);
    // Reading goes on.
    const reader = await connectRaw(server.url, { name: "Di" });
    expect((await reader.request("open", { doc: "note", type: "plain", create: false })).head).to.be.above(1);
    await heal();
    const healed = performance.now();
    await until("an op is saved again", async () => (await ask()) === "saved", 10_000);
    const took = Math.max(performance.now() - healed, await acknowledged(20));
    expect(await ready()).to.deep.equal({ ready: true });
    // Ten seconds without a failure end it, and so small a disk would be full again by then.
    await Promise.all(typists.map((typist) => typist.stop()));
    await until("the log says that it is over", () => lines(server).includes("store_back"), 20_000);
    expect(lines(server), "one line when it went, one when it came back").to.deep.equal([
      code === "storage_full" ? "disk_full" : "io_failed",
      "store_back",
    ]);
    const typed = await expectAllThere(folder);
    expect(typed).to.be.greaterThan(40);
    return Math.round(took);
  }

  it("has no room: what is refused is kept by its author, and saved when there is room, without a restart", async () => {
    const disk = await smallDisk();
    await begin(disk.folder);
    const fill = async () => {
      await disk.fill(server.process.pid!);
      return disk.free;
    };
    const took = await refusedAndSavedAgain(disk.folder, fill, "storage_full");
    figure("disk", "milliseconds from room on a full disk to saved edits", took);
  });

  it("may not be written: the same, under another name", async () => {
    const folder = await tempFolder();
    await begin(folder);
    const took = await refusedAndSavedAgain(
      folder,
      () => inject(server.process.pid!, readOnlyDisk),
      "unavailable",
    );
    figure("disk", "milliseconds from a disk that may be written again to saved edits", took);
  });

  it("takes half a second for each sync: only acknowledgements wait for it", async () => {
    const folder = await tempFolder();
    await begin(folder);
    const [ann, bo] = await Promise.all(["Ann", "Ben"].map((name) => connectRaw(server.url, { name })));
    for (const raw of [ann!, bo!]) await raw.request("open", { doc: "note", type: "plain", create: false });
    const ends: string[] = [];
    for (const raw of [ann!, bo!]) raw.ended.then((reason) => ends.push(reason));
    const offline: string[] = [];
    for (const { doc } of typists)
      doc.on("status", () => {
        if (doc.status === "offline") offline.push(doc.status);
      });

    const heal = await inject(server.process.pid!, slowSync(500));
    await acknowledged(4);
    const waits: number[] = [];
    const measured = async (call: () => Promise<unknown>) => {
      const begun = performance.now();
      await call();
      waits.push(performance.now() - begun);
    };
    for (let n = 1; n <= 60; n++) {
      const selection = { anchor: n % 10, head: n % 10 };
      await measured(async () => {
        ann!.notify("presence", { doc: "note", n, version: 1, seq: 0, selection, activity: "active" });
        await bo!.next("presence", (told) => told.src === ann!.welcome.client.id && told.n === n);
      });
      await measured(() => fetch(`${server.url}/livez`).then((answer) => answer.text()));
      // Nobody's presence is told more than ten times a second.
      await sleep(100);
    }
    waits.sort((a, b) => a - b);
    const p99 = waits[Math.floor(waits.length * 0.99)]!;
    // From one acknowledgement to the next: one op of a document is committed at a time.
    const slow = [await acknowledged(1), await acknowledged(1), await acknowledged(1)];
    expect(Math.max(...slow), "acknowledgements wait for the disk").to.be.greaterThan(450);
    // Whoever waits for the disk waits for half a sync or more, mostly. A busy machine makes single answers late as well.
    expect(waits[waits.length / 2], `median of ${waits.length} answers, in ms`).to.be.lessThan(250);
    expect([ends, offline]).to.deep.equal([[], []]);
    figure("disk", "milliseconds of p99 for presence and pings while each sync takes 500", Math.round(p99));
    await heal();
    await expectAllThere(folder);
  });
});
