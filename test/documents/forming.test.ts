// Long Markdown and HTML is read and written while everybody else is served, within bounds of time, memory and number, and
// comes out as it would have here.

import { expect } from "chai";
import { RichSnapshot } from "../../ot/index.js";
import { type Clock, type Fault, systemClock } from "../../protocol/index.js";
import { createForming, SHORT } from "../../server/documents/forming/index.js";
import { atOnce } from "../../server/documents/steps.js";
import { readContents, writeSnapshot } from "../../server/formats/index.js";
import { replacing } from "../../server/formats/replacement.js";
import { defaultLimits, type ServerLimits } from "../../server/limits.js";
import { startApi } from "../api/kit.js";
import { codeOf } from "../server/fakes.js";
import { cleanUp, onCleanUp } from "../server/harness.js";
import { call, post } from "../server/http-calls.js";

const MARKDOWN = "# Tea\n\nIt is **hot** and *sweet*.\n\n- one\n- two\n\n".repeat(50);
const rich = (markdown: string) => RichSnapshot.from(readContents("rich", { markdown }));

function start(limits: Partial<ServerLimits> = {}, clock: Clock = systemClock) {
  const forming = createForming({ clock, limits: { ...defaultLimits, ...limits } });
  onCleanUp(() => forming.close());
  return forming;
}

describe("contents in other forms that are long", () => {
  afterEach(cleanUp);

  it("come out as they would have come out here, faults too", async () => {
    const forming = start();
    const base = rich(MARKDOWN);
    expect(MARKDOWN.length).to.be.greaterThan(SHORT);
    expect(await forming.read("rich", { markdown: MARKDOWN })).to.deep.equal(base.toJSON());
    for (const format of ["markdown", "html"] as const)
      expect(await forming.write("rich", base, format)).to.equal(writeSnapshot("rich", base, format));
    const markdown = MARKDOWN.replaceAll("sweet", "bitter");
    expect(await forming.replace("rich", base, { markdown })).to.deep.equal(
      atOnce(replacing("rich", base, { markdown })),
    );
    const op = await forming.edit("rich", base, [
      { do: "insert", place: { at: "end" }, where: "after", markdown: MARKDOWN },
    ]);
    expect(op[0]).to.equal(base.length);
    expect(await codeOf(forming.read("rich", { html: `<p>${"<b>".repeat(1000)}` }))).to.equal(
      "op_too_complex",
    );
    const bad = `[a](javascript:x) ${"x".repeat(SHORT)}`;
    expect(await forming.read("rich", { markdown: bad })).to.deep.equal(rich(bad).toJSON());
  });

  it("leave the loop to others: what is asked meanwhile is answered before", async () => {
    const { server } = await startApi();
    const answered: string[] = [];
    const text = MARKDOWN.repeat(40);
    const long = post(server, "/v1/documents", { id: "a", type: "rich", markdown: text }).then(({ status }) =>
      answered.push(`long ${status}`),
    );
    let others = 0;
    while (!answered[0]?.startsWith("long")) {
      expect((await call(server, "/livez")).status).to.equal(200);
      others++;
    }
    await long;
    expect(answered).to.deep.equal(["long 201"]);
    // Held for all of it, the loop would have answered the first, which came before, and the last.
    expect(others).to.be.greaterThan(5);
  });

  it("leave the loop to others between checking, applying, committing and telling, also where nothing is awaited", async () => {
    const { server } = await startApi();
    /** How often the loop turns until it is done. */
    async function turns(work: () => Promise<unknown>): Promise<number> {
      let [count, done] = [0, false];
      const turn = () => {
        count++;
        if (!done) setImmediate(turn);
      };
      setImmediate(turn);
      await work();
      done = true;
      return count;
    }
    const create = (id: string, text: string) => () => server.documents.create({ id, type: "plain", text });
    await create("warm", "warm")();
    const short = await turns(create("short", "a"));
    expect(await turns(create("long", "a".repeat(200_000)))).to.be.at.least(short + 2);
    const everySecond = (count: number) => ({ op: Array.from({ length: count }, () => [1, "b"]).flat() });
    const few = await turns(() => server.documents.submit("long", everySecond(10)));
    expect(await turns(() => server.documents.submit("long", everySecond(20_000)))).to.be.at.least(few + 3);
  });

  it("are given up when they take too long, and what comes after is done", async () => {
    let late = () => {};
    const clock: Clock = {
      now: () => 0,
      after(_ms, run) {
        late = run;
        return () => {};
      },
    };
    const forming = start({}, clock);
    const reading = codeOf(forming.read("rich", { markdown: MARKDOWN.repeat(150) }));
    late();
    expect(await reading).to.equal("op_too_complex");
    expect(await forming.read("rich", { markdown: MARKDOWN })).to.deep.equal(rich(MARKDOWN).toJSON());
  });

  it("are given up when they take too much memory, and nothing else goes with them", async () => {
    const forming = start({ formingBytes: 24 * 2 ** 20 });
    const html = "<p>a<b>b</b></p>".repeat(4_900);
    expect(await codeOf(forming.read("rich", { html: html.padEnd(900_000, "<p>a &amp; b</p>") }))).to.equal(
      "op_too_complex",
    );
  });

  it("wait for their turn, and are refused when too many wait", async () => {
    const forming = start({ formingAtOnce: 1, formingWaiting: 1 });
    const asked = Array.from({ length: 6 }, () =>
      forming.read("rich", { markdown: MARKDOWN }).then(
        () => "read",
        ({ code }: Fault) => code,
      ),
    );
    const answers = await Promise.all(asked);
    expect(answers[0]).to.equal("read");
    expect(answers.slice(2)).to.deep.equal(["busy", "busy", "busy", "busy"]);
  });

  it("are refused while what is taken already is much, however few they are", async () => {
    const forming = start({ formingHeldBytes: 2 * MARKDOWN.length });
    const read = () => forming.read("rich", { markdown: MARKDOWN });
    const taken = [read(), read()];
    expect(await codeOf(read())).to.equal("busy");
    await Promise.all(taken);
    await read();
  });

  it("are refused when the server stops, also those that were begun", async () => {
    const forming = start();
    const begun = codeOf(forming.read("rich", { markdown: MARKDOWN.repeat(150) }));
    await forming.close();
    expect(await begun).to.equal("unavailable");
    expect(await codeOf(forming.read("rich", { markdown: MARKDOWN }))).to.equal("unavailable");
    expect(await forming.read("rich", { markdown: "short" })).to.deep.equal(["\nshort"]);
  });
});
