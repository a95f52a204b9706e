// Ops that are short as they are sent, and would be long as they are committed: what is inserted is given what others give to
// all that is there.

import { expect } from "chai";
import type { Op } from "../../protocol/index.js";
import { asOne } from "../../server/documents/submitting.js";
import { boundedRichText, MAX_GROWTH } from "../../server/ledger/growth.js";
import { faulty, open, type Subject } from "./support.js";

const LENGTH = 2_000;
/** So many letters, each by itself, from the second place on. */
const letters = (count: number): Op => [2, "y", ...Array.from({ length: count - 1 }, () => [1, "y"]).flat()];
/** All of the text is given so many attributes. */
const give = (name: string, keys: number, value: string | number, length = LENGTH) => {
  const given = Array.from({ length: keys }, (_, key) => [`${name}-${key}`, value] as const);
  return [1, { r: length, a: Object.fromEntries(given) }];
};

describe("an op that would grow on its way", () => {
  let subject: Subject;
  beforeEach(async () => {
    subject = open({ documentAtoms: 100_000 });
    await subject.ledger.create("r", "rich", [`\n${"x".repeat(LENGTH)}`], "ann");
  });
  afterEach(() => subject.ledger.close());

  const refused = async (version: number) => {
    const fault = await faulty(subject.submit("r", "bo", letters(900), { version: 1 }), "op_too_large");
    expect(fault.extra.details).to.include({ mostGrowth: MAX_GROWTH });
    expect(await subject.ledger.head("r")).to.include({ version });
    expect(await subject.submit("r", "cy", letters(2), { version: 1 })).to.equal(version + 1);
  };

  it("past one that gives much is refused, and one that inserts less is not", async () => {
    await subject.submit("r", "ann", give("k", 32, "z".repeat(1_000)));
    await refused(2);
  });

  it("past many that give a little each is refused", async () => {
    for (let at = 0; at < 20; at++) await subject.submit("r", "ann", give(`${at}`, 12, 1));
    await refused(21);
  });

  it("past many of long ago is refused", async () => {
    for (let at = 0; at < 250; at++) await subject.submit("r", "ann", give(`${at}`, 1, "z".repeat(10)));
    await refused(251);
  });

  it("is stopped on the way, before it has become all that it would be", () => {
    const moved = boundedRichText.index(letters(900) as never);
    let passed = 0;
    const all = () => {
      for (; passed < 30; passed++) moved.pass(give(`${passed}`, 1, "z".repeat(100)) as never, "left");
    };
    expect(all).to.throw("too large");
    // Each makes it longer by 900 times 110.
    expect(passed).to.be.within(10, 15);
  });

  it("made one with others of one request is refused", () => {
    const ops = [letters(300), give("k", 32, "z".repeat(1_000), LENGTH + 300)];
    expect(() => asOne("rich", undefined, ops)).to.throw("too large");
    const few = [letters(10), give("k", 32, "z".repeat(1_000), LENGTH + 10)];
    expect(asOne("rich", undefined, few)).to.have.length.above(10);
  });
});
