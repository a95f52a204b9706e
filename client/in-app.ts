// A connection for a page inside an app: the token, the name and the storage are the app's, and so is the word on the
// network and on whether anybody is looking.
//
//     const way = inApp(app, await app.ready, { changed: () => location.reload() });
//     const connection = connect(server, way.options);
//     way.follow(connection);
//
// What always holds: nothing that one person wrote is sent as somebody else. Who signs in after them finds a page that has
// been told to begin anew, and an app that supplies storage gives each person their own.

import { type Clock, systemClock } from "../protocol/index.js";
import type { Client, ConnectOptions } from "./index.js";
import { hostOutbox } from "./outbox/host.js";
import { indexedOutbox } from "./outbox/indexed.js";
import type { Guest, Init } from "./webview/index.js";

export interface InApp {
  /** For `connect`. */
  readonly options: Pick<ConnectOptions, "token" | "name" | "store">;
  /** Ties the connection to what the app tells of network, person and its own state. @returns what unties it */
  follow(connection: Pick<Client, "on" | "retryNow" | "networkLost">): () => void;
}

export interface InAppOptions {
  /** Somebody else has signed in, or the app wants another document: the page is no longer the right one. */
  readonly changed: () => void;
  readonly clock?: Clock;
}

/** A socket that has been asleep for so long may be dead without knowing. */
export const ASLEEP_MS = 20_000;

/** What `connect` needs of the app around the page. Without a `token` service of the app, nobody shows a token. */
export function inApp(app: Guest, init: Init, { changed, clock = systemClock }: InAppOptions): InApp {
  const { user, storage, caps = [] } = init;
  let shown: string | null = null;
  /** The server did not take what was shown. */
  let refused = false;

  async function token(): Promise<string> {
    const again = refused && shown !== null;
    refused = false;
    shown = again ? await app.tokens.rejected(shown!) : await app.tokens.get();
    // Not for good: a connection that waits comes back when somebody signs in.
    if (shown === null) throw new Error("Nobody is signed in to the app.");
    return shown;
  }

  return {
    options: {
      ...(user?.name === undefined ? {} : { name: user.name }),
      ...(caps.includes("token") ? { token } : {}),
      store:
        storage === "native"
          ? hostOutbox(app.storage, { clock })
          : indexedOutbox({ name: `interline:${user?.id ?? "app"}`, clock }),
    },
    follow(connection) {
      let hiddenAt: number | undefined;
      const anew = () => {
        connection.networkLost();
        connection.retryNow();
      };
      const stops = [
        connection.on("status", ({ fault }) => {
          if (fault?.action === "authenticate") refused = true;
        }),
        app.on("token", (next) => next !== null && connection.retryNow()),
        app.on("net", ({ online }) => (online ? connection.retryNow() : connection.networkLost())),
        app.on("app", ({ state }) => {
          if (state === "background") hiddenAt ??= clock.now();
          if (state !== "active") return;
          if (hiddenAt !== undefined && clock.now() - hiddenAt >= ASLEEP_MS) anew();
          else connection.retryNow();
          hiddenAt = undefined;
        }),
        // The line that there is belongs to whoever was signed in before.
        app.on("auth", ({ user: next }) => (next != null && next.id !== user?.id ? changed() : anew())),
        app.on("restarted", ({ user: next, doc }) => {
          if (next?.id !== user?.id || doc !== init.doc) changed();
        }),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
