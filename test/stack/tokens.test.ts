// Writing on while tokens end, are refreshed, cannot be had and are taken back: real clients, a real server, a real wire; and one
// clock for both ends, which goes on when it is told to, so that no token ends because the machine stood still.

import { expect } from "chai";
import { SignJWT } from "jose";
import { connect } from "../../client/index.js";
import type { Clock } from "../../protocol/index.js";
import { type ManualClock, manualClock } from "../server/clock.js";
import { cleanUp, onCleanUp, startServer, until } from "../server/harness.js";

const SECRET = "a secret of at least thirty-two bytes";
/** Clocks may differ by a minute, so a token is good for a minute after its end. */
const LEEWAY_MS = 60_000;
const LIFE_MS = 600_000;
/** Others of a client's timers are shorter than any wait for a fresh token. */
const RENEWAL_MS = LIFE_MS / 2;
const STEP_MS = 5_000;

describe("somebody who writes while tokens come and go", () => {
  let clock: ManualClock;
  afterEach(async () => {
    // A server that ends gives those who are connected some time.
    const passing = setInterval(() => void clock.advance(10), 10);
    await cleanUp();
    clearInterval(passing);
  });

  async function writing(user = "ann") {
    clock = manualClock();
    const server = await startServer({ auth: "jwt", jwtSecret: SECRET, clock });
    const desk = { away: false, issued: 0, inPlace: 0, welcomes: 0 };
    const hers: Clock = {
      now: clock.now,
      after(ms, run) {
        if (ms >= RENEWAL_MS) desk.inPlace++;
        return clock.after(ms, run);
      },
    };
    const client = connect(server.url, {
      clock: hers,
      token: () => {
        if (desk.away) throw new Error("the token service is away");
        desk.issued++;
        const seconds = (ms: number) => Math.floor(ms / 1000);
        const [iat, exp] = [clock.now(), clock.now() + LIFE_MS - LEEWAY_MS].map(seconds);
        return new SignJWT({ sub: user, iat: iat!, exp: exp!, jti: `${desk.issued}` })
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
    const type = () => {
      const text = `${typed.length % 10}`;
      doc.submit(typed === "" ? [text] : [typed.length, text]);
      typed += text;
    };
    /** Time goes on by a step, and something is written. */
    const step = async () => {
      await clock.advance(STEP_MS);
      type();
    };
    const isAllThere = async () => {
      await until("everything is saved", async () => {
        await clock.advance(100);
        return doc.status === "saved" && doc.text === typed;
      });
      expect((await server.documents.read("note"))!.text).to.equal(typed);
    };
    return { server, desk, client, step, isAllThere };
  }

  it("keeps one connection over many tokens", async () => {
    const { desk, step, isAllThere } = await writing();
    for (let left = 3 * LIFE_MS; left > 0; left -= STEP_MS) {
      await step();
      // Before the time goes on, she has the token that she has asked for.
      if (desk.inPlace < desk.issued) await until("it is in place", () => desk.inPlace === desk.issued);
    }
    expect(desk.issued).to.be.at.least(4);
    expect(desk.welcomes).to.equal(1);
    await isAllThere();
  });

  it("loses nothing when there is no token to be had for a while", async () => {
    const { desk, client, step, isAllThere } = await writing();
    desk.away = true;
    await until("her token has ended", async () => {
      await step();
      return client.status !== "online";
    });
    for (let steps = 0; steps < 10; steps++) await step();
    expect(client.status).to.not.equal("online");
    desk.away = false;
    await isAllThere();
    expect(desk.welcomes).to.equal(2);
  });

  it("loses nothing when the token is taken back and another one is given", async () => {
    const { server, desk, step, isAllThere } = await writing();
    for (let steps = 0; steps < 5; steps++) await step();
    await Promise.all([step(), step(), server.revoke({ token: "1" })]);
    await until("she is here again", async () => {
      await step();
      return desk.welcomes === 2;
    });
    await isAllThere();
    expect([desk.issued, desk.welcomes]).to.deep.equal([2, 2]);
  });
});
