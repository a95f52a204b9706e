// TLS: what is spoken, which files will do, and how they are exchanged while people are connected.

import { execFile } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { type TLSSocket, connect as tlsConnect } from "node:tls";
import { promisify } from "node:util";
import { expect } from "chai";
import { StartupError } from "../../server/index.js";
import { openCertificate, type TlsFiles } from "../../server/tls.js";
import { selfSigned } from "./certificates.js";
import {
  cleanUp,
  connectRaw,
  keptLog,
  onCleanUp,
  type RawClient,
  startChild,
  startServer,
  tempFolder,
  until,
} from "./harness.js";

interface Answered {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
}

function get(port: number, files: TlsFiles, headers: Record<string, string> = {}): Promise<Answered> {
  const ca = readFileSync(files.cert);
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: "127.0.0.1", port, path: "/livez", ca, headers, servername: "localhost", agent: false },
      (response) => {
        response.resume();
        resolve({ status: response.statusCode ?? 0, headers: response.headers });
      },
    );
    asked.on("error", reject);
    asked.end();
  });
}

/** Whose certificate is shown to whoever connects now. */
function shown(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = tlsConnect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
      const { CN } = socket.getPeerCertificate().subject;
      socket.destroy();
      resolve(String(CN));
    });
    socket.on("error", reject);
  });
}

const over = (url: string, files: TlsFiles): Promise<RawClient> =>
  connectRaw(url, { ca: readFileSync(files.cert) });

describe("a server with a certificate", () => {
  afterEach(cleanUp);

  it("speaks HTTPS and secure WebSockets on one port, and nothing else there", async () => {
    const files = selfSigned(await tempFolder());
    const server = await startServer({ database: "memory:", tls: files });
    expect(server.url).to.equal(`https://127.0.0.1:${server.port}`);
    expect((await get(server.port, files)).status).to.equal(200);
    const ann = await over(server.url, files);
    await ann.request("open", { doc: "note", type: "plain", create: true });
    expect(await ann.request("submit", { doc: "note", version: 1, seq: 1, op: ["x"] })).to.deep.equal({
      version: 2,
    });
    const plain = await fetch(`http://127.0.0.1:${server.port}/livez`).catch(() => undefined);
    expect(plain).to.equal(undefined);
    expect(await connectRaw(`http://127.0.0.1:${server.port}`).catch(() => "refused")).to.equal("refused");
  });

  it("tells browsers to stay with HTTPS, except on this machine, and only then", async () => {
    const files = selfSigned(await tempFolder());
    const jwt = { database: "memory:", auth: "jwt", jwtSecret: "x".repeat(32) } as const;
    const server = await startServer({ ...jwt, tls: files });
    const hsts = async (host: string) =>
      (await get(server.port, files, { host })).headers["strict-transport-security"];
    expect(await hsts("docs.example")).to.match(/^max-age=\d{7,}$/);
    for (const host of ["localhost", "127.0.0.1:8080"]) expect(await hsts(host), host).to.equal(undefined);
    const plain = await startServer(jwt);
    const { headers } = await fetch(`${plain.url}/livez`);
    expect(headers.get("strict-transport-security")).to.equal(null);
  });

  it("takes a page that came over an open line for somebody else's", async () => {
    const files = selfSigned(await tempFolder());
    const server = await startServer({ database: "memory:", tls: files });
    const host = `127.0.0.1:${server.port}`;
    expect((await get(server.port, files, { origin: `https://${host}` })).status).to.equal(200);
    expect((await get(server.port, files, { origin: `http://${host}` })).status).to.equal(403);
  });

  it("shows a new one when the files change or it is told, and cuts nobody off", async () => {
    const folder = await tempFolder();
    const files = selfSigned(folder, "first");
    const next = selfSigned(folder, "second");
    const server = await startServer({ database: "memory:", tls: files });
    const ann = await over(server.url, files);
    expect(await shown(server.port)).to.equal("first");
    // One file alone fits nothing: the old pair stays.
    copyFileSync(next.key, files.key);
    server.reloadCertificate();
    expect(await shown(server.port)).to.equal("first");
    expect(server.log.errors).to.have.length(1);
    copyFileSync(next.cert, files.cert);
    server.reloadCertificate();
    expect(await shown(server.port)).to.equal("second");
    await ann.request("open", { doc: "note", type: "plain", create: true });
    expect(ann.socket.connected).to.equal(true);
  });

  it("that is refused leaves nothing running", async () => {
    const program = `
      const { createServer } = await import(${JSON.stringify(new URL("../../server/index.js", import.meta.url).href)});
      await createServer({ port: 0, database: "memory:", tls: { cert: "/none", key: "/none" } }).catch(({ reason }) => console.log(reason));`;
    const args = ["--input-type=module", "--eval", program];
    // It would be killed, and that is an error, if it did not end by itself.
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 30_000 });
    expect(stdout).to.equal("bad_option\n");
  });

  it("sees by itself that files have changed", async () => {
    const folder = await tempFolder();
    const [files, next] = [selfSigned(folder, "first"), selfSigned(folder, "second")];
    const told: object[] = [];
    const certificate = openCertificate(files, keptLog(), 20);
    onCleanUp(() => certificate.stop());
    certificate.serve({ setSecureContext: (context: object) => told.push(context) } as never);
    copyFileSync(next.cert, files.cert);
    copyFileSync(next.key, files.key);
    await until("the new pair is in use", () => told.length > 0);
    expect(told.at(-1)).to.deep.include({ cert: readFileSync(next.cert), key: readFileSync(next.key) });
  });

  it("reads them again on SIGHUP, which ends nothing with or without a certificate", async () => {
    const folder = await tempFolder();
    const [files, next] = [selfSigned(folder, "first"), selfSigned(folder, "second")];
    const child = await startChild([
      "--database",
      "memory:",
      "--tls-cert",
      files.cert,
      "--tls-key",
      files.key,
    ]);
    expect(child.url).to.match(/^https:/);
    const ann = await over(child.url, files);
    copyFileSync(next.cert, files.cert);
    copyFileSync(next.key, files.key);
    child.process.kill("SIGHUP");
    await until("the new one is shown", async () => (await shown(child.port)) === "second", 3000);
    expect(ann.socket.connected).to.equal(true);
    expect(await child.stop()).to.equal(0);

    const plain = await startChild(["--database", "memory:"]);
    plain.process.kill("SIGHUP");
    plain.process.kill("SIGHUP");
    expect((await fetch(`${plain.url}/livez`)).status).to.equal(200);
    expect(await plain.stop()).to.equal(0);
  });

  it("does not start with files that will not do, and says in one sentence why", async () => {
    const folder = await tempFolder();
    const [one, two] = [selfSigned(folder, "one"), selfSigned(folder, "two")];
    const text = join(folder, "text");
    writeFileSync(text, "no PEM at all\n");
    const bad: readonly (readonly [TlsFiles, RegExp])[] = [
      [{ ...one, cert: join(folder, "nowhere") }, /--tls-cert .*nowhere cannot be read/],
      [{ ...one, key: join(folder, "nowhere") }, /--tls-key .*nowhere cannot be read/],
      [{ ...one, cert: text }, /--tls-cert .*text holds no certificate/],
      [{ ...one, cert: one.key }, /--tls-cert .*holds no certificate/],
      [{ ...one, key: text }, /--tls-key .*text holds no key/],
      [{ ...one, key: two.key }, /two\.key is not the key of the certificate in .*one\.crt/],
    ];
    for (const [tls, sentence] of bad) {
      const error = await startServer({ database: "memory:", tls }).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(StartupError);
      expect(error).to.include({ reason: "bad_option" });
      expect((error as Error).message)
        .to.match(sentence)
        .and.not.include("\n");
    }
  });

  it("lets nobody in from elsewhere without tokens, all the same", async () => {
    const files = selfSigned(await tempFolder());
    const error = await startServer({ host: "0.0.0.0", tls: files }).catch((reason: unknown) => reason);
    expect((error as Error).message).to.match(/--auth jwt/);
  });
});
