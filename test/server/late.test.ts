// What somebody is told whose op takes long, as when the database hangs: their connection shall not seem dead to them.

import { expect } from "chai";
import type { Answer, RequestName } from "../../protocol/index.js";
import { type FakeClient, refused, type Scene, scene, writer } from "./fakes.js";

const submit = (seq: number, text: string) => ({ doc: "note", version: 1, seq, op: [text] });

/** The ledger hangs from here on. @returns what ends that */
function hang({ ledger }: Scene, fails?: Error): () => void {
  let end = () => {};
  const hanging = new Promise<void>((resolve, reject) => {
    end = () => (fails === undefined ? resolve() : reject(fails));
  });
  hanging.catch(() => {});
  ledger.before.submit = () => hanging;
  return () => {
    delete ledger.before.submit;
    end();
  };
}

describe("an op that the database does not answer", () => {
  const asked = (ann: FakeClient, seq: number, text: string) => {
    const answers: Answer<RequestName>[] = [];
    ann.handle.request("submit", submit(seq, text), (answer) => void answers.push(answer));
    return answers;
  };

  it("is to be sent again, before its author takes the connection for dead", async () => {
    const world = scene();
    const ann = await writer(world);
    hang(world);
    const answers = asked(ann, 1, "x");
    await world.clock.advance(3_999);
    expect(answers).to.deep.equal([]);
    await world.clock.advance(1);
    const fault = "fault" in answers[0]! ? answers[0].fault : undefined;
    expect(fault).to.include({ code: "unavailable" });
    expect(fault!.retryAfterMs).to.be.within(1_000, 6_000);
    expect(ann.peer.closed).to.equal(false);
  });

  it("is not asked of it once more when it is sent again, and is acknowledged when it answers", async () => {
    const world = scene();
    const ann = await writer(world);
    const goesOn = hang(world);
    for (let again = 0; again < 5; again++) {
      asked(ann, 1, "x");
      await world.clock.advance(6_000);
    }
    const last = asked(ann, 1, "x");
    await world.clock.advance(1_000);
    expect(last).to.deep.equal([]);
    goesOn();
    await world.clock.advance(0);
    expect(last).to.deep.equal([{ ok: { version: 2 } }]);
    expect(world.ledger.calls.submit).to.equal(1);
    expect(world.ledger.text("note")).to.equal("x");
  });

  it("is told how it ended, if that was between two times that it was sent", async () => {
    const world = scene();
    const ann = await writer(world);
    const goesOn = hang(world);
    asked(ann, 1, "x");
    await world.clock.advance(4_000);
    goesOn();
    await world.clock.advance(1_000);
    expect(await ann.request("submit", submit(1, "x"))).to.deep.equal({ version: 2 });
    expect(world.ledger.calls.submit).to.equal(1);
  });

  it("is asked of it anew when it had failed", async () => {
    const world = scene();
    const ann = await writer(world);
    const fails = hang(world, new Error("The wire was cut."));
    asked(ann, 1, "x");
    await world.clock.advance(4_000);
    fails();
    await world.clock.advance(1_000);
    await refused(ann.request("submit", submit(1, "x")));
    expect(await ann.request("submit", submit(1, "x"))).to.deep.equal({ version: 2 });
  });

  it("answers for no other op, though it has the same name", async () => {
    const world = scene();
    const ann = await writer(world);
    hang(world);
    asked(ann, 1, "x");
    await world.clock.advance(4_000);
    asked(ann, 1, "y");
    await world.clock.advance(0);
    expect(world.ledger.calls.submit).to.equal(2);
  });

  it("leaves a connection no more of them than it may have in flight", async () => {
    const world = scene({ limits: { inFlightPerConnection: 3 } });
    const ann = await writer(world);
    hang(world);
    for (let seq = 1; seq <= 3; seq++) asked(ann, seq, "x");
    await world.clock.advance(4_000);
    const fourth = asked(ann, 4, "x");
    await world.clock.advance(10_000);
    expect(fourth).to.deep.equal([]);
  });
});
