// The page's token: asked for once however many want it, replaced in time, never the wrong person's.

import { expect } from "chai";
import type { TokenReason } from "../../client/webview/index.js";
import { BridgeFault } from "../../client/webview/index.js";
import { pair, watch } from "./support.js";

const HOUR = 3_600_000;

/** A host that gives out t1, t2, … each good for an hour, and notes why it was asked. */
async function issuing(options: { expiresInMs?: number; fail?: () => boolean } = {}) {
  const reasons: TokenReason[] = [];
  const token = async (reason: TokenReason) => {
    reasons.push(reason);
    if (options.fail?.()) throw new BridgeFault("unavailable", "no network");
    return { token: `t${reasons.length}`, expiresInMs: options.expiresInMs ?? HOUR };
  };
  const both = await pair({ host: { services: { token } } });
  const get = async () => {
    const asked = watch(both.guest.tokens.get());
    await both.clock.pass(5);
    return asked.outcome;
  };
  const renewed: (string | null)[] = [];
  both.guest.on("token", (value) => renewed.push(value));
  return { ...both, reasons, get, renewed };
}

describe("the page's token", () => {
  it("is asked for once, however many want it at once", async () => {
    const { guest, clock, reasons, get } = await issuing();
    const many = Array.from({ length: 50 }, () => watch(guest.tokens.get()));
    await clock.pass(10);
    expect(
      many.every(({ outcome }) => outcome !== undefined && "value" in outcome && outcome.value === "t1"),
    ).to.equal(true);
    expect(await get()).to.deep.equal({ value: "t1" });
    expect(reasons).to.deep.equal(["first"]);
  });

  it("is not asked for before somebody wants it", async () => {
    const { clock, host, reasons } = await issuing();
    host.authChanged({ id: "bo" });
    await clock.pass(2 * HOUR);
    expect(reasons).to.deep.equal([]);
  });

  it("is replaced at 80 % of its life, while the old one still serves", async () => {
    const { clock, reasons, renewed, get } = await issuing();
    await get();
    await clock.pass(0.8 * HOUR - 10);
    expect([reasons, renewed]).to.deep.equal([["first"], ["t1"]]);
    await clock.pass(20);
    expect([reasons, renewed]).to.deep.equal([
      ["first", "expiring"],
      ["t1", "t2"],
    ]);
    expect(await get()).to.deep.equal({ value: "t2" });
  });

  it("is tried for again while the old one lasts, and given up when that has expired", async () => {
    let down = false;
    const { clock, reasons, get } = await issuing({ fail: () => down });
    await get();
    down = true;
    await clock.pass(HOUR - 10);
    expect(reasons).to.deep.equal(["first", "expiring", "expiring"]);
    expect(await get()).to.deep.equal({ value: "t1" });
    await clock.pass(HOUR);
    expect(await get()).to.deep.equal({ code: "unavailable" });
    down = false;
    const before = reasons.length;
    expect(await get()).to.deep.equal({ value: `t${before + 1}` });
    expect(reasons.at(-1)).to.equal("expired");
  });

  it("is a fresh one after the phone has slept past its end", async () => {
    const { guest, clock, reasons, get } = await issuing({ expiresInMs: 60_000 });
    await get();
    clock.sleep(120_000);
    const asked = watch(guest.tokens.get());
    await clock.pass(5);
    expect(asked.outcome).to.deep.equal({ value: "t2" });
    expect(reasons).to.deep.equal(["first", "expired"]);
  });

  it("is the old one, and being replaced, after the phone has slept nearly to its end", async () => {
    const { guest, clock, reasons, renewed, get } = await issuing({ expiresInMs: 60_000 });
    await get();
    clock.sleep(55_000);
    const asked = watch(guest.tokens.get());
    await clock.pass(5);
    expect(asked.outcome).to.deep.equal({ value: "t1" });
    expect([reasons, renewed]).to.deep.equal([
      ["first", "expiring"],
      ["t1", "t2"],
    ]);
  });

  it("that the server refused is replaced once, by whoever says so first", async () => {
    const { guest, clock, reasons, get } = await issuing();
    await get();
    const many = Array.from({ length: 5 }, () => watch(guest.tokens.rejected("t1")));
    await clock.pass(10);
    const late = watch(guest.tokens.rejected("t1"));
    await clock.pass(10);
    expect([...many, late].map(({ outcome }) => outcome)).to.deep.equal(Array(6).fill({ value: "t2" }));
    expect(reasons).to.deep.equal(["first", "rejected"]);
  });

  it("of somebody who has signed out meanwhile is never given out, even if it was on its way", async () => {
    const { guest, host, clock, up, down, reasons, renewed } = await issuing();
    const auth: unknown[] = [];
    guest.on("auth", (changed) => auth.push(changed.user?.id));
    down.fate = ({ type }) => [type === "auth.token" ? 200 : 1];
    const asked = watch(guest.tokens.get());
    await clock.pass(10);
    up.fate = () => [1];
    host.authChanged({ id: "bo", name: "Bo" });
    down.fate = () => [1];
    await clock.pass(3_000);
    expect(auth).to.deep.equal(["bo"]);
    expect(asked.outcome).to.deep.equal({ value: `t${reasons.length}` });
    expect(reasons.at(-1)).to.equal("changed");
    expect(renewed).not.to.include("t1");
  });

  it("is asked for anew when somebody else signs in, although that message was lost at first", async () => {
    const { host, clock, down, reasons, get, renewed } = await issuing();
    await get();
    let lost = 0;
    down.fate = ({ type }) => (type === "auth.changed" && ++lost < 4 ? [] : [1]);
    host.authChanged({ id: "bo" });
    await clock.pass(20_000);
    expect(lost).to.equal(4);
    expect([reasons, renewed]).to.deep.equal([
      ["first", "changed"],
      ["t1", "t2"],
    ]);
  });

  it("is null when nobody is signed in, and `unsupported` when the host has none to give", async () => {
    const nobody = await pair({ host: { services: { token: async () => ({ token: null }) } } });
    const none = await pair();
    const asked = [nobody, none].map(({ guest }) => watch(guest.tokens.get()));
    await nobody.clock.pass(10);
    await none.clock.pass(10);
    expect(asked.map(({ outcome }) => outcome)).to.deep.equal([{ value: null }, { code: "unsupported" }]);
  });

  it("leaves no timer behind when the page closes", async () => {
    const { guest, clock, get } = await issuing();
    await get();
    guest.close();
    expect(clock.waiting).to.equal(0);
  });
});
