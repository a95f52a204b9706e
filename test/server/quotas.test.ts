// What holds over many connections: by user, by document, by address; and how long a room may grow.

import { expect } from "chai";
import { Fault } from "../../protocol/index.js";
import { defaultLimits, type ServerLimits } from "../../server/limits.js";
import type { Identity } from "../../server/ports.js";
import { createQuotas, networkOf, type Scope } from "../../server/quotas.js";
import { manualClock } from "./clock.js";
import { codeOf, op, refused, scene, writer } from "./fakes.js";
import { loneRoster } from "./lone-roster.js";

function quotas(limits: Partial<ServerLimits>) {
  const clock = manualClock();
  const seen: Scope[] = [];
  const meter = { limited: (scope: Scope) => void seen.push(scope) };
  const random = () => 0.5;
  return {
    clock,
    seen,
    quotas: createQuotas({ clock, random, limits: { ...defaultLimits, ...limits }, meter }),
  };
}

function faultOf(run: () => unknown): Fault | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

const said = (fault: Fault | undefined) => fault && `${fault.code} ${fault.extra.details?.scope}`;

describe("quotas", () => {
  it("count a user's ops over all connections, and leave other users alone", () => {
    const { quotas: q, seen } = quotas({ userOpsPerSecond: 10, userOpsBurst: 3 });
    q.op("ann", "1.1.1.1", 2);
    q.op("ann", "2.2.2.2", 1);
    const fault = faultOf(() => q.op("ann", "3.3.3.3", 1));
    expect(said(fault)).to.equal("rate_limited user");
    expect(fault!.extra.retryAfterMs).to.equal(100);
    expect(faultOf(() => q.op("bo", "1.1.1.1", 3))).to.equal(undefined);
    expect(seen).to.deep.equal(["user"]);
  });

  it("count an address's ops over all users, and take nothing from whoever is refused", () => {
    const { quotas: q } = quotas({ userOpsBurst: 5, addressOpsPerSecond: 10, addressOpsBurst: 8 });
    q.op("ann", "1.1.1.1", 5);
    expect(said(faultOf(() => q.op("bo", "1.1.1.1", 5)))).to.equal("rate_limited address");
    // Bo's own five are all there still.
    q.op("bo", "2.2.2.2", 5);
  });

  it("let one address, and all together, have so much unread, and cut what is not read in time", async () => {
    const { quotas: q, clock } = quotas({
      ...{ unreadBytes: 1000, unreadBytesPerAddress: 600, readBytesPerSecond: 10 },
    });
    const cut: string[] = [];
    const read = q.answering("2001:db8::1", 600, () => cut.push("first"));
    expect(faultOf(() => q.read("2001:db8::2"))?.code).to.equal("busy");
    q.read("1.1.1.1");
    const other = q.answering("1.1.1.1", 400, () => cut.push("second"));
    expect(faultOf(() => q.read("2.2.2.2"))?.code).to.equal("busy");
    other();
    other();
    q.read("2.2.2.2");
    q.read("1.1.1.1");
    await clock.advance(89_999);
    expect(cut).to.deep.equal([]);
    await clock.advance(1);
    expect(cut).to.deep.equal(["first"]);
    read();
    q.read("2001:db8::1");
    expect(clock.timers).to.equal(0);
  });

  it("count a document's ops over all who write it, and spread those who are refused", async () => {
    const { quotas: q, clock } = quotas({ documentOpsPerSecond: 10, documentOpsBurst: 2 });
    q.write("note", 2);
    const fault = faultOf(() => q.write("note", 1));
    expect(said(fault)).to.equal("rate_limited document");
    expect(fault!.extra.retryAfterMs).to.equal(100 + 500);
    q.write("another", 2);
    await clock.advance(100);
    q.write("note", 1);
  });

  it("let whoever has much of a document made anew wait afterwards, all else of theirs, and the document", async () => {
    const { quotas: q, clock } = quotas({
      ...{ userOpsPerSecond: 10, userOpsBurst: 20, documentOpsPerSecond: 10, documentOpsBurst: 10 },
      opRateBytes: 1_000,
    });
    q.made("ann", "1.1.1.1", "note", 999);
    q.op("ann", "1.1.1.1", 20);
    await clock.advance(2_000);
    q.made("ann", "1.1.1.1", "note", 25_000);
    expect(faultOf(() => q.op("ann", "2.2.2.2", 1))!.extra.retryAfterMs).to.equal(600);
    expect(said(faultOf(() => q.write("note", 1)))).to.equal("rate_limited document");
    q.op("bo", "1.1.1.1", 20);
    q.write("another", 10);
  });

  it("bound what a user creates in an hour, and asks for in a second", async () => {
    const { quotas: q, clock } = quotas({
      createdPerHour: 2,
      userRequestsPerSecond: 1,
      userRequestsBurst: 1,
    });
    q.create("ann");
    q.create("ann");
    expect(faultOf(() => q.create("ann"))!.extra.retryAfterMs).to.equal(30 * 60 * 1000);
    await clock.advance(30 * 60 * 1000);
    q.create("ann");
    q.request("ann");
    expect(said(faultOf(() => q.request("ann")))).to.equal("rate_limited user");
  });

  it("bound the connections of an address and of a user, and give them back once", () => {
    const { quotas: q } = quotas({ connectionsPerAddress: 2, connectionsPerUser: 1 });
    const leave = q.arrive("1.1.1.1");
    q.arrive("1.1.1.1");
    const fault = faultOf(() => q.arrive("1.1.1.1"));
    expect(said(fault)).to.equal("too_many_connections address");
    expect(fault!.extra.retryAfterMs).to.be.within(15_000, 30_000);
    expect(fault!.action).to.equal("retry");
    leave();
    leave();
    q.arrive("1.1.1.1");
    expect(said(faultOf(() => q.arrive("1.1.1.1")))).to.equal("too_many_connections address");
    const exit = q.enter("ann");
    expect(said(faultOf(() => q.enter("ann")))).to.equal("too_many_connections user");
    exit();
    q.enter("ann");
  });

  it("bound how many connections an address begins in a second, and its requests over HTTP", () => {
    const { quotas: q } = quotas({ addressConnectsBurst: 2, addressHttpBurst: 1 });
    q.arrive("1.1.1.1")();
    q.arrive("1.1.1.1")();
    expect(said(faultOf(() => q.arrive("1.1.1.1")))).to.equal("rate_limited address");
    q.http("1.1.1.1");
    expect(said(faultOf(() => q.http("1.1.1.1")))).to.equal("rate_limited address");
    q.http("1.1.1.2");
  });

  it("call an IPv6 line one address, whichever of its addresses it uses", () => {
    const one = networkOf("2001:db8:0:1::1");
    expect(networkOf("2001:DB8::1:ffff:0:0:9")).to.equal(one);
    expect(networkOf("2001:0db8:0000:0001:1:2:3:4")).to.equal(one);
    expect(networkOf("2001:db8:0:2::1")).to.not.equal(one);
    expect(networkOf("::1")).to.equal("0:0:0:0::/64");
    expect(networkOf("1::")).to.equal("1:0:0:0::/64");
    expect(networkOf("64:ff9b::1.2.3.4")).to.equal("64:ff9b:0:0::/64");
    expect([networkOf("192.0.2.1"), networkOf(""), networkOf("?")]).to.deep.equal(["192.0.2.1", "", "?"]);
  });

  it("remember no more names than they may", () => {
    const { quotas: q } = quotas({ namesRemembered: 100, addressHttpPerSecond: 1, addressHttpBurst: 1000 });
    for (let at = 0; at < 5000; at++) q.http(`10.0.${at >> 8}.${at & 255}`);
    // The last hundred are counted, and one that was long quiet begins anew.
    for (let at = 0; at < 999; at++) q.http("10.0.19.135");
    expect(said(faultOf(() => q.http("10.0.19.135")))).to.equal("rate_limited address");
  });
});

describe("what people share at the gateway", () => {
  const identity = (id: string): Identity => ({ user: { id, name: id }, may: () => true });
  const authenticator = { authenticate: async () => () => identity("ann") };

  it("is one user's rate, however many connections they open", async () => {
    const world = scene({ authenticator, limits: { userOpsBurst: 3, userOpsPerSecond: 1 } });
    const [one, two] = [await writer(world), await writer(world)];
    await one.request("submit", op("note", 1, 1, "a"));
    await two.request("submit", op("note", 1, 1, "b"));
    await one.request("submit", op("note", 1, 2, "c"));
    const fault = await refused(two.request("submit", op("note", 1, 2, "d")));
    expect(said(fault)).to.equal("rate_limited user");
    await world.clock.advance(fault.extra.retryAfterMs!);
    await two.request("submit", op("note", 1, 2, "d"));
    expect(world.ledger.text("note")).to.have.length(4);
  });

  it("is the number of a user's connections: one too many is told so, and comes in when another has gone", async () => {
    const world = scene({ authenticator, limits: { connectionsPerUser: 2 } });
    const [one] = [await world.arrive(), await world.arrive()];
    const third = await world.arrive();
    expect(third.peer.told("fault")[0]!.fault).to.include({ code: "too_many_connections" });
    expect(third.peer.closed).to.equal(true);
    one!.handle.closed();
    expect((await world.arrive()).peer.told("welcome")).to.have.length(1);
  });

  it("is a room: one too many is told so, and those who are in may open it again", async () => {
    const world = scene({ limits: { peoplePerDocument: 2 } });
    const [ann, bo] = [await writer(world), await writer(world)];
    const cy = await world.arrive();
    const open = { doc: "note", type: "plain" as const, create: false };
    const fault = await refused(cy.request("open", open));
    expect([fault.code, fault.action]).to.deep.equal(["room_full", "retry"]);
    expect(fault.extra.retryAfterMs).to.be.within(15_000, 30_000);
    expect(cy.peer.rooms.size).to.equal(0);
    await ann.request("open", open);
    await bo.request("leave", { doc: "note" });
    await cy.request("open", open);
  });

  it("is not used up by those who may only look", async () => {
    const may: Identity["may"] = (action) => action === "read";
    const authenticate =
      async ({ name }: { name?: string }) =>
      () =>
        name === "Reader" ? { ...identity("reader"), may } : identity("writer");
    const world = scene({
      authenticator: { authenticate },
      limits: { documentOpsBurst: 2, documentOpsPerSecond: 1 },
    });
    const ann = await world.arrive({ protocol: 3, name: "Ann" });
    await ann.request("open", { doc: "note", type: "plain", create: true });
    const reader = await world.arrive({ protocol: 3, name: "Reader" });
    await reader.request("open", { doc: "note", type: "plain", create: false });
    for (let seq = 1; seq <= 20; seq++)
      expect(await codeOf(reader.request("submit", op("note", 1, seq, "x")))).to.equal("readonly");
    await ann.request("submit", op("note", 1, 1, "a"));
    await ann.request("submit", op("note", 1, 2, "b"));
    expect(said(await refused(ann.request("submit", op("note", 1, 3, "c"))))).to.equal(
      "rate_limited document",
    );
  });

  it("costs nobody their connection who comes back as told and is refused again for others' sake", async () => {
    const world = scene({
      limits: { documentOpsBurst: 1, documentOpsPerSecond: 0.001, refusedPerMinute: 3 },
    });
    const ann = await writer(world);
    await ann.request("submit", op("note", 1, 1, "a"));
    for (let time = 0; time < 20; time++)
      expect(await codeOf(ann.request("submit", op("note", 1, 2, "b")))).to.equal("rate_limited");
    expect(ann.peer.closed).to.equal(false);
  });
});

describe("whoever is slow to decide", () => {
  const never = new Promise<never>(() => {});

  it("on tokens keeps nobody else from being welcomed", async () => {
    const authenticate = async ({ token }: { token?: string }) => {
      if (token === "slow") await never;
      return () => ({ user: { id: "ann", name: "Ann" }, may: () => true });
    };
    const world = scene({ authenticator: { authenticate }, limits: { hellosAtOnce: 2 } });
    const slow = Array.from({ length: 20 }, () => world.arrive({ protocol: 3, token: "slow" }));
    expect((await world.arrive()).peer.told("welcome")).to.have.length(1);
    world.gateway.close();
    await Promise.all(slow);
  });

  it("on rights keeps nobody else from opening", async () => {
    const may: Identity["may"] = (_action, doc) => (doc === "slow" ? never : true);
    const authenticate = async () => () => ({ user: { id: "ann", name: "Ann" }, may });
    const world = scene({ authenticator: { authenticate }, limits: { readsAtOnce: 2 } });
    for (let each = 0; each < 20; each++) {
      const client = await world.arrive();
      client.ask("open", { doc: "slow", type: "plain", create: true });
    }
    const ann = await world.arrive();
    await ann.request("open", { doc: "note", type: "plain", create: true });
  });
});

describe("a room with more people than are shown", () => {
  const user = (id: string) => ({ id, name: id });
  const srcs = (people: readonly { readonly src: string }[]) => people.map(({ src }) => src);

  it("shows those who came first, and to each themselves", () => {
    const roster = loneRoster(2);
    for (const src of ["a", "b", "c", "d"]) roster.enter("note", src, src, user(src));
    expect(roster.told.map(({ name, src }) => [name, src])).to.deep.equal([
      ["joined", "a"],
      ["joined", "b"],
    ]);
    expect(roster.size("note")).to.equal(4);
    expect(srcs(roster.people("note", "a"))).to.deep.equal(["a", "b"]);
    expect(srcs(roster.people("note", "d"))).to.deep.equal(["a", "b", "d"]);
    const presence = { n: 1, version: 1, seq: 0, selection: null, activity: "active" } as const;
    roster.note("note", "a", "a", presence);
    roster.note("note", "d", "d", presence);
    const moved = roster.told.filter(({ name }) => name === "presence");
    expect(moved.map(({ src, except }) => [src, except])).to.deep.equal([["a", "a"]]);
  });

  it("shows whoever has waited longest when one of them goes, with where they are", () => {
    const roster = loneRoster(2);
    for (const src of ["a", "b", "c", "d"]) roster.enter("note", src, src, user(src));
    const presence = { n: 7, version: 1, seq: 0, selection: null, activity: "typing" } as const;
    roster.note("note", "c", "c", presence);
    const before = roster.told.length;
    for (const src of ["d", "a", "b", "c"]) roster.exit("note", src, src);
    const after = roster.told.slice(before);
    expect(after.map(({ name, src }) => [name, src])).to.deep.equal([
      ["left", "a"],
      ["joined", "c"],
      ["left", "b"],
      ["left", "c"],
    ]);
    const [, joined] = after.map(({ body }) => body);
    expect("person" in joined! && joined.person.presence).to.deep.equal(presence);
    expect(roster.documents.size).to.equal(0);
  });

  it("is told of the one who is shown instead", async () => {
    const world = scene({ limits: { peopleShown: 2 } });
    const [ann, bo, cy] = [await writer(world), await writer(world), await writer(world)];
    expect(ann.peer.told("joined")).to.have.length(1);
    await bo.request("leave", { doc: "note" });
    const src = cy.peer.told("welcome")[0]!.client.id;
    expect(ann.peer.told("joined").map(({ person }) => person.src)).to.include(src);
    expect(ann.peer.told("left")).to.have.length(1);
  });
});
