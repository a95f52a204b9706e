// What an outbox writes follows what was typed, not how large the document is; and whatever was said to be written is
// what the next page finds, wherever the last one was killed.

import { expect } from "chai";
import fc from "fast-check";
import type { OutboxRecord } from "../../client/outbox.js";
import type { Op } from "../../client/types.js";
import { VirtualClock } from "../world/clock.js";
import { ops, record, whole } from "./contract.js";
import { modelDevice } from "./devices.js";

const MB = 1_000_000;

describe("what an outbox writes", () => {
  it("is a few hundred bytes for a keystroke in a document of ten megabytes", async () => {
    const { disk, page } = modelDevice();
    const place = await page().outbox.open("a", "plain");
    const confirmed = "x".repeat(10 * MB);
    const undo = { done: ["y".repeat(MB)] };
    await place.save(record(1, confirmed, { undo }));
    expect(disk.unitsPut).to.be.greaterThan(11 * MB);
    disk.unitsPut = 0;
    for (let key = 1; key <= 100; key++)
      await place.save(record(1, confirmed, { undo, pending: ops([5, "k".repeat(key)]), unsaved: key }));
    expect(disk.unitsPut / 100).to.be.lessThan(300);
    expect(disk.lastParts).to.deep.equal(["pending:0"]);
    disk.unitsPut = 0;
    for (let version = 2; version <= 101; version++)
      await place.save(record(version, confirmed, { undo }), [[version, "remote"]]);
    expect(disk.unitsPut / 100).to.be.lessThan(100);
  });

  it("is little when a large document is opened again and nothing has changed", async () => {
    const { disk, page } = modelDevice();
    const first = page();
    await (await first.outbox.open("a", "plain")).save(record(1, "x".repeat(MB)));
    first.kill();
    const place = await page().outbox.open("a", "plain");
    disk.unitsPut = 0;
    await place.save(record(1, "x".repeat(MB)));
    expect(disk.unitsPut).to.equal(0);
  });

  it("is a few times what was typed over a long time, however small the document", async () => {
    const { disk, page } = modelDevice();
    const place = await page().outbox.open("a", "plain");
    let text = "";
    let typed = 0;
    for (let version = 1; version <= 6_000; version++) {
      const op: Op = ["a sentence. "];
      text = `a sentence. ${text}`;
      typed += 12;
      await place.save(record(version, text), [op]);
    }
    expect(disk.unitsPut / typed).to.be.lessThan(8);
    const [kept] = disk.records.values();
    expect(kept!.head.steps).to.be.lessThan(2_001);
  });

  it("is found as it was last said to be written, whatever happens between", async () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant("remote" as const),
          ops: fc.integer({ min: 1, max: 3 }),
          told: fc.boolean(),
        }),
      },
      { weight: 6, arbitrary: fc.record({ kind: fc.constant("type" as const), at: fc.nat(2) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("sent" as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("life" as const) }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constantFrom("fail" as const, "full" as const, "mend" as const) }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("kill" as const) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("close" as const, "twice" as const) }) },
    );
    let found = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        // Nothing is tried again by itself here: the clock stands still.
        const device = modelDevice({ clock: new VirtualClock() });
        let page = device.page();
        let place = await page.outbox.open("a", "plain");
        let now: OutboxRecord = record(1, "");
        /** Records that the next page may find: the last that was said to be written, or one asked for since. */
        let may: OutboxRecord[] = [];
        let written = false;
        const save = async (steps?: readonly Op[]) => {
          may.push(now);
          try {
            await place.save(now, steps);
            may = [now];
            written = true;
          } catch {
            // It may be there all the same.
          }
        };
        const reopen = async () => {
          device.disk.fail = undefined;
          device.disk.room = Number.POSITIVE_INFINITY;
          place = await page.outbox.open("a", "plain");
          if (place.found === undefined) {
            expect(written, "there is a record").to.equal(false);
            now = record(1, "");
            may = [];
            return;
          }
          now = whole(place.found);
          found++;
          expect(may.map(sorted)).to.include(sorted(now));
          // What could not be written was found in this page's memory, and would not be by another's.
        };
        for (const one of steps) {
          if (one.kind === "remote") {
            const committed = Array.from({ length: one.ops }, (_, at): Op => [String(at)]);
            const text = committed.reduce((old, [put]) => `${put}${old}`, now.confirmed as string);
            now = { ...now, version: now.version + committed.length, confirmed: text };
            await save(one.told ? committed : undefined);
          } else if (one.kind === "type") {
            const pending = [...now.pending];
            pending[Math.min(one.at, pending.length)] = {
              op: [`typed at ${one.at}`, now.unsaved + 1],
              first: 1,
              last: now.unsaved + 1,
            };
            now = { ...now, pending, unsaved: now.unsaved + 1, undo: { n: now.unsaved } };
            await save();
          } else if (one.kind === "sent") {
            const [first, ...pending] = now.pending;
            if (first === undefined) continue;
            now = {
              ...now,
              pending,
              inflight: { ...first, src: "s", seq: 1, base: now.version, sent: first.op },
            };
            await save();
          } else if (one.kind === "life") {
            now = { ...now, epoch: `${now.epoch}'`, confirmed: "anew" };
            await save();
          } else if (one.kind === "fail") device.disk.fail = () => new Error("broken");
          else if (one.kind === "full") device.disk.room = device.disk.used() + 5;
          else if (one.kind === "mend") {
            device.disk.fail = undefined;
            device.disk.room = Number.POSITIVE_INFINITY;
          } else if (one.kind === "kill") {
            page.kill();
            page = device.page();
            await reopen();
          } else if (one.kind === "close") {
            await place.leave(true);
            await reopen();
          } else {
            // The page may be ending: a second write beside the first.
            may.push(now);
            const first = Promise.resolve(place.save(now)).catch(() => {});
            now = { ...now, version: now.version + 1, confirmed: `+${now.confirmed}` };
            await save([["+"]]);
            await first;
          }
        }
        page.kill();
        page = device.page();
        await reopen();
      }),
      { numRuns: 500 },
    );
    expect(found).to.be.greaterThan(500);
  });
});

const sorted = (record: OutboxRecord) => JSON.stringify(Object.fromEntries(Object.entries(record).sort()));
