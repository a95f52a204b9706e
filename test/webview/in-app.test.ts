// What a connection learns from the app around its page: the token, the person, the network, and that nobody is looking.

import { expect } from "chai";
import { ASLEEP_MS, inApp } from "../../client/in-app.js";
import type { ConnectionEvents } from "../../client/index.js";
import { guest, type HostOptions } from "../../client/webview/index.js";
import { Fault } from "../../protocol/index.js";
import { appStorage } from "../browser/app-storage.js";
import { countingBytes, type Pair, pair, SID, settled } from "./support.js";

type Listener = (event: ConnectionEvents["status"]) => void;

/** A page in an app, and a connection that only notes what is asked of it. */
async function opened(host: Partial<HostOptions> = {}) {
  const both = await pair({
    host: { services: { storage: appStorage() }, page: { user: { id: "ann", name: "Ann" } }, ...host },
  });
  const asked: string[] = [];
  let tell: Listener = () => {};
  let changed = 0;
  const way = inApp(both.guest, await both.guest.ready, { changed: () => changed++, clock: both.clock });
  const unfollow = way.follow({
    on(_event, listener) {
      tell = listener as Listener;
      return () => {};
    },
    retryNow: () => void asked.push("retry"),
    networkLost: () => void asked.push("lost"),
  });
  return {
    ...both,
    ...{ way, asked, unfollow },
    /** The server did not take the token. */
    refuses: () => tell({ status: "waiting", fault: new Fault("unauthenticated", "no") }),
    changed: () => changed,
    token: way.options.token as (() => Promise<string>) | undefined,
  };
}

const news = async ({ clock }: Pair, run: () => void) => {
  run();
  await clock.pass(100);
};

describe("a connection from inside an app", () => {
  it("has the person's name and the app's token, and another token when the server refuses the first", async () => {
    const reasons: string[] = [];
    const services: HostOptions["services"] = {
      storage: appStorage(),
      token: async (reason) => {
        reasons.push(reason);
        return { token: `token ${reasons.length}` };
      },
    };
    const app = await opened({ services });
    expect(app.way.options.name).to.equal("Ann");
    const next = async () => {
      const token = app.token!();
      await app.clock.pass(50);
      return token;
    };
    expect([await next(), await next()]).to.deep.equal(["token 1", "token 1"]);
    app.refuses();
    expect([await next(), await next()]).to.deep.equal(["token 2", "token 2"]);
    expect(reasons).to.deep.equal(["first", "rejected"]);
  });

  it("shows no token when the app has no such service", async () => {
    const app = await opened();
    expect(app.way.options).not.to.have.property("token");
  });

  it("waits while nobody is signed in, and comes back with whoever signs in", async () => {
    let token: string | null = null;
    const app = await opened({ services: { storage: appStorage(), token: async () => ({ token }) } });
    const none = app.token!().catch((error: unknown) => error);
    await app.clock.pass(50);
    // A fault would have been for good.
    expect(await none)
      .to.be.an("error")
      .that.is.not.instanceOf(Fault);
    token = "signed in";
    await news(app, () => app.host.authChanged({ id: "ann", name: "Ann" }));
    expect(app.asked).to.include("retry");
    expect(app.changed()).to.equal(0);
    const now = app.token!();
    await app.clock.pass(50);
    expect(await now).to.equal("signed in");
  });

  it("is dropped when the person signs out, and the page begins anew for another person", async () => {
    const app = await opened({
      services: { storage: appStorage(), token: async () => ({ token: "t" }) },
    });
    await news(app, () => app.host.authChanged(null));
    expect(app.asked[0]).to.equal("lost");
    expect(app.changed()).to.equal(0);
    await news(app, () => app.host.authChanged({ id: "bo", name: "Bo" }));
    expect(app.changed()).to.equal(1);
  });

  it("is lost as soon as the app says that the network is, and tries at once when it is back", async () => {
    const app = await opened();
    await news(app, () => app.host.setNet({ online: false }));
    await news(app, () => app.host.setNet({ online: true }));
    expect(app.asked).to.deep.equal(["lost", "retry"]);
  });

  it("is made anew after a long sleep, and only looked after when the app was away for a moment", async () => {
    const app = await opened();
    await news(app, () => app.host.setApp({ state: "background" }));
    await news(app, () => app.host.setApp({ state: "active" }));
    expect(app.asked.splice(0)).to.deep.equal(["retry"]);
    await news(app, () => app.host.setApp({ state: "background" }));
    await app.clock.pass(ASLEEP_MS);
    await news(app, () => app.host.setApp({ state: "inactive" }));
    await news(app, () => app.host.setApp({ state: "active" }));
    expect(app.asked).to.deep.equal(["lost", "retry"]);
  });

  it("follows the app no longer when it is let go", async () => {
    const app = await opened();
    app.unfollow();
    await news(app, () => app.host.setNet({ online: false }));
    await settled();
    expect(app.asked).to.deep.equal([]);
  });
});

describe("a host", () => {
  it("tells a page that comes later who has signed in since", async () => {
    const { host, guest: first, clock, up } = await pair({ host: { page: { user: { id: "ann" } } } });
    expect((await first.ready).user).to.deep.equal({ id: "ann" });
    host.authChanged({ id: "bo", name: "Bo" });
    await clock.pass(50);
    first.close();
    const reloaded = guest({ channel: up, sid: SID, clock, randomBytes: countingBytes(31) });
    await clock.pass(50);
    expect((await reloaded.ready).user).to.deep.equal({ id: "bo", name: "Bo" });
  });

  it("hears of a notice and of what waits for a decision", async () => {
    const { host, guest: page, clock } = await pair();
    const heard: unknown[] = [];
    host.on("notice", (notice) => heard.push(notice));
    host.on("sync", (sync) => heard.push(sync));
    page.notice({ kind: "replaced", recovered: "r1" });
    const sync = { status: "fault", pending: 0, fault: "forbidden", storage: "full", recovered: 2 } as const;
    page.setSync(sync);
    await clock.pass(100);
    expect(heard).to.deep.equal([{ kind: "replaced", recovered: "r1" }, sync]);
  });
});
