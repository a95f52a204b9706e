// "Who wrote this": asks who wrote the text that is selected, and shows it in a dialog, with ways into the history.
//
// The server knows versions; the editor shows a version and what is ours beyond it. The difference between the two is ours
// and not saved yet (`authorship.ts`). What is told is of the moment that it was asked for.

import { personClass } from "../../client/prosemirror/index.js";
import type { SharedDocument } from "../../client/types.js";
import { plainDifference, richDifference } from "../../ot/difference.js";
import {
  type PlainOp,
  PlainSnapshot,
  type RichOp,
  RichSnapshot,
  type Selection,
  type Snapshot,
} from "../../ot/index.js";
import { type Authors, Fault } from "../../protocol/index.js";
import { colorOf, nameOf, toldApart } from "./authors.js";
import { between, carried, type Part, type Written, writtenIn } from "./authorship.js";
import { addressOf } from "./base.js";
import type { apiFor } from "./caller.js";
import { colorsIn } from "./colors.js";
import { showSheet } from "./dialog.js";
import { h } from "./dom.js";
import { timeAgo } from "./time-ago.js";

type Api = ReturnType<typeof apiFor>;

/** As many runs are listed. */
const LISTED = 50;
/** As much of a run's text is shown, in code points. */
const QUOTED = 80;

export interface WhoWroteOptions {
  readonly doc: SharedDocument;
  readonly api: Api;
  /** What is selected now, in atoms of the visible document. */
  readonly selection: () => Selection;
}

/** Asks and shows, of the document and the selection as they are when this is called. */
export async function whoWrote({ doc, api, selection }: WhoWroteOptions): Promise<void> {
  const { anchor, head } = selection();
  const visible = doc.snapshot;
  try {
    const { runs, ...found } = await runsOf(doc, api, visible);
    const authors = toldApart(colorsIn(doc.id), found.authors);
    const parts = between(runs, ...asked(visible, Math.min(anchor, head), Math.max(anchor, head)));
    open(...listed(doc.id, parts, authors, ({ from, to }) => textOf(visible, from, to)));
  } catch (error) {
    const why = error instanceof Fault ? error.message : "Something went wrong on this page.";
    open(h("p", { role: "alert" }, why));
  }
}

/** Who wrote a document that is visible at the version that is confirmed now. */
async function runsOf(
  doc: SharedDocument,
  api: Api,
  visible: Snapshot,
): Promise<{ readonly runs: readonly Written[]; readonly authors: Authors }> {
  const { version, unsaved } = doc;
  const [{ runs, authors }, confirmed] = await Promise.all([
    api.blame(doc.id, { version }),
    unsaved === 0 ? undefined : api.documents.read(doc.id, { version }),
  ]);
  const written = writtenIn(runs);
  if (confirmed === undefined) return { runs: written, authors };
  return { runs: carried(written, differenceTo(visible, confirmed.snapshot)), authors };
}

function differenceTo(visible: Snapshot, confirmed: unknown): RichOp | PlainOp {
  return visible instanceof RichSnapshot
    ? richDifference(RichSnapshot.from(confirmed), visible)
    : plainDifference(PlainSnapshot.from(confirmed), visible as PlainSnapshot);
}

/** What is asked about: a caret asks about what is before it, but at the beginning of a line about what the line begins with. */
function asked(visible: Snapshot, from: number, to: number): readonly [number, number] {
  const isText = (at: number) => at >= 0 && /[^\n]/.test(plainly(visible, at, at + 1));
  const atBeginning = from === to && !isText(from - 1) && isText(from);
  return atBeginning ? [from + 1, from + 1] : [from, to];
}

/** The beginning of a run's text, in one line. */
function textOf(visible: Snapshot, from: number, to: number): string {
  const end = Math.min(to, from + QUOTED);
  return plainly(visible, from, end).replace(/\s+/g, " ").trim() + (end < to ? "…" : "");
}

const plainly = (visible: Snapshot, from: number, to: number): string =>
  visible instanceof RichSnapshot ? visible.text(from, to) : (visible as PlainSnapshot).slice(from, to);

function listed(
  id: string,
  parts: readonly Part[],
  authors: Authors,
  text: (part: Part) => string,
): HTMLElement[] {
  if (parts.length === 0) return [h("p", {}, "There is no text here yet.")];
  // Of what begins blocks it is not told who wrote it, unless nothing else is selected.
  const written = parts.filter((part) => text(part) !== "");
  const told = written.length > 0 ? written : parts;
  const items = told.slice(0, LISTED).map((part) => h("li", {}, ...entry(id, part, authors, text(part))));
  const rest = told.length - items.length;
  const list = h("ol", { class: "wrote", tabindex: "0", "aria-label": "Who wrote it" }, ...items);
  return rest === 0 ? [list] : [list, h("p", {}, `And ${rest} more.`)];
}

function entry(id: string, { written }: Part, authors: Authors, text: string): HTMLElement[] {
  const quote =
    text === ""
      ? h("span", { class: "wrote-text" }, "A line, with nothing in it")
      : h("q", { class: "wrote-text", dir: "auto" }, text);
  if (written.kind === "unsaved") return [h("strong", {}, "You, not saved yet"), quote];
  const { author, time, since, version } = written;
  return [
    h(
      "strong",
      {},
      h("span", { class: `swatch ${personClass(colorOf(authors, author))}`, "aria-hidden": "true" }),
      h("bdi", {}, nameOf(authors, author)),
    ),
    h(
      "a",
      { href: addressOf(`/history/${id}?from=${since - 1}&version=${version}`) },
      `${timeAgo(time, Date.now())}, ${since === version ? "version" : `versions ${since} to`} ${version}`,
    ),
    quote,
  ];
}

const open = (...children: readonly HTMLElement[]): void =>
  showSheet({ title: "Who wrote this", id: "wrote-title" }, ...children);
