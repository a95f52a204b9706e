// What the tests and the bench of many people load into an empty page: one rich editor of 2,000 paragraphs, and a crowd
// whose messages are made by hand, so that nothing runs on the page but what runs on the page of one person.

import { EditorState } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { connect, type Transport } from "../../client/index.js";
import {
  collab,
  fromMarkdown,
  linearise,
  presenceAnnouncer,
  presenceCursors,
  schema,
} from "../../client/prosemirror/index.js";
import type { ChannelListener } from "../../client/transport.js";
import type { RichOp } from "../../ot/index.js";

const PARAGRAPHS = 2_000;
const paragraph = (at: number) => `paragraph ${at} of many, with a few words in it`;
const srcOf = (nth: number) => `person-${nth}`;

/** What a page is asked to do from now on, counted by wrapping. */
function counting() {
  const counts = { frames: 0, timers: 0, layouts: 0 };
  /** How long the callbacks of frames have taken, in milliseconds, since that was last taken. */
  let workMs = 0;
  const { requestAnimationFrame: frame, setTimeout: timeout } = globalThis;
  const { getBoundingClientRect: box } = Element.prototype;
  const { getClientRects: boxes } = Range.prototype;
  Object.assign(globalThis, {
    requestAnimationFrame(run: FrameRequestCallback) {
      counts.frames++;
      return frame((now) => {
        const start = performance.now();
        run(now);
        workMs += performance.now() - start;
      });
    },
    setTimeout(run: () => void, ms?: number) {
      counts.timers++;
      return timeout(run, ms);
    },
  });
  Element.prototype.getBoundingClientRect = function () {
    counts.layouts++;
    return box.call(this);
  };
  Range.prototype.getClientRects = function () {
    counts.layouts++;
    return boxes.call(this);
  };
  return {
    counts: () => ({ ...counts }),
    takeWorkMs() {
      const taken = workMs;
      workMs = 0;
      return taken;
    },
    nextFrame: () => new Promise<void>((resolve) => frame(() => frame(() => resolve()))),
  };
}

async function gather(size: number) {
  document.body.replaceChildren();
  let version = 1;
  let listener!: ChannelListener;
  let said = 0;
  const text = Array.from({ length: PARAGRAPHS }, (_, at) => paragraph(at)).join("\n\n");
  const atoms = Array.from({ length: PARAGRAPHS + 1 }, () => 0);
  for (let at = 0; at < PARAGRAPHS; at++) atoms[at + 1] = atoms[at]! + 1 + paragraph(at).length;
  const people = Array.from({ length: size }, (_, nth) => ({
    ...{ src: srcOf(nth), user: { id: srcOf(nth), name: `Person ${nth}` }, color: nth % 12, presence: null },
  }));
  const snapshot = linearise(fromMarkdown(text));
  const transport: Transport = {
    open(hello, heard) {
      listener = heard;
      queueMicrotask(() =>
        heard.event("welcome", {
          protocol: hello.protocol,
          client: { id: "ann-1", ticket: "ann" },
          user: { id: "ann", name: "Ann" },
          limits: { opBytes: 1e6, opComponents: 1e4, documentAtoms: 1e7, documentsPerConnection: 10 },
        } as never),
      );
      return {
        request(name, _body, answer) {
          const reply = {
            open: { epoch: "1", head: version, writable: true, people, snapshot },
            submit: { version: version + 1 },
          }[name as "open" | "submit"];
          if (name === "submit") version++;
          queueMicrotask(() => answer({ ok: reply } as never));
        },
        notify() {},
        close() {},
      };
    },
  };
  const doc = connect("crowd:", { transport }).open("crowd", { type: "rich" });
  const place = document.body.appendChild(document.createElement("div"));
  const plugins = [presenceCursors(doc), presenceAnnouncer(doc), collab(doc)];
  const view = new EditorView(place, { state: EditorState.create({ schema, plugins }) });
  await doc.ready;
  let measured = 0;
  const measure = view.coordsAtPos.bind(view);
  view.coordsAtPos = (pos, side) => {
    measured++;
    return measure(pos, side);
  };
  const crowd = {
    view,
    ready: () => view.state.doc.childCount === PARAGRAPHS,
    /** Puts somebody into a paragraph; `selected` code points behind their caret are selected. */
    moves(nth: number, block: number, offset = 5, selected = 0) {
      const head = atoms[block]! + 1 + offset;
      listener.event("presence", {
        ...{ doc: "crowd", src: srcOf(nth), n: ++said, version, seq: 0, activity: "active" },
        selection: { anchor: head + selected, head },
      } as never);
    },
    /** Somebody types a letter at the start of a paragraph. */
    writes(nth: number, block: number) {
      const op = [atoms[block]! + 1, "x"] as RichOp;
      for (let at = block + 1; at <= PARAGRAPHS; at++) atoms[at]!++;
      const committed = {
        version: ++version,
        src: srcOf(nth),
        seq: version,
        op,
        author: srcOf(nth),
        time: 0,
      };
      listener.event("ops", { doc: "crowd", epoch: "1", ops: [committed] } as never);
    },
    /** We type a letter at the end of the document. */
    types() {
      view.dispatch(view.state.tr.insertText("y", view.state.doc.content.size - 1));
    },
    /** How often a caret was measured since this was last asked. */
    takeMeasured() {
      const taken = measured;
      measured = 0;
      return taken;
    },
    fresh: () => document.querySelectorAll("[data-fresh]").length,
    drawn: () => document.querySelectorAll(".interline-caret").length,
  };
  Object.assign(globalThis, { scene: crowd });
  return crowd;
}

const crowd = { gather, counting };
export type CrowdKit = typeof crowd;
Object.assign(globalThis, { crowd });
