// The last moments before the app stops: the page saves, and has answered before the deadline, saved or not.

import { expect } from "chai";
import type { Json, StorageCommit } from "../../client/webview/index.js";
import { pair, watch } from "./support.js";

describe("an app that is about to stop", () => {
  it("lets the page write its outbox through the bridge first", async () => {
    const kept: unknown[] = [];
    const storage = {
      ...{ load: async () => null, list: async () => [], delete: async () => {}, claim: async () => true },
      commit: async (commit: unknown) => void kept.push(commit),
    };
    const outbox: Json = { inflight: [3, "x"], pending: [[4, "y"]] };
    const both = await pair({
      host: { services: { storage } },
      guest: {
        suspend: async () => {
          await both.guest.storage.commit({ doc: "minutes", put: { outbox } });
          return 2;
        },
      },
    });
    both.guest.setState({ block: "h1" });
    await both.clock.pass(1);
    both.guest.setState({ block: "h2" });
    const suspended = watch(both.host.willSuspend(5_000));
    await both.clock.pass(10);
    expect(suspended.outcome).to.deep.equal({ value: { done: true, unsaved: 2 } });
    expect(kept).to.deep.equal([{ doc: "minutes", put: { outbox } }]);
    expect(both.host.state, "what was gathered is sent at once").to.deep.equal({ block: "h2" });
  });

  it("has the page's answer before the deadline, although the page is not done", async () => {
    let signal: AbortSignal | undefined;
    const suspend = (_: number, given: AbortSignal) => {
      signal = given;
      return new Promise<undefined>(() => {});
    };
    const both = await pair({ guest: { suspend } });
    const suspended = watch(both.host.willSuspend(2_000));
    await both.clock.pass(1_890);
    expect([suspended.outcome, signal?.aborted]).to.deep.equal([undefined, false]);
    await both.clock.pass(20);
    expect([suspended.outcome, signal?.aborted]).to.deep.equal([{ value: { done: false } }, true]);
    expect(both.clock.waiting).to.equal(0);
  });

  it("goes on at the deadline when the page does not answer at all", async () => {
    const both = await pair();
    both.down.fate = () => [];
    const suspended = watch(both.host.willSuspend(300));
    await both.clock.pass(299);
    expect(suspended.outcome).to.equal(undefined);
    await both.clock.pass(1);
    expect(suspended.outcome).to.deep.equal({ value: { done: false } });
  });

  it("is told when saving failed, and that there was nothing to save", async () => {
    const failing = await pair({ guest: { suspend: () => Promise.reject(new Error("disk full")) } });
    const idle = await pair();
    const asked = [failing, idle].map(({ host }) => watch(host.willSuspend(1_000)));
    await failing.clock.pass(10);
    await idle.clock.pass(10);
    expect(asked.map(({ outcome }) => outcome)).to.deep.equal([
      { value: { done: false } },
      { value: { done: true } },
    ]);
  });
});

describe("the host's storage", () => {
  it("is the page's, method by method", async () => {
    const calls: unknown[] = [];
    const noting =
      <A extends unknown[], T>(name: string, answer: (...given: A) => T) =>
      async (...given: A) => {
        calls.push([name, ...given]);
        return answer(...given);
      };
    const storage = {
      load: noting("load", (_: string) => ({ k: [1] })),
      commit: noting("commit", (_: StorageCommit) => undefined),
      list: noting("list", () => ["a", "b"]),
      delete: noting("delete", (_: string) => undefined),
      claim: noting("claim", (client: string) => client === "free"),
      estimate: async () => ({ usedBytes: 5, quotaBytes: 10 }),
    };
    const { guest, clock } = await pair({ host: { services: { storage } } });
    const asked = [
      watch<unknown>(guest.storage.load("a")),
      watch<unknown>(guest.storage.commit({ doc: "a", put: { k: null }, remove: ["x"] })),
      watch<unknown>(guest.storage.list()),
      watch<unknown>(guest.storage.delete("a")),
      watch<unknown>(guest.storage.claim("free")),
      watch<unknown>(guest.storage.claim("taken")),
      watch<unknown>(guest.storage.estimate()),
    ];
    await clock.pass(100);
    const values = [
      { k: [1] },
      undefined,
      ["a", "b"],
      undefined,
      true,
      false,
      { usedBytes: 5, quotaBytes: 10 },
    ];
    expect(asked.map(({ outcome }) => outcome)).to.deep.equal(values.map((value) => ({ value })));
    expect(calls).to.deep.equal([
      ["load", "a"],
      ["commit", { doc: "a", put: { k: null }, remove: ["x"] }],
      ["list"],
      ["delete", "a"],
      ["claim", "free"],
      ["claim", "taken"],
    ]);
  });

  it("never has an older commit over a newer one, however slow it is and whatever is lost", async () => {
    const kept: Json[] = [];
    const storage = {
      ...{ load: async () => null, list: async () => [], delete: async () => {}, claim: async () => true },
      commit: ({ put = {} }: { put?: Readonly<Record<string, Json>> }) =>
        new Promise<void>((resolve) => {
          both.clock.after(put.n === 1 ? 40_000 : 5, () => {
            kept.push(put.n!);
            resolve();
          });
        }),
    };
    const both = await pair({ host: { services: { storage } } });
    const commits = [1, 2, 3].map((n) => watch(both.guest.storage.commit({ doc: "a", put: { n } })));
    let count = 0;
    both.up.fate = () => (++count % 2 === 0 ? [1] : []);
    await both.clock.pass(30_000);
    expect(commits[0]!.outcome, "unknown, after thirty seconds").to.deep.equal({ code: "timeout" });
    const again = watch(both.guest.storage.commit({ doc: "a", put: { n: 4 } }));
    await both.clock.pass(60_000);
    expect(again.outcome).to.deep.equal({ value: undefined });
    expect(kept).to.deep.equal([...kept].sort());
    expect(kept.at(-1)).to.equal(4);
  });
});
