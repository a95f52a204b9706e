// Which pages may talk to the server, and under which names it answers.

import { expect } from "chai";
import { createOriginCheck, isLoopback, isOrigin } from "../../server/origins.js";

describe("the origin check", () => {
  const open = createOriginCheck([], true);
  const jwt = createOriginCheck(["https://editor.example", "http://localhost:5173"], false);

  it("lets our own pages in, under the name they were asked for", () => {
    for (const host of ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "127.0.0.1"]) {
      expect(open({ host, origin: `http://${host}` }), host).to.equal(true);
    }
    expect(jwt({ host: "docs.example", origin: "https://docs.example" })).to.equal(true);
  });

  it("lets programs in, which have no origin", () => {
    expect(open({ host: "127.0.0.1:8080" })).to.equal(true);
    expect(jwt({ host: "docs.example" })).to.equal(true);
  });

  it("lets the pages in that the configuration names, and no other", () => {
    expect(jwt({ host: "docs.example", origin: "https://editor.example" })).to.equal(true);
    expect(jwt({ host: "docs.example", origin: "http://localhost:5173" })).to.equal(true);
    for (const origin of [
      "http://editor.example",
      "https://editor.example:444",
      "https://editor.example.evil.example",
      "https://evil.example",
      "https://xeditor.example",
      "null",
      "",
      "file://",
      "javascript:alert(1)",
      "https://docs.example.evil.example",
      "https://evil.example/docs.example",
    ]) {
      expect(jwt({ host: "docs.example", origin }), origin).to.equal(false);
      expect(open({ host: "127.0.0.1:8080", origin }), origin).to.equal(false);
    }
  });

  it("takes the scheme into account where it is known", () => {
    const host = "docs.example";
    expect(jwt({ host, origin: `https://${host}`, secure: true })).to.equal(true);
    expect(jwt({ host, origin: `http://${host}`, secure: true })).to.equal(false);
    expect(jwt({ host, origin: `https://${host}`, secure: false })).to.equal(false);
    expect(jwt({ host: `${host}:8443`, origin: `https://${host}:8443`, secure: true })).to.equal(true);
    expect(jwt({ host, origin: "http://localhost:5173", secure: true })).to.equal(true);
  });

  it("answers to no foreign name when anybody gets in, not even to its own pages", () => {
    for (const host of [
      "evil.example:8080",
      "127.0.0.1.evil.example",
      "localhost.evil.example",
      "192.168.1.7:8080",
      "",
    ]) {
      expect(open({ host, origin: `http://${host}` }), host).to.equal(false);
      expect(open({ host }), host).to.equal(false);
    }
    expect(open({})).to.equal(false);
  });

  it("answers to the name of a configured origin, for a proxy in front", () => {
    const proxied = createOriginCheck(["https://editor.example"], true);
    expect(proxied({ host: "editor.example", origin: "https://editor.example" })).to.equal(true);
  });

  it("knows this machine's own addresses", () => {
    for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
      expect(isLoopback(host), host).to.equal(true);
    for (const host of ["0.0.0.0", "::", "192.168.1.1", "127.0.0.1.evil.example", "example.org", ""]) {
      expect(isLoopback(host), host).to.equal(false);
    }
  });

  it("knows an origin from an address", () => {
    for (const text of ["https://a.example", "http://localhost:3000", "https://a.example/"]) {
      expect(isOrigin(text), text).to.equal(true);
    }
    for (const text of [
      "a.example",
      "https://a.example/x",
      "*",
      "ftp://a.example",
      "https://a:b@c.example",
    ]) {
      expect(isOrigin(text), text).to.equal(false);
    }
  });
});
