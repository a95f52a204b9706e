// What the claims of a token that holds allow, without a token.

import { expect } from "chai";
import { Fault } from "../../protocol/index.js";
import { identityOf, LEEWAY_SECONDS } from "../../server/auth-claims.js";
import { roleOf } from "../../server/roles.js";

/** What somebody with this claim is to a document. */
const roleBy = (interline: unknown, doc: string) => roleOf(identityOf({ sub: "ann", interline }), doc);

describe("the claims of a token", () => {
  it("make an editor of everything whom they say nothing of", async () => {
    expect(await roleBy(undefined, "a")).to.equal("editor");
    expect(await roleBy({}, "a")).to.equal("editor");
  });

  it("give one access to all of the documents that they name, and none to others", async () => {
    for (const [access, role] of [
      ["read", "viewer"],
      ["comment", "commenter"],
      ["write", "editor"],
      ["own", "owner"],
    ]) {
      const claim = { documents: ["a", "team-*"], access };
      for (const doc of ["a", "team-", "team-1"]) expect(await roleBy(claim, doc), access).to.equal(role);
      for (const doc of ["b", "team", "ab"]) expect(await roleBy(claim, doc), access).to.equal(undefined);
    }
  });

  it("give the role of the most specific name, in whatever order they are", async () => {
    const names = [
      ["team-*", "viewer"],
      ["*", "commenter"],
      ["team-1", "owner"],
      ["team-1*", "editor"],
    ] as const;
    for (let turn = 0; turn < names.length; turn++) {
      const claim = { roles: Object.fromEntries([...names.slice(turn), ...names.slice(0, turn)]) };
      expect(await roleBy(claim, "team-1")).to.equal("owner");
      expect(await roleBy(claim, "team-12")).to.equal("editor");
      expect(await roleBy(claim, "team-2")).to.equal("viewer");
      expect(await roleBy(claim, "else")).to.equal("commenter");
    }
  });

  it("say nothing of other documents by roles alone, and what else they say where no role fits", async () => {
    const named = { a: "viewer" };
    expect(await roleBy({ roles: named }, "b")).to.equal(undefined);
    expect(await roleBy({ roles: named, access: "own" }, "a")).to.equal("viewer");
    expect(await roleBy({ roles: named, access: "own" }, "b")).to.equal("owner");
    expect(await roleBy({ roles: named, documents: ["c"] }, "b")).to.equal(undefined);
    expect(await roleBy({ roles: named, documents: ["c"] }, "c")).to.equal("editor");
  });

  it("are refused where they cannot be read", () => {
    for (const interline of [
      null,
      { roles: { a: "admin" } },
      { roles: { "a/b": "viewer" } },
      { roles: ["viewer"] },
      { role: "viewer" },
    ])
      expect(() => identityOf({ sub: "ann", interline }), JSON.stringify(interline))
        .to.throw(Fault)
        .with.property("code", "unauthenticated");
  });

  it("give a name that hides and turns nothing, also where it is the id", () => {
    const nameOf = (sub: string, name?: string) => {
      const { user } = identityOf({ sub, name });
      expect(user.id).to.equal(sub);
      return user.name;
    };
    expect(nameOf("\u202eeel nna", "\u202eeel nnA")).to.equal("eel nnA");
    expect(nameOf("\u202eeel nna")).to.equal("eel nna");
    expect(nameOf("ann\u2028lee\u200b")).to.equal("ann lee");
    expect(nameOf("\u200b")).to.equal("?");
    expect(nameOf("a".repeat(128))).to.equal("a".repeat(128));
  });

  it("end a little later than they say, and not at all where they say nothing of it", () => {
    expect(identityOf({ sub: "ann", exp: 1000 }).expiresAt).to.equal((1000 + LEEWAY_SECONDS) * 1000);
    expect(identityOf({ sub: "ann", exp: 1e306 }).expiresAt).to.equal(Number.MAX_SAFE_INTEGER);
    expect(identityOf({ sub: "ann" }).expiresAt).to.equal(undefined);
  });
});
