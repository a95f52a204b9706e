// Writing on while tokens end, are refreshed, cannot be had and are taken back: real clients, a real server, real time.

import { expect } from "chai";
import { SignJWT } from "jose";
import { connect } from "../../client/index.js";
import { cleanUp, onCleanUp, sleep, startServer, until } from "../server/harness.js";

const SECRET = "a secret of at least thirty-two bytes";
/** Clocks may differ by a minute, so a token is good for a minute after its end: this one ends in so many seconds. */
const LEEWAY = 60;

describe("somebody who writes while tokens come and go", () => {
  afterEach(cleanUp);

  async function writing(holdSeconds: number, user = "ann") {
    const server = await startServer({ auth: "jwt", jwtSecret: SECRET });
    const desk = { away: false, issued: 0, welcomes: 0 };
    const client = connect(server.url, {
      token: () => {
        if (desk.away) throw new Error("the token service is away");
        desk.issued++;
        const now = Math.floor(Date.now() / 1000);
        return new SignJWT({ sub: user, iat: now, exp: now + holdSeconds - LEEWAY, jti: `${desk.issued}` })
          .setProtectedHeader({ alg: "HS256" })
          .sign(new TextEncoder().encode(SECRET));
      },
    });
    onCleanUp(() => client.close());
    client.on("status", ({ status }) => {
      if (status === "online") desk.welcomes++;
    });
    const doc = client.open("note", { type: "plain" });
    await doc.ready;
    let typed = "";
    const type = async (ms: number) => {
      for (const until = Date.now() + ms; Date.now() < until; await sleep(40)) {
        const text = `${typed.length % 10}`;
        doc.submit(typed === "" ? [text] : [typed.length, text]);
        typed += text;
      }
    };
    const isAllThere = async () => {
      await until("everything is saved", () => doc.status === "saved" && doc.text === typed, 30_000);
      expect((await server.documents.read("note"))!.text).to.equal(typed);
    };
    return { server, desk, client, doc, type, isAllThere };
  }

  it("keeps one connection over many tokens", async () => {
    const { desk, type, isAllThere } = await writing(4);
    await type(10_000);
    expect(desk.issued).to.be.at.least(3);
    expect(desk.welcomes).to.equal(1);
    await isAllThere();
  });

  it("loses nothing when there is no token to be had for a while", async () => {
    const { desk, client, type, isAllThere } = await writing(3);
    desk.away = true;
    await type(5_000);
    expect(client.status).to.not.equal("online");
    desk.away = false;
    await type(500);
    await isAllThere();
    expect(desk.welcomes).to.equal(2);
  });

  it("loses nothing when the token is taken back and another one is given", async () => {
    const { server, desk, type, isAllThere } = await writing(600);
    await type(300);
    await Promise.all([type(500), server.revoke({ token: "1" })]);
    await isAllThere();
    expect(desk.welcomes).to.equal(2);
  });
});
