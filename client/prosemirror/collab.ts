// The ProseMirror plugin that makes an editor show a shared document:
//
//     const doc = connection.open("minutes", { type: "rich" });
//     new EditorView(place, { state: EditorState.create({ schema, plugins: [collab(doc)] }) });
//
// Until the document is there, the editor is empty and accepts nothing; whatever content its state was made with is never
// part of the document. Then its state is replaced, without a transaction. The plugin's own state is a record of
// transactions (`transaction-log.ts`) and of where they began, and nothing else; what it stands for happens in `binding.ts`.

import { type EditorState, Plugin, PluginKey, type Transaction } from "prosemirror-state";
import type { RichOp, RichSnapshot } from "../../ot/index.js";
import { type Clock, systemClock } from "../../protocol/index.js";
import { whenLeaving } from "../leaving.js";
import type { SharedDocument } from "../types.js";
import { Binding } from "./binding.js";
import type { Origin } from "./editor.js";
import { warnInDevelopment } from "./fixers.js";
import { awaitKey, insertUnstyled, reversalIn, wholeCharacters } from "./native-input.js";
import { type Log, logged } from "./transaction-log.js";
import { vocabularyOf } from "./vocabulary.js";

export interface CollabOptions {
  /** When to send what is held back during a composition; the system's clock by default. */
  readonly clock?: Clock;
  /** Told, once for each, of plugins whose changes are ignored. By default the console, unless NODE_ENV is "production". */
  readonly warn?: (message: string) => void;
}

interface CollabState {
  readonly log: Log;
  /** The same in all states that transactions have led to from one, and in no other. */
  readonly beginning: object;
}

export const collabKey = new PluginKey<CollabState>("interline");

/**
 * A plugin that keeps an editor and `doc` the same. It serves one editor.
 *
 * Edits go to the document as they are made; everybody else's come as one transaction each, marked with
 * {@link isRemote}. The editor is read-only while the document is, and can have and keep the focus then. Plugins that
 * tidy up after transactions must leave those alone: a change that answers one is ignored, since every copy of the
 * document would answer it; so is one that answers a transaction without any change, such as a click. A view that is given a
 * state which no transaction has led to, to show something else, leaves the document as it is. Where the view has
 * a `dispatchTransaction` of its own, it must have updated the view by the time it returns. Undo and redo of the system's own
 * menu are the document's, as those of keys are where a keymap has them.
 *
 * @throws TypeError for a document of plain text; and Error, when a state is made with it, for a schema that is not of ours
 */
export function collab(
  doc: SharedDocument<RichSnapshot, RichOp>,
  { clock = systemClock, warn = warnInDevelopment }: CollabOptions = {},
): Plugin<CollabState> {
  if ((doc.type as string) === "plain")
    throw new TypeError(
      `the document ${doc.id} is plain; open it with { type: "rich" } to show it in this editor`,
    );
  const binding = new Binding(doc, {
    clock,
    warn,
    mark: (tr, origin) => tr.setMeta(collabKey, origin).setMeta("addToHistory", false),
    log: (state) => collabKey.getState(state)?.log ?? [],
    beginning: (state) => collabKey.getState(state)?.beginning,
  });
  return new Plugin<CollabState>({
    key: collabKey,
    binding,
    state: {
      init(_config, { schema }) {
        // Said where the state is made, and not when the document has come.
        vocabularyOf(schema);
        return { log: [], beginning: {} };
      },
      apply: (tr, { log, beginning }, old) => ({
        log: logged(log, tr, old.selection, binding.settled),
        beginning,
      }),
    },
    filterTransaction: (tr, state) => binding.allows(tr, state),
    props: {
      editable: () => binding.editable,
      // Read-only, it can have the focus all the same, and keeps it while rights go and come back. It is said always: a
      // browser takes the focus at once from what becomes read-only without it.
      attributes: { tabindex: "0" },
      handleDOMEvents: {
        keypress: wholeCharacters(),
        beforeinput(view, event) {
          awaitKey(view);
          const which = reversalIn(event);
          if (which === undefined) return insertUnstyled(view, event);
          event.preventDefault();
          binding.reverse(which);
          return true;
        },
        compositionend() {
          binding.compositionEnded();
          return false;
        },
      },
    },
    view(view) {
      binding.attach(view);
      const stop = whenLeaving(() => binding.flush());
      return {
        update: (_view, before) => binding.update(before),
        destroy() {
          stop();
          binding.detach();
        },
      };
    },
  });
}

/** The shared document that an editor shows; undefined if it shows none. */
export const documentOf = (state: EditorState): SharedDocument<RichSnapshot, RichOp> | undefined =>
  bindingOf(state)?.document;

/**
 * By the plugin, not by its state: one that has taken another's place begins with what stands there under their one key.
 *
 * @internal
 */
export const bindingOf = (state: EditorState): Binding | undefined => collabKey.get(state)?.spec.binding;

/** What the binding says about a transaction of its own: whose change it shows. Undefined for everybody else's transactions. */
export const originOf = (tr: Transaction): Origin | undefined => tr.getMeta(collabKey) as Origin | undefined;

/**
 * Whether a transaction shows a change of the shared document (somebody else's, or an undo), rather than making one. Such
 * a transaction is not to be answered with a change.
 */
export const isRemote = (tr: Transaction): boolean => originOf(tr) !== undefined;
