// How a server says that its store is in trouble: once when it begins, once a minute while it lasts, once when it is over.

import { expect } from "chai";
import { Fault } from "../../protocol/index.js";
import type { Log } from "../../server/log.js";
import { silentMeter } from "../../server/meter.js";
import { StorageError } from "../../server/storage/errors.js";
import { watchStore } from "../../server/store-state.js";
import { VirtualClock } from "../world/clock.js";

interface Line {
  readonly level: string;
  readonly code?: string;
  readonly seconds?: number;
  readonly times?: number;
  readonly message: string;
}

/** A store that is asked to write, and what its watch says. */
function watched() {
  const lines: Line[] = [];
  const keep = (level: string) => (details: object, message: string) =>
    void lines.push({ level, ...details, message });
  const log: Log = { info: keep("info"), warn: keep("warn"), error: keep("error") };
  const clock = new VirtualClock(0);
  const store = {
    wrong: undefined as StorageError | undefined,
    /** Only for what is written by people: a look goes well. */
    wrongForOps: undefined as StorageError | undefined,
    asked: [] as number[],
  };
  const watch = watchStore(silentMeter, { clock, log });
  /** Somebody wants something of the store. */
  const call = async (what: "read" | "write") => {
    if (store.wrong === undefined) return;
    watch.meter.storeFailed(store.wrong, what);
    throw new Fault(store.wrong.code === "disk_full" ? "storage_full" : "unavailable", "No.");
  };
  watch.begin({
    async ready(bytes = 0) {
      store.asked.push(bytes);
      await call("write");
    },
    list: async () => call("read").then(() => ({ documents: [] })),
  });
  /** Lets time pass, and what is due then come to its end. */
  async function pass(seconds: number) {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1000);
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    }
  }
  const op = () => {
    if (store.wrongForOps !== undefined) watch.meter.storeFailed(store.wrongForOps, "write");
  };
  return { lines, store, watch, call: () => call("write").catch(() => {}), op, pass };
}

describe("the watch over a store", () => {
  it("says once that trouble begins, each minute that it lasts, and once that it is over, though nobody asks", async () => {
    const { lines, store, call, pass } = watched();
    store.wrong = new StorageError(
      "unreachable",
      "The database il at db:5432 cannot be reached: ECONNREFUSED.",
    );
    for (let times = 0; times < 100; times++) await call();
    await pass(150);
    store.wrong = undefined;
    await pass(12);
    await pass(100);
    expect(lines.map(({ level, code, message }) => [level, code, message.split(": ")[0]])).to.deep.equal([
      ["error", "unreachable", "The database il at db:5432 cannot be reached"],
      ["error", "unreachable", "The database il at db:5432 cannot be reached"],
      ["error", "unreachable", "The database il at db:5432 cannot be reached"],
      ["warn", "store_back", "The store takes writes again."],
    ]);
    expect(lines.map(({ seconds }) => seconds)).to.deep.equal([undefined, 60, 120, 160]);
    expect(lines[0]!.message.match(/ECONNREFUSED/g)).to.have.length(1);
    expect(lines[1]!.times).to.be.greaterThan(100);
  });

  it("says it once although each look goes well, as long as what people write is refused", async () => {
    const { lines, store, op, pass } = watched();
    store.wrongForOps = new StorageError("folder_unwritable", "The table of ops may not be written.");
    for (let second = 0; second < 50; second++) {
      op();
      await pass(1);
    }
    expect(lines.map(({ code }) => code)).to.deep.equal(["folder_unwritable"]);
    await pass(12);
    expect(lines.map(({ code }) => code)).to.deep.equal(["folder_unwritable", "store_back"]);
  });

  it("says of reads that took too long just that, once a minute, and of a write that did, that there is trouble", async () => {
    const { lines, watch, pass } = watched();
    const slow = new StorageError("busy", "Somebody kept it locked for too long.");
    for (let times = 0; times < 3; times++) watch.meter.storeFailed(slow, "read");
    await pass(60);
    watch.meter.storeFailed(slow, "read");
    expect(lines.map(({ level, code, times }) => [level, code, times])).to.deep.equal([
      ["warn", "busy", 1],
      ["warn", "busy", 3],
    ]);
    watch.meter.storeFailed(slow, "write");
    expect(lines.at(-1)).to.deep.include({ level: "error", code: "busy" });
  });

  it("asks for more room than an op takes while there was none, and for none after that", async () => {
    const { store, watch, call } = watched();
    await watch.look();
    store.wrong = new StorageError("disk_full", "The disk is full.");
    await call();
    expect((await watch.look()).kind).to.equal("full");
    store.wrong = undefined;
    expect((await watch.look()).kind).to.equal("well");
    await watch.look();
    expect(store.asked).to.deep.equal([0, 65_536, 65_536, 0]);
  });

  it("says nothing of what is wrong with one document, and nothing any more once it is stopped", async () => {
    const { lines, store, watch, call, pass } = watched();
    store.wrong = new StorageError("corrupt", "A document is damaged.");
    await call();
    store.wrong = new StorageError("unreachable", "It is away.");
    watch.stop();
    await call();
    await pass(100);
    expect(lines).to.deep.equal([]);
  });
});
