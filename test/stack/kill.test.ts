// The real server over real SQLite, killed again and again while three people type, and once stopped politely. What a
// client was told is saved must be in the file the moment the server is dead, and at the end nothing is missing,
// nothing is there twice, and everybody has the same.

import { join } from "node:path";
import { expect } from "chai";
import { type Client, connect } from "../../client/index.js";
import type { DocumentType } from "../../protocol/index.js";
import { verifyWhole } from "../../server/ledger/offline.js";
import { storeAt } from "../../server/storage/offline.js";
import { figure } from "../figures.js";
import { seed } from "../seed.js";
import { cleanUp, sleep, until } from "../server/harness.js";
import { between, random } from "./draws.js";
import { type ServerProcess, serverProcess } from "./server-process.js";
import { readStore } from "./store.js";
import { notOnce, Typist } from "./typist.js";

const KILLS = 9;
const names = ["Ada", "Bo", "Cy"];
const kinds: readonly DocumentType[] = ["rich", "plain"];

describe(`a server that is killed while people type (SEED=${seed})`, () => {
  const draw = random(seed);
  let server: ServerProcess;
  let clients: Client[];
  let typists: Typist[];
  const of = (kind: DocumentType) => typists.filter(({ doc }) => doc.type === kind);

  before(async () => {
    server = await serverProcess();
    // Whoever loses the server ten times a minute backs off to half a minute; here luck keeps the waits short.
    const lucky = () => draw() / 20;
    clients = names.map((name) => connect(server.url, { name, random: lucky }));
    typists = clients.flatMap((client, number) => [
      new Typist(client.open("killed-rich", { type: "rich" }), number, random(seed + number)),
      new Typist(client.open("killed-plain", { type: "plain" }), number, random(seed - number)),
    ]);
    await Promise.all(typists.map(({ doc }) => doc.ready));
    for (const typist of typists) typist.start(40);
  });

  after(async () => {
    for (const client of clients ?? []) client.close();
    await cleanUp();
  });

  /** Everybody is connected again, and more is being acknowledged. */
  async function busy(): Promise<void> {
    const before = typists.map(({ acknowledged }) => acknowledged.size);
    await until(
      "everybody's typing is acknowledged again",
      () => typists.every(({ acknowledged }, at) => acknowledged.size > before[at]!),
      20_000,
    );
  }

  function expectAcknowledgedInStore(): void {
    for (const kind of kinds) {
      const there = new Set(readStore(server.data, `killed-${kind}`).snapshot.toString());
      const lost = of(kind).flatMap(({ acknowledged }) =>
        [...acknowledged].filter((symbol) => !there.has(symbol)),
      );
      expect(lost, `acknowledged, but not in the ${kind} document`).to.deep.equal([]);
    }
  }

  for (let kill = 1; kill <= KILLS; kill++) {
    it(`has on disk what it acknowledged before kill ${kill} of ${KILLS}`, async () => {
      await busy();
      await sleep(between(draw, 0, 400));
      await server.kill();
      expectAcknowledgedInStore();
      // People type on while it is gone.
      await sleep(between(draw, 0, 300));
      await server.start();
    });
  }

  it("stops when it is asked to, with exit code 0 and everything acknowledged on disk", async () => {
    await busy();
    expect(await server.stop(), server.output).to.equal(0);
    expectAcknowledgedInStore();
    await server.start();
    await busy();
  });

  it("never called anything saved that it did not have, and everybody ends with the same documents", async () => {
    await Promise.all(typists.map((typist) => typist.stop()));
    await Promise.all(typists.map(({ doc }) => doc.settled()));
    for (const kind of kinds) {
      const own = of(kind);
      const stored = await until(`the ${kind} documents are all at one version`, () => {
        const head = readStore(server.data, `killed-${kind}`);
        return own.every(({ doc }) => doc.version === head.version) ? head : undefined;
      });
      expect(notOnce(own[0]!.doc.text, own)).to.deep.equal([]);
      for (const { doc, typed, acknowledged } of own) {
        expect(doc.status).to.equal("saved");
        expect(acknowledged.size).to.equal(typed.length);
        expect(doc.text).to.equal(own[0]!.doc.text);
        expect(JSON.stringify(doc.snapshot)).to.equal(JSON.stringify(stored.snapshot));
      }
      expect(stored.version).to.equal(stored.ops);
      // Each op but the creation has a name of its own.
      expect([stored.names, stored.submissions]).to.deep.equal([stored.ops - 1, stored.ops - 1]);
    }
    expect(server.lives).to.equal(KILLS + 2);
    const findings: string[] = [];
    const found = ({ id, message }: { id: string; message: string }) => findings.push(`${id}: ${message}`);
    const verdict = await verifyWhole(storeAt(`sqlite:${join(server.data, "interline.sqlite")}`), {
      deep: true,
      found,
    });
    expect(findings).to.deep.equal([]);
    expect(verdict).to.include({ documents: kinds.length });
    const acknowledged = typists.reduce((sum, typist) => sum + typist.acknowledged.size, 0);
    figure("killed-server", "kills at random moments", KILLS);
    figure("killed-server", "acknowledged edits, none lost and none twice", acknowledged);
  });
});
