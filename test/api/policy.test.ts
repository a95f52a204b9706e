// The operator's own rule, asked about every op before it is committed.

import { expect } from "chai";
import { connect } from "../../client/index.js";
import { plainText } from "../../ot/index.js";
import { type Committed, Fault, type Op } from "../../protocol/index.js";
import { judgeBy } from "../../server/before-commit.js";
import type { BeforeCommit, CommitContext, ServerOptions } from "../../server/index.js";
import { manualClock } from "../server/clock.js";
import { codeOf } from "../server/fakes.js";
import { cleanUp, connectRaw, keptLog, onCleanUp, sleep, startServer, until } from "../server/harness.js";
import { StockPerson } from "../server/stock-client.js";

const start = (beforeCommit: BeforeCommit, options: ServerOptions = {}) =>
  startServer({ database: "memory:", beforeCommit, ...options });

const has = (op: Op, word: string) => JSON.stringify(op).includes(word);
const noRum: BeforeCommit = (op) => (has(op, "rum") ? { refuse: "No rum." } : undefined);

/** What a promise is refused with. */
const refusal = (promise: Promise<unknown>): Promise<Fault> =>
  promise.then(
    () => expect.fail("It was not refused."),
    (error) => error as Fault,
  );

describe("the rule beforeCommit", () => {
  afterEach(cleanUp);

  it("sees each op as it will be committed, and the document before it", async () => {
    const seen: { op: Op; context: CommitContext; text: string; json: unknown }[] = [];
    const server = await start((op, context) => {
      seen.push({ op, context, text: context.snapshot.text(), json: context.snapshot.toJSON() });
      return true;
    });
    await server.documents.create({ id: "a", type: "plain", text: "tea" });
    await server.documents.submit("a", { op: ["hot "], version: 1 }, { author: "ann" });
    await server.documents.submit("a", { op: [3, " now"], version: 1 }, { author: "bo" });
    expect(seen.map(({ op, text, json }) => ({ op, text, json }))).to.deep.equal([
      { op: ["hot "], text: "tea", json: "tea" },
      { op: [7, " now"], text: "hot tea", json: "hot tea" },
    ]);
    expect(seen.map(({ context }) => context))
      .to.have.nested.property("[1]")
      .that.includes({
        doc: "a",
        type: "plain",
        user: "bo",
        version: 2,
      });
    expect(seen[1]!.context.src).to.be.a("string").with.length.above(0);
  });

  it("is asked about ops from sockets, from ShareDB's client and from programs, and refuses those it does not like", async () => {
    const server = await start(noRum);
    await server.documents.create({ id: "a", type: "plain", text: "tea" });
    const ann = await connectRaw(server.url);
    const bo = await connectRaw(server.url);
    for (const { request } of [ann, bo]) await request("open", { doc: "a", type: "plain", create: false });
    const bySocket = await refusal(ann.request("submit", { doc: "a", version: 1, seq: 1, op: ["rum "] }));
    expect([bySocket.code, bySocket.message]).to.deep.equal(["policy_refused", "No rum."]);
    const byProgram = await refusal(server.documents.submit("a", { op: ["rum "] }));
    expect([byProgram.code, byProgram.message]).to.deep.equal(["policy_refused", "No rum."]);
    const stock = await new StockPerson(server.url).subscribed("a");
    const byStock = await new Promise<{ code: string }>((resolve) =>
      stock.submitOp(["rum "], (error) => resolve(error as never)),
    );
    expect(byStock.code).to.equal("policy_refused");
    await ann.request("submit", { doc: "a", version: 1, seq: 2, op: ["hot "] });
    await bo.next("ops");
    const heard = bo.told("ops").flatMap(({ ops }) => ops as readonly Committed[]);
    expect(heard.map(({ version, op }) => ({ version, op }))).to.deep.equal([{ version: 2, op: ["hot "] }]);
    expect((await server.documents.read("a"))!.text).to.equal("hot tea");
  });

  it("may take its time, and refuses then as well", async () => {
    const server = await start(async (op) => {
      await sleep(20);
      return has(op, "rum") ? { refuse: "No rum." } : undefined;
    });
    await server.documents.create({ id: "a", type: "plain" });
    const tries = ["a", "rum", "b", "rum", "c"].map((word) =>
      server.documents.submit("a", { op: [word], version: 1 }).then(
        () => "ok",
        (error: Fault) => error.code,
      ),
    );
    expect(await Promise.all(tries)).to.deep.equal(["ok", "policy_refused", "ok", "policy_refused", "ok"]);
    expect([...(await server.documents.read("a"))!.text].sort().join("")).to.equal("abc");
  });

  it("holds nobody up in another document", async () => {
    let answer = (_verdict: true) => {};
    const asked = new Promise<true>((resolve) => {
      answer = resolve;
    });
    const server = await start((_op, { doc }) => (doc === "slow" ? asked : true));
    for (const id of ["slow", "fast"]) await server.documents.create({ id, type: "plain" });
    const slow = server.documents.submit("slow", { op: ["x"] });
    for (let at = 0; at < 20; at++) await server.documents.submit("fast", { op: ["y"] });
    expect((await server.documents.read("slow"))!.version).to.equal(1);
    answer(true);
    expect((await slow).version).to.equal(2);
  });

  it("that does not answer in time has the op answered unavailable, and not committed later", async () => {
    let late = (_verdict: true) => {};
    let asked = 0;
    const server = await start(
      () =>
        asked++ > 0 ||
        new Promise<true>((resolve) => {
          late = resolve;
        }),
      { limits: { ruleMs: 50 } },
    );
    await server.documents.create({ id: "a", type: "plain" });
    expect(await codeOf(server.documents.submit("a", { op: ["x"] }))).to.equal("unavailable");
    late(true);
    await server.documents.submit("a", { op: ["y"] });
    expect((await server.documents.read("a"))!.text).to.equal("y");
  });

  it("that never answers is asked ever more seldom, told that nobody waits, and heard again once it answers", async () => {
    const clock = manualClock();
    const log = keptLog();
    const signals: AbortSignal[] = [];
    let answers = false;
    const judge = judgeBy(
      (_op, { signal }) => {
        signals.push(signal);
        return answers || new Promise<true>(() => {});
      },
      { clock, log, withinMs: 5_000 },
    );
    const before = plainText.create("tea");
    const ask = (doc: string) =>
      judge(["x"], { doc, type: "plain", version: 1, src: "s", user: "ann", before }).then(
        () => "passed",
        ({ code, extra }: Fault) => [code, extra.retryAfterMs],
      );
    for (let second = 0; second < 600; second++) {
      const asked = ask("a");
      await clock.advance(1_000);
      void asked;
    }
    expect(signals.length).to.be.within(5, 20);
    await clock.advance(10_000);
    expect(signals.every(({ aborted }) => aborted)).to.equal(true);
    answers = true;
    expect(await ask("b")).to.equal("passed");
    const [code, retryAfterMs] = (await ask("a")) as [string, number];
    expect(code).to.equal("unavailable");
    await clock.advance(retryAfterMs);
    expect([await ask("a"), await ask("a")]).to.deep.equal(["passed", "passed"]);
  });

  it("that throws or never answers for a while costs its authors waiting and nothing else", async () => {
    let asked = 0;
    const server = await start(
      () => {
        asked++;
        if (asked % 3 === 1) return new Promise<true>(() => {});
        if (asked % 3 === 2) throw new Error("The rules are away.");
        return true;
      },
      { limits: { ruleMs: 50 } },
    );
    await server.documents.create({ id: "a", type: "plain" });
    const people = ["Ann", "Bo"].map((name) => {
      const client = connect(server.url, { name, random: () => 0 });
      onCleanUp(() => client.close());
      return client.open("a", { type: "plain" });
    });
    await Promise.all(people.map(({ ready }) => ready));
    for (const letter of "abc") {
      for (const doc of people) doc.submit([[...doc.text].length, letter].filter(Boolean) as never);
      await Promise.all(people.map((doc) => doc.settled()));
    }
    const { text, version } = (await server.documents.read("a"))!;
    await until("everybody has everything", () => people.every((doc) => doc.text === text));
    expect([text, version, asked >= 18]).to.deep.equal(["aabbcc", 7, true]);
    expect(people.map(({ recovered, status }) => [recovered, status])).to.deep.equal([
      [[], "saved"],
      [[], "saved"],
    ]);
  });

  const broken: Record<string, () => unknown> = {
    throws: () => {
      throw new Error("secret");
    },
    rejects: () => Promise.reject(new Fault("policy_refused", "secret")),
    "answers false": () => false,
    "answers a refusal without a reason": () => ({ refuse: 1 }),
    "answers null": () => null,
  };
  for (const [what, rule] of Object.entries(broken)) {
    it(`that ${what} commits nothing, and its mistake is logged and not told`, async () => {
      const server = await start(rule as BeforeCommit);
      await server.documents.create({ id: "a", type: "plain" });
      const fault = await refusal(server.documents.submit("a", { op: ["x"] }));
      expect(fault.code).to.equal("internal");
      expect(fault.message).not.to.include("secret");
      expect(server.log.errors).to.have.length(1);
      expect((await server.documents.read("a"))!.version).to.equal(1);
    });
  }

  it("is told as its author wrote it, but for what hides or breaks lines, at most 200 code points", async () => {
    let reason = "";
    const server = await start(() => ({ refuse: reason }));
    await server.documents.create({ id: "a", type: "plain" });
    const told = async (words: string) => {
      reason = words;
      return (await refusal(server.documents.submit("a", { op: ["x"] }))).message;
    };
    expect(await told("Not\n\u202ehere\u0000!")).to.equal("Not here !");
    expect(await told("👻".repeat(300))).to.equal("👻".repeat(200));
    expect(await told(" \n")).to.equal("This is not allowed here.");
  });

  it("changes no op: it has a copy", async () => {
    const server = await start((op) => {
      (op as unknown[])[0] = "rum";
      return undefined;
    });
    await server.documents.create({ id: "a", type: "plain" });
    await server.documents.submit("a", { op: ["tea"] });
    expect((await server.documents.read("a"))!.text).to.equal("tea");
    const { ops } = await server.documents.ops("a", { from: 1 });
    expect(ops.map(({ op }) => op)).to.deep.equal([["tea"]]);
  });

  it("is not asked about ops that are refused without it", async () => {
    let asked = 0;
    const server = await start(
      () => {
        asked++;
        return true;
      },
      { limits: { documentAtoms: 10 } },
    );
    await server.documents.create({ id: "a", type: "plain", text: "tea" });
    expect(await codeOf(server.documents.submit("a", { op: [9, "x"] }))).to.equal("op_out_of_bounds");
    expect(await codeOf(server.documents.submit("a", { op: ["x".repeat(20)] }))).to.equal(
      "document_too_large",
    );
    expect(asked).to.equal(0);
  });

  it("that refuses has exactly that edit rolled back in its author's client, and given back", async () => {
    const server = await start(noRum);
    await server.documents.create({ id: "a", type: "plain", text: "tea" });
    const client = connect(server.url, { name: "Ann" });
    onCleanUp(() => client.close());
    const doc = client.open("a", { type: "plain" });
    await doc.ready;
    doc.submit(["hot "]);
    await doc.settled();
    doc.submit(["rum "]);
    await until("the edit is given back", () => doc.recovered.length === 1);
    const { fault } = doc.recovered[0]!;
    expect([fault.code, fault.message]).to.deep.equal(["policy_refused", "No rum."]);
    expect([doc.text, doc.status, doc.writable]).to.deep.equal(["hot tea", "saved", true]);
    doc.submit([7, " now"]);
    await doc.settled();
    expect((await server.documents.read("a"))!.text).to.equal("hot tea now");
  });

  it("leaves a client of protocol 2 writing: it is told a fault that it knows", async () => {
    const server = await start(noRum);
    await server.documents.create({ id: "a", type: "plain" });
    const ann = await connectRaw(server.url, { hello: { protocol: 2 } });
    await ann.request("open", { doc: "a", type: "plain", create: false });
    const answer = await ann.ask("submit", { doc: "a", version: 1, seq: 1, op: ["rum"] });
    expect(answer).to.have.nested.property("fault.code", "op_malformed");
    expect(answer).to.have.nested.property("fault.message", "No rum.");
  });
});
