// Rooms with members that are not Socket.IO's, on several nodes over a bus that may lose what it likes.

import { expect } from "chai";
import type { Bus } from "../../server/cluster/bus.js";
import { createMemberRooms, type Member } from "../../server/stock/rooms.js";
import { type ManualClock, manualClock } from "./clock.js";

const ops = (...versions: readonly number[]) => ({
  doc: "a",
  ops: versions.map((version) => ({ version, src: "x", seq: version, op: [], author: "", time: 0 })),
});

describe("rooms with other members", () => {
  let clock: ManualClock;
  /** What was told over the bus, as topics. */
  let carried: string[];
  let lost: boolean;
  let ears: {
    readonly node: string;
    readonly topic: string;
    readonly heard: (message: unknown, from: string) => void;
  }[];

  beforeEach(() => {
    clock = manualClock();
    carried = [];
    lost = false;
    ears = [];
  });

  function node(name: string) {
    const bus: Bus = {
      node: name,
      alone: false,
      tell(topic, message) {
        if (lost) return;
        carried.push(topic);
        for (const ear of [...ears])
          if (ear.node !== name && ear.topic === topic) ear.heard(structuredClone(message), name);
      },
      hear(topic, heard) {
        const ear = { node: name, topic, heard };
        ears.push(ear);
        return () => void ears.splice(ears.indexOf(ear), 1);
      },
      onGap: () => () => {},
    };
    const inner: string[] = [];
    const rooms = createMemberRooms(
      { tell: (room, event) => void inner.push(`${room} ${event}`) },
      bus,
      clock,
    );
    const member = (id: string) => {
      const heard: string[] = [];
      const one: Member = { id, send: (event, body) => void heard.push(`${event} ${JSON.stringify(body)}`) };
      return { ...one, heard };
    };
    return { rooms, inner, member };
  }

  it("reach both kinds, but for whom it is not meant", () => {
    const { rooms, inner, member } = node("1");
    const [ann, bo] = [member("ann"), member("bo")];
    rooms.join("doc:a", ann);
    rooms.join("doc:a", bo);
    rooms.tell("doc:a", "left", { doc: "a", src: "x" }, { except: "ann" });
    expect([ann.heard.length, bo.heard.length, inner]).to.deep.equal([0, 1, ["doc:a left"]]);
    rooms.leave("doc:a", bo);
    rooms.tell("doc:a", "ops", ops(2));
    expect([ann.heard.length, bo.heard.length]).to.deep.equal([1, 1]);
  });

  it("say nothing to other nodes unless these have members, and then ops alone", () => {
    const [one, two] = [node("1"), node("2")];
    one.rooms.tell("doc:a", "ops", ops(2));
    expect(carried).to.deep.equal([]);
    const ann = two.member("ann");
    two.rooms.join("doc:a", ann);
    one.rooms.tell("doc:a", "ops", ops(3));
    one.rooms.tell("doc:a", "head", { doc: "a", epoch: "e", version: 3 }, { local: true });
    one.rooms.tell("doc:a", "presence", {} as never);
    one.rooms.tell("doc:b", "ops", ops(3));
    expect(ann.heard).to.deep.equal([`ops ${JSON.stringify(ops(3))}`]);
    expect(carried).to.deep.equal(["members", "members.doc:a"]);
  });

  it("go on telling as long as others say that they have members, and stop soon after", async () => {
    const [one, two] = [node("1"), node("2")];
    const ann = two.member("ann");
    two.rooms.join("doc:a", ann);
    await clock.advance(60_000);
    one.rooms.tell("doc:a", "ops", ops(2));
    expect(ann.heard).to.have.length(1);
    two.rooms.leave("doc:a", ann);
    await clock.advance(20_000);
    carried = [];
    one.rooms.tell("doc:a", "ops", ops(3));
    expect([carried, ann.heard.length, clock.timers]).to.deep.equal([[], 1, 0]);
  });

  it("find each other again after what one said was lost", async () => {
    const [one, two] = [node("1"), node("2")];
    lost = true;
    const ann = two.member("ann");
    two.rooms.join("doc:a", ann);
    one.rooms.tell("doc:a", "ops", ops(2));
    lost = false;
    await clock.advance(5000);
    one.rooms.tell("doc:a", "ops", ops(3));
    expect(ann.heard).to.deep.equal([`ops ${JSON.stringify(ops(3))}`]);
  });

  it("hear no nonsense, and nothing after their end", () => {
    const [one, two] = [node("1"), node("2")];
    const ann = two.member("ann");
    two.rooms.join("doc:a", ann);
    for (const nonsense of [null, 1, {}, { doc: "a" }, { doc: 1, ops: [] }])
      for (const { node: name, topic, heard } of ears)
        if (name === "2" && topic !== "members") heard(nonsense, "1");
    expect(ann.heard).to.deep.equal([]);
    two.rooms.close();
    one.rooms.tell("doc:a", "ops", ops(2));
    expect([ann.heard, ears.map(({ node: name }) => name), clock.timers]).to.deep.equal([[], ["1"], 0]);
  });
});
