// Values of which only the last matters: sent seldom, sent small, and the same on both sides in the end.

import { expect } from "chai";
import { pair, strangers } from "./support.js";

describe("the state of the editor", () => {
  it("goes to the host as the fields that changed", async () => {
    const both = await pair();
    const changed: unknown[] = [];
    both.host.on("state", (event) => changed.push(event.changed));
    both.guest.setState({ marks: ["b"], block: "p", canUndo: false });
    await both.clock.pass(60);
    both.guest.setState({ marks: ["b"], block: "h1", canUndo: false });
    await both.clock.pass(60);
    expect(both.up.ofType("state.patch").map(({ payload }) => payload)).to.deep.equal([
      { marks: ["b"], block: "p", canUndo: false },
      { block: "h1" },
    ]);
    expect(changed).to.deep.equal([["marks", "block", "canUndo"], ["block"]]);
    expect(both.host.state).to.deep.equal({ marks: ["b"], block: "h1", canUndo: false });
  });

  it("is sent at most twenty times a second, and the first change without delay", async () => {
    const both = await pair();
    const started = both.clock.now();
    let first: number | undefined;
    both.host.on("state", () => {
      first ??= both.clock.now() - started;
    });
    for (let at = 0; at < 990; at += 5) {
      both.guest.setState({ level: at % 64 });
      await both.clock.pass(5);
    }
    expect(both.up.ofType("state.patch")).to.have.length(20);
    expect(first).to.equal(1);
    await both.clock.pass(100);
    expect(both.host.state).to.deep.equal({ level: 985 % 64 });
  });

  it("that went back to what the host knew, while a message was on its way, ends up right", async () => {
    const both = await pair();
    both.guest.setState({ canUndo: false });
    await both.clock.pass(100);
    both.down.fate = () => [];
    both.guest.setState({ canUndo: true });
    await both.clock.pass(100);
    both.guest.setState({ canUndo: false });
    await both.clock.pass(100);
    both.down.fate = () => [1];
    await both.clock.pass(10_000);
    expect(both.host.state).to.deep.equal({ canUndo: false });
  });

  it("needs no message of its own for each that was lost", async () => {
    const both = await pair();
    both.up.fate = () => [];
    for (const block of ["h1", "h2", "h3"]) {
      both.guest.setState({ block });
      await both.clock.pass(60);
    }
    both.up.fate = () => [1];
    both.guest.setState({ canRedo: true });
    await both.clock.pass(60);
    expect(both.host.state).to.deep.equal({ block: "h3", canRedo: true });
  });

  it("arrives although nothing has been heard for minutes", async () => {
    const both = await pair();
    both.up.fate = () => [];
    both.guest.setState({ block: "h1" });
    await both.clock.pass(180_000);
    both.up.fate = () => [1];
    await both.clock.pass(31_000);
    expect(both.host.state).to.deep.equal({ block: "h1" });
    expect(both.clock.waiting, "timers once it is known").to.equal(0);
  });
});

describe("what the host tells of the device", () => {
  it("reaches the page, the last of each for certain", async () => {
    const both = await pair();
    const online: boolean[] = [];
    both.guest.on("net", (net) => online.push(net.online));
    let count = 0;
    both.down.fate = ({ type }) => (type === "net.status" && ++count < 3 ? [] : [1]);
    both.host.setNet({ online: false });
    await both.clock.pass(100);
    both.host.setNet({ online: true });
    both.host.setApp({ state: "background" });
    both.host.setInsets({ top: 1, bottom: 2, keyboard: 300, durationMs: 250, curve: "ease" });
    both.host.setTheme({ tokens: { "--ink": "oklch(60% 0.1 20)" } });
    await both.clock.pass(5_000);
    expect(online).to.deep.equal([true]);
    expect(both.guest.latest).to.deep.equal({
      net: { online: true },
      app: { state: "background" },
      insets: { top: 1, bottom: 2, keyboard: 300, durationMs: 250, curve: "ease" },
      theme: { tokens: { "--ink": "oklch(60% 0.1 20)" } },
    });
  });

  it("is right when it changes during the handshake, whichever `init` arrives", async () => {
    for (const lost of [0, 1]) {
      let inits = 0;
      const both = strangers({
        host: { page: { net: { online: true } } },
        down: ({ type }) => (type === "init" && inits++ < lost ? [] : [30]),
      });
      await both.clock.pass(5);
      both.host.setNet({ online: false });
      await both.clock.pass(5_000);
      expect(both.guest.latest.net, `after ${lost} lost`).to.deep.equal({ online: false });
    }
  });

  it("throws at once when it is not as it must be", async () => {
    const both = await pair();
    expect(() => both.host.setTheme({ tokens: { "--ink": "red;position:fixed" } })).to.throw(
      "plain CSS value",
    );
    expect(() => both.host.setInsets({ top: Number.NaN, bottom: 0 })).to.throw("number");
    expect(() => both.guest.setState({ level: -1 })).to.throw("integer");
  });
});

describe("what the page tells of the document", () => {
  it("is what the host's listeners hear", async () => {
    const both = await pair();
    const heard: unknown[] = [];
    both.host.on("stats", (stats) => heard.push(stats));
    both.host.on("sync", (sync) => heard.push(sync));
    both.host.on("people", (people) => heard.push(people));
    const people = [{ src: "s1", user: { id: "bo", name: "Bo" }, color: 3, activity: "typing" as const }];
    both.guest.setStats({ characters: 12, words: 3, title: "Minutes" });
    both.guest.setSync({ status: "offline", pending: 2, offlineSince: 5, lastAckAt: null });
    both.guest.setPeople(people);
    await both.clock.pass(60);
    expect(heard).to.deep.equal([
      { characters: 12, words: 3, title: "Minutes" },
      { status: "offline", pending: 2, offlineSince: 5, lastAckAt: null },
      people,
    ]);
  });
});
