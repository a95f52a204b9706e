// The part of the contract about what has been taken back of tokens.

import { expect } from "chai";
import type { OpLog } from "../../server/storage/op-log.js";
import type { Implementation } from "./documents.js";

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

  if (reopen === undefined) return;
  it("are there when it is opened again", async () => {
    for (const row of [ann, note, single]) await log().revoke(row);
    await log().close();
    const again = await reopen(log());
    expect(await again.revocations()).to.have.deep.members([ann, note, single]);
    await again.close();
  });
}
