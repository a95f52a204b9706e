// An editor inside an app: ties the page's end of the bridge to a document and the editor that shows it.
//
//     const embedded = embedding();
//     const app = guest({ channel, sid, ...embedded.options });     // commands and `willSuspend` of the app end here
//     …                                                             // `inApp` of interline/client: the connection
//     new EditorView(place, { state: EditorState.create({ schema, plugins: [collab(doc), embedded.plugin({ app, doc })] }) });
//
// To the app go what its toolbar shows, where the text is, who is there, and links that were tapped; from it come commands
// and its own state. The app is told at most once a frame, and only what has changed. No operation crosses the bridge, and
// of the text only its first line, links, and edits that could not be applied.

import { Plugin } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { codePointLength } from "../../../ot/index.js";
import { type Clock, systemClock } from "../../../protocol/index.js";
import type { SharedDocument } from "../../types.js";
import { BridgeFault, type Guest, type GuestOptions, type Payload } from "../../webview/index.js";
import { countWords, titleOf } from "../../words.js";
import { readDeleted } from "../caret-now.js";
import { bindingOf } from "../collab.js";
import { selectionInDocument } from "../cursors.js";
import { type CaretKeeper, type CaretStore, CaretKeeper as Keeper } from "./caret-place.js";
import { embeddedCommands, runEmbedded } from "./commands.js";
import { toolbarState } from "./toolbar-state.js";

export interface EmbeddedEditor {
  readonly app: Guest;
  readonly doc: SharedDocument;
  /** Where the caret is kept while the page is not there. */
  readonly caret?: CaretStore;
  readonly clock?: Clock;
}

export interface Embedding {
  /** For `guest`: what the page can do, and what it does when the app asks. */
  readonly options: Required<Pick<GuestOptions, "caps" | "command" | "suspend">>;
  /** For the editor. It serves one. */
  plugin(editor: EmbeddedEditor): Plugin;
}

/** How long typing may rest before words are counted. */
const COUNT_MS = 500;

export function embedding(): Embedding {
  let ready: Joined | undefined;
  return {
    options: {
      caps: embeddedCommands,
      command(name, args) {
        if (ready === undefined) throw new BridgeFault("unavailable", "the document is not there yet");
        return runEmbedded(ready.editor, ready.view, name, args);
      },
      suspend: () => ready?.suspend(),
    },
    plugin: (editor) =>
      new Plugin({
        props: { handleDOMEvents: { click: (view, event) => openLink(view, event, editor.app) } },
        view(view) {
          const joined = new Joined(view, editor);
          ready = joined;
          return {
            update: () => joined.changed(),
            destroy() {
              joined.close();
              if (ready === joined) ready = undefined;
            },
          };
        },
      }),
  };
}

class Joined {
  readonly #stops: (() => void)[] = [];
  readonly #clock: Clock;
  readonly #caret: CaretKeeper | undefined;
  #frame: number | undefined;
  #stopCount: (() => void) | undefined;
  #unsaved = 0;
  #lastAckAt: number | null = null;
  #offlineSince: number | null = null;

  constructor(
    readonly view: EditorView,
    readonly editor: EmbeddedEditor,
  ) {
    const { app, doc, caret, clock = systemClock } = editor;
    this.#clock = clock;
    this.#caret = caret && new Keeper(view, doc, caret, clock);
    this.#stops.push(
      doc.on("status", () => this.#sync()),
      doc.on("save", () => this.#sync()),
      doc.on("history", () => this.changed()),
      doc.on("change", () => this.#countSoon()),
      doc.presence.on("change", () => this.#people()),
      doc.on("recovered", () => this.#sync()),
      doc.on("notice", ({ kind, recovered }) =>
        app.notice({ kind, ...(recovered === undefined ? {} : { recovered: recovered.id }) }),
      ),
      app.on("app", ({ state }) => this.#seen(state)),
    );
    const focus = () => this.changed();
    for (const event of ["focus", "blur"]) view.dom.addEventListener(event, focus);
    this.#stops.push(() => {
      for (const event of ["focus", "blur"]) view.dom.removeEventListener(event, focus);
    });
    this.changed();
    this.#sync();
    this.#people();
    doc.ready.then(
      () => {
        this.changed();
        this.#countSoon();
        void this.#caret?.restore();
      },
      () => {},
    );
  }

  /** The editor has changed, or what it may do: the app is told in the next frame. */
  changed(): void {
    this.#caret?.moved();
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      if (this.view.isDestroyed) return;
      readDeleted(this.view);
      if (!this.view.isDestroyed) this.editor.app.setState(toolbarState(this.view, this.editor.doc));
    });
  }

  /** Everything that is typed is on the device when this resolves. @returns how many changes the server does not have */
  async suspend(): Promise<number> {
    const { doc } = this.editor;
    bindingOf(this.view.state)?.flush();
    doc.presence.update(null, "away");
    await Promise.all([doc.stored(), this.#caret?.flush()]);
    return doc.unsaved;
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#stopCount?.();
    this.#caret?.close();
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
  }

  #sync(): void {
    const { app, doc } = this.editor;
    const { status, unsaved, version, save, recovered, fault } = doc;
    const now = this.#clock.now();
    if (unsaved < this.#unsaved || (status === "saved" && this.#lastAckAt === null)) this.#lastAckAt = now;
    this.#unsaved = unsaved;
    this.#offlineSince = status === "offline" ? (this.#offlineSince ?? now) : null;
    const { lastAckAt, offlineSince } = { lastAckAt: this.#lastAckAt, offlineSince: this.#offlineSince };
    app.setSync({
      ...{ status, pending: unsaved, version, lastAckAt, offlineSince },
      ...{ fault: fault?.code ?? null, storage: save.storage, recovered: recovered.length },
    });
    this.changed();
  }

  /** An app in the background is not looked at, whether or not its page is told so by the system. */
  #seen(state: Payload<"app.state">["state"]): void {
    const { view, editor } = this;
    const { presence, status } = editor.doc;
    if (state !== "inactive") presence.rest(state === "background");
    if (state === "active" && view.hasFocus() && status !== "loading" && status !== "fault")
      presence.update(selectionInDocument(view.state));
  }

  #people(): void {
    const { app, doc } = this.editor;
    app.setPeople(
      doc.presence.people.map(({ src, user: { id, name }, color, activity }) => ({
        ...{ src, color, activity },
        user: { id, name },
      })),
    );
  }

  #countSoon(): void {
    this.#stopCount ??= this.#clock.after(COUNT_MS, () => {
      this.#stopCount = undefined;
      const { app, doc } = this.editor;
      if (doc.status === "loading" || doc.status === "fault") return;
      const { text, version } = doc;
      const stats: Payload<"doc.stats"> = {
        characters: codePointLength(text),
        words: countWords(text),
        title: titleOf(text),
        version,
      };
      app.setStats(stats);
    });
  }
}

/** A page in an app goes nowhere: a link is the app's to open, when it is tapped where nobody writes, or with a key held. */
function openLink(view: EditorView, event: MouseEvent, app: Guest): boolean {
  const target = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (target === null) return false;
  event.preventDefault();
  const meant = !view.editable || event.metaKey || event.ctrlKey;
  if (meant) app.openLink((target as HTMLAnchorElement).href).catch(() => {});
  return meant;
}
