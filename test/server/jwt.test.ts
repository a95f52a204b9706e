// Tokens that must not let anybody in, tried on real servers: by socket and over HTTP, each is refused before any document
// is touched, nothing is fetched that a token names, and no token is ever written to a log.

import { createHmac, generateKeyPairSync, sign as signBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import fc from "fast-check";
import { hasDuplicateKey } from "../../server/duplicates.js";
import type { Log, Server, ServerOptions } from "../../server/index.js";
import { figure } from "../figures.js";
import { codeOf } from "./fakes.js";
import { cleanUp, connectRaw, onCleanUp, startServer } from "./harness.js";
import { call, expectProblem } from "./http-calls.js";

const SECRET = "a secret of at least thirty-two bytes";
const now = Math.floor(Date.now() / 1000);
const base64 = (text: string | object) =>
  Buffer.from(typeof text === "string" ? text : JSON.stringify(text)).toString("base64url");

/** A token of any header and payload, signed with a secret whatever the header says. */
function hmac(header: string | object, payload: string | object, secret = SECRET, hash = "sha256"): string {
  const body = `${base64(header)}.${base64(payload)}`;
  return `${body}.${createHmac(hash, secret).update(body).digest("base64url")}`;
}

const HS = { alg: "HS256", typ: "JWT" };
const good = { sub: "ann", iat: now - 10, exp: now + 600, iss: "us", aud: "interline" };
const without = (key: keyof typeof good) =>
  Object.fromEntries(Object.entries(good).filter(([name]) => name !== key));

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });
const publicPem = rsa.publicKey.export({ type: "spki", format: "pem" }).toString();
const publicDer = rsa.publicKey.export({ type: "spki", format: "der" }).toString("latin1");
const publicJwk = { ...rsa.publicKey.export({ format: "jwk" }), kid: "one", use: "sig", alg: "RS256" };
const strangersJwk = { ...stranger.publicKey.export({ format: "jwk" }), kid: "one" };

function rs(header: object, payload: string | object = good, key = rsa.privateKey): string {
  const body = `${base64(header)}.${base64(payload)}`;
  return `${body}.${signBytes("sha256", Buffer.from(body), key).toString("base64url")}`;
}

const RS = { alg: "RS256", kid: "one" };
const [goodHeader, goodPayload, goodSignature] = hmac(HS, good).split(".") as [string, string, string];

/** Against a server that has a secret. */
const bySecret: Record<string, string> = {
  "no signature at all (alg none)": `${base64({ alg: "none" })}.${goodPayload}.`,
  "alg None": `${base64({ alg: "None" })}.${goodPayload}.`,
  "alg NONE, with a signature": `${base64({ alg: "NONE" })}.${goodPayload}.${goodSignature}`,
  "no alg": hmac({ typ: "JWT" }, good),
  "alg that is empty": hmac({ alg: "" }, good),
  "alg in a list": hmac({ alg: ["HS256"] }, good),
  "alg hs256 in small letters": hmac({ alg: "hs256" }, good),
  HS384: hmac({ alg: "HS384" }, good, SECRET, "sha384"),
  HS512: hmac({ alg: "HS512" }, good, SECRET, "sha512"),
  "HS256 by the header, SHA-512 by the signature": hmac(HS, good, SECRET, "sha512"),
  "RS256 where a secret is agreed": rs(RS),
  "a key in the token itself (jwk)": rs({ ...RS, jwk: strangersJwk }, good, stranger.privateKey),
  "an empty secret": hmac(HS, good, ""),
  "another secret": hmac(HS, good, `${SECRET}!`),
  "a signature cut short": `${goodHeader}.${goodPayload}.${goodSignature.slice(0, -2)}`,
  "a signature with one bit changed": `${goodHeader}.${goodPayload}.${goodSignature.startsWith("A") ? "B" : "A"}${goodSignature.slice(1)}`,
  "a payload put in place of another": `${goodHeader}.${base64({ ...good, sub: "bo" })}.${goodSignature}`,
  "four parts": `${goodHeader}.${goodPayload}.${goodSignature}.${goodSignature}`,
  "five parts, as if encrypted": [goodHeader, goodPayload, goodSignature, "AAAA", "AAAA"].join("."),
  "a space within": `${goodHeader}.${goodPayload}. ${goodSignature}`,
  "a critical header nobody knows": hmac({ ...HS, crit: ["x"], x: 1 }, good),
  "a payload that is not encoded (b64)": hmac({ ...HS, crit: ["b64"], b64: false }, good),
  "another issuer": hmac(HS, { ...good, iss: "them" }),
  "no issuer": hmac(HS, without("iss")),
  "another audience": hmac(HS, { ...good, aud: "other" }),
  "audiences, none of them us": hmac(HS, { ...good, aud: ["a", "b"] }),
  "no audience": hmac(HS, without("aud")),
  "no sub": hmac(HS, without("sub")),
  "a sub that is a number": hmac(HS, { ...good, sub: 1 }),
  "a sub that is null": hmac(HS, { ...good, sub: null }),
  "a sub of control characters": hmac(HS, { ...good, sub: "a\u0000" }),
  "a sub that is endless": hmac(HS, { ...good, sub: "a".repeat(1000) }),
  "not yet": hmac(HS, { ...good, nbf: now + 3600 }),
  "exp that is a text": hmac(HS, { ...good, exp: "9999999999" }),
  "nbf that is an object": hmac(HS, { ...good, nbf: {} }),
  "issued in the future, where no revocation reaches": hmac(HS, { ...good, iat: now + 3600 }),
  "iat that is a text": hmac(HS, { ...good, iat: "now" }),
  "two subs": hmac(HS, `{"sub":"bo","iss":"us","aud":"interline","sub":"ann"}`),
  "two subs, one in disguise": hmac(HS, `{"sub":"bo","iss":"us","aud":"interline","s\\u0075b":"ann"}`),
  "two algs": hmac(`{"alg":"none","alg":"HS256"}`, good),
  "two accesses": hmac(
    HS,
    `{"sub":"ann","iss":"us","aud":"interline","interline":{"access":"read","access":"own"}}`,
  ),
  "a claim of rights that is none": hmac(HS, { ...good, interline: { access: "root" } }),
  "a payload that is a list": hmac(HS, [good]),
  "a payload that is no JSON": hmac(HS, "{sub:ann}"),
  "a header that is no JSON": hmac("alg=HS256", good),
  "no token but a word": "token",
  "JSON instead of a token": JSON.stringify(good),
  "__proto__ for a sub": hmac(HS, `{"__proto__":{"sub":"ann"},"iss":"us","aud":"interline"}`),
};

/** Against a server that knows its issuer's public keys. */
const byKeys: Record<string, string> = {
  "alg none": `${base64({ alg: "none", kid: "one" })}.${goodPayload}.`,
  "the public key as a secret (PEM)": hmac({ alg: "HS256", kid: "one" }, good, publicPem),
  "the public key as a secret (DER)": hmac({ alg: "HS256", kid: "one" }, good, publicDer),
  "the public key as a secret (JWK)": hmac({ alg: "HS256", kid: "one" }, good, JSON.stringify(publicJwk)),
  "its modulus as a secret": hmac({ alg: "HS256", kid: "one" }, good, String(publicJwk.n)),
  "ES256 with an RSA key": rs({ alg: "ES256", kid: "one" }),
  "RS512 by the header, SHA-256 by the signature": rs({ alg: "RS512", kid: "one" }),
  "another key": rs(RS, good, stranger.privateKey),
  "a kid nobody has": rs({ ...RS, kid: "two" }),
  "a kid that is endless": rs({ ...RS, kid: "k".repeat(4000) }),
  "a kid that is a path": rs({ ...RS, kid: "../../../../dev/null" }),
  "a kid that is a query": rs({ ...RS, kid: "' OR 1=1 --" }),
  "a kid that every object has": rs({ ...RS, kid: "constructor" }),
  "a key in the token itself (jwk)": rs({ ...RS, jwk: strangersJwk }, good, stranger.privateKey),
};

const jwt = { auth: "jwt", jwtIssuer: "us", jwtAudience: "interline", database: "memory:" } as const;

/** What a token may not be found in. */
function everything(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (details: object, message: string) =>
    void lines.push(
      JSON.stringify([details, message], (_key, value) =>
        value instanceof Error ? String(value.stack) : value,
      ),
    );
  return { lines, info: keep, warn: keep, error: keep };
}

async function refusedEverywhere(server: Server, tokens: Record<string, string>, code = "unauthenticated") {
  for (const [what, token] of Object.entries(tokens)) {
    expect(await codeOf(connectRaw(server.url, { token })), what).to.equal(code);
    // Over HTTP, what is no token is as if there was none.
    const answer = await call(server, "/v1/documents/note", {
      headers: { authorization: `Bearer ${token}` },
    });
    expectProblem(answer, 401, "unauthenticated");
  }
}

/** Serves text, and counts who asks. */
async function listener(text: string): Promise<{ readonly url: string; asked: number }> {
  const http = createServer((_request, response) => {
    self.asked++;
    response.writeHead(200, { "content-type": "application/json" }).end(text);
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onCleanUp(() => new Promise((resolve) => http.close(() => resolve())));
  const self = { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/keys`, asked: 0 };
  return self;
}

describe("tokens that must not let anybody in", () => {
  afterEach(cleanUp);

  async function start(options: ServerOptions) {
    const server = await startServer({ ...jwt, ...options });
    await server.documents.create({ id: "note", type: "plain", text: "secret" });
    return server;
  }

  it("are refused by a server with a secret, each of them, and the good one is not", async () => {
    expect(Object.keys(bySecret).length + Object.keys(byKeys).length).to.be.at.least(60);
    const server = await start({ jwtSecret: SECRET });
    await refusedEverywhere(server, bySecret);
    expect(await codeOf(connectRaw(server.url, { token: hmac(HS, { ...good, exp: now - 100 }) }))).to.equal(
      "token_expired",
    );
    expect((await connectRaw(server.url, { token: hmac(HS, good) })).welcome.user.id).to.equal("ann");
  });

  it("are refused by a server with published keys, and no address in a token is asked", async () => {
    const [keys, trap] = [
      await listener(JSON.stringify({ keys: [publicJwk] })),
      await listener(JSON.stringify({ keys: [strangersJwk] })),
    ];
    const server = await start({ jwks: keys.url });
    await refusedEverywhere(server, byKeys);
    const elsewhere = ["jku", "x5u", "iss", "jwks_uri"].map((name) => [
      `keys from elsewhere (${name})`,
      rs(
        { ...RS, [name]: trap.url },
        { ...good, ...(name === "iss" && { iss: trap.url }) },
        stranger.privateKey,
      ),
    ]);
    const x5c = rs({ ...RS, x5c: [base64(publicDer)] }, good, stranger.privateKey);
    await refusedEverywhere(server, { ...Object.fromEntries(elsewhere), "a chain of its own (x5c)": x5c });
    expect(trap.asked).to.equal(0);
    expect((await connectRaw(server.url, { token: rs(RS) })).welcome.user.id).to.equal("ann");
    figure(
      "tokens",
      "tokens that were refused, by socket and over HTTP",
      Object.keys(bySecret).length + Object.keys(byKeys).length + elsewhere.length + 2,
    );
    // Names that nobody has do not make it ask the issuer again and again.
    expect(keys.asked).to.be.below(5);
  });

  it("are not looked for in an address", async () => {
    const server = await start({ jwtSecret: SECRET });
    const token = hmac(HS, good);
    for (const name of ["token", "access_token", "auth", "jwt", "authorization"]) {
      expectProblem(await call(server, `/v1/documents/note?${name}=${token}`), 401, "unauthenticated");
      const answer = connectRaw(`${server.url}?${name}=${token}`);
      expect(await codeOf(answer), name).to.equal("unauthenticated");
    }
    const cookies = { headers: { cookie: `token=${token}` } };
    expectProblem(await call(server, "/v1/documents/note", cookies), 401, "unauthenticated");
    expect(await codeOf(connectRaw(server.url, cookies))).to.equal("unauthenticated");
  });

  it("are too long to be read from 8 KiB on", async () => {
    const server = await start({ jwtSecret: SECRET });
    const long = hmac(HS, { ...good, more: "x".repeat(8000) });
    expect(await codeOf(connectRaw(server.url, { token: long }))).to.equal("message_malformed");
    const answer = await call(server, "/v1/documents", { headers: { authorization: `Bearer ${long}` } });
    expectProblem(answer, 401, "unauthenticated");
  });

  it("are never written to a log or a metric, nor are those that do let in", async () => {
    const log = everything();
    let failing = false;
    const server = await start({
      jwtSecret: SECRET,
      log,
      authorize: () => {
        if (failing) throw new Error("the rule failed");
        return true;
      },
    });
    const token = hmac(HS, good);
    const ann = await connectRaw(server.url, { token });
    failing = true;
    expect(await codeOf(ann.request("open", { doc: "note", type: "plain", create: false }))).to.equal(
      "internal",
    );
    await call(server, "/v1/documents/note", { headers: { authorization: `Bearer ${token}` } });
    await call(server, `/v1/documents/note?token=${token}`);
    failing = false;
    await ann.ask("refresh", { token: bySecret["another secret"] });
    await ann.ask("refresh", { token });
    await ann.ask("nonsense", { token });
    for (const bad of Object.values(bySecret).slice(0, 10))
      await codeOf(connectRaw(server.url, { token: bad }));
    await server.revoke({ user: "ann" });
    expect(log.lines.join()).to.include("the rule failed");
    const metrics = (await call(server, "/metrics")).text;
    for (const canary of [goodSignature, goodPayload, SECRET, "secret"]) {
      expect(log.lines.join("\n")).to.not.include(canary);
      expect(metrics).to.not.include(canary);
    }
  });
});

describe("keys that are given twice", () => {
  it("are found wherever they stand", () => {
    for (const text of [
      `{"a":1,"a":2}`,
      `{"a":{"b":1,"c":[{"d":1,"d":1}]}}`,
      `[{"a":1},{"b":"}","b":1}]`,
      `{"a":1,"\\u0061":2}`,
      `{"":1,"":2}`,
      `{"\\"":1,"\\"":2}`,
    ])
      expect(hasDuplicateKey(text), text).to.equal(true);
    for (const text of [
      `{"a":{"a":{"a":1}}}`,
      `["a","a"]`,
      `{"a":"a","b":"a:a"}`,
      `{"a":"\\",\\"a\\":1"}`,
      `7`,
      `""`,
    ])
      expect(hasDuplicateKey(text), text).to.equal(false);
  });

  it("are in no JSON that a writer makes, and in any to which one is added", () => {
    fc.assert(
      fc.property(fc.json(), fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (json, object) => {
        expect(hasDuplicateKey(JSON.stringify(JSON.parse(json)))).to.equal(false);
        const text = JSON.stringify(object);
        const again = JSON.stringify(Object.keys(object)[0]);
        expect(hasDuplicateKey(`${text.slice(0, -1)},${again}:0}`)).to.equal(true);
      }),
    );
  });
});
