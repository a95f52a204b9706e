// The two things that are asked for in a dialog: where a link goes, and where an image is.

import type { Command } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { insertImage, linkAt, removeLink, selectedImage, setLink } from "../../client/prosemirror/index.js";
import { cleanUrl } from "../../protocol/index.js";
import { showDialog } from "../shared/dialog.js";
import { h } from "../shared/dom.js";

interface Field {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly type: "url" | "text";
  readonly required: boolean;
}

interface Question {
  readonly title: string;
  readonly fields: readonly Field[];
  readonly accept: string;
  /** A second answer, such as taking a link away. */
  readonly other?: { readonly label: string; readonly run: () => void };
  /** @returns what is wrong, if anything is; then the dialog stays */
  readonly run: (values: Readonly<Record<string, string>>) => string | undefined;
}

/** Asks, and gives the focus back to the editor. */
function ask(view: EditorView, question: Question): void {
  const inputs = question.fields.map((field) =>
    h("input", {
      type: "text",
      inputmode: field.type,
      name: field.name,
      value: field.value,
      required: field.required,
      autocomplete: "off",
    }),
  );
  const wrong = h("p", { class: "problem", role: "alert", hidden: true });
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "question" });
  const form = h("form", { method: "dialog" });
  const end = (run?: () => void) => {
    dialog.close();
    view.focus();
    run?.();
  };
  form.append(
    h("h2", { id: "question" }, question.title),
    ...question.fields.map((field, i) => h("label", {}, field.label, inputs[i])),
    wrong,
    h(
      "p",
      { class: "dialog-actions" },
      question.other &&
        h(
          "button",
          { type: "button", class: "quiet", onclick: () => end(question.other!.run) },
          question.other.label,
        ),
      h("button", { type: "button", class: "quiet", onclick: () => end() }, "Cancel"),
      h("button", { type: "submit", class: "primary" }, question.accept),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const problem = question.run(Object.fromEntries(inputs.map(({ name, value }) => [name, value.trim()])));
    if (problem === undefined) end();
    else {
      wrong.textContent = problem;
      wrong.hidden = false;
    }
  });
  dialog.append(form);
  void showDialog(dialog).then(() => view.focus());
  inputs[0]?.select();
}

const unsafe = "Only addresses of the web, mail and telephone can be used here.";

const gone = "Somebody else has removed what was to be a link.";
const imageGone = "Somebody else has removed the image.";
const noLink = "No link can be here: the text is code.";
const noImage = "No image can be here: put the caret where it is to be.";

/** What people leave out of an address: the scheme of a web page or of a mail address. */
function completed(address: string): string {
  if (/^[\w.+-]+@[\w-]+(\.[\w-]+)+$/.test(address)) return `mailto:${address}`;
  if (/^[\w-]+(\.[\w-]+)+([/?#].*)?$/.test(address)) return `https://${address}`;
  return address;
}

/** Asks where a link goes; inside a link, where else, or nowhere. */
export const linkDialog: Command = (state, dispatch, view) => {
  if (!state.selection.$from.parent.inlineContent) return false;
  if (dispatch === undefined || view === undefined) return true;
  const around = linkAt(state);
  const bare = around === null && state.selection.empty;
  ask(view, {
    title: "Link",
    fields: [
      { name: "href", label: "Address", value: around?.href ?? "", type: "url", required: true },
      ...(bare ? [{ name: "text", label: "Text", value: "", type: "text", required: false } as const] : []),
    ],
    accept: around === null ? "Add the link" : "Change the link",
    ...(around === null
      ? {}
      : { other: { label: "Remove", run: () => void removeLink(view.state, view.dispatch) } }),
    run: ({ href = "", text = "" }) => {
      const url = cleanUrl(completed(href));
      if (url === null) return unsafe;
      // The address would stand in the middle of what was to be linked.
      if (!bare && view.state.selection.empty && linkAt(view.state) === null) return gone;
      return setLink(url, text)(view.state, view.dispatch) ? undefined : noLink;
    },
  });
  return true;
};

/** Asks for an image's address; of one that is selected, for another one. */
export const imageDialog: Command = (state, dispatch, view) => {
  if (dispatch === undefined || view === undefined) return true;
  const { src: now = "", alt: shows = "", title = "" } = selectedImage(state)?.attrs ?? {};
  ask(view, {
    title: "Image",
    fields: [
      { name: "src", label: "Address of the image", value: now, type: "url", required: true },
      {
        name: "alt",
        label: "What it shows, for those who cannot see it",
        value: shows,
        type: "text",
        required: false,
      },
    ],
    accept: now === "" ? "Insert the image" : "Change the image",
    run: ({ src = "", alt = "" }) => {
      if (cleanUrl(src) === null) return unsafe;
      if (now !== "" && selectedImage(view.state) === null) return imageGone;
      return insertImage({ src, alt, title })(view.state, view.dispatch) ? undefined : noImage;
    },
  });
  return true;
};
