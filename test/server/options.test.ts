// What a program may tell a server, and what of it is a mistake that it would not notice.

import { expect } from "chai";
import { createServer, defaultLimits, type ServerOptions, StartupError } from "../../server/index.js";
import { nearest } from "../../server/nearest.js";
import { cleanUp, connectRaw, startServer } from "./harness.js";

/** What a server that is started with these options says, where it does not start. */
async function refused(options: object): Promise<string> {
  try {
    const server = await createServer({ port: 0, database: "memory:", ...options } as ServerOptions);
    await server.close({ now: true });
    return "started";
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    expect(error.reason).to.equal("bad_option");
    return error.message;
  }
}

describe("a server in a program", () => {
  afterEach(cleanUp);

  it("is not started with an option that there is not, and says which was meant", async () => {
    expect(await refused({ databse: "memory:" })).to.equal(
      "There is no option called databse, but there is database.",
    );
    expect(await refused({ "trust-proxy": ["10.0.0.1"] })).to.equal(
      "There is no option called trust-proxy, but there is trustProxy.",
    );
    expect(await refused({ authorise: () => false })).to.match(/but there is authorize/);
    expect(await refused({ colour: "red" })).to.equal("There is no option called colour.");
    expect(await refused({ tls: { crt: "a", key: "b" } })).to.equal(
      "There is no option of tls called crt, but there is cert.",
    );
    expect(await refused({ webhooks: { allowed: [] } })).to.match(/no option of webhooks called allowed/);
  });

  it("is not started with an option of the wrong kind, least of all one for who may come in", async () => {
    const jwtSecret = "s".repeat(32);
    expect(await refused({ auth: "JWT", jwtSecret })).to.equal('The option auth must be "open" or "jwt".');
    expect(await refused({ auth: null })).to.match(/option auth must be/);
    expect(await refused({ port: "8080" })).to.equal(
      "The option port must be a whole number from 0 to 65535.",
    );
    expect(await refused({ host: 127 })).to.equal("The option host must be a string.");
    expect(await refused({ database: {} })).to.equal("The option database must be a string or a log of ops.");
    expect(await refused({ trustProxy: "10.0.0.1" })).to.equal(
      "The option trustProxy must be an array of strings.",
    );
    expect(await refused({ origins: [/example/] })).to.match(/origins must be an array of strings/);
    expect(await refused({ sharedb: "off" })).to.equal("The option sharedb must be true or false.");
    expect(await refused({ authorize: "nobody" })).to.equal("The option authorize must be a function.");
    expect(await refused({ log: "silent" })).to.equal(
      "The option log must be an object with info(), warn(), error().",
    );
    expect(await refused({ clock: Date })).to.match(/clock must be an object with now/);
    expect(await refused({ limits: [] })).to.equal("The option limits must be an object.");
    expect(await refused({ webhooks: { allow: "hooks.internal" } })).to.match(
      /webhooks.allow must be an array of strings/,
    );
    expect(await refused({ tls: { cert: "cert.pem" } })).to.equal("The option tls.key must be a string.");
    expect(await refused({ auth: "jwt", jwtSecret: 4242 })).to.equal(
      "The option jwtSecret must be a string.",
    );
    expect(await refused({ node: undefined, tls: undefined, sharedb: undefined })).to.equal("started");
  });

  it("is not started with a limit that there is not, or that is no number", async () => {
    expect(await refused({ limits: { opByte: 1000 } })).to.equal(
      "There is no limit called opByte, but there is opBytes.",
    );
    expect(await refused({ limits: { opBytes: Number("lots") } })).to.equal(
      "The limit opBytes must be a number from 0, not NaN.",
    );
    expect(await refused({ limits: { connections: "20" } })).to.match(/limit connections must be a number/);
    expect(await refused({ limits: { connections: -1 } })).to.match(/limit connections must be a number/);
    expect(await refused({ limits: { connections: Number.POSITIVE_INFINITY } })).to.equal("started");
  });

  it("keeps its own limit where one is left undefined", async () => {
    const limits = { documentAtoms: undefined, opBytes: 1_000 } as object;
    const server = await startServer({ database: "memory:", limits });
    const client = await connectRaw(server.url);
    expect(client.welcome.limits).to.include({ documentAtoms: defaultLimits.documentAtoms, opBytes: 1_000 });
    client.close();
  });

  it("is not started with an address where the hosts of webhooks are to stand", async () => {
    expect(await refused({ webhooks: { allow: ["http://hooks.internal"] } })).to.match(/takes hosts such as/);
    expect(await refused({ webhooks: { allow: ["hooks.internal:8080"] } })).to.match(/takes hosts such as/);
    expect(await refused({ webhooks: { allow: ["Hooks.internal", "10.0.0.5", "::1"] } })).to.equal("started");
  });
});

describe("the name that was meant", () => {
  it("is found through a letter too many, too few, another or swapped, and is no wild guess", () => {
    const names = ["host", "database", "redis", "jwtSecret"];
    for (const given of ["databse", "databaase", "databese", "datbaase", "DATABASE", "data-base"])
      expect(nearest(given, names), given).to.equal("database");
    for (const given of ["jwt-secret", "jwtsecrets", "jwt_secert"])
      expect(nearest(given, names), given).to.equal("jwtSecret");
    for (const given of ["hots", "hst"]) expect(nearest(given, names), given).to.equal("host");
    for (const given of ["", "x", "data", "toast", "secret"])
      expect(nearest(given, names), given).to.equal(undefined);
  });
});
