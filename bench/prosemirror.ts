// What the editor binding costs beyond ProseMirror itself, in a document of 20,000 blocks (2 MB):
//
//     npx tsc && node dist/bench/prosemirror.js [blocks]
//
// Everything here is without a page: the browser's own work and ProseMirror's drawing come on top.

import { EditorState } from "prosemirror-state";
import { editedPositions, localChange } from "../client/prosemirror/local.js";
import { atomFromPM, pmFromAtom } from "../client/prosemirror/positions.js";
import { project, reproject, type View } from "../client/prosemirror/projection.js";
import { remoteTransaction } from "../client/prosemirror/remote.js";
import { type Attributes, type RichOp, RichSnapshot, richOp, richText } from "../ot/index.js";

const blocks = Number(process.argv[2] ?? 20_000);
const size = 100;
const rounds = 300;

function documentOf(attributes: Attributes | undefined): RichSnapshot {
  const wire = richOp();
  for (let nth = 0; nth < blocks; nth++) {
    wire.insert("\n", attributes).insert(`paragraph ${nth} `.padEnd(size - 1, "lorem ipsum "));
  }
  return RichSnapshot.from(wire.done());
}

/** The median of how long something takes, in milliseconds. */
class Timer {
  readonly #times: number[] = [];

  time<T>(run: () => T): T {
    const start = performance.now();
    const result = run();
    this.#times.push(performance.now() - start);
    return result;
  }

  toString(): string {
    const sorted = this.#times.toSorted((a, b) => a - b);
    const at = (part: number) => sorted[Math.floor((sorted.length - 1) * part)]!.toFixed(2);
    return `${at(0.5)} ms (95 %: ${at(0.95)} ms)`;
  }
}

/** A position in the middle of the text of some block. */
const somewhere = (nth: number): number => ((nth * 7_919) % (blocks - 2)) * size + 50;

function measure(name: string, attributes: Attributes | undefined): void {
  const snapshot = documentOf(attributes);
  const loading = new Timer();
  let view: View = { snapshot, doc: loading.time(() => project(snapshot)) };
  atomFromPM(view.doc, 1);

  const [own, typing, place] = [new Timer(), new Timer(), new Timer()];
  for (let nth = 0; nth < rounds; nth++) {
    const state = EditorState.create({ doc: view.doc });
    const pos = pmFromAtom(view.doc, somewhere(nth));
    const { tr, next } = own.time(() => {
      const tr = state.tr.insertText("x", pos);
      return { tr, next: state.apply(tr) };
    });
    const was = view;
    view = typing.time(() => localChange(was, next.doc, editedPositions(tr.mapping.maps))).view;
    place.time(() => atomFromPM(view.doc, pos));
  }

  const receive = (makeOp: (nth: number) => RichOp): Timer => {
    const timer = new Timer();
    for (let nth = 0; nth < rounds; nth++) {
      const op = makeOp(nth);
      const after = richText.apply(view.snapshot, op);
      const state = EditorState.create({ doc: view.doc });
      const was = view;
      const tr = timer.time(() => remoteTransaction(state, op, reproject(was, op, after)));
      view = { snapshot: after, doc: tr.doc };
    }
    return timer;
  };
  const text = receive((nth) => [somewhere(nth), "y"]);
  const split = receive((nth) => [somewhere(nth), { i: "\n", ...(attributes && { a: attributes }) }]);
  console.log(`${name}, ${blocks} blocks, ${(view.snapshot.length / 1e6).toFixed(1)} M atoms`);
  console.log(`  showing it first       ${loading}`);
  console.log(`  ProseMirror, one key   ${own}`);
  console.log(`  that key as an op      ${typing}`);
  console.log(`  a position             ${place}`);
  console.log(`  a remote letter        ${text}`);
  console.log(`  a remote split         ${split}`);
}

measure("paragraphs", undefined);
measure("one list", { li: "b" });
