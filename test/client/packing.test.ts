// What a channel asks to be given packed of a server, by its protocol and its welcome, and what it tells of what has come.

import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { Packing } from "../../client/packing.js";
import { encodeHistory } from "../../ot/history/index.js";
import type { Answer, Hello, Welcome } from "../../protocol/index.js";

const open = (more: object) => ({ doc: "notes", type: "plain", ...more }) as never;
const packing = (protocol: number, garbled = () => {}) => new Packing(protocol, garbled);
/** What is asked for packed beside a request. */
const asked = (from: Packing, name: "open" | "ops" | "submit", more: object) => {
  const { packed, packedOps } = from.asking(name, open(more)) as { packed?: true; packedOps?: true };
  return [packed, packedOps];
};

describe("what is asked to come packed", () => {
  it("is a document where none is there yet, and ops after one that is", () => {
    const newest = packing(5);
    expect(asked(newest, "open", {})).to.deep.equal([true, true]);
    expect(asked(newest, "open", { since: 7 })).to.deep.equal([undefined, true]);
    expect(asked(newest, "ops", { since: 7 })).to.deep.equal([undefined, true]);
    expect(asked(newest, "submit", { since: 7 })).to.deep.equal([undefined, undefined]);
  });

  it("is what the server's protocol and welcome say that it packs", () => {
    const older = packing(4);
    expect(asked(older, "open", {})).to.deep.equal([true, undefined]);
    older.welcomed({ packsOps: true } as Welcome);
    expect(asked(older, "open", { since: 7 })).to.deep.equal([undefined, true]);
    older.welcomed({} as Welcome);
    expect(asked(older, "open", { since: 7 })).to.deep.equal([undefined, undefined]);
    expect(asked(packing(3), "open", {})).to.deep.equal([undefined, undefined]);
  });
});

describe("an answer that came packed", () => {
  const entry = { src: "bo", seq: 1, op: ["x"], author: "bo", time: 1 };
  const packedOps = new Uint8Array(gzipSync(encodeHistory([entry])));

  it("has its ops after the version that the hello asked from", async () => {
    const newest = packing(5);
    newest.saying({ opens: [open({ since: 7 })] } as unknown as Hello);
    const told = await new Promise<object>((resolve) =>
      newest.opened({ doc: "notes", ok: { packedOps } } as never, resolve),
    );
    expect(told).to.deep.equal({ doc: "notes", ok: { ops: [{ ...entry, version: 8 }] } });
  });

  it("is not told, but complained of, where it holds something else, and what comes after it is told then", async () => {
    const happened: unknown[] = [];
    const newest = packing(5, () => happened.push("garbled"));
    const answer = { ok: { packed: new Uint8Array([1, 2, 3]) } } as unknown as Answer<"open">;
    newest.answered("open", open({}), answer, (told) => happened.push(told));
    await new Promise<void>((resolve) => newest.next(resolve));
    expect(happened).to.deep.equal(["garbled"]);
  });
});
