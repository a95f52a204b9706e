// Everything that somebody can try with a document, by socket, over HTTP and with ShareDB's client, and what each role is
// answered: one row of the table for each action.

import { connectRaw, type RawClient } from "../server/harness.js";
import { PLAIN } from "../server/stock-client.js";
import { COMMENT, EDIT, type Outcome, outcomeOf, type Stage, signed } from "./stage.js";

/** What nobody, a viewer, a commenter, an editor and an owner are answered. */
type Row = readonly [Outcome, Outcome, Outcome, Outcome, Outcome];
const [ok, none] = ["ok", "forbidden"];
export const reading: Row = [none, ok, ok, ok, ok];
const commenting: Row = [none, "readonly", ok, ok, ok];
const writing: Row = [none, "readonly", "comment_only", ok, ok];
const making: Row = [none, none, none, ok, ok];
const deleting: Row = [none, "readonly", "readonly", "readonly", ok];
const managing: Row = [none, none, none, none, ok];

export interface Action {
  readonly needs: Row;
  readonly attempt: (stage: Stage) => Promise<Outcome>;
}

const http = (needs: Row, method: string, path: string, body?: unknown): Action => ({
  needs,
  attempt: (stage) => stage.over(method, path, body),
});

/** In the order in which they are tried: what changes a document comes after what reads it. */
export const actions: { readonly [action: string]: Action } = {
  "open by socket": {
    needs: reading,
    attempt: ({ socket }) => outcomeOf(socket.request("open", { doc: "note", type: "rich", create: false })),
  },
  "read history by socket": {
    needs: reading,
    attempt: ({ socket }) => outcomeOf(socket.request("ops", { doc: "note", since: 0 })),
  },
  "be seen": {
    needs: reading,
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
    needs: reading,
    async attempt({ server, socket, listener }) {
      const { version } = await server.documents.submit("note", { op: [{ r: 1, b: { t: "h1" } }] });
      await listener.next("ops", ({ ops }) => ops.some((op) => op.version === version));
      // Whoever is in the room was told before this is answered.
      await socket.ask("leave", { doc: "another" });
      return socket.told("ops").some(({ ops }) => ops.some((op) => op.version === version)) ? ok : none;
    },
  },
  read: http(reading, "GET", "/documents/note"),
  "read the past": http(reading, "GET", "/documents/note?version=1"),
  "read as Markdown": http(reading, "GET", "/documents/note?format=markdown"),
  "read ops": http(reading, "GET", "/documents/note/ops"),
  "read history": http(reading, "GET", "/documents/note/history"),
  compare: http(reading, "GET", "/documents/note/diff?from=1&to=2"),
  "read authors": http(reading, "GET", "/documents/note/blame"),
  "list versions": http(reading, "GET", "/documents/note/versions"),
  "find in a list": {
    needs: reading,
    async attempt(stage) {
      const { body } = await stage.http("GET", "/documents");
      const found = (body.documents as readonly { readonly id: string }[]).some(({ id }) => id === "note");
      return found ? ok : none;
    },
  },
  "follow events": {
    needs: reading,
    async attempt({ server, token }) {
      const stop = new AbortController();
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${server.url}/v1/documents/note/events`, { headers, signal: stop.signal });
      const outcome = answer.ok ? ok : String(((await answer.json()) as { code: string }).code);
      stop.abort();
      return outcome;
    },
  },
  "read with ShareDB's client": {
    needs: reading,
    attempt: (stage) => stage.stock("plain", (_doc, done) => done()),
  },

  "comment by socket": { needs: commenting, attempt: (stage) => stage.submit(COMMENT) },
  comment: http(commenting, "POST", "/documents/note/ops", { op: COMMENT }),
  "comment twice at once": http(commenting, "POST", "/documents/note/ops", {
    ops: [COMMENT, COMMENT],
  }),
  "ask what a comment would do": http(commenting, "POST", "/documents/note/ops", {
    op: COMMENT,
    dryRun: true,
  }),

  "write by socket": { needs: writing, attempt: (stage) => stage.submit(EDIT) },
  write: http(writing, "POST", "/documents/note/ops", { op: EDIT }),
  "comment and write at once": http(writing, "POST", "/documents/note/ops", {
    ops: [COMMENT, EDIT],
  }),
  "write and take it back at once": http(writing, "POST", "/documents/note/ops", {
    ops: [EDIT, [1, { d: 4 }]],
  }),
  "ask what writing would do": http(writing, "POST", "/documents/note/ops", {
    op: EDIT,
    dryRun: true,
  }),
  replace: http(writing, "PUT", "/documents/note/content", { text: "green tea" }),
  edit: http(writing, "POST", "/documents/note/edits", {
    edits: [{ do: "replace", place: { quote: "tea" }, text: "cha" }],
  }),
  restore: http(writing, "POST", "/documents/note/restore", { version: 1 }),
  revert: http(writing, "POST", "/documents/note/revert", { from: 1, to: 2 }),
  "name a version": http(writing, "POST", "/documents/note/versions", {
    name: "Draft",
    version: 2,
  }),
  "take a name away": http(writing, "DELETE", "/documents/note/versions/1"),
  "write with ShareDB's client": {
    needs: writing,
    attempt: (stage) => stage.stock("plain", (doc, done) => doc.submitOp(["x"], done)),
  },

  "create by socket": {
    needs: making,
    attempt: ({ socket }) => outcomeOf(socket.request("open", { doc: "new1", type: "rich", create: true })),
  },
  create: http(making, "POST", "/documents", { id: "new2", type: "rich" }),
  "create with ShareDB's client": {
    needs: making,
    attempt: (stage) => stage.stock("new3", (doc, done) => doc.create("tea", PLAIN, done)),
  },
  "have a program told": http(managing, "POST", "/webhooks", {
    url: "http://127.0.0.1:9/",
    documents: ["note"],
  }),
  delete: http(deleting, "DELETE", "/documents/plain"),
};

const socketUrl = (client: RawClient) => {
  const { hostname, port } = client.socket.io.opts as { hostname: string; port: string };
  return `http://${hostname}:${port}`;
};
