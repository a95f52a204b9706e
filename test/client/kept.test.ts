// What of a document goes into a record, and what comes out again, without a store.

import { expect } from "chai";
import fc from "fast-check";
import { canWait, type Kept, recordOf, sessionIn } from "../../client/kept.js";
import type { OutboxRecord } from "../../client/outbox.js";
import { local, rebase, remote, resubmit, send, start } from "../../client/session.js";
import { inflightOf, pendingOf, type Session, unsaved } from "../../client/session-state.js";
import { RUN, receive } from "../../client/stream.js";
import { type PlainOp, type PlainSnapshot, plainText } from "../../ot/index.js";
import type { Committed, Epoch, Version } from "../../protocol/index.js";
import { plainDocument, plainOpFrom, plainSteps } from "../arbitraries/index.js";

type State = Session<PlainSnapshot, PlainOp>;

const limit = { bytes: 100_000, components: 1_000 };
const nobody = { nextSeq: 1 };
const me = { client: { id: "me", ticket: "t" }, nextSeq: 7 } as unknown as Pick<
  OutboxRecord,
  "client" | "nextSeq"
>;

const kept = (session: State, next = me): Kept<PlainSnapshot, PlainOp> => ({
  ...{ session, undo: undefined, recovered: [], changes: 9, names: { next } },
});

/** As a store gives it back. */
const written = (session: State, next = me): OutboxRecord =>
  JSON.parse(JSON.stringify(recordOf("plain", kept(session, next))));

const begun = (text: string): State => start("life" as Epoch, 5 as Version, plainText.create(text));

/** A session in which this was typed and sent and this came from others, in turn. */
const sessions: fc.Arbitrary<State> = fc
  .tuple(
    plainDocument(),
    fc.array(fc.tuple(fc.constantFrom("own", "apart", "send", "theirs"), plainSteps()), { maxLength: 8 }),
  )
  .map(([text, happened]) =>
    happened.reduce((state, [what, steps], nth) => {
      if (what === "send") return send(state, "me", nth);
      if (what === "theirs")
        return remote(plainText, state, plainOpFrom(steps, state.confirmed.length)).session;
      const op = plainOpFrom(steps, state.visible.length);
      const bound = what === "own" ? limit : { bytes: 1, components: 0 };
      return op.length === 0 ? state : local(plainText, state, op, nth + 1, bound);
    }, begun(text)),
  );

const named = ({ op, first, last }: { op: unknown; first: number; last: number }) => ({ op, first, last });

describe("a document in a record", () => {
  it("comes out as it went in, with all that is unsent", () => {
    fc.assert(
      fc.property(sessions, (session) => {
        const found = sessionIn(plainText, written(session));
        expect([found.kind, found.epoch, found.version]).to.deep.equal([
          ...[session.kind, session.epoch, session.version],
        ]);
        expect(found.confirmed.toString()).to.equal(session.confirmed.toString());
        expect(found.visible.toString()).to.equal(session.visible.toString());
        expect(pendingOf(found).map(named)).to.deep.equal(pendingOf(session).map(named));
        const [sent, before] = [inflightOf(found), inflightOf(session)];
        expect(sent && { ...sent, bytes: 0 }).to.deep.equal(before && { ...before, bytes: 0 });
        expect(written(session).unsaved).to.equal(unsaved(session));
      }),
    );
  });

  it("has a name for each op that is not sent, the next in turn, and the same when it is written again", () => {
    fc.assert(
      fc.property(sessions, (session) => {
        const found = sessionIn(plainText, written(session));
        const names = pendingOf(found).map(({ reserved }) => reserved);
        expect(names).to.deep.equal(names.map((_, nth) => ({ src: "me", seq: 7 + nth })));
        const again = sessionIn(plainText, written(found, { ...me, nextSeq: 100 }));
        expect(pendingOf(again).map(({ reserved }) => reserved)).to.deep.equal(names);
      }),
    );
  });

  it("has no names where no server has given one", () => {
    const session = local(plainText, begun("ab"), ["x"], 1, limit);
    expect(pendingOf(sessionIn(plainText, written(session, nobody)))[0]).to.not.have.property("reserved");
  });

  it("is the confirmed document after the steps that were written beside it", () => {
    const found = sessionIn(plainText, { ...written(begun("ab")), steps: [["x"], [3, "y"]] });
    expect(found.visible.toString()).to.equal("xaby");
  });

  it("is refused where it does not fit together", () => {
    const session = local(plainText, begun("ab"), [2, "x"], 1, limit);
    expect(() => sessionIn(plainText, { ...written(session), confirmed: "a" })).to.throw();
  });
});

describe("the name that the page before may have sent an op by", () => {
  /** Two ops that were typed into "ab" and not sent, as the next page finds them: by the names 7 and 8. */
  const found = (): State => {
    const once = local(plainText, begun("ab"), ["x"], 1, limit);
    return sessionIn(plainText, written(local(plainText, once, [3, "y"], 2, { bytes: 1, components: 0 })));
  };
  const seqs = (session: State) => pendingOf(session).map(({ reserved }) => reserved?.seq);
  const committed = (version: number, op: PlainOp, src: string, seq: number): Committed =>
    ({ op, version, src, seq, author: src, time: 0 }) as unknown as Committed;

  it("stays in a document fetched anew, and is none in another life of it", () => {
    const fetched = { version: 9 as Version, snapshot: plainText.create("ab"), contained: false };
    const names = ["life", "next"].map((epoch) =>
      seqs(rebase(plainText, found(), { ...fetched, epoch: epoch as Epoch }, () => []).session),
    );
    expect(names).to.deep.equal([
      [7, 8],
      [undefined, undefined],
    ]);
  });

  it("is none any more when the op before it goes out by another", () => {
    const sent = send(found(), "me", 7);
    expect(seqs(resubmit(sent, "me", 7)), "by the same").to.deep.equal([8]);
    expect(seqs(resubmit(sent, "new", 1))).to.deep.equal([undefined]);
  });

  it("is known in a run of others' ops", () => {
    const ops = Array.from({ length: 2 * RUN }, (_, nth) =>
      nth === RUN ? committed(6 + nth, ["x"], "me", 7) : committed(6 + nth, ["-"], "bo", nth),
    );
    const { session, applied } = receive(plainText, found(), ops);
    expect(session.visible.toString()).to.equal(`${"-".repeat(RUN - 1)}x${"-".repeat(RUN)}aby`);
    expect(applied.filter(({ own }) => own)).to.have.length(1);
  });

  it("is known where others have left nothing of the op before it", () => {
    const before = local(plainText, begun("ab"), [1, { d: 1 }], 1, limit);
    const both = local(plainText, before, ["x"], 2, { bytes: 1, components: 0 });
    const ops = [committed(6, [1, { d: 1 }], "bo", 1), committed(7, ["x"], "me", 8)];
    const { session } = receive(plainText, sessionIn(plainText, written(both)), ops);
    expect([session.visible.toString(), session.kind]).to.deep.equal(["xa", "synced"]);
  });
});

describe("a record that could wait", () => {
  it("is one to which only others have added, with nothing of ours on its way or given back", () => {
    const before = begun("ab");
    const theirs = remote(plainText, before, ["x"]).session;
    const ours = local(plainText, before, ["x"], 1, limit);
    expect(canWait(kept(theirs), kept(before))).to.equal(true);
    expect(canWait(kept(theirs), undefined), "nothing is written").to.equal(false);
    const same = kept(before);
    expect(canWait(same, same), "nothing is new").to.equal(false);
    expect(canWait(kept(ours), kept(before)), "ours is unsent").to.equal(false);
    expect(canWait(kept(theirs), kept(ours)), "ours was unsent").to.equal(false);
    expect(canWait({ ...kept(theirs), changes: 10 }, kept(before)), "ours went by").to.equal(false);
    expect(canWait(kept({ ...theirs, epoch: "next" as Epoch }), kept(before)), "another life").to.equal(
      false,
    );
  });
});
