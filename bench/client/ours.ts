// Our client, told what a server's room tells, in the short form of the protocol. What Socket.IO adds to that is not in here.

import { connect, type SharedDocument, type Transport } from "../../client/index.js";
import type { PlainOp, PlainSnapshot } from "../../ot/index.js";
import {
  type Answer,
  type Events,
  type OpenReply,
  type Person,
  PROTOCOL_VERSION,
  type Requests,
  ShortReader,
  ShortWriter,
  type Welcome,
} from "../../protocol/index.js";
import { version } from "../../server/version.js";
import { opOf } from "../server/systems/interline.js";
import type { Fed, Subject, Typed } from "./fed.js";

const DOC = "bench";
const EPOCH = "life";
const ME = "me";
/** Rooms of two numbers: whoever tells one tells it in full, and needs to know nothing of the other. */
const [OTHERS_ROOM, MY_ROOM] = [1, 2];

const welcome: Welcome = {
  protocol: PROTOCOL_VERSION,
  client: { id: ME, ticket: "ticket" },
  user: { id: ME, name: ME },
  limits: { opBytes: 65_536, opComponents: 2_000, documentAtoms: 10_000_000, documentsPerConnection: 100 },
};

const nameOf = (writer: number) => `client-${writer}`;
const personOf = (writer: number): Person => ({
  src: nameOf(writer),
  user: { id: nameOf(writer), name: nameOf(writer) },
  color: writer % 12,
  presence: { n: 1, version: 1, seq: 0, selection: { anchor: writer, head: writer }, activity: "active" },
});

/** What a page does with the document that it shows. */
export type Page = (document: SharedDocument<PlainSnapshot, PlainOp>) => void;

/** @param people  how many others are in the document, each with a caret */
export function ours(
  name = "interline",
  { page, people = 0 }: { page?: Page; people?: number } = {},
): Subject {
  return {
    name,
    version,
    open: (text) => open(text, page, people),
    messages(typed) {
      const writer = new ShortWriter(OTHERS_ROOM);
      return typed.flatMap((one) => writer.ops(told(one))).map((message) => JSON.stringify(message));
    },
  };
}

const told = ({ version, writer, seq, ...splice }: Typed): Events["ops"] => ({
  doc: DOC,
  epoch: EPOCH,
  ops: [{ version, src: nameOf(writer), author: nameOf(writer), seq, op: opOf(splice) }],
});

function open(text: string, page: Page | undefined, people: number): Fed {
  const asked: { readonly name: string; readonly sent: string; readonly answer: (said: never) => void }[] =
    [];
  let hearEvent: (name: "welcome" | "ops", body: Events["welcome" | "ops"]) => void = () => {};
  const transport: Transport = {
    open(_hello, listener) {
      hearEvent = (name, body) => listener.event(name, body);
      return {
        request: (name, body, answer) => void asked.push({ name, sent: JSON.stringify(body), answer }),
        notify() {},
        close() {},
      };
    },
  };
  const client = connect("bench:", { transport });
  const document = client.open(DOC, { type: "plain" });
  let heard = 0;
  document.on("change", ({ local }) => {
    if (!local) heard++;
  });
  page?.(document);
  hearEvent("welcome", welcome);
  const here = Array.from({ length: people }, (_, nth) => personOf(nth));
  const opened: OpenReply = {
    ...{ epoch: EPOCH, head: 1, writable: true, role: "editor", people: here },
    snapshot: text,
  };
  asked.shift()!.answer({ ok: opened } as never);

  const [reader, mine] = [new ShortReader(), new ShortWriter(MY_ROOM)];
  const hear = (message: string) => hearEvent("ops", reader.ops(JSON.parse(message))!);
  return {
    get text() {
      return document.text;
    },
    get version() {
      return document.version;
    },
    get heard() {
      return heard;
    },
    hear,
    type(splice) {
      document.submit(opOf(splice));
      for (let one = asked.shift(); one !== undefined; one = asked.shift()) {
        const { seq, op } = JSON.parse(one.sent) as Requests["submit"]["body"];
        const version = document.version + 1;
        const ops = [{ version, src: ME, author: ME, seq, op }];
        for (const message of mine.ops({ doc: DOC, epoch: EPOCH, ops })) hear(JSON.stringify(message));
        const answer: Answer<"submit"> = { ok: { version } };
        one.answer(JSON.parse(JSON.stringify(answer)) as never);
      }
    },
    close: () => void client.close(),
  };
}
