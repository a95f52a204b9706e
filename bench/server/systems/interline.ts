// Interline: SQLite on the disk, an answer only after fsync; and keeping nothing, as the peers do, so that what the disk takes
// can be told from the rest. Its rates are lifted, because who writes in a closed loop writes faster than a person may; nothing
// else differs from `interline serve`.

import { connect, type SharedDocument } from "../../../client/index.js";
import { type PlainOp, type PlainSnapshot, plainText } from "../../../ot/index.js";
import { PROTOCOL_VERSION } from "../../../protocol/index.js";
import { createServer, type Server } from "../../../server/index.js";
import { defaultLimits } from "../../../server/limits.js";
import { version } from "../../../server/version.js";
import { fill } from "../../../test/commands/support.js";
import type { Replica, Splice, System } from "../system.js";
import { openWire } from "../wire.js";

/** Whatever counts by the second, and how many may come from this one address; not how fast an answer is to be read at least. */
const lifted = Object.fromEntries(
  Object.keys(defaultLimits)
    .filter(
      (name) => /PerSecond$|Burst$|PerHour$|^connectionsPer/.test(name) && name !== "readBytesPerSecond",
    )
    .map((name) => [name, 10_000_000]),
);

/** Edits that are on their way at once: of more, each would be moved past all the others. */
const AT_ONCE = 50;
/** A history beyond this is imported, as from another store. */
const SHORT = 1_000;

export const interline: System = {
  name: "interline",
  keeps: "SQLite, fsync",
  converges: true,
  returns: true,
  versions: () => `interline ${version}`,

  async serve(folder, port) {
    const path = `${folder}/interline.sqlite`;
    const open = (at: number) => openServer(at, `sqlite:${path}`);
    let server = await open(port);
    return {
      url: server.url,
      edit: (doc, edits) => edit(server, doc, edits),
      async seed(doc, text, edits) {
        if (edits.length < SHORT) {
          await server.documents.create({ id: doc, type: "plain", text });
          return edit(server, doc, edits);
        }
        await server.close();
        const created = { create: { type: plainText.uri, data: text } };
        await fill({ path }, doc, [created, ...edits.map((each) => ({ op: opOf(each) }))]);
        server = await open(Number(new URL(server.url).port));
      },
    };
  },

  async join(url, doc) {
    const client = connect(url, { name: "Writer" });
    const shared = client.open(doc, { type: "plain" });
    await shared.ready;
    return replicaOf(shared, () => client.close());
  },

  async listen(url, doc) {
    const wire = await openWire(`${url}/socket.io/?EIO=4&transport=websocket`);
    await wire.heard();
    wire.say(`40${JSON.stringify({ protocol: PROTOCOL_VERSION, name: "Reader" })}`);
    await wire.heard("welcome");
    wire.say(`420${JSON.stringify(["open", { doc, type: "plain", create: true }])}`);
    await wire.heard('"ok"');
    wire.deafen("3");
    return wire;
  },
};

/** The same, keeping nothing, as the peers are run. */
export const interlineMemory: System = {
  ...interline,
  name: "interline-memory",
  keeps: "nothing",
  async serve(_folder, port) {
    const server = await openServer(port, "memory:");
    return {
      url: server.url,
      edit: (doc, edits) => edit(server, doc, edits),
      async seed(doc, text, edits) {
        await server.documents.create({ id: doc, type: "plain", text });
        await edit(server, doc, edits);
      },
    };
  },
};

const openServer = (port: number, database: string): Promise<Server> =>
  createServer({
    port,
    database,
    limits: lifted,
    log: { info() {}, warn() {}, error: (details, message) => console.error(message, details) },
  });

async function edit(server: Server, doc: string, edits: readonly Splice[]): Promise<void> {
  for (let done = 0; done < edits.length; done += AT_ONCE) {
    const some = edits.slice(done, done + AT_ONCE);
    await Promise.all(some.map((each) => server.documents.submit(doc, { op: opOf(each) })));
  }
}

function replicaOf(shared: SharedDocument<PlainSnapshot, PlainOp>, close: () => Promise<void>): Replica {
  return {
    get text() {
      return shared.text;
    },
    splice: (splice) => void shared.submit(opOf(splice)),
    onChange(listener) {
      shared.on("change", ({ op, local }) => {
        if (!local) listener(splicesOf(op as PlainOp));
      });
    },
    saved: () => shared.settled(),
    close,
  };
}

export function opOf({ at, removed, inserted }: Splice): PlainOp {
  return [
    ...(at > 0 ? [at] : []),
    ...(inserted === "" ? [] : [inserted]),
    ...(removed > 0 ? [{ d: removed }] : []),
  ];
}

/** Of an op of plain text, as ot-text-unicode has them. */
export function splicesOf(op: PlainOp): Splice[] {
  const splices: Splice[] = [];
  let at = 0;
  for (const component of op) {
    if (typeof component === "number") at += component;
    else if (typeof component === "string") {
      splices.push({ at, removed: 0, inserted: component });
      at += component.length;
    } else {
      const { d } = component;
      splices.push({ at, removed: typeof d === "number" ? d : d.length, inserted: "" });
    }
  }
  return splices;
}
