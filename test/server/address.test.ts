// Where a request comes from: what trusted proxies say, and what strangers say who would like to be believed.

import type { IncomingMessage } from "node:http";
import { expect } from "chai";
import { createAddresses, isAddressRange } from "../../server/address.js";
import { checkOptions } from "../../server/options.js";
import { cleanUp, openSocket, startServer } from "./harness.js";
import { post, withHeaders } from "./http-calls.js";

function request(remoteAddress: string | undefined, headers: Record<string, string> = {}) {
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
}

describe("the client's address", () => {
  const none = createAddresses();
  const proxied = createAddresses(["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"]);
  const from = (remote: string, forwarded?: string, addresses = proxied) =>
    addresses.clientAddress(request(remote, forwarded === undefined ? {} : { "x-forwarded-for": forwarded }));

  it("is the other end's, whatever headers it sends", () => {
    expect(from("203.0.113.9", undefined, none)).to.equal("203.0.113.9");
    expect(from("203.0.113.9", "198.51.100.1", none)).to.equal("203.0.113.9");
    expect(from("203.0.113.9", "198.51.100.1")).to.equal("203.0.113.9");
    expect(from("127.0.0.1", "198.51.100.1")).to.equal("127.0.0.1");
    expect(none.clientAddress(request(undefined))).to.equal("");
  });

  it("is what a trusted proxy says", () => {
    expect(from("10.1.2.3", "203.0.113.9")).to.equal("203.0.113.9");
    expect(from("192.0.2.1", "2001:db9::7")).to.equal("2001:db9::7");
    expect(from("2001:db8::1", "203.0.113.9:4711")).to.equal("203.0.113.9");
    expect(from("::ffff:10.1.2.3", "[2001:db9::7]:4711")).to.equal("2001:db9::7");
    expect(from("192.0.2.2", "203.0.113.9")).to.equal("192.0.2.2");
  });

  it("is not what the client told the proxy: the list is read from its trusted end", () => {
    expect(from("10.1.2.3", "127.0.0.1, 203.0.113.9")).to.equal("203.0.113.9");
    expect(from("10.1.2.3", "127.0.0.1, 203.0.113.9, 10.0.0.2")).to.equal("203.0.113.9");
    expect(from("10.1.2.3", "10.0.0.9, 203.0.113.9, 10.0.0.2, 192.0.2.1")).to.equal("203.0.113.9");
  });

  it("is the last hop that makes sense", () => {
    for (const nonsense of ["", " , ,", "unknown", "203.0.113.9.7", "a".repeat(10_000)]) {
      expect(from("10.1.2.3", nonsense), nonsense.slice(0, 20)).to.equal("10.1.2.3");
    }
    expect(from("10.1.2.3", "198.51.100.1, unknown, 10.0.0.2")).to.equal("10.0.0.2");
    expect(from("10.1.2.3", "10.0.0.7, 10.0.0.8")).to.equal("10.0.0.7");
  });
});

describe("the host that was asked for", () => {
  const headers = { host: "inside:8080", "x-forwarded-host": "docs.example", "x-forwarded-proto": "https" };

  it("is the one that a trusted proxy was asked for", () => {
    const proxied = createAddresses(["10.0.0.1"]);
    const asked = proxied.asked(request("10.0.0.1", headers));
    expect(asked).to.deep.include({ host: "docs.example", secure: true });
    expect(proxied.asked(request("10.0.0.1", { ...headers, "x-forwarded-proto": "http" })).secure).to.equal(
      false,
    );
    // The nearest proxy's word stands last.
    const chained = { ...headers, "x-forwarded-host": "evil.example, docs.example" };
    expect(proxied.asked(request("10.0.0.1", chained)).host).to.equal("docs.example");
  });

  it("is no stranger's to choose", () => {
    for (const addresses of [createAddresses(), createAddresses(["10.0.0.1"])]) {
      const asked = addresses.asked(request("10.0.0.2", headers));
      expect(asked).to.deep.include({ host: "inside:8080", secure: undefined });
    }
    const overTls = createAddresses([], true).asked(
      request("10.0.0.2", { ...headers, "x-forwarded-proto": "http" }),
    );
    expect(overTls.secure).to.equal(true);
  });
});

describe("a trusted proxy", () => {
  afterEach(cleanUp);

  it("is an address or a range of them", () => {
    for (const text of ["127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8", "0.0.0.0/0"])
      expect(isAddressRange(text), text).to.equal(true);
    for (const text of ["", "localhost", "10.0.0.0/33", "10.0.0.0/8/8", "::/129", "10.0.0.0/", "10.0.0/8"])
      expect(isAddressRange(text), text).to.equal(false);
    expect(() => checkOptions({ trustProxy: ["proxy.example"] })).to.throw(/--trust-proxy/);
  });

  const arrives = (url: string, headers: Record<string, string>) =>
    new Promise<boolean>((resolve) => {
      const socket = openSocket(url, { headers });
      socket.once("connect", () => resolve(true));
      socket.once("connect_error", () => resolve(false));
    });
  const seenAs = { "X-Forwarded-Host": "docs.example", "X-Forwarded-Proto": "https" };

  it("makes pages of its own host ours, and a stranger who sends the same headers does not", async () => {
    const jwt = { database: "memory:", auth: "jwt", jwtSecret: "x".repeat(32) } as const;
    const behind = await startServer({ ...jwt, trustProxy: ["127.0.0.1"] });
    const open = await startServer({ ...jwt, trustProxy: ["127.0.0.2"] });
    const page = { ...seenAs, Origin: "https://docs.example" };
    expect(await withHeaders(behind, "/livez", page)).to.equal(200);
    expect(await withHeaders(open, "/livez", page)).to.equal(403);
    expect(await arrives(behind.url, page)).to.equal(true);
    expect(await arrives(open.url, page)).to.equal(false);
    // The same host over an open line is another origin.
    const unsafe = { ...seenAs, Origin: "http://docs.example" };
    expect(await withHeaders(behind, "/livez", unsafe)).to.equal(403);
    expect(await arrives(behind.url, unsafe)).to.equal(false);
  });

  it("does not make an open server answer to foreign names", async () => {
    const server = await startServer({ database: "memory:", trustProxy: ["127.0.0.1"] });
    expect(await withHeaders(server, "/livez", {})).to.equal(200);
    expect(await withHeaders(server, "/livez", { "X-Forwarded-Host": "evil.example" })).to.equal(403);
  });

  it("lets each of its clients have a rate of their own, and a stranger who claims many addresses just one", async () => {
    const rates = { httpPerSecond: 0.001, httpBurst: 2 };
    const statuses = async (url: string) => {
      const answers = [];
      for (let client = 1; client <= 4; client++)
        answers.push(await post({ url }, "/token", {}, { "X-Forwarded-For": `203.0.113.${client}` }));
      return answers.map(({ status }) => status);
    };
    const behind = await startServer({ database: "memory:", limits: rates, trustProxy: ["127.0.0.1"] });
    expect(await statuses(behind.url)).to.deep.equal([201, 201, 201, 201]);
    const open = await startServer({ database: "memory:", limits: rates });
    expect(await statuses(open.url)).to.deep.equal([201, 201, 429, 429]);
  });
});
