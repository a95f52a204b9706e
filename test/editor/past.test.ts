// What pages of history show, worked out without a page: stretches, marks, versions one by one, playing.

import { expect } from "chai";
import fc from "fast-check";
import { project, schema } from "../../client/prosemirror/index.js";
import { Film, REEL } from "../../demo/history/film.js";
import { sessionAt } from "../../demo/history/past.js";
import { Player } from "../../demo/history/player.js";
import { decorationsOf } from "../../demo/history/sheet.js";
import {
  applied,
  countPlaces,
  emptyOf,
  placesOf,
  shownDiff,
  shownOp,
  snapshotOf,
} from "../../demo/history/shown.js";
import { toldApart } from "../../demo/shared/authors.js";
import { lastSeen } from "../../demo/shared/colors.js";
import { type PlainOp, PlainSnapshot, plainOp, RichSnapshot } from "../../ot/index.js";
import type { Committed, Session } from "../../protocol/index.js";

const committed = (version: number, op: readonly unknown[], author = "Ada"): Committed => ({
  ...{ version, src: "s", seq: version, op, author, time: version * 1000 },
});

/** Neighbours made one, as every op that has been committed has them. */
const canonical = (drawn: readonly (number | string | { d: number })[]): PlainOp => {
  const op = plainOp();
  for (const each of drawn)
    if (typeof each === "number") op.skip(each);
    else if (typeof each === "string") op.insert(each);
    else op.delete(each.d);
  return op.done();
};

/** The text of each stretch, after its kind. */
const told = ({ snapshot, stretches }: ReturnType<typeof shownOp>) =>
  stretches.map(({ at, length, kind }) => {
    const text = [...snapshot.toString()].slice(at, at + length).join("");
    return `${kind} ${text}`;
  });

describe("what an op did", () => {
  it("is shown with what it deleted still there, counted in code points", () => {
    const before = PlainSnapshot.from("the 👻 sat");
    const shown = shownOp(before, committed(2, [4, { d: "👻" }, "cat", 1, "all ", { d: 1 }]));
    expect(shown.snapshot.toString()).to.equal("the 👻cat all sat");
    expect(told(shown)).to.deep.equal(["deleted 👻", "inserted cat", "inserted all ", "deleted s"]);
  });

  it("is shown with what it made look otherwise", () => {
    const before = RichSnapshot.from(["\none two"]);
    const shown = shownOp(before, committed(2, [1, { r: 3, a: { b: 1 } }, 1, { d: 3 }]));
    expect(told(shown)).to.deep.equal(["reformatted one", "deleted two"]);
    expect(shown.snapshot.toJSON()).to.deep.equal(["\n", { i: "one", a: { b: 1 } }, " two"]);
  });

  it("leads to the document after it when what is marked as deleted is left out", () => {
    const component = fc.oneof(
      fc.integer({ min: 1, max: 3 }),
      fc.string({ unit: fc.constantFrom("a", "é", "👻", "\n"), minLength: 1, maxLength: 3 }),
      fc.record({ d: fc.integer({ min: 1, max: 3 }) }),
    );
    fc.assert(
      fc.property(fc.array(component, { maxLength: 6 }), (drawn) => {
        const op = canonical(drawn);
        const before = PlainSnapshot.from("a👻b\ncé".repeat(5));
        const { snapshot, stretches } = shownOp(before, committed(1, op));
        const atoms = [...snapshot.toString()];
        for (const { at, length, kind } of stretches) if (kind === "deleted") atoms.fill("", at, at + length);
        expect(atoms.join("")).to.equal(applied(before, op).toString());
      }),
    );
  });
});

describe("what was done between two versions", () => {
  it("is one document with its parts in it", () => {
    const rich = shownDiff({
      type: "rich",
      parts: [
        { kind: "kept", content: ["\na"] },
        { kind: "deleted", content: ["bc"], author: "Bo", time: 1, version: 2 },
        { kind: "inserted", content: ["\n", { i: "d", a: { b: 1 } }], author: "Ada", time: 2, version: 3 },
      ],
    });
    expect(rich.snapshot.toString()).to.equal("\nabc\nd");
    expect(rich.stretches.map(({ at, length, author }) => [at, length, author])).to.deep.equal([
      [2, 2, "Bo"],
      [4, 2, "Ada"],
    ]);
    const plain = shownDiff({ type: "plain", parts: [{ kind: "inserted", content: ["👻", "b"] }] });
    expect(plain.snapshot.toString()).to.equal("👻b");
  });

  it("show what one person inserted in one sitting as one stretch, in whatever order it came", () => {
    const minutes = 60_000;
    const part = (text: string, author: string, time: number, kind: "inserted" | "deleted" = "inserted") => ({
      ...{ kind, content: [text], author, time, version: time / minutes },
    });
    const { stretches } = shownDiff({
      type: "plain",
      parts: [
        ...[
          part("First pa", "Ada", 3 * minutes),
          part("ra", "Ada", 7 * minutes),
          part("gra", "Ada", 4 * minutes),
        ],
        ...[
          part("ph", "Bo", 4 * minutes),
          part("s", "Bo", 9 * minutes),
          part("!", "Bo", 9 * minutes, "deleted"),
        ],
      ],
    });
    expect(stretches.map(({ at, length, author, version }) => [at, length, author, version])).to.deep.equal([
      ...[[0, 13, "Ada", 7] as const, [13, 2, "Bo", 4] as const],
      ...[[15, 1, "Bo", 9] as const, [16, 1, "Bo", 9] as const],
    ]);
  });
});

describe("the places at which something was changed", () => {
  const stretch = (at: number, length: number, author: string) => ({
    ...{ at, length, author, kind: "inserted" as const, time: 1, version: 1 },
  });

  it("are one for what one author put instead of something else, and two where authors meet", () => {
    const places = placesOf([
      ...[stretch(0, 2, "Ada"), stretch(2, 3, "Ada"), stretch(5, 1, "Bo"), stretch(9, 1, "Bo")],
    ]);
    expect(places).to.deep.equal([0, 0, 1, 2]);
    expect(countPlaces([])).to.equal(0);
  });
});

describe("the colours of authors", () => {
  const ada = (color: number) => ({ name: "Ada", color });

  it("are each their usual one, and another one for whoever comes second", () => {
    const colors = (authors: ReturnType<typeof toldApart>) =>
      Object.entries(authors).map(([user, { color }]) => `${user} ${color}`);
    const first = toldApart({}, { a: ada(11), b: ada(11), c: ada(3) });
    expect(colors(first)).to.deep.equal(["a 11", "b 0", "c 3"]);
    expect(colors(toldApart(first, { d: ada(0), a: ada(5) }))).to.deep.equal(["a 11", "b 0", "c 3", "d 1"]);
  });

  it("are those in which people were seen last, and of those before them the ones that nobody has now", () => {
    const before = { a: ada(1), b: ada(2), c: ada(3) };
    const seen = lastSeen(before, { b: ada(3), d: ada(4) });
    expect(seen).to.deep.equal({ a: ada(1), b: ada(3), d: ada(4) });
    expect(toldApart(seen, { b: ada(2), c: ada(3), e: ada(4) })).to.deep.equal({
      ...seen,
      ...{ c: ada(5), e: ada(6) },
    });
  });

  it("are as many as there are, and then repeat", () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, user) => [`u${user}`, ada(7)]));
    const colors = Object.values(toldApart({}, many)).map(({ color }) => color);
    expect(new Set(colors).size).to.equal(12);
    expect(colors.slice(12).every((color) => color === 7)).to.equal(true);
  });
});

describe("the session of a version", () => {
  it("is the one that made it, of however many", () => {
    const sessions = [9, 7, 4, 0].map((from, n) => ({ from, to: [12, 9, 7, 4][n]! })) as unknown as Session[];
    const found = [12, 10, 9, 8, 5, 4, 1].map((version) => sessionAt(sessions, version)?.to);
    expect(found).to.deep.equal([12, 12, 9, 9, 7, 4, 4]);
    expect([sessionAt(sessions, 0), sessionAt(sessions, 13), sessionAt([], 1)]).to.deep.equal([
      ...[undefined, undefined, undefined],
    ]);
  });
});

describe("the marks in a rich document", () => {
  const look = () => ({ color: 3, title: "Ada" });
  const marks = (wire: readonly unknown[], at: number, length: number) => {
    const snapshot = RichSnapshot.from(wire);
    const doc = project(snapshot, schema);
    const stretch = { at, length, kind: "inserted" as const, author: "Ada", time: 1, version: 1 };
    return decorationsOf(doc, snapshot, [stretch], look).map(({ from, to }) => [
      from,
      to,
      doc.textBetween(from, to, "|", "*"),
    ]);
  };

  it("stand on the text, and on each block whose marker is in the stretch", () => {
    expect(marks(["\nab\ncd"], 2, 3)).to.deep.equal([
      [2, 6, "b|c"],
      [4, 8, "cd"],
    ]);
  });

  it("stand on a rule, on an empty block and on code", () => {
    expect(marks(["\na", { i: { hr: 1, blk: true } }], 2, 1)).to.have.length.greaterThan(0);
    expect(marks(["\na\n"], 2, 1).at(-1)!.slice(0, 2)).to.deep.equal([3, 5]);
    expect(marks([{ i: "\n", a: { t: "code" } }, "let"], 1, 3)).to.deep.equal([[1, 4, "let"]]);
  });
});

describe("a film of a history", () => {
  const count = 2 * REEL + 50;
  const ops = Array.from({ length: count }, (_, n) =>
    committed(n + 1, n === 0 ? ["0"] : [n, String(n % 10)]),
  );
  function source(pageSize = 70) {
    const asked: string[] = [];
    const film = new Film({
      type: "plain",
      began: 0,
      async snapshot(version) {
        asked.push(`at ${version}`);
        return snapshotOf(
          "plain",
          ops
            .slice(0, version)
            .map(({ version: v }) => (v - 1) % 10)
            .join(""),
        );
      },
      async ops(from, to) {
        asked.push(`${from}…${to}`);
        return ops.slice(from, Math.min(to, from + pageSize));
      },
    });
    return { film, asked };
  }

  it("has each version with the documents before and after it, however ops are paged", async () => {
    const { film } = source();
    for (const version of [1, 2, REEL, REEL + 1, count]) {
      const { before, committed: one, after } = await film.picture(version, count);
      expect([before.length, one.version, after.length]).to.deep.equal([version - 1, version, version]);
    }
    expect(emptyOf("plain").length).to.equal(0);
  });

  it("fetches a version far inside from the nearest reel, once", async () => {
    const { film, asked } = source(REEL);
    await Promise.all([film.picture(REEL + 5, count), film.picture(REEL + 6, count)]);
    film.prefetch(REEL + 6, count);
    expect(asked).to.deep.equal([
      `at ${REEL}`,
      `${REEL}…${2 * REEL}`,
      `at ${2 * REEL}`,
      `${2 * REEL}…${count}`,
    ]);
  });

  it("begins where history begins, and never asks for what was before", async () => {
    const asked: number[] = [];
    const film = new Film({
      type: "plain",
      began: 5,
      async snapshot(version) {
        asked.push(version);
        return snapshotOf("plain", "0".repeat(version));
      },
      async ops(from, to) {
        asked.push(from);
        return ops.slice(from, to);
      },
    });
    expect((await film.document(5, 5)).length).to.equal(5);
    expect((await film.document(5 + REEL + 1, count)).length).to.equal(5 + REEL + 1);
    const { before, committed: one, after } = await film.picture(6, count);
    expect([before.length, one.version, after.length]).to.deep.equal([5, 6, 6]);
    expect(Math.min(...asked)).to.equal(5);
  });

  it("fetches its last reel again when history has grown, and what failed when it is wanted again", async () => {
    const { film } = source();
    await film.picture(40, 40);
    expect((await film.picture(41, 41)).after.length).to.equal(41);
    let down = true;
    const failing = new Film({
      type: "plain",
      began: 0,
      snapshot: async () => emptyOf("plain"),
      ops: async (from, to) => {
        if (down) throw new Error("down");
        return ops.slice(from, to);
      },
    });
    const failed = await failing.picture(1, 3).catch((error: Error) => error.message);
    down = false;
    expect([failed, (await failing.picture(1, 3)).committed.version]).to.deep.equal(["down", 1]);
  });
});

describe("playing", () => {
  function playerOf(head: number) {
    const shown: number[] = [];
    let due: (() => void) | undefined;
    const player = new Player({
      clock: {
        now: () => 0,
        after(_ms, run) {
          due = run;
          return () => {
            due = undefined;
          };
        },
      },
      head: () => head,
      first: () => 1,
      show: async (version) => void shown.push(version),
      changed: () => {},
      paused: () => {},
    });
    const tick = async () => {
      await Promise.resolve();
      await Promise.resolve();
      const run = due;
      due = undefined;
      run?.();
      await Promise.resolve();
    };
    return { player, shown, tick };
  }

  it("goes from the beginning to the end, and stops there", async () => {
    const { player, shown, tick } = playerOf(3);
    player.play();
    for (let n = 0; n < 5; n++) await tick();
    expect([shown, player.playing, player.version]).to.deep.equal([[1, 2, 3], false, 3]);
  });

  it("stops when somebody steps, seeks or chooses, and stays within what there is", async () => {
    const { player, shown, tick } = playerOf(9);
    player.play();
    await tick();
    player.step(-5);
    expect([player.playing, player.version]).to.deep.equal([false, 1]);
    player.seek(99);
    player.play();
    player.moved(4);
    await tick();
    await tick();
    expect([player.playing, player.version, shown.includes(9)]).to.deep.equal([false, 4, true]);
  });
});
