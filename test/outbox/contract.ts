// What every outbox must do, whatever it keeps its records in: cases that run in Node and in a browser's page alike.
//
// A device is one store; its pages share it, where the store can be shared. A page that is killed ends without a word.

import { expect } from "chai";
import type { FoundRecord, Outbox, OutboxPending, OutboxRecord } from "../../client/outbox.js";
import type { Op, RecoveredEdit } from "../../client/types.js";
import { plainText } from "../../ot/index.js";

export interface Page {
  readonly outbox: Outbox;
  kill(): void;
}

export interface Device {
  page(): Page;
}

export interface Case {
  readonly title: string;
  /** It takes several pages over one store. */
  readonly shared?: boolean;
  run(device: Device): Promise<void>;
}

const recovered: RecoveredEdit = {
  id: "r1",
  reason: "refused",
  op: [3, "lost"],
  text: "lost",
  fault: { code: "forbidden", message: "no", action: "close" } as unknown as RecoveredEdit["fault"],
  time: 5,
};

/** Local changes that are not sent, one op each. */
export const ops = (...list: readonly Op[]): readonly OutboxPending[] =>
  list.map((op, at) => ({ op, first: at + 1, last: at + 1 }));

/** A record with everything in it, or with what is given. */
export function record(version: number, confirmed: string, more: Partial<OutboxRecord> = {}): OutboxRecord {
  return {
    type: "plain",
    epoch: "e1",
    version,
    confirmed,
    pending: [],
    nextSeq: 1,
    changes: 0,
    unsaved: 0,
    recovered: [],
    ...more,
  };
}

const full = (version: number, confirmed: string): OutboxRecord =>
  record(version, confirmed, {
    inflight: { src: "c1", seq: 4, base: version, sent: ["a👻"], op: ["a👻"], first: 1, last: 2 },
    pending: ops([2, "b"], [3, { d: 1 }]),
    client: { id: "c1", ticket: "t" },
    nextSeq: 5,
    unsaved: 3,
    undo: { done: [{ op: [{ d: 2 }] }], undone: [] },
    recovered: [recovered],
  });

/** A found record with its steps done. */
export function whole({ steps = [], ...found }: FoundRecord): OutboxRecord {
  let text = plainText.create(found.confirmed as string);
  for (const step of steps) text = plainText.apply(text, step as never);
  return { ...found, confirmed: text.toString() };
}

const read = (found: FoundRecord | undefined): OutboxRecord | undefined => found && whole(found);

export const cases: readonly Case[] = [
  {
    title: "has nothing of a document that was never here",
    async run(device) {
      const place = await device.page().outbox.open("a", "plain");
      expect(place.found).to.equal(undefined);
    },
  },
  {
    title: "gives all of a record back to the next document of that id, and to that one only",
    async run(device) {
      const { outbox } = device.page();
      const place = await outbox.open("a", "plain");
      await place.save(full(7, "text"));
      await place.leave(true);
      expect((await outbox.open("b", "plain")).found).to.equal(undefined);
      expect(read((await outbox.open("a", "plain")).found)).to.deep.equal(full(7, "text"));
      expect((await outbox.open("a", "plain")).found?.unsaved ?? 0).to.equal(0);
    },
  },
  {
    title: "replaces a record as one, also after it was adopted",
    async run(device) {
      const { outbox } = device.page();
      const place = await outbox.open("a", "plain");
      await place.save(full(7, "text"));
      await place.save(record(8, "texts", { pending: ops([5, "!"]), unsaved: 1 }), [[4, "s"]]);
      await place.leave(true);
      const next = await outbox.open("a", "plain");
      expect(read(next.found)).to.deep.equal(record(8, "texts", { pending: ops([5, "!"]), unsaved: 1 }));
      await next.save(record(9, "texts!"), [[5, "!"]]);
      await next.save(record(9, "texts!", { pending: ops(["x"]), unsaved: 1 }));
      await next.leave(true);
      expect(read((await outbox.open("a", "plain")).found)).to.deep.equal(
        record(9, "texts!", { pending: ops(["x"]), unsaved: 1 }),
      );
    },
  },
  {
    title: "follows a document through many versions by its steps, and through jumps without them",
    async run(device) {
      const { outbox } = device.page();
      let place = await outbox.open("a", "plain");
      let text = "";
      for (let version = 1; version <= 120; version++) {
        const op: Op = [String(version % 10)];
        text = `${version % 10}${text}`;
        const jump = version % 17 === 0;
        await place.save(
          record(version, text, { pending: ops([`p${version}`]), unsaved: 1 }),
          jump ? undefined : [op],
        );
        if (version % 40 !== 0) continue;
        await place.leave(true);
        place = await outbox.open("a", "plain");
        expect(read(place.found)).to.deep.equal(
          record(version, text, { pending: ops([`p${version}`]), unsaved: 1 }),
        );
      }
    },
  },
  {
    title: "takes another life of a document for another document's text",
    async run(device) {
      const { outbox } = device.page();
      const place = await outbox.open("a", "plain");
      await place.save(record(3, "old", { pending: ops(["x"]), unsaved: 1 }));
      await place.save(record(3, "new life", { epoch: "e2", pending: ops(["x"]), unsaved: 1 }));
      await place.leave(true);
      expect(read((await outbox.open("a", "plain")).found)).to.deep.include({
        epoch: "e2",
        confirmed: "new life",
      });
    },
  },
  {
    title: "keeps two open documents of one id apart",
    async run(device) {
      const { outbox } = device.page();
      const [one, other] = await Promise.all([outbox.open("a", "plain"), outbox.open("a", "plain")]);
      await one.save(record(1, "one", { pending: ops(["1"]), unsaved: 1 }));
      await other.save(record(1, "other", { pending: ops(["2"]), unsaved: 1 }));
      await Promise.all([one.leave(true), other.leave(true)]);
      const found = [await outbox.open("a", "plain"), await outbox.open("a", "plain")].map(
        (place) => read(place.found)?.confirmed,
      );
      expect(found).to.have.members(["one", "other"]);
    },
  },
  {
    title: "gives a killed page's record to the next page",
    shared: true,
    async run(device) {
      const first = device.page();
      const place = await first.outbox.open("a", "plain");
      await place.save(full(7, "text"));
      first.kill();
      const next = await device.page().outbox.open("a", "plain");
      expect(read(next.found)).to.deep.equal(full(7, "text"));
    },
  },
  {
    title: "gives one record to one of many pages that open at once",
    shared: true,
    async run(device) {
      for (let round = 0; round < 8; round++) {
        const doc = `race-${round}`;
        const first = device.page();
        await (await first.outbox.open(doc, "plain")).save(full(7, "text"));
        first.kill();
        const places = await Promise.all(
          Array.from({ length: 5 }, () => device.page().outbox.open(doc, "plain")),
        );
        expect(places.filter(({ found }) => (found?.unsaved ?? 0) > 0)).to.have.length(1);
      }
    },
  },
  {
    title: "shows the confirmed document, and nothing unsent, where another page has the record",
    shared: true,
    async run(device) {
      const first = device.page();
      const place = await first.outbox.open("a", "plain");
      await place.save(full(7, "text"));
      await place.save(full(8, "texts"), [[4, "s"]]);
      const second = device.page();
      const copy = await second.outbox.open("a", "plain");
      expect(read(copy.found)).to.deep.equal(record(8, "texts"));
      await copy.save(record(8, "texts", { pending: ops(["mine"]), unsaved: 1 }));
      second.kill();
      first.kill();
      const found = await Promise.all(
        [1, 2].map(async () => read((await device.page().outbox.open("a", "plain")).found)),
      );
      expect(found.map((one) => one?.pending[0]?.op)).to.have.deep.members([[2, "b"], ["mine"]]);
    },
  },
  {
    title: "adopts unsent ops before recovered edits, those before newer copies, and cleans copies away",
    shared: true,
    async run(device) {
      const pages = [1, 2, 3, 4].map(() => device.page());
      const places = await Promise.all(pages.map(({ outbox }) => outbox.open("a", "plain")));
      await places[0]!.save(record(9, "copy"));
      await places[1]!.save(record(3, "recovered", { recovered: [recovered] }));
      await places[2]!.save(record(2, "unsent", { pending: ops(["x"]), unsaved: 1 }));
      await places[3]!.save(record(8, "older copy"));
      for (const page of pages) page.kill();
      const found: unknown[] = [];
      for (let at = 0; at < 3; at++)
        found.push((await device.page().outbox.open("a", "plain")).found?.confirmed);
      expect(found.slice(0, 2)).to.deep.equal(["unsent", "recovered"]);
      // Nobody's any more: the third shows what one of the others has.
      expect(found[2]).to.equal("recovered");
    },
  },
  {
    title: "keeps one copy of a closed document that has nothing unsent",
    shared: true,
    async run(device) {
      const [one, other] = [device.page(), device.page()];
      const places = await Promise.all([one, other].map(({ outbox }) => outbox.open("a", "plain")));
      for (const place of places) await place.save(record(5, "read me offline"));
      for (const place of places) await place.leave(false);
      const next = await device.page().outbox.open("a", "plain");
      expect(read(next.found)).to.deep.equal(record(5, "read me offline"));
      expect((await device.page().outbox.elsewhere?.()) ?? []).to.deep.equal([]);
    },
  },
  {
    title: "keeps no copy of a document that is not ours any more",
    shared: true,
    async run(device) {
      const page = device.page();
      const place = await page.outbox.open("a", "plain");
      await place.save(record(5, "not for us"));
      await place.leave(false, true);
      page.kill();
      expect((await device.page().outbox.open("a", "plain")).found).to.equal(undefined);
    },
  },
  {
    title: "keeps documents of two types apart, whatever they are called",
    async run(device) {
      const { outbox } = device.page();
      const place = await outbox.open("a", "plain");
      await place.save(full(3, "plain"));
      await place.leave(true);
      expect((await outbox.open("a", "rich")).found).to.equal(undefined);
      expect((await outbox.open("a", "plain")).found?.confirmed).to.equal("plain");
    },
  },
  {
    title: "tells what is unsent elsewhere, and whether a page has it open",
    shared: true,
    async run(device) {
      const [one, other, mine] = [device.page(), device.page(), device.page()];
      await (await one.outbox.open("a", "plain")).save(full(7, "text"));
      await (await other.outbox.open("b", "plain")).save(record(2, "x", { pending: ops(["y"]), unsaved: 2 }));
      await (await other.outbox.open("c", "plain")).save(record(2, "clean"));
      await (await mine.outbox.open("d", "plain")).save(full(1, "mine"));
      one.kill();
      const told = await mine.outbox.elsewhere!();
      expect(told.map(({ doc, unsaved }) => [doc, unsaved]).sort()).to.deep.equal([
        ["a", 3],
        ["b", 2],
      ]);
      expect(told.find(({ doc }) => doc === "a")!.live).to.equal(false);
    },
  },
  {
    title: "has nothing left after it was cleared, and goes on in memory",
    shared: true,
    async run(device) {
      const page = device.page();
      const place = await page.outbox.open("a", "plain");
      await place.save(full(7, "text"));
      await page.outbox.clear!();
      await place.save(full(8, "texts"), [[4, "s"]]);
      expect(page.outbox.state).to.equal("memory");
      page.kill();
      expect((await device.page().outbox.open("a", "plain")).found).to.equal(undefined);
    },
  },
];
