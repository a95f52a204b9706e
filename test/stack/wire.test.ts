// People at bad wires: cut in the middle of a message, dead without a word, slow, refused for a while. Each has a TCP
// proxy of their own before one real server on SQLite. The server pings often here, so that a dead wire is noticed
// within a second and not within the 45 of its defaults.

import { expect } from "chai";
import { type Client, connect } from "../../client/index.js";
import { seed } from "../seed.js";
import { cleanUp, type RunningServer, sleep, startServer, until } from "../server/harness.js";
import { between, pick, random } from "./draws.js";
import { proxyTo, type TcpProxy } from "./proxy.js";
import { readStore } from "./store.js";
import { notOnce, Typist } from "./typist.js";

const names = ["Ada", "Bo", "Cy"];

describe(`people at bad wires (SEED=${seed})`, () => {
  let server: RunningServer;
  let proxies: TcpProxy[];
  let clients: Client[];
  let typists: Typist[];

  beforeEach(async () => {
    server = await startServer({ limits: { pingIntervalMs: 300, pingTimeoutMs: 500 } });
    proxies = await Promise.all(names.map(() => proxyTo(server.port)));
    clients = proxies.map(({ url }, at) => connect(url, { name: names[at]! }));
    typists = clients.map(
      (client, at) => new Typist(client.open("wire", { type: "rich" }), at, random(seed + at)),
    );
    await Promise.all(typists.map(({ doc }) => doc.ready));
  });

  afterEach(async () => {
    await Promise.all(typists.map((typist) => typist.stop()));
    for (const client of clients) client.close();
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await cleanUp();
  });

  async function expectAllTheSame(): Promise<void> {
    await Promise.all(typists.map(({ doc }) => doc.settled()));
    const stored = await until("everybody is at the head", () => {
      const head = readStore(server.folder, "wire");
      return typists.every(({ doc }) => doc.version === head.version) ? head : undefined;
    });
    expect(notOnce(stored.snapshot.toString(), typists)).to.deep.equal([]);
    for (const { doc } of typists)
      expect(JSON.stringify(doc.snapshot)).to.equal(JSON.stringify(stored.snapshot));
    expect([stored.version, stored.names, stored.submissions]).to.deep.equal([
      stored.ops,
      stored.ops - 1,
      stored.ops - 1,
    ]);
  }

  it("lose nothing and write nothing twice", async () => {
    const draw = random(seed);
    for (const typist of typists) typist.start(20);
    for (let mishap = 0; mishap < 24; mishap++) {
      await sleep(between(draw, 50, 400));
      const proxy = pick(draw, proxies);
      pick(draw, [
        () => proxy.cut(),
        () => proxy.freeze(),
        () => {
          proxy.delayMs = pick(draw, [0, 5, 50, 200]);
        },
        () => {
          proxy.open = !proxy.open;
          proxy.cut();
        },
      ])();
    }
    await Promise.all(typists.map((typist) => typist.stop()));
    for (const proxy of proxies) Object.assign(proxy, { open: true, delayMs: 0 });
    await expectAllTheSame();
  });

  it("never see as saved what a dead wire swallowed", async () => {
    const [ada] = typists;
    const [wire] = proxies;
    ada!.type();
    await ada!.doc.settled();
    wire!.freeze();
    wire!.open = false;
    const seen = new Set<string>();
    ada!.doc.on("status", ({ status, unsaved }) =>
      seen.add(unsaved > 0 ? status : `nothing unsaved: ${status}`),
    );
    ada!.type();
    expect(ada!.doc.status).to.equal("saving");
    await until("the dead wire is noticed", () => ada!.doc.status === "offline");
    expect([...seen].sort()).to.deep.equal(["offline", "saving"]);
    expect(ada!.doc.unsaved).to.equal(1);
    wire!.open = true;
    await expectAllTheSame();
    expect(ada!.doc.status).to.equal("saved");
  });
});
