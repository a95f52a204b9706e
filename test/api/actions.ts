// What somebody can try with a document by socket and with ShareDB's client, and over HTTP where more than an answer counts.
// What is tried of each operation of the HTTP API stands in `http-matrix.test.ts`, and what each role is answered in `needs.ts`.

import { connectRaw, type RawClient } from "../server/harness.js";
import { PLAIN } from "../server/stock-client.js";
import { type Need, type Outcome, ok } from "./needs.js";
import { COMMENT, EDIT, outcomeOf, type Stage, signed } from "./stage.js";

const none = "forbidden";

export interface Action {
  readonly needs: Need;
  readonly attempt: (stage: Stage) => Promise<Outcome>;
}

/** In the order in which they are tried: what changes a document comes after what reads it. */
export const actions: { readonly [action: string]: Action } = {
  "open by socket": {
    needs: "read",
    attempt: ({ socket }) => outcomeOf(socket.request("open", { doc: "note", type: "rich", create: false })),
  },
  "read history by socket": {
    needs: "read",
    attempt: ({ socket }) => outcomeOf(socket.request("ops", { doc: "note", since: 0 })),
  },
  "be seen": {
    needs: "read",
    async attempt({ socket, listener }) {
      const caret = {
        doc: "note",
        version: 2,
        seq: 0,
        selection: { anchor: 1, head: 1 },
        activity: "active",
      } as const;
      socket.notify("presence", { ...caret, n: 1 });
      // The listener is told something that was asked for later: so what was to be told is told.
      await socket.ask("leave", { doc: "another" });
      const marker = await connectRaw(socketUrl(socket), {
        token: await signed("marker", { access: "own" }),
      });
      await marker.request("open", { doc: "note", type: "rich", create: false });
      marker.notify("presence", { ...caret, n: 1 });
      await listener.next("presence", ({ src }) => src === marker.welcome.client.id);
      marker.close();
      const { id } = socket.welcome.client;
      return listener.told("presence").some(({ src }) => src === id) ? ok : none;
    },
  },
  "hear others": {
    needs: "read",
    async attempt({ server, socket, listener }) {
      const { version } = await server.documents.submit("note", { op: [{ r: 1, b: { t: "h1" } }] });
      await listener.next("ops", ({ ops }) => ops.some((op) => op.version === version));
      // Whoever is in the room was told before this is answered.
      await socket.ask("leave", { doc: "another" });
      return socket.told("ops").some(({ ops }) => ops.some((op) => op.version === version)) ? ok : none;
    },
  },
  "find in a list": {
    needs: "read",
    async attempt(stage) {
      const { body } = await stage.http("GET", "/documents");
      const found = (body.documents as readonly { readonly id: string }[]).some(({ id }) => id === "note");
      return found ? ok : none;
    },
  },
  "read with ShareDB's client": {
    needs: "read",
    attempt: (stage) => stage.stock("plain", (_doc, done) => done()),
  },

  "comment by socket": { needs: "comment", attempt: (stage) => stage.submit(COMMENT) },

  "write by socket": { needs: "write", attempt: (stage) => stage.submit(EDIT) },
  "write with ShareDB's client": {
    needs: "write",
    attempt: (stage) => stage.stock("plain", (doc, done) => doc.submitOp(["x"], done)),
  },

  "create by socket": {
    needs: "create",
    attempt: ({ socket }) => outcomeOf(socket.request("open", { doc: "new1", type: "rich", create: true })),
  },
  "create with ShareDB's client": {
    needs: "create",
    attempt: (stage) => stage.stock("new3", (doc, done) => doc.create("tea", PLAIN, done)),
  },
};

const socketUrl = (client: RawClient) => {
  const { hostname, port } = client.socket.io.opts as { hostname: string; port: string };
  return `http://${hostname}:${port}`;
};
