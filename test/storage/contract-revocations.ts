// The part of the contract about what has been taken back of tokens, and about what else every node must hear of.

import { expect } from "chai";
import type { OpLog } from "../../server/storage/op-log.js";
import type { Implementation } from "./contract-implementation.js";

export function revocationContract({ reopen }: Implementation, log: () => OpLog): void {
  const ann = { user: "ann", doc: "", token: "", before: 1000 };
  const note = { user: "ann", doc: "note", token: "", before: 1000 };
  const single = { user: "", doc: "", token: "t-1", before: 1000 };

  it("are none at first, and then each one once", async () => {
    expect(await log().revocations()).to.deep.equal([]);
    for (const row of [ann, note, single, ann]) await log().revoke(row);
    expect(await log().revocations()).to.have.deep.members([ann, note, single]);
    expect(await log().revocations()).to.have.length(3);
  });

  it("take the place of earlier ones of the same thing, and of no later ones", async () => {
    await log().revoke(ann);
    await log().revoke({ ...ann, before: 2000 });
    await log().revoke({ ...ann, before: 1500 });
    expect(await log().revocations()).to.deep.equal([{ ...ann, before: 2000 }]);
  });

  it("keep names apart that look alike", async () => {
    const rows = [
      { ...ann, user: "a", doc: "bc" },
      { ...ann, user: "ab", doc: "c" },
      { ...ann, user: "abc" },
      { ...ann, user: `","` },
      { ...ann, user: "ANN" },
      ann,
    ];
    for (const row of rows) await log().revoke(row);
    expect(await log().revocations()).to.have.deep.members(rows);
  });

  describe("as news", () => {
    const soon = { id: "a-1", text: "Back in ten minutes", made: 1000, until: 601_000 };
    const open = { id: "a-2", text: "Be nice 👻", made: 1000, until: null };

    it("are told after the last that is known, and all of them to whoever knows none", async () => {
      const { last: none, ...nothing } = await log().news(-1);
      expect(nothing).to.deep.equal({ revocations: [], announcements: [] });
      await log().revoke(ann);
      const first = await log().news(none);
      expect(first).to.deep.include({ revocations: [ann], announcements: [] });
      expect(first.last).to.be.greaterThan(none);
      await log().announce(soon);
      await log().revoke(single);
      const { last, ...second } = await log().news(first.last);
      expect(second).to.deep.equal({ revocations: [single], announcements: [soon] });
      expect(await log().news(last)).to.deep.equal({ last, revocations: [], announcements: [] });
      const all = await log().news(-1);
      expect(all.revocations).to.have.deep.members([ann, single]);
      expect(all.announcements).to.deep.equal([soon]);
    });

    it("are told again when they have changed, and not when they have not", async () => {
      await log().revoke(ann);
      await log().announce(soon);
      await log().announce(open);
      const { last } = await log().news(-1);
      await log().revoke({ ...ann, before: 500 });
      expect((await log().news(last)).revocations).to.deep.equal([]);
      await log().revoke({ ...ann, before: 2000 });
      await log().announce({ ...soon, until: 5000 });
      const { revocations, announcements } = await log().news(last);
      expect(revocations).to.deep.equal([{ ...ann, before: 2000 }]);
      expect(announcements).to.deep.equal([{ ...soon, until: 5000 }]);
      expect((await log().news(-1)).announcements).to.have.deep.members([{ ...soon, until: 5000 }, open]);
    });

    it("forget announcements a day after their end, and no others", async () => {
      await log().announce(soon);
      await log().announce(open);
      const day = 24 * 60 * 60_000;
      const later = { id: "a-3", text: "Much later", made: soon.until + day, until: null };
      await log().announce(later);
      expect((await log().news(-1)).announcements).to.have.length(3);
      await log().announce({ ...later, id: "a-4", made: later.made + 1 });
      const ids = (await log().news(-1)).announcements.map(({ id }) => id);
      expect(ids).to.have.members(["a-2", "a-3", "a-4"]);
    });

    it("are missed by nobody, however many are written at once", async () => {
      const rows = Array.from({ length: 20 }, (_, at) => ({ ...ann, user: `user-${at}` }));
      const heard: unknown[] = [];
      let { last } = await log().news(-1);
      const listen = async () => {
        const news = await log().news(last);
        last = news.last;
        heard.push(...news.revocations.map(({ user }) => user));
      };
      let writing = true;
      const written = Promise.all(rows.map((row) => log().revoke(row))).finally(() => {
        writing = false;
      });
      while (writing) await listen();
      await written;
      await listen();
      expect(heard).to.have.members(rows.map(({ user }) => user));
      expect(heard).to.have.length(rows.length);
    });
  });

  if (reopen === undefined) return;
  it("are there when it is opened again", async () => {
    for (const row of [ann, note, single]) await log().revoke(row);
    await log().close();
    const again = await reopen(log());
    expect(await again.revocations()).to.have.deep.members([ann, note, single]);
    await again.close();
  });
}
