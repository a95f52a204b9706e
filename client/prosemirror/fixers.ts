// Plugins that tidy up: they answer a transaction with a change of their own, say a last paragraph that is missing. Each
// copy of a document has such a plugin. If all of them answered one change, there would be as many last paragraphs as
// people, and the answers would be answered in turn. So a change is one's own only if it comes from what somebody did
// here: it may answer a local change of the document. It may not answer
//
//     elsewhere   a transaction that shows somebody else's change, an undo or the normal form      refused at once
//     loading     the document coming                                                              refused at once
//     nothing     a transaction that changed nothing, as a click does                              taken back
//
// Refusing one transaction of a round leaves no trace: ProseMirror goes on as if the plugin had not answered. This file
// tells the plugin's author, in development, once for each plugin.

import type { EditorState, Plugin, Transaction } from "prosemirror-state";

/** What was answered with a change that does not count. */
export type Occasion = "elsewhere" | "loading" | "nothing";

const deeds: { readonly [occasion in Occasion]: string } = {
  elsewhere: "answers changes that come from elsewhere (or from undo) with changes of its own",
  loading: "changes the document while it is being loaded",
  nothing: "changes the document in answer to a transaction that did not",
};

/** Bundlers put the name of the build in here; where nobody does, it is development. */
function isProduction(): boolean {
  try {
    return process.env.NODE_ENV === "production";
  } catch {
    return false;
  }
}

export const warnInDevelopment = (message: string): void => {
  if (!isProduction()) console.warn(message);
};

/** Says of plugins that their changes are ignored, and how to write them. */
export class FixerWarnings {
  readonly #warned = new Set<string>();

  constructor(private readonly warn: (message: string) => void) {}

  /**
   * A change was ignored.
   *
   * @param answered  the transaction it answers, if that is known, and the states before and after it
   */
  ignored(occasion: Occasion, plugins: readonly Plugin[], answered?: Answered): void {
    const names = suspects(plugins, answered).map(nameOf);
    const fresh = names.length === 0 ? [noName] : names;
    for (const name of fresh) {
      const known = `${occasion} ${name}`;
      if (this.#warned.has(known)) continue;
      this.#warned.add(known);
      this.warn(
        `interline: ${name} ${deeds[occasion]}. They are ignored, because every copy of the document would make them. ` +
          'A plugin may answer a local change (docChanged, and isRemote() is false); see "Plugins that tidy up" in docs/extend.md.',
      );
    }
  }
}

export interface Answered {
  readonly tr: Transaction;
  /** The answer that was ignored, if it is at hand. */
  readonly answer?: Transaction;
  readonly before: EditorState;
  readonly after: EditorState;
}

const noName = "a plugin";

/** ProseMirror gives every plugin a key, such as "trailing$" or (of plugins without one) "plugin$3". */
const nameOf = (plugin: Plugin): string =>
  `the plugin "${(plugin as unknown as { readonly key: string }).key}"`;

/** Which plugins it may have been. Those whose mark it bears; else those that would answer so again; else all that answer. */
function suspects(plugins: readonly Plugin[], answered: Answered | undefined): readonly Plugin[] {
  const answering = plugins.filter(({ spec }) => spec.appendTransaction !== undefined);
  if (answered === undefined || answering.length < 2) return answering;
  const marked = answering.filter((plugin) => answered.answer?.getMeta(plugin) !== undefined);
  if (marked.length > 0) return marked;
  const again = answering.filter((plugin) => answers(plugin, answered));
  return again.length > 0 ? again : answering;
}

function answers(plugin: Plugin, { tr, before, after }: Answered): boolean {
  try {
    return plugin.spec.appendTransaction!.call(plugin, [tr], before, after)?.docChanged === true;
  } catch {
    return false;
  }
}
