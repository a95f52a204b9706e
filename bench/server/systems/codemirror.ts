// @codemirror/collab, which brings no server: with the smallest authority that its documentation describes, over ws, one
// JSON message for each push and one to everybody for what was accepted. Nothing is kept.

import { WebSocket, WebSocketServer } from "ws";
import { peer, peerVersion } from "../../peers.js";
import { addressOf, listening } from "../listening.js";
import { type Replica, type Splice, type System, webSocketUrl } from "../system.js";
import { openWire } from "../wire.js";

interface Text {
  readonly length: number;
  toString(): string;
}
interface ChangeSet {
  apply(text: Text): Text;
  toJSON(): unknown;
  iterChanges(each: (fromA: number, toA: number, fromB: number, toB: number, inserted: Text) => void): void;
}
interface Update {
  readonly changes: ChangeSet;
  readonly clientID: string;
}
interface State {
  readonly doc: Text;
  update(change: object): { readonly state: State };
}
interface StatePart {
  readonly EditorState: { create(config: { doc: Text | string; extensions: unknown }): State };
  readonly ChangeSet: { fromJSON(json: unknown): ChangeSet; of(changes: object, length: number): ChangeSet };
  readonly Text: { of(lines: readonly string[]): Text };
}
interface CollabPart {
  collab(config: { startVersion: number; clientID: string }): unknown;
  receiveUpdates(
    state: State,
    updates: readonly Update[],
  ): { readonly state: State; readonly changes: ChangeSet };
  sendableUpdates(state: State): readonly Update[];
  getSyncedVersion(state: State): number;
  rebaseUpdates(updates: readonly Update[], over: readonly Update[]): readonly Update[];
}

/** An update as it travels. */
type Sent = readonly [changes: unknown, clientID: string];
type Said =
  | { readonly version: number; readonly updates: readonly Sent[] }
  | { readonly version: number; readonly text: string };

const parts = async () => ({
  ...(await peer<StatePart>("@codemirror/state")),
  ...(await peer<CollabPart>("@codemirror/collab")),
});
type Parts = Awaited<ReturnType<typeof parts>>;

const sent = ({ changes, clientID }: Update): Sent => [changes.toJSON(), clientID];
const received = ({ ChangeSet }: Parts, [changes, clientID]: Sent): Update => ({
  changes: ChangeSet.fromJSON(changes),
  clientID,
});
const changeOf = ({ at, removed, inserted }: Splice) => ({ from: at, to: at + removed, insert: inserted });

let clients = 0;

export const codemirror: System = {
  name: "codemirror",
  keeps: "nothing",
  converges: true,
  returns: false,
  versions: () =>
    `@codemirror/collab ${peerVersion("@codemirror/collab")}, state ${peerVersion("@codemirror/state")}, our authority`,

  async serve(_folder, port) {
    const library = await parts();
    const authorities = new Map<string, Authority>();
    const authorityOf = (name: string) => {
      const found = authorities.get(name) ?? new Authority(library);
      authorities.set(name, found);
      return found;
    };
    const sockets = new WebSocketServer({ port, host: "127.0.0.1" });
    sockets.on("connection", (socket, request) => authorityOf(request.url!.slice(1)).admit(socket));
    await listening(sockets);
    return {
      url: addressOf(sockets.address()),
      seed: async (doc, text, edits) => authorityOf(doc).seed(text, edits),
    };
  },

  async join(url, doc) {
    const library = await parts();
    const socket = new WebSocket(webSocketUrl(`${url}/${doc}`));
    const first = await new Promise<Said>((resolve, reject) => {
      socket.once("message", (data) => resolve(JSON.parse(data.toString()) as Said));
      socket.once("error", reject);
    });
    return new Editor(library, socket, first as Said & { text: string });
  },

  async listen(url, doc) {
    const wire = await openWire(`${url}/${doc}`);
    await wire.heard();
    wire.deafen("pong");
    return wire;
  },
};

/** One document on the server. */
class Authority {
  readonly #updates: Update[] = [];
  readonly #sockets = new Set<WebSocket>();
  #text: Text;

  constructor(private readonly library: Parts) {
    this.#text = library.Text.of([""]);
  }

  admit(socket: WebSocket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.send(
      JSON.stringify({ version: this.#updates.length, text: this.#text.toString() } satisfies Said),
    );
    socket.on("message", (data) => {
      const { version, updates } = JSON.parse(data.toString()) as Said & { updates: Sent[] };
      const made = updates.map((each) => received(this.library, each));
      this.#accept(this.library.rebaseUpdates(made, this.#updates.slice(version)));
    });
  }

  seed(text: string, edits: readonly Splice[]): void {
    this.#text = this.library.Text.of(text.split("\n"));
    for (const edit of edits) {
      const changes = this.library.ChangeSet.of(changeOf(edit), this.#text.length);
      this.#accept([{ changes, clientID: "seed" }]);
    }
  }

  #accept(updates: readonly Update[]): void {
    const version = this.#updates.length;
    for (const update of updates) {
      this.#text = update.changes.apply(this.#text);
      this.#updates.push(update);
    }
    const said = JSON.stringify({ version, updates: updates.map(sent) } satisfies Said);
    for (const socket of this.#sockets) socket.send(said);
  }
}

/** One editor's state, without its view: one push at a time, as the documentation has it. */
class Editor implements Replica {
  #state: State;
  #pushing = false;
  #listener: (splices: readonly Splice[]) => void = () => {};
  #waiting: (() => void)[] = [];

  constructor(
    private readonly library: Parts,
    private readonly socket: WebSocket,
    { version, text }: { readonly version: number; readonly text: string },
  ) {
    const extensions = library.collab({ startVersion: version, clientID: `${process.pid}-${clients++}` });
    this.#state = library.EditorState.create({ doc: text, extensions });
    socket.on("message", (data) => this.#receive(JSON.parse(data.toString()) as Said & { updates: Sent[] }));
  }

  get text(): string {
    return this.#state.doc.toString();
  }

  splice(splice: Splice): void {
    this.#state = this.#state.update({ changes: changeOf(splice) }).state;
    this.#push();
  }

  onChange(listener: (splices: readonly Splice[]) => void): void {
    this.#listener = listener;
  }

  saved(): Promise<void> {
    if (this.library.sendableUpdates(this.#state).length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    this.socket.close();
  }

  #push(): void {
    const updates = this.library.sendableUpdates(this.#state);
    if (this.#pushing || updates.length === 0) return;
    this.#pushing = true;
    const version = this.library.getSyncedVersion(this.#state);
    this.socket.send(JSON.stringify({ version, updates: updates.map(sent) } satisfies Said));
  }

  #receive({ updates }: { readonly updates: readonly Sent[] }): void {
    const before = this.library.sendableUpdates(this.#state).length;
    const taken = this.library.receiveUpdates(
      this.#state,
      updates.map((each) => received(this.library, each)),
    );
    this.#state = taken.state;
    const splices: Splice[] = [];
    taken.changes.iterChanges((fromA, toA, fromB, _toB, inserted) => {
      splices.push({ at: fromB, removed: toA - fromA, inserted: inserted.toString() });
    });
    if (splices.length > 0) this.#listener(splices);
    const left = this.library.sendableUpdates(this.#state).length;
    // One push is accepted as a whole: whatever of ours came back answers it.
    if (left < before) this.#pushing = false;
    this.#push();
    if (left === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
