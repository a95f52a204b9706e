// Who somebody is: tokens that hold, tokens that do not, and what their claims allow.

import { createHmac, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { Fault } from "../../protocol/index.js";
import { type Authenticator, jwtAuth, openAuth } from "../../server/auth.js";
import { cleanName } from "../../server/auth-claims.js";
import type { Identity } from "../../server/ports.js";
import { createTickets, mintDocumentId, mintId, purposeKey, systemRandom } from "../../server/tickets.js";
import { manualClock } from "./clock.js";
import { seededRandom } from "./fakes.js";
import { cleanUp, onCleanUp } from "./harness.js";

const SECRET = "a secret of at least thirty-two bytes";
const clock = manualClock();
const nowSeconds = Math.floor(clock.now() / 1000);
const bytes = (text: string) => new TextEncoder().encode(text);
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

function sign(
  claims: JWTPayload,
  secret = SECRET,
  header: { alg: string } = { alg: "HS256" },
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader(header).sign(bytes(secret));
}

async function identityOf(authenticator: Authenticator, token?: string, name?: string): Promise<Identity> {
  const admission = await authenticator.authenticate({
    ...(token === undefined ? {} : { token }),
    ...(name === undefined ? {} : { name }),
  });
  return admission("client");
}

async function codeOf(authenticator: Authenticator, token?: string): Promise<string> {
  try {
    await identityOf(authenticator, token);
    return "let in";
  } catch (error) {
    return error instanceof Fault ? error.code : String(error);
  }
}

describe("a signed token", () => {
  const auth = jwtAuth({ key: { secret: SECRET } }, clock);

  it("says who somebody is, and when it ends", async () => {
    const identity = await identityOf(auth, await sign({ sub: "ann", name: "Ann", exp: nowSeconds + 100 }));
    expect(identity.user).to.deep.equal({ id: "ann", name: "Ann" });
    expect(identity.expiresAt).to.equal((nowSeconds + 160) * 1000);
    expect(await identity.may("write", "any")).to.equal(true);
  });

  it("ends at a whole millisecond, though its issuer counts in parts of a second", async () => {
    const identity = await identityOf(auth, await sign({ sub: "ann", exp: nowSeconds + 100.1234567 }));
    expect(identity.expiresAt).to.equal(nowSeconds * 1000 + 160_123);
  });

  it("gives a name of its own only, whatever the connection says", async () => {
    const identity = await identityOf(auth, await sign({ sub: "ann" }), "Admin");
    expect(identity.user).to.deep.equal({ id: "ann", name: "ann" });
  });

  it("may be up to a minute early or late", async () => {
    expect(await codeOf(auth, await sign({ sub: "ann", exp: nowSeconds - 59 }))).to.equal("let in");
    expect(await codeOf(auth, await sign({ sub: "ann", exp: nowSeconds - 61 }))).to.equal("token_expired");
    expect(await codeOf(auth, await sign({ sub: "ann", nbf: nowSeconds + 59 }))).to.equal("let in");
    expect(await codeOf(auth, await sign({ sub: "ann", nbf: nowSeconds + 61 }))).to.equal("unauthenticated");
  });

  it("is not one that somebody else signed, changed, or left unsigned", async () => {
    const good = await sign({ sub: "ann" });
    const [header, payload, signature] = good.split(".") as [string, string, string];
    const none = `${base64({ alg: "none" })}.${payload}.`;
    const noneCased = `${base64({ alg: "nOnE" })}.${payload}.`;
    const forged = `${header}.${base64({ sub: "bo" })}.${signature}`;
    const crit = { alg: "HS256", crit: ["x"], x: 1 };
    const unknownCrit = `${base64(crit)}.${payload}`;
    const signedCrit = `${unknownCrit}.${createHmac("sha256", SECRET).update(unknownCrit).digest("base64url")}`;
    const bad = [
      ["another secret", await sign({ sub: "ann" }, "another secret of thirty-two bytes or more")],
      ["alg none", none],
      ["alg nOnE", noneCased],
      ["alg none, with the signature", `${none}${signature}`],
      ["another payload", forged],
      ["no signature", `${header}.${payload}.`],
      ["two parts", `${header}.${payload}`],
      ["four parts", `${good}.${signature}`],
      ["a cut signature", good.slice(0, -4)],
      ["HS512", await sign({ sub: "ann" }, `${SECRET}${SECRET}`, { alg: "HS512" })],
      ["HS384", await sign({ sub: "ann" }, `${SECRET}${SECRET}`, { alg: "HS384" })],
      ["a critical header nobody knows", signedCrit],
      ["nothing", ""],
      ["no token", "hello"],
      ["dots", ".."],
      ["not JSON", `${Buffer.from("{").toString("base64url")}.${payload}.${signature}`],
      ["a list of claims", await signText("[]")],
      ["no claims", await signText("null")],
    ] as const;
    for (const [what, token] of bad) expect(await codeOf(auth, token), what).to.equal("unauthenticated");
    expect(await codeOf(auth, good)).to.equal("let in");
    expect(await codeOf(auth, undefined)).to.equal("unauthenticated");
  });

  async function signText(payload: string): Promise<string> {
    const body = `${base64({ alg: "HS256" })}.${Buffer.from(payload).toString("base64url")}`;
    return `${body}.${createHmac("sha256", SECRET).update(body).digest("base64url")}`;
  }

  it("is not one whose claims are not what they should be", async () => {
    const bad: JWTPayload[] = [
      {},
      { sub: "" },
      { sub: 7 as unknown as string },
      { sub: "a\u0000b" },
      { sub: "a\nb" },
      { sub: "a".repeat(129) },
      { sub: "ann", exp: "tomorrow" as unknown as number },
      { sub: "ann", exp: { $gt: 0 } as unknown as number },
      { sub: "ann", nbf: "yesterday" as unknown as number },
      { sub: "ann", interline: null },
      { sub: "ann", interline: "write" },
      { sub: "ann", interline: [] },
      { sub: "ann", interline: { access: "admin" } },
      { sub: "ann", interline: { access: "constructor" } },
      { sub: "ann", interline: { access: ["write"] } },
      { sub: "ann", interline: { documents: "*" } },
      { sub: "ann", interline: { documents: [7] } },
      { sub: "ann", interline: { documents: ["a/b"] } },
      { sub: "ann", interline: { documents: ["a*b"] } },
      { sub: "ann", interline: { documents: ["__proto__"] } },
      { sub: "ann", interline: { documents: ["a"], write: true } },
    ];
    for (const claims of bad) {
      expect(await codeOf(auth, await sign(claims)), JSON.stringify(claims)).to.equal("unauthenticated");
    }
  });

  it("is for this server and from the issuer, where that was asked", async () => {
    const strict = jwtAuth({ key: { secret: SECRET }, issuer: "us", audience: "interline" }, clock);
    expect(await codeOf(strict, await sign({ sub: "a", iss: "us", aud: "interline" }))).to.equal("let in");
    expect(await codeOf(strict, await sign({ sub: "a", iss: "us", aud: ["x", "interline"] }))).to.equal(
      "let in",
    );
    for (const claims of [{}, { iss: "us" }, { iss: "them", aud: "interline" }, { iss: "us", aud: "x" }]) {
      expect(await codeOf(strict, await sign({ sub: "a", ...claims }))).to.equal("unauthenticated");
    }
  });

  it("allows the documents and the access that its claims say", async () => {
    const may = async (interline: unknown) => {
      const identity = await identityOf(auth, await sign({ sub: "ann", interline }));
      const asked = ["a", "b", "team-1", "team"].flatMap((doc) =>
        (["read", "write", "create", "delete"] as const).map(async (action) =>
          (await identity.may(action, doc)) ? `${doc}:${action}` : "",
        ),
      );
      return (await Promise.all(asked)).filter(Boolean).join(" ");
    };
    expect(await may({ documents: ["a"] })).to.equal("a:read a:write a:create");
    expect(await may({ documents: ["a", "team-*"], access: "read" })).to.equal("a:read team-1:read");
    expect(await may({ documents: ["a"], access: "own" })).to.equal("a:read a:write a:create a:delete");
    expect(await may({ documents: [] })).to.equal("");
    expect(await may({ documents: ["*"], access: "read" })).to.equal("a:read b:read team-1:read team:read");
  });
});

describe("tokens signed with published keys", () => {
  afterEach(cleanUp);

  interface Issuer {
    readonly url: URL;
    status: number;
    readonly keys: { readonly [kid: string]: CryptoKey };
    sign(alg: string, kid: string, claims?: JWTPayload): Promise<string>;
  }

  async function issuer(...algorithms: readonly string[]): Promise<Issuer> {
    const pairs = await Promise.all(
      algorithms.map(async (alg) => ({ alg, ...(await generateKeyPair(alg, { extractable: true })) })),
    );
    const jwks = {
      keys: await Promise.all(
        pairs.map(async ({ alg, publicKey }) => ({ ...(await exportJWK(publicKey)), kid: alg, use: "sig" })),
      ),
    };
    const http = createServer((_request, response) => {
      response.writeHead(self.status, { "content-type": "application/json" }).end(JSON.stringify(jwks));
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    onCleanUp(() => new Promise((resolve) => http.close(() => resolve())));
    const self: Issuer = {
      url: new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}/keys`),
      status: 200,
      keys: Object.fromEntries(pairs.map(({ alg, privateKey }) => [alg, privateKey])),
      sign: (alg, kid, claims = { sub: "ann" }) =>
        new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(self.keys[kid]!),
    };
    return self;
  }

  it("are checked with the key that they name", async () => {
    const keys = await issuer("RS256", "ES256", "EdDSA");
    const auth = jwtAuth({ key: { jwks: keys.url } }, clock);
    for (const alg of ["RS256", "ES256", "EdDSA"]) {
      expect((await identityOf(auth, await keys.sign(alg, alg))).user.id, alg).to.equal("ann");
    }
    expect(await codeOf(auth, await keys.sign("RS256", "RS256", { sub: "a", exp: 1 }))).to.equal(
      "token_expired",
    );
  });

  it("are no secrets: a public key never serves as one", async () => {
    const keys = await issuer("RS256");
    const auth = jwtAuth({ key: { jwks: keys.url } }, clock);
    const published = await (await fetch(keys.url)).text();
    for (const secret of [
      published,
      JSON.stringify(JSON.parse(published).keys[0]),
      JSON.parse(published).keys[0].n,
    ]) {
      const token = new SignJWT({ sub: "ann" }).setProtectedHeader({ alg: "HS256", kid: "RS256" });
      expect(await codeOf(auth, await token.sign(bytes(secret)))).to.equal("unauthenticated");
    }
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const other = await new SignJWT({ sub: "ann" })
      .setProtectedHeader({ alg: "RS256", kid: "RS256" })
      .sign(privateKey);
    expect(await codeOf(auth, other)).to.equal("unauthenticated");
    const unknown = await new SignJWT({ sub: "ann" })
      .setProtectedHeader({ alg: "RS256", kid: "x" })
      .sign(privateKey);
    expect(await codeOf(auth, unknown)).to.equal("unauthenticated");
  });

  it("wait when the keys cannot be had: that is not their fault", async () => {
    const keys = await issuer("ES256");
    const auth = jwtAuth({ key: { jwks: keys.url } }, clock);
    keys.status = 503;
    expect(await codeOf(auth, await keys.sign("ES256", "ES256"))).to.equal("unavailable");
    keys.status = 200;
    expect(await codeOf(auth, await keys.sign("ES256", "ES256"))).to.equal("let in");
  });
});

describe("an open server", () => {
  const secret = new Uint8Array(32).fill(1);
  const auth = openAuth(secret, clock, seededRandom());

  it("lets anybody in as a guest named after their client id", async () => {
    const identity = await identityOf(auth, undefined, "  Ann\u202e  Lee ");
    expect(identity.user).to.deep.equal({ id: "guest-client", name: "Ann Lee" });
    expect(identity.expiresAt).to.equal(undefined);
  });

  it("gives a lasting identity to whoever asks for a token", async () => {
    const { token, user } = await auth.issue!("Ann");
    expect(user.id).to.match(/^guest-[A-Za-z0-9_-]{16}$/);
    expect((await identityOf(auth, token)).user).to.deep.equal(user);
    expect((await identityOf(auth, token, "Annie")).user).to.deep.equal({ id: user.id, name: "Annie" });
    expect((await auth.issue!("Ann")).user.id).to.not.equal(user.id);
  });

  it("takes no token that it did not issue", async () => {
    const elsewhere = openAuth(new Uint8Array(32).fill(2), clock, seededRandom());
    expect(await codeOf(auth, (await elsewhere.issue!("Ann")).token)).to.equal("unauthenticated");
    expect(await codeOf(auth, await sign({ sub: "ann", iss: "interline" }))).to.equal("unauthenticated");
    expect(await codeOf(auth, "")).to.equal("unauthenticated");
    const another = new SignJWT({ sub: "ann" }).setIssuer("interline").setProtectedHeader({ alg: "HS512" });
    const key = new Uint8Array(64);
    key.set(purposeKey(secret, "guest token"));
    expect(await codeOf(auth, await another.sign(key))).to.equal("unauthenticated");
  });
});

describe("a ticket", () => {
  const tickets = createTickets(new Uint8Array(32).fill(3));

  it("holds for the client id and the user that it was issued for, and for no other", () => {
    const ticket = tickets.issue("abcdefghijkl", "ann");
    expect(tickets.holds("abcdefghijkl", "ann", ticket)).to.equal(true);
    expect(tickets.holds("abcdefghijkm", "ann", ticket)).to.equal(false);
    expect(tickets.holds("abcdefghijkl", "bo", ticket)).to.equal(false);
    expect(createTickets(new Uint8Array(32)).holds("abcdefghijkl", "ann", ticket)).to.equal(false);
  });

  it("holds for no client id that was never minted", () => {
    for (const id of ["", "short", "abcdefghijk\0", "abcdefghijklm", "__proto__"]) {
      expect(tickets.holds(id, "ann", tickets.issue(id, "ann")), JSON.stringify(id)).to.equal(false);
    }
  });

  it("is told nothing by the length or the letters of a wrong one", () => {
    const ticket = tickets.issue("abcdefghijkl", "ann");
    for (const wrong of ["", "!", ticket.slice(1), `${ticket}A`, ticket.toLowerCase(), "A".repeat(100)]) {
      expect(tickets.holds("abcdefghijkl", "ann", wrong)).to.equal(false);
    }
  });
});

describe("minted ids", () => {
  it("are URL-safe and do not repeat", () => {
    const ids = new Set(Array.from({ length: 10_000 }, () => mintId(systemRandom)));
    expect(ids.size).to.equal(10_000);
    for (const id of ids) expect(id).to.match(/^[A-Za-z0-9_-]{12}$/);
    for (let time = 0; time < 1000; time++) {
      expect(mintDocumentId(systemRandom)).to.match(/^[A-Za-z0-9][A-Za-z0-9_-]{21}$/);
    }
  });

  it("use every letter about equally often", () => {
    const counts = new Map<string, number>();
    for (const letter of mintId(systemRandom, 64_000)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    expect(counts.size).to.equal(64);
    for (const [letter, count] of counts) expect(count, letter).to.be.within(800, 1200);
  });
});

describe("a name as others see it", () => {
  it("is one line without hidden or turning characters, and not endless", () => {
    expect(cleanName("Ann\n\tLee", "?")).to.equal("Ann Lee");
    expect(cleanName("\u202eeel nnA\u200b", "?")).to.equal("eel nnA");
    expect(cleanName("a\ud800b", "?")).to.equal("a\ufffdb");
    expect(cleanName("👻".repeat(100), "?")).to.equal("👻".repeat(64));
    expect(cleanName("👩‍👩‍👧 میم‌ها", "?")).to.equal("👩‍👩‍👧 میم‌ها");
    for (const name of ["", " \u200b ", undefined, 7, null])
      expect(cleanName(name, "Guest")).to.equal("Guest");
  });
});
