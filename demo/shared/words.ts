// What the pages say of where the text is, in words. Pure, and no more hopeful than the document's own state.
//
// "Saved" is said only when the server has everything on its disk; "kept on this device" only of as many changes as are
// written there for certain.

import type { Elsewhere } from "../../client/index.js";
import type { Notice, RecoveredEdit, SaveState, SharedDocument } from "../../client/types.js";

export const changes = (count: number): string => (count === 1 ? "1 change" : `${count} changes`);
const are = (count: number) => (count === 1 ? "is" : "are");

type Told = Pick<SharedDocument, "status" | "save" | "fault"> & { readonly role?: SharedDocument["role"] };

/** These pages have no way to comment: to whoever may only do that, they are to be read. */
export const isReadOnly = ({ status, role }: Pick<Told, "status" | "role">): boolean =>
  status === "readonly" || (status === "saved" && role === "commenter");

/** @param longer  it has been in one state of saving for long enough to say which */
export function statusWords({ status, save, fault, role }: Told, longer = true): string {
  const { stage, unsaved, version } = save;
  switch (status) {
    case "loading":
      return "Opening…";
    case "saved":
      return `${isReadOnly({ status, role }) ? "Read only" : "Saved"} · version ${version}`;
    case "saving":
      if (!longer) return "Saving…";
      return stage === "sent" ? "Sending…" : stage === "device" ? "On this device · sending…" : "Saving…";
    case "offline":
      return unsaved === 0 ? "Offline · reconnecting" : "Offline · not saved yet";
    case "readonly":
      return `Read only · version ${version}`;
    case "fault":
      return fault === undefined ? "Closed" : "Not available";
  }
}

/**
 * What stands above the foot while changes wait: that there is no connection, how much is unsent, and whether it would
 * outlive the page.
 *
 * @param held  how many changes are written on this device for certain
 */
export function waitingWords(
  lost: "offline" | "unanswered",
  { unsaved, storage }: Pick<SaveState, "unsaved" | "storage">,
  held: number,
): string {
  const why = lost === "offline" ? "Offline" : "The server does not answer";
  if (storage === "durable") {
    if (unsaved === 0) return `${why}. Everything so far is saved, and you can go on writing.`;
    if (held === 0) return `${why}. What you wrote will be sent when you are back.`;
    const kept = held < unsaved ? "All but the last of what you wrote" : "What you wrote";
    return `${why}. ${kept} is kept on this device and will be sent when you are back.`;
  }
  const but = {
    memory: "this browser does not let the page keep anything",
    full: "this device has no room left",
    failed: "this device’s storage does not answer",
  }[storage];
  const what = unsaved === 0 ? "What you write now" : "What you wrote since";
  return `${why}, and ${but}. ${what} is only in this page: do not close it.`;
}

/** What is heard once, when the connection is back and everything that waited has been answered. @param saved  all of it was taken */
export const backWords = (saved: boolean): string =>
  saved ? "Connected again. Everything is saved." : "Connected again.";

/** What other tabs have, and tabs that are closed have left; nothing, if there is nothing. */
export function elsewhereWords(found: readonly Elsewhere[], doc: string): string {
  const here = found.filter((one) => one.doc === doc);
  const sum = (of: readonly Elsewhere[]) => of.reduce((count, { unsaved }) => count + unsaved, 0);
  const live = sum(here.filter((one) => one.live));
  const left = sum(here.filter((one) => !one.live));
  const others = new Set(found.filter((one) => one.doc !== doc).map((one) => one.doc)).size;
  return [
    live > 0 && `Another tab has ${changes(live)} in this document that ${are(live)} not saved yet.`,
    left > 0 && `A closed tab has left ${changes(left)} in this document, to be sent when you are back.`,
    others > 0 &&
      `${others === 1 ? "One other document has" : `${others} other documents have`} changes on this device that are not saved yet.`,
  ]
    .filter((sentence) => sentence !== false)
    .join(" ");
}

export function noticeWords({ kind, recovered }: Notice): string {
  const kept =
    recovered === undefined ? "" : " What you had not sent is in it, and is also kept as you wrote it.";
  return kind === "replaced"
    ? `The server has another version of this document now: it was restored from a backup, or made anew.${kept}`
    : `You were away for so long that the history in between is gone. Your text was carried over by comparing.${kept}`;
}

/** Why an edit is in the tray. */
export function reasonWords({ reason, fault }: Pick<RecoveredEdit, "reason" | "fault">): string {
  switch (reason) {
    case "refused":
      return `The server did not take this, and it was taken back. ${fault.message}`;
    case "closed":
      return `This was not sent before the document was closed to you. ${fault.message}`;
    case "vanished":
      return "This was in the document as you had it. The server has it no more: it was restored from a backup, or the document was made anew. Restoring it takes nothing away that others have written.";
    case "rebased":
      return "This is in the document. It was carried over by comparing texts, so here it is as you wrote it.";
  }
}
