// An op that is short as it is written, and would be long past what somebody else did meanwhile, is refused: with a real server
// and a real client whoever wrote it has the text still, and goes on.

import { expect } from "chai";
import { connect } from "../../client/index.js";
import { cleanUp, onCleanUp, startServer, until } from "../server/harness.js";
import { proxyTo } from "./proxy.js";

const LETTERS = 900;
const letters = [2, "y", ...Array.from({ length: LETTERS - 1 }, () => [1, "y"]).flat()];
const given = Array.from({ length: 32 }, (_, nth) => `key-${nth}`);
const give = (value: string | null) => [
  1,
  { r: 2 * LETTERS, a: Object.fromEntries(given.map((key) => [key, value])) },
];

describe("thousands of letters that meet long attributes", () => {
  afterEach(cleanUp);

  it("are refused, kept for who wrote them, and written when they can be; all else goes on", async () => {
    const server = await startServer({ database: "memory:" });
    await server.documents.create({ id: "a", type: "rich", snapshot: [`\n${"x".repeat(2 * LETTERS)}`] });
    const wire = await proxyTo(server.port);
    onCleanUp(() => wire.close());
    const open = (name: string, url: string) => {
      const client = connect(url, { name });
      onCleanUp(() => client.close());
      return client.open("a", { type: "rich" });
    };
    const [ann, bo] = [open("Ann", wire.url), open("Bo", server.url)];
    await Promise.all([ann.ready, bo.ready]);
    const count = (text: string, letter: string) => text.split(letter).length - 1;
    const read = async () => (await server.documents.read("a"))!.text;

    wire.hold();
    ann.submit(letters as never);
    bo.submit(give("z".repeat(1_000)) as never);
    await bo.settled();
    wire.release();
    await ann.settled().catch(() => {});
    await until("she has what they did", () => ann.version === 2);
    const [kept] = ann.recovered;
    expect([kept?.reason, kept?.fault.code]).to.deep.equal(["refused", "op_too_large"]);
    expect(kept!.text).to.have.lengthOf(LETTERS);
    expect([count(ann.text, "y"), count(await read(), "y")]).to.deep.equal([0, 0]);

    ann.submit([1, "on "]);
    await ann.settled();
    expect((await read()).startsWith("on xx")).to.equal(true);

    await until("he has it", () => bo.version === 3);
    bo.submit([...[4], ...give(null).slice(1)] as never);
    await bo.settled();
    await until("she has it", () => ann.version === 4);
    ann.restore(kept!.id);
    await ann.settled();
    expect(ann.recovered).to.deep.equal([]);
    await until("everybody has all of it", async () =>
      [ann.text, bo.text, await read()].every((text) => count(text, "y") === LETTERS),
    );
    expect(bo.text).to.equal(ann.text);
  });
});
