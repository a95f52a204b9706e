// The largest document there is, and everything that can go wrong while it is edited: three authors, each with the real
// editor binding over a real socket, do 2,000 editor commands each, while a tenth of all events and answers gets lost,
// channels are cut, and the server is killed once and stopped once. Afterwards everybody has the same document, every
// version is in the database, and the document goes out as Markdown and comes back as it was.

import { expect } from "chai";
import type { Node } from "prosemirror-model";
import { type Client, connect, type SharedDocument, socketTransport } from "../../client/index.js";
import { collab, fromMarkdown, linearise, project, toMarkdown } from "../../client/prosemirror/index.js";
import type { RichOp, RichSnapshot } from "../../ot/index.js";
import type { Random } from "../../protocol/index.js";
import { figure } from "../figures.js";
import { TestEditor } from "../prosemirror/editor.js";
import { seed } from "../seed.js";
import { cleanUp, sleep, until } from "../server/harness.js";
import { between, random } from "./draws.js";
import { anyCommand, elsewhere } from "./edits.js";
import { largeMarkdown } from "./large-markdown.js";
import { type LossyTransport, lossyTransport } from "./lossy-transport.js";
import { type ServerProcess, serverProcess } from "./server-process.js";
import { readStore } from "./store.js";

const BYTES = 2 * 2 ** 20;
const COMMANDS = 2_000;
const LOSS = 0.1;
/** How often each author's channel is cut while they write, on average. */
const CUTS = 6;
/** Who can put so many commands into a minute waits this long between two at most. */
const PAUSE_MS = 30;
const names = ["Ada", "Bo", "Cy"];

class Author {
  done = 0;
  readonly editor: TestEditor;

  constructor(
    readonly doc: SharedDocument<RichSnapshot, RichOp>,
    readonly wire: LossyTransport,
    private readonly draw: Random,
  ) {
    this.editor = new TestEditor([collab(doc)]);
  }

  /** Does commands at random places until so many of them have changed the document. */
  async write(commands: number): Promise<void> {
    const { editor, draw } = this;
    while (this.done < commands) {
      editor.dispatch(elsewhere(editor.state, draw));
      const before = editor.doc;
      anyCommand(draw)(editor.state, (tr) => editor.dispatch(tr));
      if (editor.doc === before) continue;
      this.done++;
      // What has been applied is not looked at here.
      editor.transactions.length = 0;
      if (draw() < CUTS / commands) this.wire.cut();
      await sleep(between(draw, 0, PAUSE_MS));
    }
  }
}

describe(`a document of ${BYTES / 2 ** 20} MiB of Markdown (SEED=${seed})`, () => {
  const markdown = largeMarkdown(seed, BYTES);
  let server: ServerProcess;
  let clients: Client[];
  let authors: Author[];
  let whole: Node;

  before(async () => {
    server = await serverProcess();
    whole = fromMarkdown(markdown);
    const snapshot = linearise(whole);
    const response = await fetch(`${server.url}/v1/documents`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ id: "large", type: "rich", snapshot }),
    });
    expect(response.status).to.equal(201);
    const wires = names.map((_, at) => lossyTransport(socketTransport(server.url), LOSS, random(seed + at)));
    clients = names.map((name, at) => {
      // Somebody whose channel is cut every few seconds backs off to half a minute; here luck keeps the waits short.
      const draw = random(seed - at);
      return connect(server.url, { name, transport: wires[at]!, random: () => draw() / 20 });
    });
    authors = clients.map(
      (client, at) => new Author(client.open("large", { type: "rich" }), wires[at]!, random(seed + 10 * at)),
    );
    await Promise.all(authors.map(({ doc }) => doc.ready));
  });

  after(async () => {
    for (const client of clients ?? []) client.close();
    await cleanUp();
  });

  it("opens as that document", () => {
    expect(Buffer.byteLength(markdown)).to.be.at.least(BYTES);
    const [{ editor: first }, ...others] = authors as [Author, ...Author[]];
    expect(toMarkdown(first.doc) === toMarkdown(whole)).to.equal(true);
    for (const { editor } of others) expect(editor.doc.eq(first.doc)).to.equal(true);
  });

  it(`takes ${COMMANDS} commands from each of three people under loss, cuts and two restarts`, async () => {
    const least = () => Math.min(...authors.map(({ done }) => done));
    const writing = Promise.all(authors.map((author) => author.write(COMMANDS)));
    const restarts = (async () => {
      await until("a third is done", () => least() >= COMMANDS / 3, 200_000);
      await server.kill();
      await server.start();
      await until("two thirds are done", () => least() >= (2 * COMMANDS) / 3, 200_000);
      expect(await server.stop(), server.output).to.equal(0);
      await server.start();
    })();
    await Promise.all([writing, restarts]);
    expect(authors.map(({ done }) => done)).to.deep.equal(names.map(() => COMMANDS));
    for (const { wire } of authors) {
      expect(wire.lost / (wire.lost + wire.passed)).to.be.within(LOSS / 2, LOSS * 2);
    }
  });

  it("is the same document everywhere afterwards, and every version of it is in the database", async () => {
    await Promise.all(authors.map(({ doc }) => doc.settled()));
    // Whoever has been told neither of the last op nor, thrice, of the version, hears of it when somebody goes on.
    const late = connect(server.url, { name: "Di" });
    clients.push(late);
    const doc = late.open("large", { type: "rich" });
    await doc.ready;
    doc.submit([doc.snapshot.length, "The end."]);
    await doc.settled();
    const head = await until(
      "everybody is at one version",
      () => {
        const versions = new Set([doc, ...authors.map(({ doc }) => doc)].map(({ version }) => version));
        return versions.size === 1 ? [...versions][0] : undefined;
      },
      30_000,
    );
    await server.stop();
    const stored = readStore(server.data, "large");
    expect([stored.version, stored.ops, stored.names + 1]).to.deep.equal([head, head, head]);
    const wire = JSON.stringify(stored.snapshot);
    const shown = project(authors[0]!.doc.snapshot);
    expect(JSON.stringify(doc.snapshot) === wire, "what whoever came late has").to.equal(true);
    for (const { doc, editor } of authors) {
      expect(doc.unsaved).to.equal(0);
      expect(JSON.stringify(doc.snapshot) === wire, "the snapshot").to.equal(true);
      expect(editor.doc.eq(shown), "the editor shows it").to.equal(true);
    }
    figure("large-document", "commands", COMMANDS * authors.length);
  });

  it("goes out as Markdown and comes back unchanged", () => {
    const exported = toMarkdown(authors[0]!.editor.doc);
    expect(Buffer.byteLength(exported)).to.be.greaterThan(BYTES * 0.8);
    figure("large-document", "bytes of Markdown", Buffer.byteLength(markdown));
    expect(toMarkdown(fromMarkdown(exported)) === exported).to.equal(true);
  });
});
