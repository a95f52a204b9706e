// What can be done from the page of history: name a version, compare two, and restore one, which can be undone. Who may not
// write is offered to compare, and nothing else.

import { Fault, type Version } from "../../protocol/index.js";
import { h } from "../shared/dom.js";
import { askName, askRange, askRestore, type Choice } from "./dialogs.js";
import type { Past } from "./past.js";
import { tell, told } from "./telling.js";
import type { Range } from "./timeline.js";

export interface ActionParts {
  readonly past: Past;
  readonly notices: HTMLElement;
  /** What is on show. */
  readonly range: () => Range;
  /** Shows something else. */
  readonly go: (range: Range) => Promise<void>;
  /** What is known of the past has changed. */
  readonly changed: () => void;
  /** What a version is called in a list. */
  readonly wordsOf: (version: Version) => string;
}

export interface Actions {
  readonly element: HTMLElement;
  /** Offers what can be done with what is on show. */
  offer(): void;
  /** Does something that changes what is known, and tells if it fails. */
  doing(work: () => Promise<void>): Promise<void>;
}

export function actions({ past, notices, range, go, changed, wordsOf }: ActionParts): Actions {
  const { api } = past;
  const { id } = past.known;
  let busy = false;

  async function doing(work: () => Promise<void>): Promise<void> {
    // A second press means the same thing.
    if (busy) return;
    busy = true;
    try {
      await work();
      changed();
    } catch (error) {
      tell(notices, error, () => void doing(work));
      if (error instanceof Fault && (error.code === "readonly" || error.code === "comment_only"))
        await past.refresh().then(changed, () => {});
    } finally {
      busy = false;
    }
  }

  async function rename(): Promise<void> {
    const version = range().to;
    const before = past.named(version)?.name;
    const name = await askName(version, before);
    if (name === undefined || name === (before ?? "")) return;
    await doing(async () => {
      if (name === "") await api.unname(id, version);
      else await api.name(id, { version, name });
      await past.refresh();
    });
  }

  async function compare(): Promise<void> {
    const chosen = await askRange(choices(), range());
    if (chosen !== undefined) await go(chosen);
  }

  /** What can be compared: what the timeline has, what is on show, the beginning and now. */
  function choices(): readonly Choice[] {
    const { began } = past.known;
    const { from, to } = range();
    const versions = new Set([
      ...[past.head, began, to, ...(from === undefined ? [] : [from])],
      ...past.sessions.map((session) => session.to),
      ...past.names.map(({ version }) => version),
    ]);
    return [...versions]
      .filter((version) => version >= began)
      .sort((a, b) => b - a)
      .map((version) => ({
        version,
        words: version === began ? "The beginning" : version === past.head ? "Now" : wordsOf(version),
      }));
  }

  async function restore(): Promise<void> {
    const version = range().to;
    const words = wordsOf(version);
    if (!(await askRestore(words))) return;
    await doing(async () => {
      const done = await api.restore(id, { version });
      await past.refresh();
      if (done.op?.length === 0) {
        told(notices, "The document is like that already.");
        return;
      }
      await go({ to: past.head });
      told(notices, `Restored: ${words}.`, () => void doing(() => takeBack(done.version)));
    });
  }

  /** Only what restoring did is taken back; what others write meanwhile stays. */
  async function takeBack(version: Version): Promise<void> {
    await api.revert(id, { from: version - 1, to: version });
    await past.refresh();
    await go({ to: past.head });
    told(notices, "It is as it was before.");
  }

  const button = (words: string, run: () => Promise<void>) =>
    h("button", { type: "button", onclick: () => void run() }, words);
  const naming = button("Name", rename);
  const restoring = button("Restore", restore);
  restoring.className = "primary";
  // Before anything is on show they would be about another version.
  naming.hidden = restoring.hidden = true;
  const element = h("span", { class: "history-actions" }, naming, button("Compare", compare), restoring);

  return {
    element,
    offer() {
      naming.hidden = !past.mayWrite;
      naming.textContent = past.named(range().to) === undefined ? "Name" : "Rename";
      restoring.hidden = !past.mayWrite || range().to >= past.head;
    },
    doing,
  };
}
