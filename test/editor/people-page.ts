// What the tests of people in an editor load into an empty page: two rich editors on one document, in one thread.

import { EditorState, TextSelection } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import {
  announcePeople,
  collab,
  editorKeymap,
  follow,
  following,
  followPeople,
  fromMarkdown,
  jumpTo,
  linearise,
  presenceAnnouncer,
  presenceCursors,
  schema,
  setBlock,
  undo,
  unfollow,
  visitNext,
  visitPrevious,
} from "../../client/prosemirror/index.js";
import { createHub } from "../client/hub.js";
import { VirtualClock } from "../world/clock.js";

const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

/** Ann and Bo in a document; Ann's editor is on the page, with everything there is for people. */
async function meet(markdown: string, verbosity: "polite" | "off" = "polite") {
  document.body.replaceChildren();
  const hub = createHub("rich", linearise(fromMarkdown(markdown)));
  const clock = new VirtualClock(1_000_000);
  const region = document.createElement("p");
  const [ann, bo] = [hub.open("Ann"), hub.open("Bo")];
  const place = document.createElement("div");
  document.body.append(place, region);
  const plugins = [
    ...[
      followPeople(ann),
      presenceAnnouncer(ann, { region, clock, verbosity }),
      presenceCursors(ann),
      collab(ann),
      editorKeymap(),
    ],
  ];
  const view = new EditorView(place, { state: EditorState.create({ schema, plugins }) });
  await settled();
  view.focus();
  return {
    ...{ hub, clock, region, ann, bo, view },
    /** The client id of Bo. */
    get leader() {
      return ann.presence.people[0]!.src;
    },
    async boAt(atom: number) {
      bo.presence.update({ anchor: atom, head: atom });
      hub.advance(200);
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    },
    run: (command: typeof unfollow) => command(view.state, view.dispatch, view),
    caretAt(pos: number) {
      view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, pos)));
    },
    /** What Ann's typing makes of the document, when Bo does something after her caret has moved and before the browser has said so. */
    async typedAfterMove(node: string, offset: number, boDoes: () => void): Promise<string> {
      const walker = document.createTreeWalker(view.dom, NodeFilter.SHOW_TEXT);
      while (walker.nextNode() && walker.currentNode.textContent !== node);
      getSelection()!.collapse(walker.currentNode, offset);
      boDoes();
      // What waits for a quiet moment has it, and the browser still has said nothing.
      for (let turn = 0; turn < 10; turn++) await undefined;
      document.execCommand("insertText", false, "|");
      await settled();
      return view.state.doc.textContent;
    },
    /** Bo does something when the browser has put in or deleted what Ann's next key says, and the view has perhaps not read it. */
    inputThen(boDoes: () => void): void {
      view.dom.addEventListener("input", boDoes, { once: true });
    },
    /** What `run` puts off to the next frame is done at once. */
    frameNow(run: () => void): void {
      const frames: FrameRequestCallback[] = [];
      const had = globalThis.requestAnimationFrame;
      globalThis.requestAnimationFrame = (frame) => frames.push(frame);
      run();
      globalThis.requestAnimationFrame = had;
      for (const frame of frames) frame(performance.now());
    },
    said: () => region.textContent,
  };
}

const people = {
  ...{
    meet,
    settled,
    follow,
    following,
    jumpTo,
    unfollow,
    visitNext,
    visitPrevious,
    announcePeople,
    setBlock,
    undo,
  },
};
export type People = typeof people;
Object.assign(globalThis, { people });
