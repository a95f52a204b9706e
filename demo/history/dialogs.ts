// What the page of history asks before it does something: a name for a version, whether to restore one, which two to compare.
// Each resolves to what was answered, or to undefined, and gives the focus back.

import type { Version } from "../../protocol/index.js";
import { showDialog } from "../shared/dialog.js";
import { h } from "../shared/dom.js";
import type { Range } from "./timeline.js";

type Child = HTMLElement | string | false;

/** A modal dialog with a form; resolves to the value of the button that closed it. */
function ask(heading: string, submit: string, ...children: readonly Child[]): Promise<string> {
  const dialog = h(
    "dialog",
    { class: "dialog", "aria-labelledby": "ask-title" },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id: "ask-title" }, heading),
      ...children,
      h(
        "p",
        { class: "dialog-actions" },
        h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Cancel"),
        h("button", { type: "submit", class: "primary", value: "ok" }, submit),
      ),
    ),
  );
  return showDialog(dialog);
}

/** A name for a version; empty: it is to have none. @param now  the name that it has */
export async function askName(version: Version, now: string | undefined): Promise<string | undefined> {
  const input = h("input", { type: "text", name: "name", value: now ?? "", maxlength: "100" });
  input.required = now === undefined;
  const answer = ask(
    now === undefined ? `Name version ${version}` : `Rename version ${version}`,
    now === undefined ? "Give this name" : "Change the name",
    h("label", {}, "What this version is called", input),
    now !== undefined && h("p", {}, "Leave it empty to take the name away."),
  );
  input.select();
  return (await answer) === "ok" ? input.value.trim() : undefined;
}

/** Whether to restore a version. @param words  what it is called in a list */
export async function askRestore(words: string): Promise<boolean> {
  const answer = await ask(
    "Restore this version?",
    "Restore",
    h("p", {}, words),
    h("p", {}, "Everybody’s document becomes as it was then. What was written since stays in the history."),
  );
  return answer === "ok";
}

/** A version to choose. */
export interface Choice {
  readonly version: Version;
  readonly words: string;
}

/** Which two versions to compare, the earlier one first. */
export async function askRange(choices: readonly Choice[], now: Range): Promise<Range | undefined> {
  const select = (name: string, chosen: Version) => {
    const options = choices.map(({ version, words }) => h("option", { value: String(version) }, words));
    const made = h("select", { name }, ...options);
    const nearest = choices.findIndex(({ version }) => version <= chosen);
    made.selectedIndex = nearest < 0 ? choices.length - 1 : nearest;
    return made;
  };
  const from = select("from", now.from ?? 0);
  const to = select("to", now.to);
  const answer = await ask(
    "Compare two versions",
    "Compare",
    h("label", {}, "What was done since", from),
    h("label", {}, "until", to),
  );
  if (answer !== "ok") return undefined;
  const [a, b] = [Number(from.value), Number(to.value)];
  return { from: Math.min(a, b), to: Math.max(a, b) };
}
